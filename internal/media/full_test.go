package media_test

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/indywire/indywire/internal/blob"
	"github.com/indywire/indywire/internal/media"
)

// TestFullDiskIsNoFaultOfThePhoto fills the disk while a photo is being cleaned:
// the photo is kept, and done once there is room.
func TestFullDiskIsNoFaultOfThePhoto(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	resize := b.smallDisk("size=2m")
	id, _ := b.attachedPhoto(noise(t, 900, 900))
	err := b.attempt(id, 1)
	if b.state() != media.Waiting || err == nil || len(b.files("uploads")) != 1 {
		t.Fatalf("on a full disk: %v; the file is %s, uploads %v", err, b.state(), b.files("uploads"))
	}
	resize("size=300m")
	if err := b.attempt(id, 2); err != nil || b.state() != media.Ready {
		t.Errorf("once there was room: %v, %s", err, b.state())
	}
}

// TestFailureThatStaysSaysNotDamaged has no room at any try.
func TestFailureThatStaysSaysNotDamaged(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.smallDisk("size=2m")
	id, _ := b.attachedPhoto(noise(t, 900, 900))
	if err := b.attempt(id, media.ProcessArgs{}.InsertOpts().MaxAttempts-1); err != nil {
		t.Fatal(err)
	}
	var failure string
	if b.scan("SELECT failure FROM media", &failure); failure != media.FailureNotPrepared || b.state() != media.Failed {
		t.Errorf("the file is %s, %s", b.state(), failure)
	}
}

// smallDisk gives the store a file system of its own.
func (b bench) smallDisk(options string) (resize func(options string)) {
	b.t.Helper()
	err := syscall.Mount("tmpfs", b.dir, "tmpfs", 0, options)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		b.t.Skip("a full disk is a small file system here, and this user may not mount one")
	}
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if err := syscall.Unmount(b.dir, 0); err != nil {
			b.t.Error(err)
		}
	})
	if b.processor.Store, err = blob.OpenDir(b.dir); err != nil {
		b.t.Fatal(err)
	}
	return func(options string) {
		b.t.Helper()
		if err := syscall.Mount("tmpfs", b.dir, "tmpfs", syscall.MS_REMOUNT, options); err != nil {
			b.t.Fatal(err)
		}
	}
}

// noise is a photo of which a lossless picture is large.
func noise(t *testing.T, width, height int) []byte {
	t.Helper()
	picture, random := image.NewRGBA(image.Rect(0, 0, width, height)), rand.NewChaCha8([32]byte{})
	_, _ = random.Read(picture.Pix)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: 30}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
