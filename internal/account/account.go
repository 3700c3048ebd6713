// Package account is the people who sign in: who they are, their passwords,
// sessions and invitations, and the one table of who may do what.
package account

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/site"
)

// ID names an account in the database.
type ID int64

// Bounds of what an account holds, in characters. The forms state them.
const (
	MaxEmail    = 254 // RFC 5321, section 4.5.3.1.3
	MaxName     = 60
	MinPassword = 10
	MaxPassword = 200
)

// Account is somebody who may sign in.
type Account struct {
	ID        ID
	Email     string
	Name      string
	Admin     bool
	Disabled  bool
	Epoch     int64 // sessions of an earlier one have ended
	CreatedAt time.Time
	Roles     []SiteRole
}

// SiteRole is what an account is on one site.
type SiteRole struct {
	Site site.ID `json:"site"`
	Slug string  `json:"slug"`
	Name string  `json:"name"`
	Role Role    `json:"role"`
}

// Viewer is the account as it looks at pages.
func (a Account) Viewer() Viewer {
	v := Viewer{ID: a.ID, Email: a.Email, Name: a.Name, Admin: a.Admin}
	for _, r := range a.Roles {
		v.Sites = append(v.Sites, r.Site)
	}
	return v
}

// NormalEmail brings an address into the form it is kept and compared in.
func NormalEmail(email string) string { return strings.ToLower(markup.Line(email)) }

// checkEmail says what is wrong with a normalised address; no field if nothing is.
func checkEmail(email string) (bad []fault.Field) {
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > MaxEmail {
		bad = append(bad, fault.Field{Name: "email", Message: "error.email"})
	}
	return bad
}

// nameKey is what names are compared by: compatible forms, case and whatever
// nobody sees make no difference (Unicode's NFKC and case folding).
func nameKey(name string) string {
	seen := strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Cc, unicode.Other_Default_Ignorable_Code_Point) {
			return -1
		}
		return r
	}, norm.NFKC.String(name))
	return strings.Join(strings.Fields(cases.Fold().String(seen)), " ")
}

func checkName(name string) (bad []fault.Field) {
	if !strings.ContainsFunc(nameKey(name), func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) || utf8.RuneCountInString(name) > MaxName {
		bad = append(bad, fault.Field{Name: "name", Message: "error.person", Args: map[string]any{"Max": MaxName}})
	}
	return bad
}

func checkPassword(name, password string) (bad []fault.Field) {
	if length := utf8.RuneCountInString(password); length < MinPassword || length > MaxPassword || !utf8.ValidString(password) {
		bad = append(bad, fault.Field{Name: name, Message: "error.password", Args: map[string]any{"Min": MinPassword, "Max": MaxPassword}})
	}
	return bad
}

// Draft is what an account is made from.
type Draft struct {
	Email    string
	Name     string
	Password string
	Admin    bool
}

func (d Draft) clean() Draft {
	d.Email, d.Name = NormalEmail(d.Email), markup.Line(d.Name)
	return d
}

// Check says which fields of a cleaned draft are at fault: fault.Invalid.
func (d Draft) Check() error {
	return fault.InvalidFields(slices.Concat(checkEmail(d.Email), checkName(d.Name), checkPassword("password", d.Password))...)
}

// taken says whose place an account would take.
func taken(field string) error {
	return &fault.Error{Kind: fault.Conflict, Message: field + " is taken", Fields: []fault.Field{{Name: field, Message: "error.taken"}}}
}
