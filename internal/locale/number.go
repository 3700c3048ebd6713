package locale

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	printing "golang.org/x/text/message"
	"golang.org/x/text/number"
)

// numbers writes numbers as a language does, with CLDR's digits, grouping and
// decimal sign.
type numbers struct {
	printer *printing.Printer
	digits  *strings.Replacer // ASCII digits to the language's, nil where they are the same
}

func newNumbers(habits language.Tag) numbers {
	n := numbers{printer: printing.NewPrinter(habits)}
	var pairs []string
	for digit := range 10 {
		pairs = append(pairs, string(rune('0'+digit)), n.decimal(digit))
	}
	if pairs[1] != pairs[0] {
		n.digits = strings.NewReplacer(pairs...)
	}
	return n
}

// decimal writes an int or float64, the latter with one decimal at most.
func (n numbers) decimal(v any) string {
	return n.printer.Sprint(number.Decimal(v, number.MaxFractionDigits(1)))
}

// own writes the ASCII digits in s with the language's digits.
func (n numbers) own(s string) string {
	if n.digits == nil {
		return s
	}
	return n.digits.Replace(s)
}

// Number writes a count: 100,000 in English, ١٠٠٬٠٠٠ in Arabic.
func (l *Localizer) Number(n int) string {
	if 0 <= n && n < 10 { // most counts are small, and the library is slow
		return l.numbers.own(string(rune('0' + n)))
	}
	return l.numbers.decimal(n)
}

// ID writes a number that counts nothing, in the digits of the language and
// without grouping: ١٢٣٤ in Arabic.
func (l *Localizer) ID(n int64) string { return l.numbers.own(strconv.FormatInt(n, 10)) }

// Bytes writes a size in steps of a thousand, with a decimal below ten: 1.2 MB.
// A negative size counts as none.
func (l *Localizer) Bytes(n int64) string {
	n = max(n, 0)
	if n < 1000 {
		return l.N("unit.byte", int(n))
	}
	size, step := float64(n)/1000, 0
	// 999,600 bytes are 1 MB, not 1,000 kB: the rounded size decides.
	for ; step < 3 && math.Round(size) >= 1000; step++ {
		size /= 1000
	}
	if size >= 9.95 {
		size = math.Round(size)
	}
	return l.unit(step, l.numbers.decimal(size))
}

// unit names the power of a thousand bytes.
func (l *Localizer) unit(step int, size string) string {
	switch step {
	case 0:
		return l.T("unit.kilobyte", "Size", size)
	case 1:
		return l.T("unit.megabyte", "Size", size)
	case 2:
		return l.T("unit.gigabyte", "Size", size)
	default:
		return l.T("unit.terabyte", "Size", size)
	}
}

// Ratio writes a ratio to one decimal, cut and not rounded, so that one just
// below a limit never looks as if it met it.
func (l *Localizer) Ratio(v float64) string {
	return l.numbers.decimal(math.Floor(v*10+1e-9) / 10)
}
