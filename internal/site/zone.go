package site

import (
	_ "embed"
	"strings"
)

// zoneNames are the time zones that differ since 1970, by the tz database's zone1970.tab.
//
//go:embed zones.txt
var zoneNames string

// Zones are the names of time zones to choose from. Older names that lead to one
// of them are taken too.
func Zones() []string { return strings.Fields(zoneNames) }
