package blob

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"syscall"

	"github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/s3store"

	"github.com/indywire/indywire/internal/fault"
)

// partSize is that of all parts of an upload but its last: some stores want them
// equal, Amazon at least 5 MiB. The node has one part of each upload on disk, or
// two.
const partSize = 8 << 20

// partSuffix ends the name of the object that has the bytes after the last whole
// part.
const partSuffix = ".part"

// multipart receives uploads into a bucket, through tusd's s3store. Each handle
// of an upload has an s3store of its own, so that its parts go one after the
// other (see sequence), and a slow sender keeps no other from sending.
type multipart struct {
	store  s3store.S3Store
	bucket *bucket
}

func newMultipart(b *bucket, scratch string) *multipart {
	store := s3store.New(b.name, b.client)
	store.ObjectPrefix, store.TemporaryDirectory = strings.TrimSuffix(uploadPrefix, "/"), scratch
	store.MinPartSize, store.PreferredPartSize, store.MaxPartSize, store.MaxBufferedParts = partSize, partSize, 8*partSize, 1
	return &multipart{store: store, bucket: b}
}

// handle makes the store for one handle of an upload.
func (m *multipart) handle(key string) s3store.S3Store {
	store := m.store
	store.SetConcurrentPartUploads(1)
	_, id := splitKey(key)
	store.Service = &sequence{S3API: m.bucket.client, multipart: id}
	return store
}

// NewUpload implements handler.DataStore.
func (m *multipart) NewUpload(ctx context.Context, info handler.FileInfo) (handler.Upload, error) {
	store := m.handle("")
	u, err := store.NewUpload(ctx, info)
	return m.wrap(u, store), unanswered(err)
}

// GetUpload implements handler.DataStore.
func (m *multipart) GetUpload(ctx context.Context, key string) (handler.Upload, error) {
	store := m.handle(key)
	u, err := store.GetUpload(ctx, key)
	return m.wrap(u, store), unanswered(err)
}

func (m *multipart) wrap(u handler.Upload, store s3store.S3Store) handler.Upload {
	if u == nil {
		return nil
	}
	return &parts{Upload: u, store: store, bucket: m.bucket}
}

// AsTerminatableUpload implements handler.TerminaterDataStore.
func (m *multipart) AsTerminatableUpload(u handler.Upload) handler.TerminatableUpload {
	return u.(*parts)
}

// AsLengthDeclarableUpload implements handler.LengthDeferrerDataStore.
func (m *multipart) AsLengthDeclarableUpload(u handler.Upload) handler.LengthDeclarableUpload {
	return u.(*parts)
}

// parts is an upload in a bucket.
type parts struct {
	handler.Upload
	store  s3store.S3Store
	bucket *bucket
}

// GetInfo implements handler.Upload.
func (p *parts) GetInfo(ctx context.Context) (handler.FileInfo, error) {
	info, err := p.Upload.GetInfo(ctx)
	return info, unanswered(err)
}

// GetReader implements handler.Upload.
func (p *parts) GetReader(ctx context.Context) (io.ReadCloser, error) {
	r, err := p.Upload.GetReader(ctx)
	return r, unanswered(err)
}

// WriteChunk implements handler.Upload.
func (p *parts) WriteChunk(ctx context.Context, offset int64, src io.Reader) (int64, error) {
	n, err := p.Upload.WriteChunk(ctx, offset, src)
	return n, unanswered(err)
}

// Terminate implements handler.TerminatableUpload.
func (p *parts) Terminate(ctx context.Context) error {
	return unanswered(p.store.AsTerminatableUpload(p.Upload).Terminate(ctx))
}

// DeclareLength implements handler.LengthDeclarableUpload.
func (p *parts) DeclareLength(ctx context.Context, length int64) error {
	return unanswered(p.store.AsLengthDeclarableUpload(p.Upload).DeclareLength(ctx, length))
}

// FinishUpload implements handler.Upload, also of what a server finished that
// died before it said so. Bytes after the last whole part become a part first:
// they lie beside where the length was told after them.
func (p *parts) FinishUpload(ctx context.Context) error {
	info, err := p.GetInfo(ctx)
	if err != nil {
		return err
	}
	id, _ := splitKey(info.ID)
	if p.isWhole(ctx, id, info.Size) {
		return nil
	}
	if _, err := p.bucket.size(ctx, uploadPrefix+id+partSuffix); err == nil {
		if _, err := p.WriteChunk(ctx, info.Offset, strings.NewReader("")); err != nil {
			return err
		}
	}
	if err := p.Upload.FinishUpload(ctx); err != nil && !p.isWhole(ctx, id, info.Size) {
		return unanswered(err)
	}
	return nil
}

// isWhole tells whether the bucket has the upload as one object.
func (p *parts) isWhole(ctx context.Context, id string, size int64) bool {
	got, err := p.bucket.size(ctx, uploadPrefix+id)
	return err == nil && got == size
}

// unanswered gives a failure of s3store its kind. Its texts name objects, and
// keep no cause, so that all that is known is who failed.
func unanswered(err error) error {
	var known handler.Error
	_, ofFile := errors.AsType[*fs.PathError](err)
	switch {
	case err == nil, errors.As(err, &known), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return err
	case fault.KindOf(err) != fault.Internal, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case ofFile:
		return Nameless(err)
	case isMissing(err):
		return handler.ErrNotFound
	}
	return answered(err)
}
