package account

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
)

// Bounds of a session.
const (
	SessionLife = 14 * 24 * time.Hour // however much it is used
	SessionIdle = 24 * time.Hour      // since it was last used
	// seenEvery is how often at most it is written down that a session is used
	seenEvery = 5 * time.Minute
)

// SessionData is what a session is: whose, since which epoch of the account, and
// on which host. ID names it once it is kept.
type SessionData struct {
	ID       int64
	Account  ID
	Epoch    int64
	Host     string
	Deadline time.Time
}

// Session is a session as its owner and the admins see it. There is nothing of
// the client in it.
type Session struct {
	ID      int64
	Host    string
	BegunAt time.Time
	SeenAt  time.Time
}

// Sessions keeps sessions under the hashes of their tokens. Its methods are
// those of the session library's store (github.com/alexedwards/scs/v2, Store and
// CtxStore), by which web uses it; b is a SessionData as JSON.
//
// A session whose account was disabled, or has another epoch by now, is none, so
// that nothing that was under way when all sessions ended can bring one back.
type Sessions struct {
	DB     db.Beginner       // the primary
	Newest func() db.Querier // what is read: the primary, or what there is without one
}

// FindCtx gives a session that has not ended. That it is used is written down
// every few minutes at most. While there is no primary it is as this node's own
// server has it, so that who is signed in still reads.
func (s Sessions) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	q := s.Newest()
	d, stale, err := sessionByToken(ctx, q, token)
	if fault.Is(err, fault.NotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if stale {
		err := touchSession(ctx, q, d.ID)
		if err != nil && !fault.Is(err, fault.Busy) { // without a primary the next use will tell
			return nil, false, err
		}
	}
	b, err = json.Marshal(d)
	return b, err == nil, err
}

// CommitCtx keeps a session. The deadline is in its data. Like the end of one, it
// counts once a second server has it: InTx sees to that.
func (s Sessions) CommitCtx(ctx context.Context, token string, b []byte, _ time.Time) error {
	var d SessionData
	if err := json.Unmarshal(b, &d); err != nil {
		return fmt.Errorf("keep session: %w", err)
	}
	return db.InTx(ctx, s.DB, func(tx pgx.Tx) error { return insertSession(ctx, tx, token, d) })
}

// DeleteCtx ends a session; an unknown one is no error.
func (s Sessions) DeleteCtx(ctx context.Context, token string) error {
	return db.InTx(ctx, s.DB, func(tx pgx.Tx) error { return deleteSession(ctx, tx, token) })
}

// Find is FindCtx for a caller without a context.
func (s Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for a caller without a context.
func (s Sessions) Commit(token string, b []byte, deadline time.Time) error {
	return s.CommitCtx(context.Background(), token, b, deadline)
}

// Delete is DeleteCtx for a caller without a context.
func (s Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// EndSession ends one session of an account; fault.NotFound where it has none
// with the id.
func EndSession(ctx context.Context, b db.Beginner, id ID, session int64) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		ended, err := deleteSessionOf(ctx, tx, id, session)
		if err == nil && !ended {
			err = fault.New(fault.NotFound, "session")
		}
		return err
	})
}

// EndSessions ends all sessions of an account, at once and on every node. What
// an admin does to another is in the log.
func EndSessions(ctx context.Context, b db.Beginner, id ID, by modlog.Actor) error {
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		if _, err := lock(ctx, tx, id); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, id); err != nil {
			return err
		}
		if by.ID == int64(id) {
			return nil
		}
		return id.log(ctx, tx, 0, by, modlog.SignOut, "")
	})
}
