package site

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/indywire/indywire/internal/fault"
)

// Accent is the one colour a collective chooses, as #rrggbb in lower case.
type Accent string

// DefaultAccent is the colour of a site that chose none.
const DefaultAccent Accent = "#b3122b"

// The papers of the style sheet on which the accent must be read.
const (
	lightPaper = "#fbfaf6"
	darkPaper  = "#12110d"
	darkSheet  = "#1b1a15"
	lightMark  = "#fff1b8"
	darkMark   = "#4a3d08"
)

// MinContrast is the least contrast of text by WCAG 2.2, 1.4.3 (level AA).
const MinContrast = 4.5

var accentPattern = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// ParseAccent accepts a colour that can be read on light paper and carries
// white text: fault.Invalid for one that is no colour or too pale.
func ParseAccent(s string) (Accent, error) {
	r, err := ReadingsOf(s)
	if err == nil && min(r.Page, r.Sheet, r.Mark) < MinContrast {
		err = fault.InvalidFields(fault.Field{Name: "accent", Message: "error.accent_pale"})
	}
	if err != nil {
		return "", err
	}
	return Accent(strings.ToLower(strings.TrimSpace(s))), nil
}

// Readings are the contrast ratios of a colour with each of the papers that it
// is read on: the page, what lies on it (fields, and the words on buttons) and
// what is highlighted. In the dark it is Dark that is read.
type Readings struct {
	Dark                          string
	Page, Sheet, Mark             float64
	DarkPage, DarkSheet, DarkMark float64
}

// ReadingsOf measures a colour, be it one that ParseAccent would take or not;
// fault.Invalid for what is no colour.
func ReadingsOf(s string) (Readings, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if !accentPattern.MatchString(s) {
		return Readings{}, fault.InvalidFields(fault.Field{Name: "accent", Message: "error.accent"})
	}
	dark := Accent(s).Dark()
	return Readings{
		Dark: dark, Page: Contrast(s, lightPaper), Sheet: Contrast(s, "#ffffff"), Mark: Contrast(s, lightMark),
		DarkPage: Contrast(dark, darkPaper), DarkSheet: Contrast(dark, darkSheet), DarkMark: Contrast(dark, darkMark),
	}, nil
}

// Dark is the same hue made light enough to be read on dark paper.
func (a Accent) Dark() string {
	c := rgb(string(a))
	for share := 0.0; share < 1; share += 0.05 {
		lighter := mix(c, [3]float64{255, 255, 255}, share)
		if Contrast(lighter, darkPaper) >= MinContrast && Contrast(lighter, darkSheet) >= MinContrast && Contrast(lighter, darkMark) >= MinContrast {
			return lighter
		}
	}
	return "#ffffff"
}

// Contrast is the contrast ratio of two colours #rrggbb, from 1 to 21 (WCAG
// 2.2, "contrast ratio").
func Contrast(a, b string) float64 {
	la, lb := luminance(rgb(a)), luminance(rgb(b))
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

// luminance is the relative luminance of sRGB (WCAG 2.2, "relative luminance").
func luminance(c [3]float64) float64 {
	linear := func(v float64) float64 {
		v /= 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

func rgb(hex string) (c [3]float64) {
	for i := range c {
		v, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return [3]float64{}
		}
		c[i] = float64(v)
	}
	return c
}

func mix(a, b [3]float64, share float64) string {
	channel := func(i int) int { return int(math.Round(a[i] + (b[i]-a[i])*share)) }
	return fmt.Sprintf("#%02x%02x%02x", channel(0), channel(1), channel(2))
}
