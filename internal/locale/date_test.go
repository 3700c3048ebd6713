package locale_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/indywire/indywire/internal/locale"
)

func TestDates(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	lisbon := time.FixedZone("a zone", 3600)
	at := time.Date(2026, 11, 22, 14, 52, 59, 0, time.UTC)
	newYear := time.Date(2026, 12, 31, 23, 5, 0, 0, time.UTC)
	tests := []struct {
		tag  locale.Tag
		at   time.Time
		zone *time.Location
		want [4]string
	}{
		{"en", at, time.UTC, [4]string{"22 November 2026", "22 November 2026, 14:52", "14:52", "November 2026"}},
		{"pt", at, time.UTC, [4]string{"22 de novembro de 2026", "22 de novembro de 2026, 14:52", "14:52", "novembro de 2026"}},
		{"ar", at, time.UTC, [4]string{"٢٢ نوفمبر ٢٠٢٦", "٢٢ نوفمبر ٢٠٢٦، ١٤:٥٢", "١٤:٥٢", "نوفمبر ٢٠٢٦"}},
		{"en", newYear, lisbon, [4]string{"1 January 2027", "1 January 2027, 00:05", "00:05", "January 2027"}},
		{"en", newYear.In(lisbon), nil, [4]string{"31 December 2026", "31 December 2026, 23:05", "23:05", "December 2026"}},
	}
	for _, tc := range tests {
		l := c.Localizer(tc.tag)
		got := [4]string{l.Date(tc.at, tc.zone), l.DateTime(tc.at, tc.zone), l.Clock(tc.at, tc.zone), l.Month(tc.at, tc.zone)}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tc.tag, diff)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	tests := map[locale.Tag]map[int]string{
		"en": {0: "0", 9: "9", 10: "10", 999: "999", 100000: "100,000", -5: "-5"},
		"pt": {0: "0", 10: "10", 100000: "100\u00a0000", 1234567: "1\u00a0234\u00a0567"},
		"ar": {0: "٠", 7: "٧", 10: "١٠", 100000: "١٠٠٬٠٠٠"},
	}
	for tag, numbers := range tests {
		for n, want := range numbers {
			if got := c.Localizer(tag).Number(n); got != want {
				t.Errorf("%s: %d is %q, want %q", tag, n, got, want)
			}
		}
	}
}

func TestBytes(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	tests := map[locale.Tag]map[int64]string{
		"en": {
			-1: "0 bytes", 0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1 kB", 1234: "1.2 kB", 9_949: "9.9 kB",
			9_960: "10 kB", 412_000: "412 kB", 999_499: "999 kB", 999_600: "1 MB", 1_234_567: "1.2 MB",
			980_000_000: "980 MB", 3_000_000_000: "3 GB", 2_500_000_000_000: "2.5 TB", 1 << 62: "4,611,686 TB",
		},
		"pt": {1: "1 byte", 1_234_567: "1,2 MB", 3_000_000_000: "3 GB"},
		"ar": {0: "٠ بايت", 2: "بايتان", 1_234_567: "١٫٢ ميغابايت", 3_000: "٣ كيلوبايت"},
	}
	for tag, sizes := range tests {
		for n, want := range sizes {
			if got := c.Localizer(tag).Bytes(n); got != want {
				t.Errorf("%s: %d is %q, want %q", tag, n, got, want)
			}
		}
	}
}

// Every page is written by the same few Localizers at once; the race detector
// sees whether the libraries under them allow that.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	l := catalog(t).Localizer("ar")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got := l.N("unit.byte", 1234) + l.Number(1234); got != "١٬٢٣٤ بايتًا١٬٢٣٤" {
					t.Errorf("got %q", got)
				}
			}
		})
	}
	wg.Wait()
}
