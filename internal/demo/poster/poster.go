// Package poster draws the pictures of the sample collectives: flat scenes as a
// screen print has them, in paper, ink and a collective's colour. They are drawn
// rather than kept, so that the binary stays small and no picture is borrowed.
package poster

import (
	"image"
	"image/color"
	"image/png"
	"io"
	"math/rand/v2"
)

// Scene is what a picture shows.
type Scene string

// The scenes.
const (
	Harbour Scene = "harbour" // cranes and stacked containers by the sea
	Hills   Scene = "hills"   // ridge behind ridge under a sun
	Town    Scene = "town"    // lit windows at night
	Crowd   Scene = "crowd"   // people seen from behind, with banners
	Rays    Scene = "rays"    // a sun with rays, as on a placard
	Field   Scene = "field"   // furrows that run to the horizon
	Bridge  Scene = "bridge"  // arches over a river
	Kitchen Scene = "kitchen" // steaming pots on a long table
)

// Size is that of every picture, in pixels. It is modest because each picture
// is cleaned like a reporter's photo, and a newcomer waits for them.
const (
	Width  = width * 3 / 4
	Height = height * 3 / 4
)

// Valid tells whether s is one of the scenes.
func (s Scene) Valid() bool { return s.drawing() != nil }

func (s Scene) drawing() func(*canvas, *rand.Rand) {
	switch s {
	case Harbour:
		return harbour
	case Hills:
		return hills
	case Town:
		return town
	case Crowd:
		return crowd
	case Rays:
		return rays
	case Field:
		return field
	case Bridge:
		return bridge
	case Kitchen:
		return kitchen
	}
	return nil
}

// Write draws a scene as PNG. The same scene, seed and accent always give the
// same bytes; another seed gives another picture of the scene. An unknown scene
// is a sheet of paper.
func Write(w io.Writer, s Scene, seed uint64, accent color.RGBA) error {
	c := newCanvas(accent)
	if draw := s.drawing(); draw != nil {
		draw(c, rand.New(rand.NewPCG(seed, uint64(len(s)))))
	}
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	return encoder.Encode(w, c.image())
}

// WriteMark draws a collective's logo as a square PNG: a disc in its colour over
// water, of which the seed makes the waves.
func WriteMark(w io.Writer, seed uint64, colour color.RGBA) error {
	c, r := newCanvas(colour), rand.New(rand.NewPCG(seed, 0))
	c.rect(0, 0, width, height, paper)
	c.disc(height/2, height/2, height*0.47, accent)
	for n := range 3 {
		top := height * (0.52 + 0.13*float64(n))
		c.ground([]ink{pale, paper, deep}[n], waves(r, top, 26, 200))
	}
	side := int(height * scale)
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	return encoder.Encode(w, c.sheet.SubImage(image.Rect(0, 0, side, side)))
}

func (c *canvas) image() image.Image { return c.sheet }
