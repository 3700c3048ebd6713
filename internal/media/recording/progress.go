package recording

import (
	"bytes"
	"strconv"
	"time"
)

// meter reads what ffmpeg says of its progress: lines of names and values.
type meter struct {
	whole time.Duration
	tell  func(percent int)
	last  int
	line  []byte
}

// maxLine is more than any line of ffmpeg's; what is longer is not its.
const maxLine = 1024

func newMeter(whole time.Duration, tell func(percent int)) *meter {
	return &meter{whole: whole, tell: tell}
}

// Write implements io.Writer; it never fails.
func (m *meter) Write(p []byte) (int, error) {
	for _, b := range p {
		if b != '\n' {
			if len(m.line) < maxLine {
				m.line = append(m.line, b)
			}
			continue
		}
		m.read()
		m.line = m.line[:0]
	}
	return len(p), nil
}

// read tells a percentage once, and never a lower one. The last percent is the
// caller's, when all is done.
func (m *meter) read() {
	value, ok := bytes.CutPrefix(m.line, []byte("out_time_us="))
	if !ok || m.tell == nil || m.whole <= 0 {
		return
	}
	micros, err := strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64)
	if err != nil || micros < 0 {
		return
	}
	percent := int(min(float64(micros)/float64(m.whole.Microseconds())*100, 99))
	if percent > m.last {
		m.last = percent
		m.tell(percent)
	}
}
