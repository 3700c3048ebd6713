// Package logging makes the program's logger, which never writes a client's
// address: whatever a library puts into a message, an error or an attribute,
// what looks like an address is replaced before it reaches a file.
package logging

import (
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
)

// Format is how lines are written.
type Format string

// The formats.
const (
	Text Format = "text"
	JSON Format = "json"
)

// New makes a logger whose lines hold no IP address, and no attribute or group
// that is named like what identifies a client or is a secret. An unknown format
// is text.
func New(w io.Writer, level slog.Leveler, format Format) *slog.Logger {
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: replace}
	if format == JSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// replace guards each attribute, the message and members of groups included. An
// empty attribute is left out by the handler.
func replace(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
		return a
	}
	if identifies(a.Key) || slices.ContainsFunc(groups, identifies) {
		return slog.Attr{}
	}
	a.Key = Scrub(a.Key)
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(Scrub(a.Value.String()))
	case slog.KindAny:
		return replaceAny(a)
	}
	return a
}

// replaceAny leaves a value its form unless there is an address in it, in either
// of the ways in which handlers write values.
func replaceAny(a slog.Attr) slog.Attr {
	v := a.Value.Any()
	switch v.(type) {
	case *http.Request, http.Request, http.Header, *http.Cookie:
		return slog.Attr{}
	}
	for _, text := range []string{textOf(v), fmt.Sprintf("%+v", v)} {
		if clean := Scrub(text); clean != text {
			a.Value = slog.StringValue(clean)
			break
		}
	}
	return a
}

func textOf(v any) string {
	switch v := v.(type) {
	case error:
		return v.Error()
	case encoding.TextMarshaler:
		if text, err := v.MarshalText(); err == nil {
			return string(text)
		}
	case fmt.Stringer:
		return v.String()
	case []byte:
		return string(v)
	}
	if text, err := json.Marshal(v); err == nil {
		return string(text)
	}
	return "" // replaceAny looks at the printed form as well
}

// identifies tells whether a key is one for what tells clients apart, or for a
// secret of theirs. Case, hyphens, dots and underscores do not matter.
func identifies(key string) bool {
	switch strings.ToLower(strings.NewReplacer("-", "", "_", "", ".", "", " ", "").Replace(key)) {
	case "ip", "remote", "remoteaddr", "remoteaddress", "remoteip", "remotehost", "client", "clientip", "clientaddr", "clientaddress",
		"peer", "peeraddr", "realip", "xrealip", "xforwardedfor", "forwarded", "forwardedfor",
		"useragent", "ua", "referer", "referrer", "cookie", "cookies", "setcookie", "authorization", "header", "headers",
		"ticket", "receipt", "upload", "uploadid", "token", "invitation", "password", "secret", "session":
		return true
	}
	return false
}
