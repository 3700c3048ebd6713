package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// stock is one thing of every kind on a site. Every text of it holds the word.
type stock struct {
	site    site.Site
	host    string
	word    string
	article string // path
	id      int    // of the article
	comment int
	receipt string // path
	feature string // path
	page    string // slug
	media   string // path of a picture
	upload  string // not taken by any post yet
	ticket  string // of the upload

	invitation string // path
}

func hostOf(st site.Site) string { return st.Slug + ".localhost:8080" }

// stock fills a site through its forms, and the centre column through its verb.
func (n *network) stock(st site.Site, word string) stock {
	n.t.Helper()
	s := stock{site: st, host: hostOf(st), word: word, page: "pagina-" + st.Slug}
	s.receipt = n.publishOn(st, url.Values{
		"title": {"Greve " + word}, "summary": {"Resumo " + word}, "body": {"O porto parou " + word}, "author": {word},
		"topic": {st.Topics[0].Slug}, "alt": {"Cartaz " + word},
	}, upload{word + ".jpg", photo(n.t, 900, 600)})
	s.article = n.articleOf(st, s.receipt)
	if _, err := fmt.Sscanf(s.article, "/articles/%d/", &s.id); err != nil {
		n.t.Fatalf("%s: %v", s.article, err)
	}
	s.comment = n.commentOn(st, s.article, url.Values{"author": {word}, "body": {"Resposta " + word}})
	s.media = htmltest.Attr(n.t, n.ask(s.host, s.article, nil).want(n.t, http.StatusOK).Body, "article figure img", "src")
	s.feature = n.featureOn(st, feature.Draft{
		Language: st.Language(), Title: "Destaque " + word, Summary: "Resumo " + word, Body: "Texto " + word,
		Articles: []article.ID{article.ID(s.id)},
	}, "Retrato "+word, 1)
	page := site.PageDraft{Slug: s.page, Title: "Página " + word, Language: st.Language(), Source: word}
	if err := site.AddPage(n.t.Context(), n.pools.Primary, modlog.ByOperator(), st.ID, page); err != nil {
		n.t.Fatal(err)
	}
	preview := n.postTo(s.host, "/publish", url.Values{"ticket": {n.mint(st)}, "title": {word}, "action": {"preview"}}, upload{word + ".jpg", photo(n.t, 40, 30)})
	kept := htmltest.FormValues(n.t, preview.want(n.t, http.StatusOK).Body, "form#post")
	s.upload, s.ticket = kept.Get("upload"), kept.Get("ticket")
	s.invitation = n.invitationTo(st)
	return s
}

func (n *network) mint(st site.Site) string { return n.key.Mint(st.ID, n.now()).String() }

func (n *network) inTx(do func(tx pgx.Tx) error) {
	n.t.Helper()
	if err := db.InTx(n.t.Context(), n.pools.Primary, do); err != nil {
		n.t.Fatal(err)
	}
}

// postTo sends a form to any host.
func (n *network) postTo(host, path string, values url.Values, files ...upload) answer {
	n.t.Helper()
	body, kind := multipartBody(n.t, values, files...)
	return n.do(http.MethodPost, host, path, kind, body)
}

// publishOn publishes on a site and answers the path of the receipt, when all
// files are done.
func (n *network) publishOn(st site.Site, values url.Values, files ...upload) string {
	n.t.Helper()
	values.Set("ticket", n.mint(st))
	values.Set("action", "publish")
	receipt := n.postTo(hostOf(st), "/publish", values, files...).want(n.t, http.StatusSeeOther).location()
	n.waitForFiles()
	return receipt
}

func (n *network) waitForFiles() {
	n.t.Helper()
	for range 300 {
		if n.count("SELECT count(*) FROM media WHERE state = 'waiting'") == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	n.t.Fatal("a file is still waiting after 30 s")
}

// articleOf is the path of the article that a receipt of a site belongs to.
func (n *network) articleOf(st site.Site, receipt string) string {
	n.t.Helper()
	page := n.ask(hostOf(st), receipt, nil).want(n.t, http.StatusOK).Body
	link, err := url.Parse(htmltest.Attr(n.t, page, "a.permalink", "href"))
	if err != nil {
		n.t.Fatal(err)
	}
	return link.Path
}

// commentOn answers the id of a new comment.
func (n *network) commentOn(st site.Site, path string, values url.Values, files ...upload) int {
	n.t.Helper()
	values.Set("ticket", n.mint(st))
	led := n.postTo(hostOf(st), permalinkToComments(path), values, files...).want(n.t, http.StatusSeeOther).location()
	n.waitForFiles()
	var id int
	if _, err := fmt.Sscanf(led[strings.LastIndexByte(led, '#')+1:], "comment-%d", &id); err != nil {
		n.t.Fatalf("led to %q: %v", led, err)
	}
	return id
}

// featureOn writes a feature with a picture, places it unless its place is 0,
// and answers its path.
func (n *network) featureOn(st site.Site, d feature.Draft, alt string, place int) string {
	n.t.Helper()
	intake := media.Intake{DB: n.pools.Primary, Store: n.store, Now: n.now}
	ticket := n.key.Mint(st.ID, n.now())
	u, err := intake.Receive(n.t.Context(), st, ticket.Hash(), "destaque.jpg", bytes.NewReader(photo(n.t, 800, 500)), 0)
	if err != nil {
		n.t.Fatal(err)
	}
	d.Files = []media.Chosen{{ID: u.ID, Alt: alt}}
	by := modlog.ByOperator()
	written, err := feature.Create(n.t.Context(), n.pools.Primary, n.queue, st, by, ticket.Hash(), d)
	if err == nil && place > 0 {
		err = feature.Place(n.t.Context(), n.pools.Primary, feature.Act{Site: st, ID: written.ID, By: by}, place)
	}
	if err != nil {
		n.t.Fatal(err)
	}
	n.waitForFiles()
	return n.ask(hostOf(st), fmt.Sprintf("/features/%d/x", written.ID), nil).want(n.t, http.StatusMovedPermanently).location()
}
