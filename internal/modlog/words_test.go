package modlog_test

import (
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/modlog"
)

func speakers(t *testing.T) []*locale.Localizer {
	t.Helper()
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return []*locale.Localizer{catalog.Localizer("en"), catalog.Localizer("pt"), catalog.Localizer("ar")}
}

// TestEveryActHasWords says every act on every kind of subject in every language.
func TestEveryActHasWords(t *testing.T) {
	t.Parallel()
	for _, l := range speakers(t) {
		for _, subject := range modlog.Subjects() {
			if len(subject.Acts()) == 0 {
				t.Errorf("nothing is done to a %s", subject)
			}
			for _, act := range subject.Acts() {
				r := modlog.Record{Act: act, Subject: subject, SubjectID: 45}
				if said := r.What(l); strings.Contains(said, "act.") || strings.Contains(said, "{") || subject != modlog.Site && !strings.Contains(said, l.ID(45)) {
					t.Errorf("%s: %s of a %s is %q", l.Tag(), act, subject, said)
				}
			}
		}
	}
}

func TestNumbersAreOfTheLanguage(t *testing.T) {
	t.Parallel()
	r := modlog.Record{Act: modlog.Hide, Subject: modlog.Article, SubjectID: 12345}
	for i, want := range []string{"hid post 12345", "ocultou a publicação 12345", "أخفى المنشور ١٢٣٤٥"} {
		if got := r.What(speakers(t)[i]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWho(t *testing.T) {
	t.Parallel()
	l := speakers(t)[0]
	for want, r := range map[string]modlog.Record{
		"Inês":          {ActorKind: modlog.Editor, ActorName: "Inês"},
		"The operators": {ActorKind: modlog.Operator, ActorName: "root"},
		"A rule":        {ActorKind: modlog.Rule, ActorName: "links"},
		"The author":    {ActorKind: modlog.Author, ActorName: "must not be"},
	} {
		if got := r.Who(l); got != want {
			t.Errorf("%s is %q, want %q", r.ActorKind, got, want)
		}
	}
}

func TestWhy(t *testing.T) {
	t.Parallel()
	l := speakers(t)[0]
	for _, test := range []struct {
		act          modlog.Act
		reason, want string
	}{
		{modlog.Hide, "rank.local", "rank.local"},
		{modlog.Rank, "local", "local"},
		{modlog.Rank, "other", "as posted"},
		{modlog.Place, "3", "position 3"},
		{modlog.Grant, "admin", "admin of the network"},
		{modlog.Invite, "editor", "editor"},
		{modlog.Change, "name hold_articles", "name, posts are held for review"},
		{modlog.Change, "something_new", "something_new"},
		{modlog.Rank, "", ""},
	} {
		if got := (modlog.Record{Act: test.act, Reason: test.reason}).Why(l); got != test.want {
			t.Errorf("%s %q: %q, want %q", test.act, test.reason, got, test.want)
		}
	}
}
