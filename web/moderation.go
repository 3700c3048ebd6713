package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/indywire/indywire/internal/account"
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
	Name string // of the account that it was done to, for editors and admins
	Why  string
}

// A logView is whose log somebody reads, and how much of it.
type logView struct {
	site     site.ID // 0: the network
	internal bool    // what was done to rights and settings too
}

// moderation is the log as everyone reads it.
func (s *Server) moderation(w http.ResponseWriter, r *http.Request) error {
	p, err := s.logPage(r, s.Pools.Replica, logView{site: siteFor(r).ID})
	if err != nil {
		return err
	}
	p.Title, p.Section = p.T("moderation.title"), "/moderation"
	p.NoIndex = p.Filtered || !p.First
	return s.render(w, http.StatusOK, "moderation/index", p)
}

// moderationFeed is the same for feed readers.
func (s *Server) moderationFeed(w http.ResponseWriter, r *http.Request) error {
	made, err := s.press(r).Moderation(r.Context(), s.Pools.Replica, siteFor(r))
	return s.serveFeedAs(w, r, made, err, feed.Atom, feed.TypeAtom)
}

// newsroomLog is the log as editors read it.
func (s *Server) newsroomLog(w http.ResponseWriter, r *http.Request) error {
	return s.renderLog(w, r, "newsroom/log", logView{siteFor(r).ID, true})
}

// networkLog is the network's own: what was done to accounts, and to the rights
// of admins.
func (s *Server) networkLog(w http.ResponseWriter, r *http.Request) error {
	return s.renderLog(w, r, "network/log", logView{0, true})
}

func (s *Server) renderLog(w http.ResponseWriter, r *http.Request, name string, v logView) error {
	p, err := s.logPage(r, s.Pools.Newest(), v)
	if err != nil {
		return err
	}
	p.Title, p.Section, p.NoIndex = p.T("log.title"), r.URL.Path, true
	return s.render(w, http.StatusOK, name, p)
}

// logPage reads a page of a log.
func (s *Server) logPage(r *http.Request, q db.Querier, v logView) (LogPage, error) {
	f, err := v.filter(r.URL.Query())
	if err != nil {
		return LogPage{}, err
	}
	log, err := modlog.List(r.Context(), q, int64(v.site), f)
	if err != nil {
		return LogPage{}, err
	}
	p := LogPage{Page: s.page(r, ""), First: f.Before.IsZero(), Filtered: f.Act != "" || f.Subject != ""}
	p.Acts, p.Subjects = v.actChoices(p.Page, f.Act), v.subjectChoices(p.Page, f.Subject)
	if log.Next != "" {
		query := r.URL.Query()
		query.Set("before", log.Next)
		p.Next = r.URL.Path + "?" + query.Encode()
	}
	p.Entries, err = v.entries(r.Context(), q, p.Page, log.Items)
	return p, err
}

// filter reads the filter of an address. An empty choice is none; what there is
// not to choose is fault.NotFound.
func (v logView) filter(query url.Values) (modlog.Filter, error) {
	f := modlog.Filter{Act: modlog.Act(query.Get("act")), Subject: modlog.Subject(query.Get("subject")), Internal: v.internal}
	if f.Subject != "" && !slices.Contains(v.subjects(), f.Subject) {
		return f, fault.New(fault.NotFound, "subject")
	}
	if f.Act != "" && !slices.Contains(v.acts(), f.Act) {
		return f, fault.New(fault.NotFound, "act")
	}
	var err error
	f.Before, err = cursor(query)
	return f, err
}

// subjects are what entries of the log are about. Nothing is done to events as
// yet.
func (v logView) subjects() []modlog.Subject {
	if v.site == 0 {
		return []modlog.Subject{modlog.Account, modlog.Invitation}
	}
	return slices.DeleteFunc(modlog.Subjects(), func(sub modlog.Subject) bool {
		return sub == modlog.Event || !v.internal && !sub.Public()
	})
}

// acts are what entries of the log tell of: nothing that authors do to their own
// posts.
func (v logView) acts() []modlog.Act {
	var acts []modlog.Act
	for _, sub := range v.subjects() {
		for _, act := range sub.Acts() {
			if act != modlog.Withdraw && (v.internal || sub.Tells(act)) && !slices.Contains(acts, act) {
				acts = append(acts, act)
			}
		}
	}
	return acts
}

func (v logView) actChoices(p Page, chosen modlog.Act) []Choice {
	var list []Choice
	for _, act := range v.acts() {
		// i18n: log.act.*
		list = append(list, Choice{Value: string(act), Name: p.T("log.act." + string(act)), Chosen: act == chosen})
	}
	return list
}

func (v logView) subjectChoices(p Page, chosen modlog.Subject) []Choice {
	var list []Choice
	for _, sub := range v.subjects() {
		// i18n: log.subject.*
		list = append(list, Choice{Value: string(sub), Name: p.T("log.subject." + string(sub)), Chosen: sub == chosen})
	}
	return list
}

// entries puts records into words, with links to what they are about. The names
// of accounts, which the log itself does not hold, are for who reads all of it.
func (v logView) entries(ctx context.Context, q db.Querier, p Page, records []modlog.Record) ([]LogEntry, error) {
	spots, err := feed.Spots(ctx, q, v.site, records)
	if err != nil {
		return nil, err
	}
	names, err := v.names(ctx, q, records)
	entries := make([]LogEntry, 0, len(records))
	for _, r := range records {
		e := LogEntry{When: p.DateTime(r.At), Who: r.Who(p.L), What: r.What(p.L), Why: r.Why(p.L), URL: feed.PathOf(r, spots)}
		if r.Subject == modlog.Account {
			e.Name = names[account.ID(r.SubjectID)]
			if p.May(string(account.Govern)) && v.site == 0 {
				e.URL = governedPath(account.ID(r.SubjectID))
			}
		}
		entries = append(entries, e)
	}
	return entries, err
}

func (v logView) names(ctx context.Context, q db.Querier, records []modlog.Record) (map[account.ID]string, error) {
	var ids []account.ID
	for _, r := range records {
		if r.Subject == modlog.Account {
			ids = append(ids, account.ID(r.SubjectID))
		}
	}
	if len(ids) == 0 || !v.internal {
		return nil, nil
	}
	return account.Names(ctx, q, ids)
}
