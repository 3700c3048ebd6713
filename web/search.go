package web

import (
	"net/http"
	"net/url"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/search"
)

// SearchPage is the search form and what it found.
type SearchPage struct {
	Page
	Query   string // as it was searched for: cleaned, and cut to MaxText
	MaxText int    // characters
	Orders  []Choice
	Hits    []SearchHit
	Next    string // path of the next page of results
	First   bool   // this is the first page
}

// SearchHit is an article that was found. Excerpt is plain text.
type SearchHit struct {
	WireItem
	Excerpt []search.Part
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	query := search.Query{Text: values.Get("q"), Order: search.Order(values.Get("order")), Before: values.Get("before")}.Clean()
	p := SearchPage{Page: s.page(r, ""), Query: query.Text, MaxText: search.MaxText, First: query.Before == ""}
	p.Title, p.Section = p.T("search.title"), "/search"
	p.NoIndex = query.Text != ""
	p.Orders = []Choice{
		{Value: string(search.Best), Name: p.T("search.best"), Chosen: query.Order == search.Best},
		{Value: string(search.Newest), Name: p.T("search.newest"), Chosen: query.Order == search.Newest},
	}
	found, err := search.Find(r.Context(), s.Pools.Replica, siteFor(r), query)
	if fault.Is(err, fault.Invalid) { // an order or a cursor that somebody made up
		return fault.Wrap(fault.NotFound, "search", err)
	}
	if err != nil {
		return err
	}
	for _, hit := range found.Items {
		p.Hits = append(p.Hits, SearchHit{WireItem: wireItem(p.Page, "", hit.Item), Excerpt: hit.Excerpt})
	}
	if found.Next != "" {
		p.Next = "/search?" + url.Values{"q": {query.Text}, "order": {string(query.Order)}, "before": {found.Next}}.Encode()
	}
	return s.render(w, http.StatusOK, "search/index", p)
}
