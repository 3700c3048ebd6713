package poster

import (
	"math"
	"math/rand/v2"
)

// span picks a number from lo to hi.
func span(r *rand.Rand, lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }

// waves gives a line that swings about y, made of a few waves.
func waves(r *rand.Rand, y, swing, length float64) func(x float64) float64 {
	a, b, c := span(r, 0, 7), span(r, 0, 7), span(r, 0, 7)
	return func(x float64) float64 {
		t := x / length
		return y + swing*(0.6*math.Sin(t+a)+0.3*math.Sin(2.3*t+b)+0.1*math.Sin(5.1*t+c))
	}
}

func hills(c *canvas, r *rand.Rand) {
	sky, sun := paper, warm
	if r.IntN(3) == 0 {
		sky, sun = deep, paper
	}
	c.rect(0, 0, width, height, sky)
	c.disc(span(r, 350, 1250), span(r, 250, 420), span(r, 90, 170), sun)
	for n, i := range []ink{pale, warm, accent, deep, black} {
		y := 430 + 130*float64(n)
		c.ground(i, waves(r, y, span(r, 60, 120), span(r, 140, 320)))
	}
	for range 9 + r.IntN(8) { // trees on the nearest ridge
		x, y := span(r, 0, width), span(r, 900, 1010)
		size := span(r, 40, 90)
		c.shape(deep, point{x, y - 2*size}, point{x + size/2, y}, point{x - size/2, y})
	}
}

func harbour(c *canvas, r *rand.Rand) {
	c.rect(0, 0, width, height, paper)
	c.disc(span(r, 300, 1300), 430, span(r, 120, 200), warm)
	c.rect(0, 560, width, 760, pale)
	for y := 575.0; y < 760; y += 26 { // the sea
		x := span(r, -200, 0)
		for x < width {
			long := span(r, 90, 320)
			c.rect(x, y, x+long, y+9, accent)
			x += long + span(r, 60, 260)
		}
	}
	for x := span(r, 60, 240); x < width-100; x += span(r, 330, 520) {
		crane(c, r, x)
	}
	c.rect(0, 760, width, height, black)
	colours := []ink{accent, deep, warm, paper, pale}
	for x := span(r, -60, 20); x < width; x += 178 { // containers
		for row := range 1 + r.IntN(3) {
			y := 960 - float64(row)*92
			c.rect(x, y, x+170, y+86, colours[r.IntN(len(colours))])
			for rib := 14.0; rib < 170; rib += 26 {
				c.rect(x+rib, y+8, x+rib+4, y+78, black)
			}
		}
	}
}

func crane(c *canvas, r *rand.Rand, x float64) {
	top, reach := span(r, 180, 330), span(r, 200, 330)
	c.line(x, 770, x+20, top, 22, black)
	c.line(x+120, 770, x+100, top, 22, black)
	c.line(x, 600, x+120, 600, 14, black)
	c.line(x-90, top+30, x+100+reach, top+30, 26, black)
	c.line(x+60, top-100, x+100+reach, top+22, 8, black)
	c.line(x+60, top-100, x-90, top+22, 8, black)
	c.line(x+60, top-104, x+60, top+30, 16, black)
	hook := x + 100 + reach*span(r, 0.3, 0.9)
	drop := span(r, 120, 260)
	c.line(hook, top+30, hook, top+30+drop, 5, black)
	c.rect(hook-55, top+30+drop, hook+55, top+86+drop, accent)
}

func town(c *canvas, r *rand.Rand) {
	c.rect(0, 0, width, height, deep)
	c.disc(span(r, 250, 1350), span(r, 170, 260), span(r, 60, 110), paper)
	for _, i := range []ink{accent, black} {
		x := span(r, -80, 0)
		for x < width {
			wide, high := span(r, 120, 260), span(r, 330, 640)
			if i == black {
				high *= 0.75
			}
			house(c, r, x, wide, high, i)
			x += wide + span(r, 0, 24)
		}
	}
	c.rect(0, 1020, width, height, black)
}

func house(c *canvas, r *rand.Rand, x, wide, high float64, i ink) {
	top := height - high
	c.rect(x, top, x+wide, height, i)
	if r.IntN(3) == 0 {
		c.shape(i, point{x, top + 1}, point{x + wide/2, top - wide/3}, point{x + wide, top + 1})
	}
	if i != black {
		return
	}
	for y := top + 30; y < 970; y += 62 {
		for at := x + 20; at < x+wide-36; at += 48 {
			if r.IntN(5) < 2 {
				c.rect(at, y, at+26, y+36, warm)
			}
		}
	}
}

func crowd(c *canvas, r *rand.Rand) {
	c.rect(0, 0, width, height, paper)
	c.rect(0, 0, width, 560, pale)
	for range 4 + r.IntN(3) { // banners
		x, y, wide := span(r, 40, 1250), span(r, 190, 420), span(r, 200, 380)
		c.line(x+16, y, x+8, y+520, 10, black)
		c.line(x+wide-16, y, x+wide-8, y+520, 10, black)
		i := []ink{accent, deep, warm}[r.IntN(3)]
		c.shape(i, point{x, y - 8}, point{x + wide, y + span(r, -14, 14)}, point{x + wide - 6, y + 150}, point{x + 6, y + 146})
		c.rect(x+36, y+44, x+wide-span(r, 40, 110), y+60, paper)
		c.rect(x+36, y+86, x+wide-span(r, 50, 150), y+102, paper)
	}
	for row, i := range []ink{accent, deep, black} {
		y, size := 660+150*float64(row), 46+16*float64(row)
		for x := span(r, -40, 30); x < width+60; x += size * span(r, 2.1, 2.7) {
			up := y + span(r, -26, 26)
			c.disc(x, up, size, i)
			c.disc(x, up+2.5*size, 1.55*size, i)
			c.rect(x-1.55*size, up+2.5*size, x+1.55*size, height, i)
		}
	}
}

