package captions

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Cue is a caption: what is shown from one time to another, and where.
type Cue struct {
	From, To time.Duration
	Settings string // in WebVTT's form
	Text     string // in WebVTT's form, lines ended by \n
}

// Parse reads WebVTT (W3C, section 6), more strictly than browsers do. Comments,
// styles, regions and the names of cues are passed over.
func Parse(data []byte) ([]Cue, error) {
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, fmt.Errorf("%w: not text", ErrBroken)
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(data), mark))
	head, blocks, _ := strings.Cut(text, "\n\n")
	first, _, _ := strings.Cut(head, "\n")
	if first != "WEBVTT" && !strings.HasPrefix(first, "WEBVTT ") && !strings.HasPrefix(first, "WEBVTT\t") || strings.Contains(head, "-->") {
		return nil, fmt.Errorf("%w: its head", ErrBroken)
	}
	var cues []Cue
	for block := range strings.SplitSeq(blocks, "\n\n") {
		block = strings.Trim(block, "\n")
		if block == "" || isOther(block) {
			continue
		}
		c, err := parseCue(block)
		if err != nil {
			return nil, fmt.Errorf("cue %d: %w", len(cues)+1, err)
		}
		if c.Text == "" {
			continue
		}
		if cues = append(cues, c); len(cues) > maxCues {
			return nil, ErrTooLarge
		}
	}
	if len(cues) == 0 {
		return nil, fmt.Errorf("%w: no captions", ErrBroken)
	}
	return cues, nil
}

// isOther tells a block that is no cue.
func isOther(block string) bool {
	first, rest, more := strings.Cut(block, "\n")
	if first == "NOTE" || strings.HasPrefix(first, "NOTE ") || strings.HasPrefix(first, "NOTE\t") {
		return true
	}
	name := strings.TrimRight(first, " \t")
	return (name == "STYLE" || name == "REGION") && (!more || !strings.Contains(rest, "-->"))
}

func parseCue(block string) (c Cue, err error) {
	timing, text, _ := strings.Cut(block, "\n")
	if !strings.Contains(timing, "-->") { // the cue's name
		timing, text, _ = strings.Cut(text, "\n")
	}
	found := timingPattern.FindStringSubmatch(timing)
	if found == nil {
		return c, fmt.Errorf("%w: its times", ErrBroken)
	}
	c.From, c.To = moment(found[1:5]), moment(found[5:9])
	if c.To <= c.From {
		return c, fmt.Errorf("%w: it ends before it begins", ErrBroken)
	}
	if strings.Contains(text, "-->") || len(text) > maxText {
		return c, fmt.Errorf("%w: its text", ErrBroken)
	}
	c.Settings, c.Text = cleanSettings(found[9]), cleanText(text)
	return c, nil
}

var timingPattern = regexp.MustCompile(`^(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})[ \t]+-->[ \t]+(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})((?:[ \t]+\S+)*)[ \t]*$`)

// moment is hours, minutes, seconds and thousandths.
func moment(parts []string) time.Duration {
	var n [4]int
	for i, part := range parts {
		n[i], _ = strconv.Atoi(part) // digits, or nothing for no hours
	}
	return time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute + time.Duration(n[2])*time.Second + time.Duration(n[3])*time.Millisecond
}

var settingPattern = regexp.MustCompile(`^(?:vertical:(?:rl|lr)|align:(?:start|center|end|left|right)|size:\d{1,3}%|` +
	`line:-?\d{1,3}%?(?:,(?:start|center|end))?|position:\d{1,3}%(?:,(?:line-left|center|line-right))?)$`)

// cleanSettings keeps what WebVTT knows, without fractions and regions.
func cleanSettings(settings string) string {
	var kept []string
	for _, s := range strings.Fields(settings) {
		if settingPattern.MatchString(s) && len(kept) < 5 {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, " ")
}

var tagPattern = regexp.MustCompile(`<[^<>]*>?`)

// cleanText keeps bold, italic and underlined; voices, languages, classes,
// times and whatever else stands in angle brackets go, what they enclose stays.
func cleanText(text string) string {
	text = tagPattern.ReplaceAllStringFunc(text, func(tag string) string {
		switch tag {
		case "<b>", "</b>", "<i>", "</i>", "<u>", "</u>":
			return tag
		}
		return ""
	})
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' || r == '\ufeff' || unicode.Is(unicode.Co, r) || r >= 0xe0000 && r <= 0xe0fff {
			return -1
		}
		return r
	}, text)
	lines := strings.Split(text, "\n")
	kept := lines[:0]
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.ReplaceAll(strings.Join(kept, "\n"), "-->", "--&gt;")
}

// Write gives cues in WebVTT.
func Write(cues []Cue) []byte {
	var out bytes.Buffer
	out.WriteString("WEBVTT\n")
	for _, c := range cues {
		fmt.Fprintf(&out, "\n%s --> %s", clock(c.From), clock(c.To))
		if c.Settings != "" {
			out.WriteString(" " + c.Settings)
		}
		out.WriteString("\n" + c.Text + "\n")
	}
	return out.Bytes()
}

func clock(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}
