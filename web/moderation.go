package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/feed"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// LogPage is a page of a moderation log.
type LogPage struct {
	Page
	Entries  []LogEntry
	Next     string // path of the older page
	First    bool   // this is the newest page
	Filtered bool
	Acts     []Choice
	Subjects []Choice
}

// LogEntry is one act. It holds numbers and no titles, so that what is withdrawn
// is gone from the log.
type LogEntry struct {
	When When
	Who  string
	What string
	URL  string // of what it was done to; empty where there is nothing to see
	Why  string
}

// moderation is the log as everyone reads it.
func (s *Server) moderation(w http.ResponseWriter, r *http.Request) error {
	p, err := s.logPage(r, s.Pools.Replica, siteFor(r).ID, false)
	if err != nil {
		return err
	}
	p.Title, p.Section = p.T("moderation.title"), "/moderation"
	p.NoIndex = p.Filtered || !p.First
	return s.render(w, http.StatusOK, "moderation/index", p)
}

// moderationFeed is the same for feed readers.
func (s *Server) moderationFeed(w http.ResponseWriter, r *http.Request) error {
	st, p := siteFor(r), s.press(r)
	made, err := p.Moderation(r.Context(), s.Pools.Replica, st)
	return s.serveFeedAs(w, r, made, err, feed.Atom, feed.TypeAtom)
}

// logPage reads a page of the log of a site, or, with site 0, of the network.
// internal has it tell what was done to rights and settings too.
func (s *Server) logPage(r *http.Request, q db.Querier, st site.ID, internal bool) (LogPage, error) {
	f, err := logFilter(r.URL.Query(), internal)
	if err != nil {
		return LogPage{}, err
	}
	log, err := modlog.List(r.Context(), q, int64(st), f)
	if err != nil {
		return LogPage{}, err
	}
	p := LogPage{Page: s.page(r, ""), First: f.Before.IsZero(), Filtered: f.Act != "" || f.Subject != ""}
	p.Acts, p.Subjects = actChoices(p.Page, f), subjectChoices(p.Page, f)
	if log.Next != "" {
		query := r.URL.Query()
		query.Set("before", log.Next)
		p.Next = r.URL.Path + "?" + query.Encode()
	}
	p.Entries, err = logEntries(r.Context(), q, p.Page, st, log.Items)
	return p, err
}

// logFilter reads the filter of an address. An empty choice is none; what there
// is not to choose is fault.NotFound.
func logFilter(query url.Values, internal bool) (modlog.Filter, error) {
	f := modlog.Filter{Act: modlog.Act(query.Get("act")), Subject: modlog.Subject(query.Get("subject")), Internal: internal}
	if f.Subject != "" && !slices.Contains(logSubjects(internal), f.Subject) {
		return f, fault.New(fault.NotFound, "subject")
	}
	if f.Act != "" && !slices.Contains(logActs(internal), f.Act) {
		return f, fault.New(fault.NotFound, "act")
	}
	var err error
	f.Before, err = cursor(query)
	return f, err
}

// logSubjects are what the entries of a log are about. Nothing is done to events
// as yet.
func logSubjects(internal bool) []modlog.Subject {
	return slices.DeleteFunc(modlog.Subjects(), func(sub modlog.Subject) bool {
		return sub == modlog.Event || !internal && !sub.Public()
	})
}

// logActs are the acts that entries of a log are of: not those of authors.
func logActs(internal bool) []modlog.Act {
	var acts []modlog.Act
	for _, sub := range logSubjects(internal) {
		for _, act := range sub.Acts() {
			if act != modlog.Withdraw && !slices.Contains(acts, act) {
				acts = append(acts, act)
			}
		}
	}
	return acts
}

func actChoices(p Page, f modlog.Filter) []Choice {
	var list []Choice
	for _, act := range logActs(f.Internal) {
		// i18n: log.act.*
		list = append(list, Choice{Value: string(act), Name: p.T("log.act." + string(act)), Chosen: act == f.Act})
	}
	return list
}

func subjectChoices(p Page, f modlog.Filter) []Choice {
	var list []Choice
	for _, sub := range logSubjects(f.Internal) {
		// i18n: log.subject.*
		list = append(list, Choice{Value: string(sub), Name: p.T("log.subject." + string(sub)), Chosen: sub == f.Subject})
	}
	return list
}

// logEntries puts records into words, with links to what they are about.
func logEntries(ctx context.Context, q db.Querier, p Page, st site.ID, records []modlog.Record) ([]LogEntry, error) {
	spots, err := feed.Spots(ctx, q, st, records)
	entries := make([]LogEntry, 0, len(records))
	for _, r := range records {
		entries = append(entries, LogEntry{
			When: p.DateTime(r.At), Who: r.Who(p.L), What: r.What(p.L), Why: r.Why(p.L), URL: feed.PathOf(r, spots),
		})
	}
	return entries, err
}