func rays(c *canvas, r *rand.Rand) {
	light := []ink{paper, pale, warm}[r.IntN(3)]
	c.rect(0, 0, width, height, light)
	x, y, n := span(r, 500, 1100), span(r, 560, 760), 10+2*r.IntN(5)
	turn := span(r, 0, 1)
	for k := range n {
		a := (float64(k) + turn) * 2 * math.Pi / float64(n)
		b := a + math.Pi/float64(n)
		c.shape(accent, point{x, y}, point{x + 2000*math.Cos(a), y + 2000*math.Sin(a)}, point{x + 2000*math.Cos(b), y + 2000*math.Sin(b)})
	}
	c.disc(x, y, 250, light)
	c.disc(x, y, 205, deep)
	c.ground(black, waves(r, 880, 40, 260))
	for range 5 + r.IntN(4) { // raised placards
		px, py := span(r, 80, 1500), span(r, 640, 760)
		c.line(px, py, px+span(r, -12, 12), 960, 12, black)
		c.rect(px-80, py-60, px+80, py+56, black)
		c.rect(px-70, py-50, px+70, py+46, paper)
		c.rect(px-48, py-22, px+48, py-10, accent)
		c.rect(px-48, py+8, px+span(r, 0, 48), py+20, accent)
	}
}

func field(c *canvas, r *rand.Rand) {
	horizon, vanish := span(r, 380, 520), span(r, 400, 1200)
	c.rect(0, 0, width, height, paper)
	c.disc(span(r, 200, 1400), horizon-span(r, 20, 160), span(r, 80, 150), warm)
	c.ground(pale, waves(r, horizon-30, 46, 230))
	c.rect(0, horizon, width, height, deep)
	for n := -16.0; n < 17; n++ {
		x := vanish + n*210
		c.shape(accent, point{vanish + n*6, horizon}, point{x + 105, height}, point{x, height})
	}
	for range 3 + r.IntN(4) { // poplars
		x, high := span(r, 0, width), span(r, 120, 260)
		c.shape(black, point{x, horizon - high}, point{x + high/8, horizon - high/4}, point{x + high/12, horizon + 8},
			point{x - high/12, horizon + 8}, point{x - high/8, horizon - high/4})
	}
}

func bridge(c *canvas, r *rand.Rand) {
	c.rect(0, 0, width, height, paper)
	c.disc(span(r, 300, 1300), span(r, 180, 300), span(r, 70, 130), warm)
	c.ground(pale, waves(r, 470, 70, 210))
	c.rect(0, 720, width, height, accent)
	deck := span(r, 400, 460)
	c.rect(0, deck, width, 800, deep)
	n := 3 + r.IntN(2)
	wide := width / float64(n)
	for k := range n {
		x := (float64(k) + 0.5) * wide
		c.disc(x, 740, wide*0.4, pale)
		c.rect(x-wide*0.4, 740, x+wide*0.4, 830, pale)
	}
	c.rect(0, 800, width, height, accent)
	c.rect(0, deck-26, width, deck, black)
	for x := span(r, 40, 140); x < width; x += span(r, 90, 210) { // people on it
		c.disc(x, deck-118, 20, black)
		c.rect(x-20, deck-94, x+20, deck-20, black)
	}
	for y := 830.0; y < height; y += 34 {
		x := span(r, -100, 300)
		c.rect(x, y, x+span(r, 200, 700), y+10, deep)
		c.rect(x+800, y+14, x+800+span(r, 200, 500), y+22, pale)
	}
}

func kitchen(c *canvas, r *rand.Rand) {
	c.rect(0, 0, width, height, warm)
	c.rect(0, 0, width, 140, deep)
	for x := span(r, 20, 90); x < width; x += 190 { // bunting
		c.shape([]ink{accent, paper}[int(x)/190%2], point{x, 140}, point{x + 150, 140}, point{x + 75, 290})
	}
	c.rect(0, 780, width, height, black)
	c.rect(0, 780, width, 812, paper)
	for x := span(r, 120, 220); x < width-150; x += span(r, 350, 440) {
		wide, high := span(r, 120, 160), span(r, 180, 300)
		i := []ink{accent, deep, black}[r.IntN(3)]
		c.rect(x-wide, 780-high, x+wide, 780, i)
		c.rect(x-wide-18, 780-high-22, x+wide+18, 780-high, paper)
		c.rect(x-wide-44, 780-high+40, x-wide, 780-high+62, i)
		c.rect(x+wide, 780-high+40, x+wide+44, 780-high+62, i)
		for _, at := range []float64{-60, 0, 60} {
			steam(c, r, x+at, 780-high-50)
		}
	}
	for x := span(r, 30, 90); x < width; x += 150 { // bowls
		c.disc(x, 900, 56, paper)
		c.rect(x-60, 840, x+60, 900, black)
		c.rect(x-64, 892, x+64, 904, accent)
	}
}

func steam(c *canvas, r *rand.Rand, x, y float64) {
	swing := waves(r, 0, 26, 40)
	for n := range 9 {
		up := float64(n) * 18
		c.disc(x+swing(up), y-up, 9-float64(n)*0.6, paper)
	}
}
