package web

import "github.com/go-chi/chi/v5"

// RouteTables are the tables of addresses by the kind of host they answer for.
func RouteTables() map[string]chi.Routes {
	s := &Server{} // a table is made without any of the server's parts
	return map[string]chi.Routes{"site": s.siteRouter(), "portal": s.portalRouter()}
}
