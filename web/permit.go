package web

import (
	"net/http"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/fault"
)

// may lets pass who has the permission.
func (s *Server) may(p account.Permission) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		if p.Open() {
			return next
		}
		return s.do(func(http.ResponseWriter, *http.Request) error { return fault.New(fault.Denied, "sign in") })
	}
}
