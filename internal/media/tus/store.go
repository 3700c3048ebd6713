package tus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
)

// store keeps the books beside the store of the bytes: which uploads there are,
// of which site and ticket, how far they are and until when. The bytes alone
// tell the offset. It implements handler.DataStore and what goes with it.
type store struct{ rc *Reception }

// NewUpload implements handler.DataStore. The bytes' place is made first: what a
// server leaves that dies in between is swept away.
func (s store) NewUpload(ctx context.Context, info handler.FileInfo) (handler.Upload, error) {
	c := claimOf(ctx)
	id := media.UploadID(info.ID)
	bytes, err := s.rc.incoming.NewUpload(ctx, info)
	if err != nil {
		return nil, say(ctx, ours(err))
	}
	u := &upload{Upload: bytes, s: s, id: id}
	if u.info, err = bytes.GetInfo(ctx); err != nil {
		return nil, say(ctx, ours(err))
	}
	row := media.Upload{ID: id, Name: c.Name, Declared: c.Kind, Size: info.Size, Deferred: info.SizeIsDeferred}
	u.most = c.Limits.Of(c.Kind)
	if u.key = u.info.ID; u.key != string(id) {
		row.StoreKey = u.key
	}
	if err := s.rc.Arrivals.Begin(ctx, c.Site, c.TicketHash, row, c.expires, c.Limits.Files); err != nil {
		_ = s.rc.Store.DeleteUpload(ctx, u.key) // else the sweeper does
		return nil, say(ctx, err)
	}
	return u, nil
}

// GetUpload implements handler.DataStore.
func (s store) GetUpload(ctx context.Context, name string) (handler.Upload, error) {
	c, id := claimOf(ctx), media.UploadID(name)
	row, err := s.rc.Arrivals.Find(ctx, c.Site, id)
	if err != nil {
		return nil, say(ctx, err)
	}
	c.expires = row.ExpiresAt
	u := &upload{s: s, id: id, key: row.StoreKey, most: c.Limits.Of(row.Declared)}
	if row.State == media.Complete {
		u.info = handler.FileInfo{Size: row.Size, Offset: row.Size}
		return u, nil
	}
	if u.Upload, err = s.rc.incoming.GetUpload(ctx, row.StoreKey); err == nil {
		u.info, err = u.Upload.GetInfo(ctx)
	}
	if errors.Is(err, handler.ErrNotFound) { // its bytes are lost: a client begins anew
		err = fault.New(fault.Gone, "bytes of an upload") // not wrapped: tusd's own is a 404
	}
	if err != nil {
		return nil, say(ctx, ours(err))
	}
	if !u.info.SizeIsDeferred && u.info.Offset == u.info.Size { // by a server that died before it said so
		return u, u.FinishUpload(ctx)
	}
	return u, nil
}

// AsTerminatableUpload implements handler.TerminaterDataStore.
func (s store) AsTerminatableUpload(u handler.Upload) handler.TerminatableUpload { return u.(*upload) }

// AsLengthDeclarableUpload implements handler.LengthDeferrerDataStore.
func (s store) AsLengthDeclarableUpload(u handler.Upload) handler.LengthDeclarableUpload {
	return u.(*upload)
}

// upload is one upload: its bytes, nil once it is complete, and its books.
type upload struct {
	handler.Upload
	s    store
	id   media.UploadID
	key  string // what the store of the bytes knows it by
	most int64  // bytes that what it is said to be may have
	info handler.FileInfo
}

// GetInfo implements handler.Upload.
func (u *upload) GetInfo(context.Context) (handler.FileInfo, error) {
	info := u.info
	info.ID, info.MetaData, info.Storage = string(u.id), nil, nil
	return info, nil
}

// GetReader implements handler.Upload; nobody is given an upload back.
func (u *upload) GetReader(context.Context) (io.ReadCloser, error) {
	return nil, handler.ErrNotImplemented
}

// WriteChunk implements handler.Upload. The sender gets its share of the rate,
// and nothing is written any more once its lock is lost.
func (u *upload) WriteChunk(ctx context.Context, offset int64, src io.Reader) (int64, error) {
	h := claimOf(ctx).hold
	if err := h.wanted(); err != nil {
		return 0, err
	}
	pacing, stop := h.whileUnasked(ctx)
	defer stop()
	writing, stop := h.whileStanding(ctx)
	defer stop()
	if u.info.SizeIsDeferred {
		src = &bounded{Reader: src, left: u.most - offset}
	}
	paced := u.s.rc.Pace.Reader(pacing, src)
	noted := &noting{r: paced, u: u, ctx: ctx, at: offset, next: time.Now().Add(noteEvery)}
	n, err := u.Upload.WriteChunk(writing, offset, &fenced{noted, h})
	u.info.Offset = offset + n
	if n > 0 && (u.info.SizeIsDeferred || u.info.Offset < u.info.Size) {
		u.note(ctx, u.info.Offset)
	}
	if lost := h.standing(); lost != nil {
		return n, lost
	}
	if err == nil && paced.Slow() { // what came is kept
		err = fault.New(fault.Busy, "next to nothing came of an upload")
	}
	return n, say(ctx, ours(err))
}

