package recording

import (
	"context"

	"github.com/indywire/indywire/internal/sandbox"
)

// Process makes the renditions of the recording at the host path in, whose
// header Identify read, in outDir, a folder for this alone. progress is told how
// many percent are done; it may be nil. Every file was read again.
//
// Errors: ErrBroken, ErrTooLong, ErrTooManyPixels, ErrTooHeavy; ErrMetadata if
// something was left; fault.Busy while the sandbox does not work; the context's.
// After an error the caller throws outDir away.
func Process(ctx context.Context, box *sandbox.Box, in string, h Header, outDir string, progress func(percent int)) (Result, error) {
	return Result{}, ErrBroken
}
