package sandbox

import "sync"

// maxSaid is how much of each of a tool's streams is kept.
const maxSaid = 64 << 10

// bounded keeps the first maxSaid bytes and swallows the rest, so that a
// talkative tool neither fills memory nor dies of a closed pipe.
type bounded struct {
	mu   sync.Mutex
	kept []byte
}

// Write implements io.Writer; it never fails.
func (b *bounded) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if room := maxSaid - len(b.kept); room > 0 {
		b.kept = append(b.kept, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

// bytes is what was kept. A copier that outlived Wait may still write.
func (b *bounded) bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]byte(nil), b.kept...)
}
