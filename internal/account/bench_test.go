package account_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/account"
)

// BenchmarkSignIn measures what one try of a password costs the server, and so
// whoever tries them: in time, in memory, and as a multiple of one SHA-256.
func BenchmarkSignIn(b *testing.B) {
	h := account.NewHasher(1)
	made, err := h.Hash(b.Context(), password)
	if err != nil {
		b.Fatal(err)
	}
	const times = 10_000
	begun := time.Now()
	for range times {
		sha256.Sum256([]byte(password))
	}
	bare := time.Since(begun) / times
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := h.Matches(b.Context(), made, password); err != nil || !ok {
			b.Fatal(ok, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(max(bare, 1)), "x-sha256")
}
