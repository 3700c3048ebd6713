package db

import (
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// notYet tells a server that lags from one that will never do. A database, a role
// or a password that was made just now is not on every standby yet, and the
// driver asks no further host once one has refused for the want of them. With
// the code of a server that is still starting it asks the next, and where there
// is none the same is tried later. What the server said stays.
func notYet(_ *pgconn.PgConn, e *pgconn.PgError) bool {
	if !strings.EqualFold(e.Severity, "FATAL") {
		return true
	}
	switch e.Code {
	case "3D000", "28P01", "42501": // no such database, no such role or password, no right to connect
		e.Code = "57P03"
	}
	return false // the connection is of no use
}
