package paging_test

import (
	"math"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/paging"
)

func TestCursorComesBack(t *testing.T) {
	t.Parallel()
	for _, c := range []paging.Cursor{0, 1, 127, 128, 70_000, 1 << 40, math.MaxInt64} {
		s := c.String()
		if url.QueryEscape(s) != s {
			t.Errorf("%d: %q needs escaping in an address", c, s)
		}
		got, err := paging.Parse(s)
		if err != nil || got != c {
			t.Errorf("Parse(%q) = %d, %v, want %d", s, got, err, c)
		}
	}
}

func TestBeginning(t *testing.T) {
	t.Parallel()
	if s := paging.Cursor(0).String(); s != "" {
		t.Errorf("the beginning is written %q", s)
	}
	if s := (paging.RankCursor{}).String(); s != "" {
		t.Errorf("the best is written %q", s)
	}
	if !paging.Cursor(0).IsZero() || paging.Cursor(1).IsZero() {
		t.Error("Cursor.IsZero")
	}
	if !(paging.RankCursor{}).IsZero() || (paging.RankCursor{ID: 1}).IsZero() {
		t.Error("RankCursor.IsZero")
	}
}

func TestRankCursorComesBack(t *testing.T) {
	t.Parallel()
	ranks := []float32{0, 1e-20, 0.06079271, 0.1, 1, math.MaxFloat32, math.SmallestNonzeroFloat32}
	for _, r := range ranks {
		c := paging.RankCursor{Rank: r, ID: math.MaxInt64}
		got, err := paging.ParseRank(c.String())
		if err != nil || got != c {
			t.Errorf("%v came back as %v, %v", c, got, err)
		}
	}
	if got, err := paging.ParseRank(""); err != nil || !got.IsZero() {
		t.Errorf(`ParseRank("") = %v, %v`, got, err)
	}
}

func TestMalformedIsInvalid(t *testing.T) {
	t.Parallel()
	good := paging.Cursor(70_000).String()
	tests := map[string]string{
		"a number":       "70000",
		"a word":         "next",
		"one character":  "A",
		"padded":         good + "=",
		"trailing":       good + "A",
		"cut":            good[:len(good)-1],
		"other letter":   "B" + good[1:],
		"not base64":     "<script>",
		"space":          good + " ",
		"line break":     good[:3] + "\n" + good[3:],
		"very long":      strings.Repeat("A", 1<<16),
		"zero bytes":     "AAAA",
		"negative id":    paging.Cursor(-1).String(),
		"of the search":  paging.RankCursor{Rank: 1, ID: 5}.String(),
		"not UTF-8":      "\xff\xfe",
		"standard signs": "+/+/",
	}
	for name, s := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c, err := paging.Parse(s); !fault.Is(err, fault.Invalid) || c != 0 {
				t.Errorf("Parse(%q) = %d, %v, want invalid", s, c, err)
			}
		})
	}
}

func TestMalformedRankIsInvalid(t *testing.T) {
	t.Parallel()
	inf := float32(math.Inf(1))
	tests := map[string]string{
		"infinite":     paging.RankCursor{Rank: inf, ID: 1}.String(),
		"not a number": paging.RankCursor{Rank: inf - inf, ID: 1}.String(),
		"negative":     paging.RankCursor{Rank: -1, ID: 1}.String(),
		"no id":        paging.RankCursor{Rank: 1}.String(),
		"negative id":  paging.RankCursor{Rank: 1, ID: -5}.String(),
		"of a list":    paging.Cursor(5).String(),
		"a word":       "best",
	}
	for name, s := range tests {
		if c, err := paging.ParseRank(s); !fault.Is(err, fault.Invalid) || !c.IsZero() {
			t.Errorf("%s: ParseRank(%q) = %v, %v, want invalid", name, s, c, err)
		}
	}
}

// Whoever flips a letter of a cursor must not land on another page silently;
// the check may miss few enough that a test can count them.
func TestCheckCatchesTyping(t *testing.T) {
	t.Parallel()
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	good := paging.Cursor(123_456).String()
	for i := range good {
		for _, c := range letters {
			s := good[:i] + string(c) + good[i+1:]
			if _, err := paging.Parse(s); s != good && err == nil {
				t.Errorf("%q passes for %q", s, good)
			}
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	key := func(id int) paging.Cursor { return paging.Cursor(id) }
	tests := map[string]struct {
		items []int
		want  paging.Page[int]
	}{
		"none":       {nil, paging.Page[int]{}},
		"fewer":      {[]int{9}, paging.Page[int]{Items: []int{9}}},
		"just full":  {[]int{9, 8}, paging.Page[int]{Items: []int{9, 8}}},
		"one beyond": {[]int{9, 8, 7}, paging.Page[int]{Items: []int{9, 8}, Next: paging.Cursor(8).String()}},
		"many":       {[]int{9, 8, 7, 6}, paging.Page[int]{Items: []int{9, 8}, Next: paging.Cursor(8).String()}},
	}
	for name, tc := range tests {
		if diff := cmp.Diff(tc.want, paging.Cut(tc.items, 2, key)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func TestCutByRank(t *testing.T) {
	t.Parallel()
	key := func(id int64) paging.RankCursor { return paging.RankCursor{Rank: 0.5, ID: id} }
	rows := []int64{4, 3}
	p := paging.Cut(rows, 1, key)
	if c, err := paging.ParseRank(p.Next); err != nil || c != key(4) {
		t.Errorf("Next = %v, %v", c, err)
	}
	if p.Items = append(p.Items, 99); rows[1] != 3 {
		t.Error("adding to a page writes into the rows it was cut from")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(paging.Cursor(5).String())
	f.Add(paging.RankCursor{Rank: 1, ID: 5}.String())
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := paging.Parse(s); err == nil && c.String() != s {
			t.Errorf("Parse(%q) = %d, which is written %q", s, c, c.String())
		}
		if c, err := paging.ParseRank(s); err == nil && c.String() != s {
			t.Errorf("ParseRank(%q) = %v, which is written %q", s, c, c.String())
		}
	})
}
