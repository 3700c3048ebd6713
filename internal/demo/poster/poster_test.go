package poster_test

import (
	"bytes"
	"image/color"
	"image/png"
	"testing"

	"github.com/indywire/indywire/internal/demo/poster"
)

func scenes() []poster.Scene {
	return []poster.Scene{
		poster.Harbour, poster.Hills, poster.Town, poster.Crowd, poster.Rays, poster.Field, poster.Bridge, poster.Kitchen,
	}
}

func draw(t testing.TB, s poster.Scene, seed uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := poster.Write(&b, s, seed, color.RGBA{0x0b, 0x5d, 0x66, 0xff}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWrite(t *testing.T) {
	t.Parallel()
	for _, s := range scenes() {
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			if !s.Valid() {
				t.Fatal("not a valid scene")
			}
			first := draw(t, s, 1)
			if !bytes.Equal(first, draw(t, s, 1)) {
				t.Error("the same seed gives another picture")
			}
			if bytes.Equal(first, draw(t, s, 2)) {
				t.Error("another seed gives the same picture")
			}
			picture, err := png.Decode(bytes.NewReader(first))
			if err != nil {
				t.Fatal(err)
			}
			if size := picture.Bounds().Size(); size.X != poster.Width || size.Y != poster.Height {
				t.Errorf("size %v", size)
			}
			if n := colours(t, first); n < 4 {
				t.Errorf("%d colours only: hardly anything was drawn", n)
			}
		})
	}
}

func colours(t *testing.T, data []byte) int {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[color.Color]bool{}
	for y := range poster.Height {
		for x := range poster.Width {
			seen[picture.At(x, y)] = true
		}
	}
	return len(seen)
}

func TestUnknownScene(t *testing.T) {
	t.Parallel()
	if poster.Scene("portrait").Valid() {
		t.Error("a scene that nobody draws is valid")
	}
}

func BenchmarkWrite(b *testing.B) {
	for b.Loop() {
		for _, s := range scenes() {
			draw(b, s, 7)
		}
	}
}
