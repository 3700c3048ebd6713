package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/paging"
)

// foreignReadings are the routes that take an id of any kind, with the ids of a
// stock, by their line of the table.
func foreignReadings(s stock) map[string][]string {
	topic := s.site.Topics[0].Slug
	id, desk := path.Dir(s.article), "/newsroom"+path.Dir(s.feature)
	return map[string][]string{
		"GET /articles/{id}":                  {id},
		"GET /articles/{id}/{slug}":           {s.article, id + "/comments", s.article + "?held=1", fmt.Sprintf("%s?after=%d", s.article, s.comment-1)},
		"GET /features/{id}":                  {path.Dir(s.feature)},
		"GET /features/{id}/{slug}":           {s.feature},
		"GET /topics/{slug}":                  {"/topics/" + topic},
		"GET /topics/{slug}/feed.{format}":    {"/topics/" + topic + "/feed.atom", "/topics/" + topic + "/feed.rss", "/topics/" + topic + "/feed.json"},
		"GET /pages/{slug}":                   {"/pages/" + s.page},
		"GET /receipts/{code}":                {s.receipt, strings.ToLower(s.receipt)},
		"GET /media/{id}/{rendition}":         {s.media},
		"GET /invitations/{token}":            {s.invitation},
		"GET /newsroom/articles/{id}":         {"/newsroom" + id},
		"GET /newsroom/articles/{id}/remove":  {"/newsroom" + id + "/remove"},
		"GET /newsroom/comments/{id}":         {fmt.Sprintf("/newsroom/comments/%d", s.comment)},
		"GET /newsroom/comments/{id}/remove":  {fmt.Sprintf("/newsroom/comments/%d/remove", s.comment)},
		"GET /newswire":                       {"/newswire?topic=" + topic},
		"GET /feeds/newswire.{format}":        {"/feeds/newswire.atom?topic=" + topic},
		"GET /newsroom/pages/{page}":          {"/newsroom/pages/" + s.page},
		"GET /newsroom/features/new":          {fmt.Sprintf("/newsroom/features/new?article=%d", s.id)},
		"GET /newsroom/features/{id}":         {desk},
		"GET /newsroom/features/{id}/discard": {desk + "/discard"},
	}
}

// withoutIDs are the routes that take no id of a thing on a site.
var withoutIDs = []string{
	"GET /", "GET /features", "GET /archive", "GET /archive/{year}/{month}", "GET /search", "GET /publish", "GET /receipts", "GET /robots.txt",
	"GET /sitemap.xml", "GET /.well-known/security.txt", "GET /static/*", "GET /look/{accent:[0-9a-f]{6}}.css",
	"GET /feeds/features.{format}", "GET /feeds/comments.{format}", "GET /hidden", "GET /moderation", "GET /moderation.atom",
	"GET /sign-in", "POST /sign-in", "POST /sign-out", "GET /account", "POST /account", "GET /newsroom", "GET /newsroom/editors", "POST /newsroom/editors",
	"GET /newsroom/log", "GET /newsroom/settings", "POST /newsroom/settings", "GET /newsroom/topics", "GET /newsroom/look", "POST /newsroom/look",
	"GET /newsroom/pages", "POST /newsroom/pages",
	"GET /newsroom/features", "GET /feeds/podcast.rss", "OPTIONS /uploads/", "OPTIONS /uploads/{upload}",
}

// byUploads are the routes of the upload protocol, which TestUploadStaysOnItsSite asks.
var byUploads = []string{"POST /uploads/", "HEAD /uploads/{upload}", "PATCH /uploads/{upload}", "DELETE /uploads/{upload}", "POST /uploads/{upload}"}

