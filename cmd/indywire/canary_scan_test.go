package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// kind says where a canary may be found at the end.
type kind string

const (
	ofPerson kind = "tells who it was"      // nowhere at all
	secret   kind = "is a secret"           // nowhere at all
	fleeting kind = "was only passing by"   // nowhere at all
	withdraw kind = "was withdrawn"         // nowhere at all
	text     kind = "is a person's text"    // in the tables of posts
	upload   kind = "is an upload's id"     // in the tables of files
	address  kind = "is somebody's address" // in the tables of accounts
	control  kind = "is there to be found"  // proves that the scanner looks
)

// aviary is every canary that was let out, and where each was seen.
type aviary struct {
	t     *testing.T
	birds map[string]kind
	seen  map[string][]string
}

func newAviary(t *testing.T) *aviary {
	return &aviary{t: t, birds: map[string]kind{}, seen: map[string][]string{}}
}

// let lets a canary out and gives it back. Case does not matter when it is
// looked for.
func (a *aviary) let(k kind, word string) string {
	if len(word) < 3 {
		a.t.Fatalf("%q is no word to be told from others", word)
	}
	a.birds[strings.ToLower(word)] = k
	return word
}

// letTicket lets out a ticket and the secret in it as the database would show
// it.
func (a *aviary) letTicket(ticket string) string {
	bits, err := base64.RawURLEncoding.DecodeString(ticket)
	if err != nil || len(bits) < 33 {
		a.t.Fatalf("%q is no ticket: %v", ticket, err)
	}
	a.let(secret, hex.EncodeToString(bits[17:33]))
	return a.let(secret, ticket)
}

// letReceipt lets out a receipt's code, from its path, with its hyphens and
// without.
func (a *aviary) letReceipt(path string) string {
	code := strings.TrimPrefix(path, "/receipts/")
	a.let(secret, code)
	a.let(secret, strings.ReplaceAll(code, "-", ""))
	return path
}

// withdrawn makes of texts some that must be gone.
func (a *aviary) withdrawn(words ...string) {
	for _, word := range words {
		a.let(withdraw, word)
	}
}

// look writes down which canaries are in a text. Those of the kinds that may be
// there are passed over.
func (a *aviary) look(where, in string, allowed ...kind) {
	in = strings.ToLower(in)
	for word, k := range a.birds {
		at := strings.Index(in, word)
		if at < 0 {
			continue
		}
		a.seen[word] = append(a.seen[word], where)
		if k != control && !slices.Contains(allowed, k) {
			a.t.Errorf("%s holds %q, which %s: …%.160s…", where, word, k, in[max(0, at-60):])
		}
	}
}

// mustSee holds that a control was seen in each of the places.
func (a *aviary) mustSee(word string, places ...string) {
	a.t.Helper()
	for _, place := range places {
		if !slices.Contains(a.seen[strings.ToLower(word)], place) {
			a.t.Errorf("the scanner does not find %q in %s: what it says of other canaries there means nothing", word, place)
		}
	}
}

// lookAtTables looks at every row of every table as text. PostgreSQL writes a
// bytea in hex.
func (a *aviary) lookAtTables(n *node, pool *pgxpool.Pool) {
	tables := ask[string](n, pool, "SELECT tablename::text FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
	if len(tables) < 20 {
		a.t.Errorf("there are only the tables %q", tables)
	}
	posts := []string{"article", "article_revision", "comment", "media", "upload", "report"}
	for _, table := range tables {
		var allowed []kind
		if slices.Contains(posts, table) {
			allowed = append(allowed, text)
		}
		if table == "account" || table == "invitation" {
			allowed = append(allowed, address)
		}
		if table == "upload" || table == "media" {
			allowed = append(allowed, upload)
		}
		for _, row := range ask[string](n, pool, fmt.Sprintf("SELECT t::text FROM %q t", table)) {
			a.look("table "+table, row, allowed...)
		}
	}
}

// lookAtFiles looks at the name and the bytes of every file under --data, the
// log of PostgreSQL among them. Left out is PostgreSQL's own folder: what is
// deleted there stays in pages until they are vacuumed and in the journal until
// that is written over, which no table shows and no program can hurry for one
// row alone. A disk that is taken away is what encryption is for.
func (a *aviary) lookAtFiles(n *node) {
	own := filepath.Join(n.data(), "postgres", "data") + "/"
	for _, path := range n.filesBelow() {
		if strings.HasPrefix(path, own) {
			continue
		}
		content, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil && !strings.Contains(path, ".s.PGSQL.") {
			a.t.Fatal(err)
		}
		where, allowed := "a file", []kind(nil)
		switch folder := filepath.Base(filepath.Dir(path)); {
		case folder == "uploads": // of forms that were never sent to the end
			where, allowed = "a file on its way", []kind{upload, text}
		case filepath.Base(path) == "log":
			where = "PostgreSQL's log"
		}
		a.look(where, filepath.Base(path)+"\n"+string(content), allowed...)
	}
}

// lookAtMetrics looks at what the operator's programs read.
func (a *aviary) lookAtMetrics(n *node) {
	answer, body := n.fetch(n.ops, "localhost", "/metrics")
	if answer.StatusCode != http.StatusOK {
		a.t.Errorf("the metrics answer %d", answer.StatusCode)
	}
	a.look("the metrics", body)
}
