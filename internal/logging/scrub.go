package logging

import (
	"net/netip"
	"strings"
)

// redacted stands where an address was.
const redacted = "(address)"

// Scrub replaces every IP address in text, together with its port, zone and
// prefix length, by a fixed word. Only the unspecified addresses stay ("[::]:8080"):
// they name where we listen and never a client.
func Scrub(text string) string {
	if !strings.ContainsAny(text, ".:") {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); {
		end, found := bracketed(text, i)
		if end == i {
			end, found = bare(text, i)
		}
		switch {
		case end == i:
			out.WriteByte(text[i])
			end = i + 1
		case found:
			out.WriteString(redacted)
			end = suffix(text, end)
		default:
			out.WriteString(text[i:end])
		}
		i = end
	}
	return out.String()
}

// bracketed reads "[2001:db8::1%eth0]" at i; the end is i where there is none.
func bracketed(text string, i int) (end int, found bool) {
	if text[i] != '[' {
		return i, false
	}
	const longest = 80 // with a zone; the bound keeps a line of brackets cheap
	inside, _, closed := strings.Cut(text[i+1:min(len(text), i+1+longest)], "]")
	if !closed {
		return i, false
	}
	addr, err := netip.ParseAddr(inside)
	if err != nil {
		return i, false
	}
	return i + len(inside) + 2, !addr.IsUnspecified()
}

// bare reads the run of an address's characters at i and tells whether it begins
// with an address, and how far that goes. Without one the whole run is passed,
// or as much as comes before an IPv4 address inside it.
func bare(text string, i int) (end int, found bool) {
	end = i
	for end < len(text) && ofAddress(text[end]) {
		end++
	}
	run := text[i:end]
	if !strings.ContainsAny(run, ".:") {
		return end, false
	}
	if n, found := prefix(run, outsideWord(text, i, end)); n > 0 {
		return i + n, found
	}
	for n := 1; n < len(run); n++ {
		if m, _ := prefix(run[n:], false); m > 0 {
			return i + n, false
		}
	}
	return end, false
}

// prefix is the length of the address that run begins with, 0 for none, and
// whether it has to go. IPv6 is looked for only where the run is no part of a
// word such as "id::date"; what can follow it is a colon ("from ADDRESS: EOF").
func prefix(run string, six bool) (n int, found bool) {
	if six {
		for _, try := range []string{run, strings.TrimSuffix(run, "."), strings.TrimSuffix(run, ":")} {
			if addr, err := netip.ParseAddr(try); err == nil && addr.Is6() {
				return len(try), !addr.IsUnspecified()
			}
		}
	}
	n = dotted(run)
	if n == 0 {
		return 0, false
	}
	addr, err := netip.ParseAddr(run[:n])
	return n, err != nil || !addr.IsUnspecified()
}

// dotted is the length of four numbers with dots between them at the start of
// run, leading zeros and numbers that are too high included; 0 if there are none.
func dotted(run string) int {
	n := 0
	for part := range 4 {
		if part > 0 {
			if n >= len(run) || run[n] != '.' {
				return 0
			}
			n++
		}
		start := n
		for n < len(run) && n-start < 3 && digit(run[n]) {
			n++
		}
		if n == start {
			return 0
		}
	}
	return n
}

// suffix passes what belongs to an address that ends at i: zone, port, prefix.
func suffix(text string, i int) int {
	if i < len(text) && text[i] == '%' {
		for i++; i < len(text) && (wordly(text[i]) || text[i] == '-'); i++ {
		}
	}
	if i+1 < len(text) && (text[i] == ':' || text[i] == '/') && digit(text[i+1]) {
		for i++; i < len(text) && digit(text[i]); i++ {
		}
	}
	return i
}

// outsideWord tells whether text[start:end] has no letter on either side.
func outsideWord(text string, start, end int) bool {
	return (start == 0 || !wordly(text[start-1])) && (end == len(text) || !wordly(text[end]))
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func ofAddress(c byte) bool {
	return digit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' || c == ':' || c == '.'
}

func wordly(c byte) bool {
	return digit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}
