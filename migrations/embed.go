// Package migrations holds the schema of the database, one numbered SQL file a
// step, forward only. Old and new binaries meet on one schema while a network is
// updated node by node, so each step must leave the older binary working:
// expand, backfill, and contract a release later.
package migrations

import "embed"

// FS holds the SQL files in goose's format, named 00001_what.sql and so on.
//
//go:embed *.sql
var FS embed.FS
