package tus

import (
	"context"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

// Admit tells whether there is room for one more file of a site, of size bytes, 0
// where that is not known yet: fault.Busy where there is none, for it passes.
// One that comes while there is no other is taken whatever Budget says, or it
// never would be.
func (rc *Reception) Admit(ctx context.Context, st site.ID, size int64) error {
	b, err := rc.Arrivals.Burden(ctx, st)
	if err != nil {
		return err
	}
	free, err := rc.free(b)
	if err != nil {
		return err
	}
	budget := rc.Budget
	if budget <= 0 {
		budget = b.Network + free
	}
	switch {
	case size > free, b.Network > 0 && b.Network+size > budget, b.Site > 0 && b.Site+size > budget/2:
		return &fault.Error{Kind: fault.Busy, Message: "no room for more uploads", Fields: []fault.Field{{Name: "file", Message: "error.upload_room"}}}
	}
	return nil
}

// keepFree is the part of the disk that uploads leave to everything else.
const keepFree = 0.1

// free is how many bytes the disk has for further uploads, once those that are on
// their way are here.
func (rc *Reception) free(b media.Burden) (int64, error) {
	free, size, err := rc.Store.Disk()
	if err != nil {
		return 0, err
	}
	return free - int64(keepFree*float64(size)) - (b.Network - b.Stored), nil
}
