package archtest

import (
	"path"
	"strings"
)

const module = "github.com/indywire/indywire"

// A floor is a part of the house. Of its rows each may import the rows above it in this table; rooms in one row may not
// import one another.
type floor struct {
	name string
	rows []string
}

// house is internal/ from the ground up: everything stands on what comes before it. Rooms that are yet to be built have
// their place already. A room's own place is the first that allows all it needs.
func house() []floor {
	return []floor{
		{"leaves", []string{
			"fault",
			"config slug paging locale",
		}},
		{"machinery", []string{
			"logging db/postmaster",
			"db",
			"db/embedded",
			"migrate cache mail",
			"jobs",
			"markup",
			"blob",
			"sandbox",
			"cluster",
			"guard certs",
		}},
		{"domain", []string{
			"modlog", // below all whose acts it records: settings and rights are among them
			"site",
			"account",
			"media/rendition",
			"media/photo",
			"media/recording media/document media/captions",
			"media",
			"media/tus",
			"article",
			"draft",
			"newswire feature comment event report",
			"newsroom search feed",
			"demo/poster",
			"demo importer/*",
			"export",
		}},
	}
}

// workshop is what tests lean on. Nothing that is shipped may import it.
func workshop() []string {
	return []string{"archtest", "htmltest", "browsertest", "db/dbtest", "blob/s3test", "drill"}
}

// outsiders are the libraries that stay out of internal/.
func outsiders() map[string]string {
	return map[string]string{
		"github.com/go-chi/chi":      "the domain answers a fault; routes are web's",
		"github.com/alexedwards/scs": "sessions are web's",
		"html/template":              "pages are made in templates and web",
	}
}

// rank is the row of a room below internal/, counted from the ground, or false where the table has no place for it.
func rank(room string) (int, bool) {
	row := 0
	for _, f := range house() {
		for _, rooms := range f.rows {
			for pattern := range strings.FieldsSeq(rooms) {
				if ok, err := path.Match(pattern, room); err == nil && ok {
					return row, true
				}
			}
			row++
		}
	}
	return 0, false
}
