package feature

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
)

// Place puts a feature at a position of the front page, 1 being the lead, and
// moves others along; a position past the end is the end. It serves for what is
// not placed yet and for moving up and down. Where the feature is there already
// nothing changes.
//
// fault.Invalid is a position before the first, fault.Conflict a version that
// has passed or a front page that has MaxPlaced features already.
func Place(ctx context.Context, b db.Beginner, act Act, position int) error {
	if position < 1 {
		return fault.InvalidFields(fault.Field{Name: "position", Message: "error.position"})
	}
	return act.do(ctx, b, func(tx pgx.Tx, f Feature) (bool, error) {
		placed, err := countPlaced(ctx, tx, f.SiteID)
		if err != nil {
			return false, err
		}
		if f.Position == nil && placed >= MaxPlaced {
			return false, full()
		}
		if f.Position == nil {
			placed++
		}
		to := min(position, placed)
		if f.Place() == to {
			return false, nil
		}
		if err := act.checkVersion(f.Version); err != nil {
			return false, err
		}
		if err := f.moveTo(ctx, tx, to); err != nil {
			return false, err
		}
		return true, act.log(ctx, tx, modlog.Place, strconv.Itoa(to))
	})
}

func full() error {
	return &fault.Error{
		Kind: fault.Conflict, Message: "the front page is full",
		Fields: []fault.Field{{Name: "position", Message: "error.front_full", Args: map[string]any{"Max": MaxPlaced}}},
	}
}

// moveTo moves a feature, and along with it those between the place it leaves
// and the one it takes. Whoever calls it holds the order locked.
func (f Feature) moveTo(ctx context.Context, tx pgx.Tx, to int) error {
	switch from := f.Place(); {
	case from == 0:
		return move(ctx, tx, f, &to, to, MaxPlaced, +1)
	case to < from:
		return move(ctx, tx, f, &to, to, from-1, +1)
	default:
		return move(ctx, tx, f, &to, from+1, to, -1)
	}
}

// Unplace takes a feature off the front page, and those below it move up. It
// stays under Features. What is not placed stays so, and nothing changes.
func Unplace(ctx context.Context, b db.Beginner, act Act) error {
	return act.do(ctx, b, func(tx pgx.Tx, f Feature) (bool, error) {
		if f.Position == nil {
			return false, nil
		}
		if err := act.checkVersion(f.Version); err != nil {
			return false, err
		}
		if err := f.takeOff(ctx, tx); err != nil {
			return false, err
		}
		return true, act.log(ctx, tx, modlog.Unplace, "")
	})
}

func (f Feature) takeOff(ctx context.Context, tx pgx.Tx) error {
	return move(ctx, tx, f, nil, f.Place()+1, MaxPlaced, -1)
}