// foreignPosts are the forms that take an id, with the ids of a stock.
func foreignPosts(s stock) map[string][]probe {
	text := url.Values{"title": {"Alheio"}, "body": {"Alheio."}, "action": {"publish"}}
	with := func(pairs ...string) url.Values {
		form := url.Values{}
		for name, values := range text {
			form[name] = values
		}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return form
	}
	comments, reply := permalinkToComments(s.article), fmt.Sprintf("/newsroom/comments/%d", s.comment)
	desk := "/newsroom" + path.Dir(s.feature)
	return map[string][]probe{
		"POST /articles/{id}/comments": {{path: comments, form: text, status: http.StatusNotFound}, {path: comments, form: url.Values{}, status: http.StatusNotFound}},
		"POST /articles/{id}/reports": {
			{path: path.Dir(s.article) + "/reports", form: url.Values{"reason": {"Alheio."}}, status: http.StatusNotFound},
			{path: path.Dir(s.article) + "/reports", form: url.Values{}, status: http.StatusNotFound},
		},
		"POST /newsroom/articles/{id}/dismiss": {
			{path: "/newsroom" + path.Dir(s.article) + "/dismiss", form: url.Values{}, status: http.StatusNotFound},
		},
		"POST /newsroom/articles/{id}/decline": {
			{path: "/newsroom" + path.Dir(s.article) + "/decline", form: url.Values{"reason": {"Alheio."}}, status: http.StatusNotFound},
		},
		"POST /newsroom/articles/{id}/hide":   {{path: "/newsroom" + path.Dir(s.article) + "/hide", form: url.Values{"reason": {"Alheio."}}, status: http.StatusNotFound}},
		"POST /newsroom/articles/{id}/show":   {{path: "/newsroom" + path.Dir(s.article) + "/show", form: url.Values{}, status: http.StatusNotFound}},
		"POST /newsroom/articles/{id}/rank":   {{path: "/newsroom" + path.Dir(s.article) + "/rank", form: url.Values{"rank": {"global"}}, status: http.StatusNotFound}},
		"POST /newsroom/articles/{id}/remove": {{path: "/newsroom" + path.Dir(s.article) + "/remove", form: url.Values{"reason": {"Alheio."}}, status: http.StatusNotFound}},
		"POST /newsroom/articles/{id}/retry":  {{path: "/newsroom" + path.Dir(s.article) + "/retry", form: url.Values{"file": {path.Base(path.Dir(s.media))}}, status: http.StatusNotFound}},
		"POST /newsroom/comments/{id}/retry":  {{path: reply + "/retry", form: url.Values{"file": {path.Base(path.Dir(s.media))}}, status: http.StatusNotFound}},
		"POST /newsroom/comments/{id}/hide":   {{path: reply + "/hide", form: url.Values{"reason": {"Alheio."}}, status: http.StatusNotFound}},
		"POST /newsroom/comments/{id}/show":   {{path: reply + "/show", form: url.Values{}, status: http.StatusNotFound}},
		"POST /newsroom/comments/{id}/remove": {{path: reply + "/remove", form: url.Values{"reason": {"Alheio."}}, status: http.StatusNotFound}},
		"POST /publish": {
			{path: "/publish", form: with("ticket", s.ticket), status: http.StatusUnprocessableEntity},
			{path: "/publish", form: with("ticket", s.ticket, "upload", s.upload), status: http.StatusUnprocessableEntity},
			{path: "/publish", form: with("ticket", s.ticket, "topic", s.site.Topics[0].Slug), status: http.StatusUnprocessableEntity},
		},
		"POST /publish/draft": {
			{path: "/publish/draft", form: url.Values{"ticket": {s.ticket}}, status: http.StatusUnprocessableEntity},
			{path: "/publish/draft", form: url.Values{"ticket": {s.ticket}, "title": {"Alheio"}}, status: http.StatusUnprocessableEntity},
		},
		"POST /newsroom/topics": {
			{path: "/newsroom/topics", form: url.Values{"id": {fmt.Sprint(s.site.Topics[0].ID)}, "name": {"Alheio"}}, status: http.StatusNotFound},
		},
		"POST /newsroom/look/logo": {
			{path: "/newsroom/look/logo", form: url.Values{"ticket": {s.ticket}, "upload": {s.upload}, "action": {"save"}}, status: http.StatusUnprocessableEntity},
		},
		"POST /newsroom/pages/{page}": {
			{path: "/newsroom/pages/" + s.page, form: with("action", "save", "language", "pt"), status: http.StatusNotFound},
			{path: "/newsroom/pages/" + s.page, form: url.Values{"action": {"preview"}}, status: http.StatusNotFound},
			{path: "/newsroom/pages/" + s.page, form: url.Values{"action": {"delete"}}, status: http.StatusNotFound},
		},
		"POST /newsroom/features": {
			{path: "/newsroom/features", form: with("action", "save", "ticket", s.ticket, "summary", "Alheio."), status: http.StatusUnprocessableEntity},
			{path: "/newsroom/features", form: with("action", "preview", "article", s.article), status: http.StatusOK},
		},
		"POST /newsroom/features/{id}":         {{path: desk, form: with("action", "save", "summary", "Alheio."), status: http.StatusNotFound}},
		"POST /newsroom/features/{id}/place":   {{path: desk + "/place", form: url.Values{"position": {"1"}}, status: http.StatusNotFound}},
		"POST /newsroom/features/{id}/unplace": {{path: desk + "/unplace", form: url.Values{}, status: http.StatusNotFound}},
		"POST /newsroom/features/{id}/discard": {{path: desk + "/discard", form: url.Values{}, status: http.StatusNotFound}},
		"POST /invitations/{token}":            {{path: s.invitation, form: url.Values{"name": {"Alheia"}, "password": {password}}, status: http.StatusNotFound}},
		"POST /receipts":                       {{path: "/receipts", form: url.Values{"code": {path.Base(s.receipt)}}, status: http.StatusNotFound}},
		"POST /receipts/{code}": {
			{path: s.receipt, form: with("action", "save"), status: http.StatusNotFound},
			{path: s.receipt, form: with("action", "preview"), status: http.StatusNotFound},
			{path: s.receipt, form: url.Values{"action": {"withdraw"}}, status: http.StatusNotFound},
		},
	}
}

