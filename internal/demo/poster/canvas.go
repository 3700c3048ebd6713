package poster

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// Scenes are drawn in units of their own, of which a picture has so many.
const (
	width  = 1600
	height = 1068
	scale  = float64(Width) / width
)

// ink is one of the few colours a picture is printed in.
type ink uint8

const (
	paper ink = iota
	black
	accent
	pale // of the accent
	deep // of the accent
	warm
	inks
)

// steps is how many tones lie between two inks where their edges meet.
const steps = 6

// canvas is a sheet on which flat shapes are printed over one another. It keeps
// numbers of inks rather than colours: that is a third of the work, and a PNG
// of it is small.
type canvas struct {
	sheet *image.Paletted
	tones [inks][inks]uint8 // the first tone between two inks
}

func newCanvas(of color.RGBA) *canvas {
	white, ground := color.RGBA{0xf4, 0xef, 0xe2, 0xff}, color.RGBA{0x1d, 0x1b, 0x18, 0xff}
	colours := color.Palette{
		paper: white, black: ground, accent: of, pale: between(of, white, 0.6), deep: between(of, ground, 0.55),
		warm: color.RGBA{0xe3, 0xa8, 0x3c, 0xff},
	}
	c := &canvas{}
	for a := range inks {
		for b := range a {
			c.tones[a][b] = uint8(len(colours))
			for step := 1; step < steps; step++ {
				colours = append(colours, between(colours[b].(color.RGBA), colours[a].(color.RGBA), float64(step)/steps))
			}
		}
	}
	c.sheet = image.NewPaletted(image.Rect(0, 0, Width, Height), colours)
	return c
}

func between(a, b color.RGBA, share float64) color.RGBA {
	channel := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*share)) }
	return color.RGBA{channel(a.R, b.R), channel(a.G, b.G), channel(a.B, b.B), 0xff}
}

// tone is what stands at an edge that ink i covers by a share of 0 to 255.
func (c *canvas) tone(under uint8, i ink, share uint8) uint8 {
	step := (int(share)*steps + 127) / 255
	below := ink(under)
	switch {
	case step == 0:
		return under
	case step == steps || below == i:
		return uint8(i)
	case below >= inks: // an edge already: the nearer ink wins
		if step*2 < steps {
			return under
		}
		return uint8(i)
	case i > below:
		return c.tones[i][below] + uint8(step) - 1
	}
	return c.tones[below][i] + uint8(steps-step) - 1
}

// rect prints a rectangle from corner to corner, with sharp edges.
func (c *canvas) rect(x0, y0, x1, y1 float64, i ink) {
	r := image.Rect(int(x0*scale), int(y0*scale), int(x1*scale), int(y1*scale)).Intersect(c.sheet.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := c.sheet.Pix[y*c.sheet.Stride+r.Min.X : y*c.sheet.Stride+r.Max.X]
		for x := range row {
			row[x] = uint8(i)
		}
	}
}

type point struct{ x, y float64 }

// shape prints the polygon of the points.
func (c *canvas) shape(i ink, points ...point) {
	for n := range points {
		points[n].x, points[n].y = points[n].x*scale, points[n].y*scale
	}
	box := bounds(points).Intersect(c.sheet.Rect)
	if box.Empty() {
		return
	}
	z := vector.NewRasterizer(box.Dx(), box.Dy())
	z.DrawOp = draw.Src // the mask is empty, and this is the quicker one
	for n, p := range points {
		x, y := float32(p.x-float64(box.Min.X)), float32(p.y-float64(box.Min.Y))
		if n == 0 {
			z.MoveTo(x, y)
		} else {
			z.LineTo(x, y)
		}
	}
	z.ClosePath()
	mask := image.NewAlpha(image.Rect(0, 0, box.Dx(), box.Dy()))
	z.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	for y := range box.Dy() {
		row := c.sheet.Pix[c.sheet.PixOffset(box.Min.X, box.Min.Y+y):]
		for x, share := range mask.Pix[y*mask.Stride : y*mask.Stride+box.Dx()] {
			if share != 0 {
				row[x] = c.tone(row[x], i, share)
			}
		}
	}
}

func bounds(points []point) image.Rectangle {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range points {
		x0, y0, x1, y1 = math.Min(x0, p.x), math.Min(y0, p.y), math.Max(x1, p.x), math.Max(y1, p.y)
	}
	return image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1)), int(math.Ceil(y1)))
}

// disc prints a circle.
func (c *canvas) disc(x, y, radius float64, i ink) {
	const corners = 72
	points := make([]point, corners)
	for n := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(n) / corners)
		points[n] = point{x + radius*cos, y + radius*sin}
	}
	c.shape(i, points...)
}

// ground prints everything below a line that top gives for each x.
func (c *canvas) ground(i ink, top func(x float64) float64) {
	points := []point{{width, height}, {0, height}}
	for x := 0.0; x <= width; x += 10 {
		points = append(points, point{x, top(x)})
	}
	c.shape(i, points...)
}

// line prints a straight line of a width.
func (c *canvas) line(x0, y0, x1, y1, width float64, i ink) {
	dx, dy := x1-x0, y1-y0
	length := math.Hypot(dx, dy)
	nx, ny := -dy/length*width/2, dx/length*width/2
	c.shape(i, point{x0 + nx, y0 + ny}, point{x1 + nx, y1 + ny}, point{x1 - nx, y1 - ny}, point{x0 - nx, y0 - ny})
}
