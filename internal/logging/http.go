package logging

import (
	"context"
	"log" //nolint:depguard // http.Server.ErrorLog is one
	"log/slog"
	"strings"
)

// HTTPErrorLog is for http.Server.ErrorLog, which names the client in many of
// its lines ("http: TLS handshake error from 192.0.2.7:4711: EOF"). Those about
// handshakes are the clients' doing and of level debug, panics are errors, the
// rest are warnings.
func HTTPErrorLog(l *slog.Logger) *log.Logger { return log.New(lines{l}, "", 0) }

// lines makes a record of each write of a log.Logger, which is one entry.
type lines struct{ log *slog.Logger }

// Write implements io.Writer.
func (l lines) Write(p []byte) (int, error) {
	level, text := slog.LevelWarn, strings.TrimRight(string(p), "\n")
	switch {
	case strings.Contains(text, "panic serving"):
		level, text = slog.LevelError, panicText(text)
	case strings.Contains(text, "TLS handshake error"):
		level = slog.LevelDebug
	}
	// Scrubbed here too: the logger may be one that does not.
	l.log.Log(context.Background(), level, "net/http has something to say", "text", Scrub(text))
	return len(p), nil
}

// panicText keeps of "http: panic serving ADDRESS: VALUE" and the stack below it
// the places in the code. The value may be what somebody wrote, and so may be
// what a frame shows of its arguments.
func panicText(text string) string {
	kept := []string{"http: panic serving a request"}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "\t") && strings.Contains(line, ".go:") {
			kept = append(kept, strings.TrimSpace(line))
		}
	}
	return strings.Join(kept, " | ")
}