// TestNothingIsReachedFromAnotherSite asks a site for what another has, by every
// route that takes an id, and first the other site itself, so that an address
// that is nowhere would show.
func TestNothingIsReachedFromAnotherSite(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	s := n.stock(n.pt, "Zimbro")
	own := n.stock(n.ar, "عرعر")
	readings, posts := foreignReadings(s), foreignPosts(s)
	guarded := map[string]bool{}
	for _, r := range routes(t) {
		line := r.method + " " + r.pattern
		guarded[line] = guarded[line] || r.host == "site" && !r.permission.Open()
		known := len(readings[line]) > 0 || len(posts[line]) > 0 || slices.Contains(withoutIDs, line) || slices.Contains(byUploads, line)
		if r.host == "site" && !known {
			t.Errorf("the walk does not know %s: say with which ids it is asked", line)
		}
	}
	here, there := n.editor(s.site, "Zimbreira"), n.editor(own.site, "Outra")
	for line, addresses := range readings {
		for _, address := range addresses {
			if guarded[line] {
				here.get(address).want(t, http.StatusOK)
				a := there.get(address).want(t, http.StatusNotFound)
				lacks(t, a.Body, s.word)
				continue
			}
			if at := n.ask(s.host, address, nil); at.StatusCode >= http.StatusBadRequest {
				t.Errorf("%s: %s is %d on its own site: the walk proves nothing", line, address, at.StatusCode)
			}
			n.checkForeign(s, probe{http.MethodGet, own.host, address, nil, http.StatusNotFound})
			n.checkForeign(s, probe{http.MethodHead, own.host, address, nil, http.StatusNotFound})
		}
	}
	before := n.rows()
	for line, probes := range posts {
		for _, p := range probes {
			p.method, p.host = http.MethodPost, own.host
			if guarded[line] {
				a := there.post(p.path, p.form).want(t, p.status)
				lacks(t, a.Body, s.word)
				continue
			}
			n.checkForeign(s, p)
		}
	}
	if after := n.rows(); after != before {
		t.Errorf("forms with another site's ids changed something: %s, was %s", after, before)
	}
}

func (n *network) checkForeign(s stock, p probe) {
	n.t.Helper()
	a := n.send(p, "")
	if a.StatusCode != p.status {
		n.t.Errorf("%s: status %d, want %d", p, a.StatusCode, p.status)
	}
	lacks(n.t, a.Body, s.word)
	lacks(n.t, a.location(), "zimbro")
}

// rows tells whether anything was written that people see.
func (n *network) rows() string {
	n.t.Helper()
	var counts []int
	for _, table := range []string{"article", "article_revision", "comment", "media", "upload", "moderation_log", "account", "account_role", "report", "feature", "feature_article"} {
		counts = append(counts, n.count("SELECT count(*) FROM "+table))
	}
	counts = append(counts, n.count("SELECT count(*) FROM article WHERE state = 'visible'"))
	return fmt.Sprint(counts)
}

