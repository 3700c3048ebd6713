package media

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/site"
)

// Intake receives files that come whole, in a form.
type Intake struct {
	DB    db.Beginner // the primary
	Store *blob.Store
	Room  *Room
	Now   func() time.Time
}

// Receive keeps a file that is being sent to a site, under the ticket's hash, as
// a stream: never more of it in memory than one buffer, never more of it on disk
// than its kind may have. Room is kept for as much as may come, 0 where nobody
// knows. A file at fault is no error but an Upload that is Refused; an error is
// ours (fault.Busy without room, fault.Full where the disk is full) or the
// sender's connection.
func (in Intake) Receive(ctx context.Context, st site.Site, ticketHash []byte, name string, r io.Reader, asMuch int64) (Upload, error) {
	u, limits := Upload{ID: NewUploadID(), Name: cleanName(name)}, LimitsOf(st)
	u.Size = min(asMuch, limits.Bytes)
	err := in.Room.begin(ctx, in.DB, st.ID, ticketHash, u, in.Now().Add(unsigned), spare*limits.Files)
	if fault.Is(err, fault.TooLarge) {
		u.State, u.Failure = Refused, FailureTooMany
		return u, nil
	}
	if err == nil {
		err = in.fill(ctx, st.ID, &u, limits, r)
	}
	if err != nil {
		return Upload{}, err
	}
	return u, db.InTx(ctx, in.DB, func(tx pgx.Tx) error {
		return keepUpload(ctx, tx, st.ID, ticketHash, u, in.Now().Add(UploadLife))
	})
}

// fill takes in the bytes of an upload that has begun, and lets go of them where
// they are of no use.
func (in Intake) fill(ctx context.Context, st site.ID, u *Upload, limits Limits, r io.Reader) error {
	u.Size, u.State = 0, Complete
	err := in.write(u, limits, &living{Reader: r, ctx: ctx, in: in, id: u.ID, next: in.Now().Add(sign)})
	u.Received = u.Size
	if err == nil && u.State == Refused {
		return in.Store.DeleteUpload(ctx, string(u.ID))
	}
	if err == nil {
		err = in.Store.Secure(ctx, string(u.ID))
	}
	if err != nil {
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), letGo)
		defer cancel()
		_ = in.Discard(after, st, []UploadID{u.ID}) // else the sweeper does
		return full(fmt.Errorf("receive file: %w", blob.Nameless(err)))
	}
	return nil
}

// An upload that comes with a form is there for as long as there are signs that
// it still comes, for a server may die in the middle of it.
const (
	sign     = time.Minute
	unsigned = time.Hour
	letGo    = 5 * time.Second
)

// living gives a sign of an upload now and then while it is read.
type living struct {
	io.Reader
	ctx  context.Context
	in   Intake
	id   UploadID
	got  int64
	next time.Time
}

// Read implements io.Reader.
func (l *living) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	l.got += int64(n)
	if now := l.in.Now(); now.After(l.next) {
		l.next = now.Add(sign)
		_ = db.InTx(l.ctx, l.in.DB, func(tx pgx.Tx) error { // the next sign may get through
			return updateLiving(l.ctx, tx, l.id, l.got, now.Add(unsigned))
		})
	}
	return n, err
}

// spare is how many times as many files as a post takes may lie under its
// ticket: without script a file that was taken out of the form lies on until the
// ticket's time is over.
const spare = 4

// firstLook is how much of a file is here when its kind is looked for.
const firstLook = 1 << 20

// write puts the bytes on disk, counts and hashes them, and looks at the header.
// It ends as soon as there are more of them than the file may have: what may be
// large is only what its first bytes say it is.
func (in Intake) write(u *Upload, limits Limits, r io.Reader) error {
	f, err := in.Store.CreateUpload(string(u.ID))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // Secure says whether its bytes are there
	sum := sha256.New()
	to := io.MultiWriter(f, sum)
	for most := int64(firstLook); ; {
		n, err := io.Copy(to, io.LimitReader(r, most-u.Size))
		if err != nil {
			return err
		}
		u.Size += n
		next := limits.most(f, u.Size)
		if u.Size < most || next <= most {
			break
		}
		most = next
	}
	u.SHA256 = sum.Sum(nil)
	u.examine(f, limits)
	return nil
}

// most is how many bytes tell that a file that begins like this is too large.
func (l Limits) most(f io.ReaderAt, size int64) int64 {
	if found, err := Sniff(f, size); err == nil {
		return l.Of(found.Kind) + 1
	}
	return l.Of(Image) + 1 // whose header may be long
}

// examine decides by size and header, before anything is decoded.
func (u *Upload) examine(f *os.File, limits Limits) {
	found, err := Sniffed{}, error(nil)
	if u.Size == 0 {
		err = ErrEmpty
	} else if found, err = Sniff(f, u.Size); err == nil {
		err = limits.Check(found.Kind, u.Size)
	}
	if err != nil {
		u.State, u.Failure = Refused, failureOf(err)
		return
	}
	u.Type, u.Width, u.Height = found.Type, found.Width, found.Height
}

// cleanName keeps the last segment of a file's name, bounded, for the reporter
// to know it by.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(markup.Line(name), `\`, "/"))
	if runes := []rune(name); len(runes) > 120 {
		name = string(runes[:120])
	}
	return name
}

// full tells a full disk, which passes, from other failures.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.Wrap(fault.Full, "the disk is full", err)
	}
	return err
}

// Discard forgets uploads that a repeated form brought along once more.
func (in Intake) Discard(ctx context.Context, st site.ID, ids []UploadID) error {
	var gone []string
	err := db.InTx(ctx, in.DB, func(tx pgx.Tx) (err error) {
		gone, err = deleteUploads(ctx, tx, st, ids)
		return err
	})
	if err != nil {
		return err
	}
	for _, key := range gone {
		if err := in.Store.DeleteUpload(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
