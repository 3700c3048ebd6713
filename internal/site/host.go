package site

import (
	"net"
	"regexp"
	"strings"
)

// hostPattern is a host name by RFC 1123: labels of letters, digits and inner
// hyphens. Names in other scripts come in their ASCII form (RFC 5891).
var hostPattern = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func validHost(host string) bool {
	return len(host) <= 253 && hostPattern.MatchString(host)
}

// NormalHost brings a Host header into the form hosts are kept in: lower case,
// without port and final dot. The port of the header does not matter, as long
// as it is one: links repeat it, so a made-up one stays and makes the host unknown.
func NormalHost(header string) string {
	host := header
	if h, port, err := net.SplitHostPort(header); err == nil && strings.Trim(port, "0123456789") == "" {
		host = h
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// slugOf gives the SLUG of a host SLUG.<portal>, empty for any other host.
func slugOf(host, portal string) string {
	name, found := strings.CutSuffix(host, "."+portal)
	if !found || strings.Contains(name, ".") {
		return ""
	}
	return name
}
