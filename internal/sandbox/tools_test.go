package sandbox_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/sandbox"
)

// TestMissingToolIsNotTheFilesFault in either mode, and is named.
func TestMissingToolIsNotTheFilesFault(t *testing.T) {
	t.Parallel()
	for _, mode := range []sandbox.Mode{sandbox.Bwrap, sandbox.None} {
		box := sandbox.New(mode, slog.New(slog.DiscardHandler))
		if err := box.Probe(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, job := range []sandbox.Job{
			{Tool: "indywire-no-such-tool"},
			{Tool: "true", Needs: []string{"indywire-no-such-tool"}},
		} {
			_, err := box.Run(t.Context(), job)
			if !fault.Is(err, fault.Busy) || !strings.Contains(err.Error(), "indywire-no-such-tool") {
				t.Errorf("%s, %s: %v", mode, job.Tool, err)
			}
		}
		if _, err := box.Run(t.Context(), sandbox.Job{Tool: "true", Needs: []string{"vips"}}); err != nil {
			t.Errorf("%s: what is there: %v", mode, err)
		}
	}
}
