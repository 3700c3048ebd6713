package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/blob/s3test"
	"github.com/indywire/indywire/internal/fault"
)

// openNode opens a store of the bucket as a further node does, with a folder of
// its own.
func openNode(t *testing.T, s *s3test.Server) (*blob.Store, string) {
	t.Helper()
	dir := t.TempDir()
	store, err := blob.OpenBucket(dir, s.Bucket())
	if err != nil {
		t.Fatal(err)
	}
	return store, dir
}

func read(t *testing.T, s *blob.Store, k blob.Key) string {
	t.Helper()
	f, err := s.Open(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestBucketServesEveryNode(t *testing.T) {
	t.Parallel()
	server, ctx := s3test.Start(t), t.Context()
	a, _ := openNode(t, server)
	b, _ := openNode(t, server)
	if err := a.Check(ctx); err != nil {
		t.Fatal(err)
	}
	key, _, err := a.Put(ctx, strings.NewReader("a crane against the sky"))
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, b, key); got != "a crane against the sky" {
		t.Errorf("the other node reads %q", got)
	}
	var old []blob.Key
	if err := b.Old(ctx, 0, 10, func(keys []blob.Key) error { old = append(old, keys...); return nil }); err != nil || !slices.Equal(old, []blob.Key{key}) {
		t.Errorf("Old lists %q, %v", old, err)
	}
	if err := b.Old(ctx, time.Hour, 10, func(keys []blob.Key) error { return errors.New("young files are listed") }); err != nil {
		t.Error(err)
	}
	server.Stop() // what a node has it serves, and has at once what it took in
	for _, node := range []*blob.Store{a, b} {
		if got := read(t, node, key); got != "a crane against the sky" {
			t.Errorf("without the bucket %q is read", got)
		}
	}
	if _, _, err := a.Put(ctx, strings.NewReader("another")); !fault.Is(err, fault.Busy) {
		t.Errorf("Put without the bucket: %v, want a fault that passes", err)
	}
	server.Go()
	for range 2 {
		if err := a.Delete(ctx, key); err != nil {
			t.Fatal(err)
		}
	}
	c, _ := openNode(t, server)
	if _, err := c.Open(ctx, key); !fault.Is(err, fault.NotFound) {
		t.Errorf("Open after Delete = %v, want not found", err)
	}
}

// TestBucketIsNotBelieved changes what the store has.
func TestBucketIsNotBelieved(t *testing.T) {
	t.Parallel()
	server, ctx := s3test.Start(t), t.Context()
	a, _ := openNode(t, server)
	key, _, err := a.Put(ctx, strings.NewReader("as it was"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(server.Path("blobs/"+string(key[:2])+"/"+string(key[2:4])+"/"+string(key)), []byte("not as it"), 0o600); err != nil {
		t.Fatal(err)
	}
	b, dir := openNode(t, server)
	if f, err := b.Open(ctx, key); !fault.Is(err, fault.Internal) {
		t.Errorf("other bytes: %v, %v", f, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", "*", "*", "*")); len(left) != 0 {
		t.Errorf("kept: %q", left)
	}
}

const id = "0123456789abcdef0123456789abcdef"

// TestUploadOfAFormReachesEveryNode brings a file that one node received to
// another, and leaves nothing of it where it came in.
func TestUploadOfAFormReachesEveryNode(t *testing.T) {
	t.Parallel()
	server, ctx := s3test.Start(t), t.Context()
	a, dir := openNode(t, server)
	b, _ := openNode(t, server)
	f, err := a.CreateUpload(id)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString("where it was taken")
	if err := errors.Join(err, f.Close(), a.Secure(ctx, id)); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "uploads")); len(left) != 0 {
		t.Errorf("left on the node: %v", left)
	}
	name, done, err := b.Original(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(name); string(got) != "where it was taken" {
		t.Errorf("the other node reads %q", got)
	}
	done()
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left after its use: %v", err)
	}
	if err := b.DeleteUpload(ctx, id); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Original(ctx, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("after the deletion: %v", err)
	}
}

// sending is an upload by its parts, through any node.
type sending struct {
	t    *testing.T
	key  string
	size int64
}

func begin(t *testing.T, s *blob.Store, size int64) sending {
	t.Helper()
	u, err := s.Incoming().NewUpload(t.Context(), handler.FileInfo{ID: id, Size: size, SizeIsDeferred: size == 0, MetaData: handler.MetaData{}})
	if err != nil {
		t.Fatal(err)
	}
	info, err := u.GetInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sending{t, info.ID, size}
}

func (s sending) through(store *blob.Store) handler.Upload {
	s.t.Helper()
	u, err := store.Incoming().GetUpload(s.t.Context(), s.key)
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

func (s sending) offset(store *blob.Store) int64 {
	s.t.Helper()
	info, err := s.through(store).GetInfo(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return info.Offset
}

func (s sending) write(store *blob.Store, data []byte) {
	s.t.Helper()
	u, at := s.through(store), s.offset(store)
	if n, err := u.WriteChunk(s.t.Context(), at, bytes.NewReader(data)); err != nil || n != int64(len(data)) {
		s.t.Fatalf("write at %d: %d, %v", at, n, err)
	}
}

func (s sending) finish(store *blob.Store, want []byte) {
	s.t.Helper()
	for range 2 { // the second as after a death between the bucket and the books
		if err := s.through(store).FinishUpload(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
	}
	name, done, err := store.Original(s.t.Context(), s.key)
	if err != nil {
		s.t.Fatal(err)
	}
	defer done()
	got, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(got, want) {
		s.t.Errorf("%d other bytes than the %d that were sent, %v", len(got), len(want), err)
	}
}

// noise is so many bytes of which no two parts are the same.
func noise(size int) []byte {
	out := make([]byte, 0, size+32)
	sum := sha256.Sum256([]byte("noise"))
	for len(out) < size {
		sum = sha256.Sum256(sum[:])
		out = append(out, sum[:]...)
	}
	return out[:size]
}

func TestUploadByPartsThroughTwoNodes(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	a, _ := openNode(t, server)
	b, _ := openNode(t, server)
	data := noise(21 << 20)
	s := begin(t, a, int64(len(data)))
	at := 0
	for i, size := range []int{1 << 20, 2 << 20, 9 << 20, 300, 8 << 20} { // below a part, above one, and both together
		s.write([]*blob.Store{a, b}[i%2], data[at:at+size])
		at += size
		if got := s.offset([]*blob.Store{b, a}[i%2]); got != int64(at) {
			t.Fatalf("after %d bytes the other node is at %d", at, got)
		}
	}
	s.write(b, data[at:])
	s.finish(a, data)
	r, err := b.OpenUpload(t.Context(), s.key)
	if err != nil {
		t.Fatal(err)
	}
	piece := make([]byte, 100)
	if _, err := r.ReadAt(piece, 12<<20); err != nil || !bytes.Equal(piece, data[12<<20:12<<20+100]) {
		t.Errorf("read in the middle: %v", err)
	}
	if n, err := r.ReadAt(piece, int64(len(data))-10); n != 10 || !errors.Is(err, io.EOF) {
		t.Errorf("read over the end: %d, %v", n, err)
	}
	if err := b.DeleteUpload(t.Context(), s.key); err != nil {
		t.Fatal(err)
	}
	if stray, err := a.StrayUploads(t.Context(), 0); err != nil || len(stray) != 0 {
		t.Errorf("left: %q, %v", stray, err)
	}
}

// TestLengthToldLast tells the length once all bytes are there.
func TestLengthToldLast(t *testing.T) {
	t.Parallel()
	a, _ := openNode(t, s3test.Start(t))
	data := noise(9 << 20)
	s := begin(t, a, 0)
	s.write(a, data)
	if err := a.Incoming().AsLengthDeclarableUpload(s.through(a)).DeclareLength(t.Context(), int64(len(data))); err != nil {
		t.Fatal(err)
	}
	s.finish(a, data)
}

// breaking ends the sender's bytes with the store being gone.
type breaking struct {
	data   io.Reader
	server *s3test.Server
}

func (b *breaking) Read(p []byte) (int, error) {
	n, err := b.data.Read(p)
	if errors.Is(err, io.EOF) {
		b.server.Stop()
	}
	return n, err
}

// TestStoreDiesUnderAnUpload holds that what was acknowledged is there
// afterwards, and that what is there is what was sent.
func TestStoreDiesUnderAnUpload(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	a, _ := openNode(t, server)
	data := noise(20 << 20)
	s := begin(t, a, int64(len(data)))
	s.write(a, data[:3<<20])
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	broken := &breaking{bytes.NewReader(data[3<<20 : 18<<20]), server}
	_, err := s.through(a).WriteChunk(ctx, 3<<20, broken)
	if !fault.Is(err, fault.Busy) || strings.Contains(err.Error(), id) {
		t.Errorf("the store died: %v, want a fault that passes and names no upload", err)
	}
	if _, err := a.Incoming().NewUpload(ctx, handler.FileInfo{ID: id, Size: 1}); !fault.Is(err, fault.Busy) || strings.Contains(err.Error(), id) {
		t.Errorf("an upload begins without a store: %v", err)
	}
	server.Go()
	at := s.offset(a)
	if at < 3<<20 {
		t.Fatalf("3 MiB were acknowledged, %d bytes are there", at)
	}
	s.write(a, data[at:])
	s.finish(a, data)
}

// TestBytesOvertakenByAPart has a server die after it made a part of the bytes
// that lay beside, and before it took those away: they count once.
func TestBytesOvertakenByAPart(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	a, _ := openNode(t, server)
	data := noise(9 << 20)
	s := begin(t, a, int64(len(data)))
	s.write(a, data[:3<<20])
	beside := server.Path("uploads/" + id + ".part")
	if err := os.Link(beside, beside+".kept"); err != nil {
		t.Fatal(err)
	}
	s.write(a, data[3<<20:8<<20])
	if err := os.Rename(beside+".kept", beside); err != nil {
		t.Fatal(err)
	}
	if at := s.offset(a); at != 8<<20 {
		t.Fatalf("the upload is at %d", at)
	}
	s.write(a, data[8<<20:])
	s.finish(a, data)
}

// TestPartsThatWereLeft holds that what a server left in the middle is found, and
// what goes on is left alone.
func TestPartsThatWereLeft(t *testing.T) {
	t.Parallel()
	a, _ := openNode(t, s3test.Start(t))
	s := begin(t, a, 20<<20)
	s.write(a, noise(9<<20))
	if stray, err := a.StrayUploads(t.Context(), time.Hour); err != nil || len(stray) != 0 {
		t.Errorf("in the middle %q counts as left, %v", stray, err)
	}
	if _, err := a.Incoming().NewUpload(t.Context(), handler.FileInfo{ID: "backup.tar", Size: 1}); err != nil { // somebody else's
		t.Fatal(err)
	}
	stray, err := a.StrayUploads(t.Context(), 0)
	if err != nil || !slices.Equal(stray, []string{s.key}) {
		t.Fatalf("left: %q, %v, want %q", stray, err, s.key)
	}
	if err := a.DeleteUpload(t.Context(), stray[0]); err != nil {
		t.Fatal(err)
	}
	if stray, err := a.StrayUploads(t.Context(), 0); err != nil || len(stray) != 0 {
		t.Errorf("after the deletion: %q, %v", stray, err)
	}
}

// TestCacheIsNoProof that a file is kept: another node may have deleted it.
func TestCacheIsNoProof(t *testing.T) {
	t.Parallel()
	server, ctx := s3test.Start(t), t.Context()
	a, _ := openNode(t, server)
	b, _ := openNode(t, server)
	key, _, err := a.Put(ctx, strings.NewReader("of two posts"))
	if err != nil {
		t.Fatal(err)
	}
	if has, err := a.Has(ctx, key); !has || err != nil {
		t.Errorf("after Put: %t, %v", has, err)
	}
	if err := b.Delete(ctx, key); err != nil {
		t.Fatal(err)
	}
	if has, err := a.Has(ctx, key); has || err != nil {
		t.Errorf("after another node's Delete: %t, %v", has, err)
	}
	server.Stop()
	if _, err := a.Has(ctx, key); !fault.Is(err, fault.Busy) {
		t.Errorf("without the bucket: %v", err)
	}
}

// TestTidyForgets what is no longer shown, on every node.
func TestTidyForgets(t *testing.T) {
	t.Parallel()
	server, ctx := s3test.Start(t), t.Context()
	a, dir := openNode(t, server)
	shown, _, err := a.Put(ctx, strings.NewReader("shown"))
	if err != nil {
		t.Fatal(err)
	}
	taken, _, err := a.Put(ctx, strings.NewReader("removed"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"original-1", id} {
		left := filepath.Join(dir, "uploads", name)
		if err := errors.Join(os.WriteFile(left, nil, 0o600), os.Chtimes(left, time.Unix(1, 0), time.Unix(1, 0))); err != nil {
			t.Fatal(err)
		}
	}
	err = a.Tidy(ctx, time.Hour, 1, func(keys []blob.Key) ([]blob.Key, error) {
		return slices.DeleteFunc(slices.Clone(keys), func(k blob.Key) bool { return k != taken }), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*", "*", "*", "*"))
	uploads, _ := os.ReadDir(filepath.Join(dir, "uploads"))
	if len(files) != 1 || filepath.Base(files[0]) != string(shown) || len(uploads) != 0 {
		t.Errorf("left: %q, %v", files, uploads)
	}
}