// bounded ends an upload whose length nobody knows where it would be too large.
type bounded struct {
	io.Reader
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		n, err := io.ReadAtLeast(b.Reader, make([]byte, 1), 1)
		if n > 0 {
			err = handler.ErrSizeExceeded
		}
		return 0, err
	}
	n, err := b.Reader.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// note writes down how far the upload is, for who looks at the post meanwhile.
// The offset itself is the store's.
func (u *upload) note(ctx context.Context, offset int64) {
	if err := u.s.rc.Arrivals.NoteReceived(ctx, u.id, offset); err != nil {
		u.s.rc.Log.WarnContext(ctx, "the progress of an upload was not written down", "reason", err)
	}
}

// noteEvery is how often a long part says how far it is.
const noteEvery = 2 * time.Second

type noting struct {
	r    io.Reader
	u    *upload
	ctx  context.Context
	at   int64
	next time.Time
}

func (n *noting) Read(p []byte) (int, error) {
	got, err := n.r.Read(p)
	n.at += int64(got)
	if now := time.Now(); now.After(n.next) {
		n.u.note(n.ctx, n.at)
		n.next = now.Add(noteEvery)
	}
	return got, err
}

// DeclareLength implements handler.LengthDeclarableUpload. What a creation without
// it could not be asked is asked now.
func (u *upload) DeclareLength(ctx context.Context, length int64) error {
	c := claimOf(ctx)
	if err := c.hold.standing(); err != nil {
		return err
	}
	if length > u.most {
		return say(ctx, refusal(media.ErrTooLarge))
	}
	if err := u.s.rc.Arrivals.Grow(ctx, c.Site, media.Upload{ID: u.id, Size: length, Received: u.info.Offset}); err != nil {
		return say(ctx, err)
	}
	inner := u.s.rc.incoming.AsLengthDeclarableUpload(u.Upload)
	if err := inner.DeclareLength(ctx, length); err != nil {
		return say(ctx, ours(err))
	}
	u.info.Size, u.info.SizeIsDeferred = length, false
	return nil
}

// FinishUpload implements handler.Upload: once it returns the books say what the
// bytes are, and they are on their way to the disk (see settling). What nobody takes is refused here at the
// latest, with the sentence that the receipt would show.
func (u *upload) FinishUpload(ctx context.Context) error {
	rc, h := u.s.rc, claimOf(ctx).hold
	if err := h.standing(); err != nil {
		return err
	}
	if err := u.Upload.FinishUpload(ctx); err != nil {
		return say(ctx, ours(err))
	}
	found, refused, err := rc.sniff(ctx, claimOf(ctx).Limits, u.key, u.info.Size)
	if err != nil {
		return say(ctx, ours(err))
	}
	if err := h.standing(); err != nil {
		return err
	}
	needed, err := rc.Arrivals.Finish(ctx, u.id, found, media.Failure(refused))
	if err != nil {
		return say(ctx, err)
	}
	if !needed {
		if err := rc.Store.DeleteUpload(ctx, u.key); err != nil {
			return say(ctx, ours(err))
		}
		return say(ctx, refusal(refused))
	}
	rc.secure(ctx, u.id, u.key)
	return nil
}

// sniff tells what an upload's bytes are, or why they are refused.
func (rc *Reception) sniff(ctx context.Context, limits media.Limits, key string, size int64) (found media.Sniffed, refused, err error) {
	if size == 0 {
		return found, media.ErrEmpty, nil
	}
	r, err := rc.Store.OpenUpload(ctx, key)
	if err != nil {
		return found, nil, err
	}
	defer func() { _ = r.Close() }() // only read
	found, err = media.Sniff(r, size)
	if err == nil {
		err = limits.Check(found.Kind, size)
	}
	if err != nil && media.Passing(err) {
		return found, nil, err
	}
	return found, err, nil
}

// refusal is the fault that refused bytes are answered with.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	kind := fault.Unsupported
	if media.Failure(err) == media.FailureTooLarge {
		kind = fault.TooLarge
	}
	return &fault.Error{Kind: kind, Message: "refused file", Fields: []fault.Field{{Name: "file", Message: media.Failure(err)}}}
}

// Terminate implements handler.TerminatableUpload.
func (u *upload) Terminate(ctx context.Context) error {
	if err := claimOf(ctx).hold.standing(); err != nil {
		return err
	}
	key, err := u.s.rc.Arrivals.GiveUp(ctx, u.id)
	if err != nil || key == "" {
		return say(ctx, err)
	}
	return say(ctx, ours(u.s.rc.Store.DeleteUpload(ctx, key)))
}

// ours gives a failure of the store its kind, and takes what it names out of it:
// the name of an upload's file is its address.
func ours(err error) error {
	var known handler.Error
	switch {
	case err == nil, errors.As(err, &known), fault.KindOf(err) != fault.Internal:
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault.Wrap(fault.Full, "keep an upload", blob.Nameless(err))
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(fault.Busy, "keep an upload", err)
	}
	return fmt.Errorf("keep an upload: %w", blob.Nameless(err))
}
