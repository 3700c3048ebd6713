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

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/site"
)

// Intake receives files.
type Intake struct {
	DB    db.Querier // the primary
	Store *blob.Store
	Now   func() time.Time
}

// Receive keeps a file that is being sent to a site, under the ticket's hash, as
// a stream: never more of it in memory than one buffer, never more of it on disk
// than its kind may have. A file at fault is no error but an Upload that is Refused;
// an error is ours (fault.Full where the disk is full) or the sender's
// connection.
func (in Intake) Receive(ctx context.Context, st site.Site, ticketHash []byte, name string, r io.Reader) (Upload, error) {
	u, limits := Upload{ID: UploadID(randomID()), Name: cleanName(name), State: Complete}, LimitsOf(st)
	lying, err := underTicket(ctx, in.DB, st.ID, ticketHash)
	if err != nil {
		return Upload{}, err
	}
	if lying >= spare*limits.Files {
		u.State, u.Failure = Refused, FailureTooMany
		return u, nil
	}
	err = in.write(&u, limits, r)
	if err == nil && u.State != Refused {
		err = in.Store.Secure(ctx, string(u.ID))
	}
	if err != nil {
		_ = in.Store.DeleteUpload(ctx, string(u.ID))
		return Upload{}, full(fmt.Errorf("receive file: %w", blob.Nameless(err)))
	}
	if u.State == Refused {
		if err := in.Store.DeleteUpload(ctx, string(u.ID)); err != nil {
			return Upload{}, err
		}
	}
	u.Received = u.Size
	return u, insertUpload(ctx, in.DB, st.ID, ticketHash, u, in.Now().Add(UploadLife))
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
	gone, err := deleteUploads(ctx, in.DB, st, ids)
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
