package web

import "github.com/indywire/indywire/internal/account"

// Line is one line of a table of addresses.
type Line struct {
	Method, Pattern string
	Permission      account.Permission
}

// RouteTables are the tables of addresses by the kind of host they answer for.
func RouteTables() map[string][]Line {
	s := &Server{} // a table is made without any of the server's parts
	tables := map[string][]Line{}
	for host, t := range map[string]*table{"site": s.siteRouter(), "portal": s.portalRouter()} {
		for _, l := range t.lines {
			tables[host] = append(tables[host], Line{l.method, l.pattern, l.permission})
		}
	}
	return tables
}
