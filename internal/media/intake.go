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

// Receive keeps a file that is being sent, under the ticket's hash, as a
// stream: never more of it in memory than one buffer, never more of it on disk
// than its kind may have. A file at fault is no error but an Upload that is Refused;
// an error is ours (fault.Full where the disk is full) or the sender's
// connection.
func (in Intake) Receive(ctx context.Context, st site.ID, ticketHash []byte, name string, r io.Reader) (Upload, error) {
	u := Upload{ID: UploadID(randomID()), Name: cleanName(name), State: Complete}
	err := in.write(&u, r)
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
	return u, insertUpload(ctx, in.DB, st, ticketHash, u, in.Now().Add(UploadLife))
}

// write puts the bytes on disk, counts and hashes them, and looks at the header.
func (in Intake) write(u *Upload, r io.Reader) error {
	f, err := in.Store.CreateUpload(string(u.ID))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // Secure says whether its bytes are there
	sum := sha256.New()
	to := io.MultiWriter(f, sum)
	// What may be larger than an image is only what its first bytes say it is.
	if u.Size, err = io.Copy(to, io.LimitReader(r, MaxImageBytes+1)); err != nil {
		return err
	}
	if u.Size > MaxImageBytes {
		if u.examine(f); u.State == Refused {
			return nil
		}
		rest, err := io.Copy(to, io.LimitReader(r, MaxFileBytes+1-u.Size))
		if err != nil {
			return err
		}
		u.Size += rest
	}
	u.SHA256 = sum.Sum(nil)
	u.examine(f)
	return nil
}

// examine decides by size and header, before anything is decoded.
func (u *Upload) examine(f *os.File) {
	found, err := Sniffed{}, error(nil)
	switch {
	case u.Size == 0:
		err = ErrEmpty
	case u.Size > MaxFileBytes:
		err = ErrTooLarge
	default:
		if found, err = Sniff(f, u.Size); err == nil {
			err = CheckSize(found.Kind, u.Size)
		}
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
