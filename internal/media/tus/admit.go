package tus

import (
	"context"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

// Admit tells whether there is room for one more upload of size bytes, 0 where
// that is not known yet: within the number of files of a post, which is
// fault.TooLarge, and within what uploads may take up of the disk, which is
// fault.Busy, for it passes.
func (rc *Reception) Admit(ctx context.Context, st site.Site, ticketHash []byte, limits media.Limits, size int64) error {
	b, err := rc.Arrivals.Burden(ctx, st.ID, ticketHash)
	if err != nil {
		return err
	}
	if b.UnderTicket >= limits.Files {
		return &fault.Error{Kind: fault.TooLarge, Message: "number of files", Fields: []fault.Field{{
			Name: "file", Message: "error.too_many_files", Args: map[string]any{"Max": limits.Files},
		}}}
	}
	budget, err := rc.budget(b.Network)
	if err != nil {
		return err
	}
	if b.Network+size > budget || b.Site > 0 && b.Site+size > budget/2 {
		return &fault.Error{Kind: fault.Busy, Message: "no room for more uploads", Fields: []fault.Field{{Name: "file", Message: "error.upload_room"}}}
	}
	return nil
}

// keepFree is the part of the disk that uploads leave to everything else.
const keepFree = 0.1

// budget is how many bytes uploads may take up that are on their way or wait to
// be processed; taken is what they do now. A collective gets half of it, and a
// single upload at all times.
func (rc *Reception) budget(taken int64) (int64, error) {
	if rc.Budget > 0 {
		return rc.Budget, nil
	}
	free, size, err := rc.Store.Disk()
	if err != nil {
		return 0, err
	}
	return taken + free - int64(keepFree*float64(size)), nil
}
