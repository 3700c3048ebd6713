package markup

import (
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

const (
	maxAddress = 2048 // bytes; longer ones are no addresses people follow
	maxLabel   = 80   // runes of a label made from an address
)

// address gives the form of raw that a link may carry, or "" where a link
// would be unsafe or lead nowhere: other schemes, loopback hosts, addresses
// relative to a page that is not here.
func address(raw string) string {
	raw = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' { // browsers skip them inside an address
			return -1
		}
		return dropControl(r)
	}, strings.TrimSpace(cleanSource(raw)))
	switch {
	case raw == "" || len(raw) > maxAddress:
		return ""
	case strings.HasPrefix(strings.ToLower(raw), "www."):
		raw = "https://" + raw
	}
	u, err := url.Parse(forwardSlashes(raw))
	if err != nil {
		return ""
	}
	u.Scheme = strings.ToLower(u.Scheme)
	switch u.Scheme {
	case "http", "https":
		return webAddress(u)
	case "mailto", "magnet":
		return opaqueAddress(u)
	case "":
		return relativeAddress(u)
	}
	return ""
}

// forwardSlashes turns backslashes before the query round, as browsers do:
// otherwise /\host would pass as a path of this site.
func forwardSlashes(raw string) string {
	end := strings.IndexAny(raw, "?#")
	if end < 0 {
		end = len(raw)
	}
	return strings.ReplaceAll(raw[:end], `\`, "/") + raw[end:]
}

func webAddress(u *url.URL) string {
	host := u.Hostname()
	if ascii, err := idna.Lookup.ToASCII(host); err == nil && ascii != host && !strings.Contains(host, ":") {
		u.Host = ascii
		if p := u.Port(); p != "" {
			u.Host += ":" + p
		}
		host = ascii
	}
	if host == "" || loopback(host) {
		return ""
	}
	u.User = nil // a name before the host only deceives the reader
	return u.String()
}

// opaqueAddress keeps mailto and magnet links that say whom or what.
func opaqueAddress(u *url.URL) string {
	if u.Host != "" || u.Scheme == "mailto" && !strings.Contains(u.Opaque, "@") {
		return ""
	}
	if u.Scheme == "magnet" && !strings.Contains(u.RawQuery, "xt") {
		return ""
	}
	return u.String()
}

func relativeAddress(u *url.URL) string {
	if u.Host != "" {
		u.Scheme = "https"
		return webAddress(u)
	}
	s := u.String()
	if strings.HasPrefix(s, "//") || s == "#" || !strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "#") {
		return ""
	}
	return s
}

// loopback tells whether host names the reader's own machine, as addresses
// left over from somebody's test server do.
func loopback(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "localhost.localdomain" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.Unmap().IsLoopback() || ip.Unmap().IsUnspecified())
}

// external tells whether href, as address gave it, leaves this site.
func external(href string) bool { return href[0] != '/' && href[0] != '#' }

// readable makes a label from href: host and last part of the path.
func readable(href string) string {
	u, err := url.Parse(href)
	if err != nil {
		return shorten(href)
	}
	host := strings.TrimPrefix(u.Host, "www.")
	if shown, err := idna.Display.ToUnicode(host); err == nil {
		host = shown
	}
	parts := strings.FieldsFunc(cleanLine(u.Path), func(r rune) bool { return r == '/' })
	label := host
	switch {
	case len(parts) > 2 && host != "":
		label += "/…/" + parts[len(parts)-1]
	case host != "":
		label = strings.Join(append([]string{host}, parts...), "/")
	case len(parts) > 0:
		label = parts[len(parts)-1]
	}
	if !visible(label) {
		label = href
	}
	return shorten(label)
}

// fileName is the last part of raw's path, for media whose address is no use.
func fileName(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Opaque != "" || u.Path == "" {
		return ""
	}
	name := cleanLine(path.Base(u.Path))
	if name == "/" || name == "." {
		return ""
	}
	return shorten(name)
}

// shorten takes the middle out of a long label: the ends tell most.
func shorten(label string) string {
	label = cleanLine(label)
	if utf8.RuneCountInString(label) <= maxLabel {
		return label
	}
	runes := []rune(label)
	return string(runes[:maxLabel/2]) + "…" + string(runes[len(runes)-maxLabel/2+1:])
}

var (
	embedHost = regexp.MustCompile(`^(www\.|m\.)?(youtube|youtube-nocookie)\.com$`)
	embedPath = regexp.MustCompile(`^/(?:embed|v)/([A-Za-z0-9_-]+)/?$`)
)

// watchAddress turns the address of an embedded YouTube player into that of
// the page people know; others are left as they are.
func watchAddress(href string) string {
	u, err := url.Parse(href)
	if err != nil || !embedHost.MatchString(u.Host) {
		return href
	}
	found := embedPath.FindStringSubmatch(u.Path)
	if found == nil {
		return href
	}
	page, query := "watch", url.Values{"v": {found[1]}}
	if found[1] == "videoseries" {
		page, query = "playlist", url.Values{"list": {u.Query().Get("list")}}
	} else if start := u.Query().Get("start"); start != "" {
		query.Set("t", start)
	}
	return "https://www.youtube.com/" + page + "?" + query.Encode()
}
