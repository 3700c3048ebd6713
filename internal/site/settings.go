package site

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/modlog"
)

// Bounds of a site's settings, in characters and in numbers. The forms state them.
const (
	MaxName      = 80
	MaxTagline   = 300
	MaxLanguages = 12
	MaxHosts     = 20
)

// Bounds of the files of a post anywhere. A site may take less.
const (
	MostFiles     = 20
	MostFileBytes = 4 << 30
)

// Settings are what a collective's editors decide about their site as a whole.
type Settings struct {
	Name         string
	Tagline      string
	Languages    []locale.Tag // the first is that of the interface
	TimeZone     string
	HoldArticles bool // until an editor shows them
	HoldComments bool
	MaxFiles     *int   // of a post; nil: MostFiles
	MaxFileBytes *int64 // of a file; nil: MostFileBytes
}

// Settings are those of the site.
func (s Site) Settings() Settings {
	return Settings{
		Name: s.Name, Tagline: s.Tagline, Languages: s.Languages, TimeZone: s.TimeZone,
		HoldArticles: s.HoldArticles, HoldComments: s.HoldComments, MaxFiles: s.MaxFiles, MaxFileBytes: s.MaxFileBytes,
	}
}

// Seal stands for the settings in a form.
func (s Settings) Seal() Seal { return SealOf(s) }

// Clean drops control characters, what surrounds the text, and languages that
// are named twice.
func (s Settings) Clean() Settings {
	s.Name, s.Tagline, s.TimeZone = markup.Line(s.Name), markup.Line(s.Tagline), strings.TrimSpace(s.TimeZone)
	if s.TimeZone == "" {
		s.TimeZone = "UTC"
	}
	s.Languages = distinct(s.Languages, MaxLanguages)
	return s
}

// distinct keeps the first of each. Too many are cut to one more than there may
// be, which is refused, and are not looked through.
func distinct[T comparable](list []T, most int) []T {
	if len(list) > most {
		return list[:most+1]
	}
	var found []T
	for _, v := range list {
		if !slices.Contains(found, v) {
			found = append(found, v)
		}
	}
	return found
}

// Check says which of the cleaned settings are at fault: fault.Invalid.
func (s Settings) Check() error { return fault.InvalidFields(s.faults()...) }

func (s Settings) faults() (bad []fault.Field) {
	note := func(name, message string, faulty bool) {
		if faulty {
			bad = append(bad, fault.Field{Name: name, Message: message})
		}
	}
	note("name", "error.name", s.Name == "" || utf8.RuneCountInString(s.Name) > MaxName)
	note("tagline", "error.tagline", utf8.RuneCountInString(s.Tagline) > MaxTagline)
	note("language", "error.languages", len(s.Languages) == 0 || slices.Contains(s.Languages, ""))
	if len(s.Languages) > MaxLanguages {
		bad = append(bad, fault.Field{Name: "language", Message: "error.too_many_languages", Args: map[string]any{"Max": MaxLanguages}})
	}
	note("time_zone", "error.time_zone", !validZone(s.TimeZone))
	if s.MaxFiles != nil && (*s.MaxFiles < 0 || *s.MaxFiles > MostFiles) {
		bad = append(bad, fault.Field{Name: "max_files", Message: "error.max_files", Args: map[string]any{"Max": MostFiles}})
	}
	if s.MaxFileBytes != nil && (*s.MaxFileBytes <= 0 || *s.MaxFileBytes > MostFileBytes) {
		bad = append(bad, fault.Field{Name: "max_file_mb", Message: "error.max_file_mb", Args: map[string]any{"Max": MostFileBytes / 1_000_000}})
	}
	return bad
}

// validZone takes no zone that another server might know as another one.
func validZone(name string) bool {
	if name == "Local" {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// changes names the settings that are others in b.
func (s Settings) changes(b Settings) []string {
	var names []string
	for _, c := range []struct {
		name string
		same bool
	}{
		{"name", s.Name == b.Name}, {"tagline", s.Tagline == b.Tagline}, {"languages", slices.Equal(s.Languages, b.Languages)},
		{"time_zone", s.TimeZone == b.TimeZone}, {"hold_articles", s.HoldArticles == b.HoldArticles},
		{"hold_comments", s.HoldComments == b.HoldComments}, {"max_files", same(s.MaxFiles, b.MaxFiles)},
		{"max_file_bytes", same(s.MaxFileBytes, b.MaxFileBytes)},
	} {
		if !c.same {
			names = append(names, c.name)
		}
	}
	return names
}

func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// ChangeSettings makes want the settings of a site. fault.Invalid names the
// fields at fault; fault.Conflict where they have changed since they were read
// as seal says. Settings that stand already change nothing.
func ChangeSettings(ctx context.Context, b db.Beginner, by modlog.Actor, id ID, seal Seal, want Settings) error {
	want = want.Clean()
	if err := want.Check(); err != nil {
		return err
	}
	return change(ctx, b, id, func(tx pgx.Tx, st Site) (bool, error) {
		had := st.Settings()
		names := had.changes(want)
		if len(names) == 0 {
			return false, nil
		}
		if err := seal.Check(had.Seal()); err != nil {
			return false, err
		}
		if err := updateSettings(ctx, tx, id, want); err != nil {
			return false, err
		}
		return true, log(ctx, tx, by, id, modlog.Change, strings.Join(names, " "))
	})
}