// TestUploadStaysOnItsSite sends another site's upload under a good ticket, as
// the two would meet if somebody learnt its id.
func TestUploadStaysOnItsSite(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	s, own := n.stock(n.pt, "Zimbro"), n.stock(n.ar, "عرعر")
	form := url.Values{"ticket": {n.mint(n.ar)}, "title": {"عنوان"}, "body": {"نص"}, "upload": {s.upload}, "action": {"publish"}}
	back := n.postTo(own.host, "/publish", form).want(t, http.StatusUnprocessableEntity)
	lacks(t, back.Body, s.word)
	comment := url.Values{"ticket": {n.mint(n.ar)}, "body": {"نص"}, "upload": {s.upload}}
	lacks(t, n.postTo(own.host, permalinkToComments(own.article), comment).want(t, http.StatusUnprocessableEntity).Body, s.word)
	edit := url.Values{"ticket": {n.mint(n.ar)}, "title": {"عنوان"}, "body": {"نص"}, "upload": {s.upload}, "action": {"save"}}
	lacks(t, n.postTo(own.host, own.receipt, edit).want(t, http.StatusUnprocessableEntity).Body, s.word)
	protocol := &sender{network: n, server: n.listen(), host: own.host, ticket: s.ticket}
	at, part := "/uploads/"+s.upload, "application/offset+octet-stream"
	begin := metadata("ticket", s.ticket, "filename", "foto.jpg", "filetype", "image/jpeg")
	protocol.ask(http.MethodPost, "/uploads/", nil, "Upload-Metadata", begin, "Upload-Length", "10").want(t, http.StatusForbidden)
	protocol.ask(http.MethodHead, at, nil).want(t, http.StatusNotFound)
	protocol.ask(http.MethodPatch, at, strings.NewReader("x"), "Content-Type", part, "Upload-Offset", "0").want(t, http.StatusNotFound)
	protocol.ask(http.MethodPost, at, nil, "X-HTTP-Method-Override", http.MethodDelete).want(t, http.StatusNotFound)
	protocol.ask(http.MethodDelete, at, nil).want(t, http.StatusNotFound)
	// and its own site still has it
	protocol.host = s.host
	protocol.ask(http.MethodHead, at, nil).want(t, http.StatusOK)
	taken := url.Values{"ticket": {s.ticket}, "title": {"Com ficheiro"}, "body": {"Sim."}, "upload": {s.upload}, "action": {"publish"}}
	n.postTo(s.host, "/publish", taken).want(t, http.StatusSeeOther)
}

// TestListsHoldOneSite reads every list of a site for texts of another, with the
// other's place in the order as a cursor too: it is no place on this site.
func TestListsHoldOneSite(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	s := n.stock(n.pt, "Zimbro")
	own := n.stock(n.ar, "عرعر")
	later := n.publishOn(n.pt, url.Values{"title": {"Depois Zimbro"}, "body": {"Depois."}})
	n.featureOn(n.pt, feature.Draft{Language: "pt", Title: "Depois Zimbro", Summary: "Depois.", Body: "Depois."}, "Zimbro", 0)
	// a list that took these for places on its site would go on with what is older: all of its own
	places := map[string]string{
		"/newswire?before=":                    cursorOf(n.count("SELECT max(id) FROM article")),
		"/features?before=":                    cursorOf(n.count("SELECT max(id) FROM feature")),
		"/search?order=newest&q=porto&before=": cursorOf(n.count("SELECT max(id) FROM article")),
		"/hidden?before=":                      cursorOf(2 * n.count("SELECT max(id) FROM article")),
	}
	lists := []string{
		"/", "/newswire", "/features", "/archive", "/archive/" + n.now().UTC().Format("2006/01"), "/sitemap.xml", "/robots.txt",
		"/hidden", "/moderation", "/moderation.atom", "/search?q=porto", "/search?q=porto&order=newest", "/publish", "/receipts", own.article, own.receipt, own.feature,
		fmt.Sprintf("%s?after=%d", own.article, s.comment-1), "/sitemap.xml?from=" + cursorOf(s.id),
	}
	for _, kind := range []string{"newswire", "features", "comments"} {
		for _, format := range []string{"atom", "rss", "json"} {
			lists = append(lists, "/feeds/"+kind+"."+format)
		}
	}
	for _, address := range lists {
		body := n.ask(own.host, address, nil).want(t, http.StatusOK).Body
		for _, part := range []string{s.word, "zimbro", s.media, path.Base(later), path.Base(s.receipt)} {
			if strings.Contains(body, part) {
				t.Errorf("%s holds %q of another site", address, part)
			}
		}
	}
	for list, cursor := range places {
		body := n.ask(own.host, list+cursor, nil).want(t, http.StatusOK).Body
		for _, part := range []string{s.word, path.Base(own.article), path.Base(own.feature)} {
			if strings.Contains(body, part+`"`) {
				t.Errorf("%s takes another site's thing for a place on this one, and so tells when that was published", list)
			}
		}
	}
}

func cursorOf(id int) string { return paging.Cursor(id).String() }
