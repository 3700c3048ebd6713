package migrate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/indywire/indywire/migrations"
)

// Fingerprint tells schemas apart: 16 hexadecimal digits made of the text of
// every step, the job queue's too. Tests key their template database by it.
func Fingerprint() (string, error) {
	sum := sha256.New()
	names, err := fs.Glob(migrations.FS, "*.sql") // sorted
	if err != nil {
		return "", fmt.Errorf("list the migrations: %w", err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			return "", fmt.Errorf("read a migration: %w", err)
		}
		fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text)
	}
	queue, err := newQueue(nil, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	for _, m := range queue.AllVersions() {
		fmt.Fprintf(sum, "queue %d %d\n%s", m.Version, len(m.SQLUp), m.SQLUp)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}
