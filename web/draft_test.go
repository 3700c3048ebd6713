package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/draft"
	"github.com/indywire/indywire/web"
)

// draft sends a form to keep, as the page's script does.
func (n *network) draft(status int, pairs ...string) web.DraftAnswer {
	n.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	a := n.do(http.MethodPost, ptHost, "/publish/draft", "application/x-www-form-urlencoded", strings.NewReader(form.Encode())).want(n.t, status)
	if got := a.Header.Get("Cache-Control"); got != "no-store" {
		n.t.Errorf("Cache-Control: %s", got)
	}
	var d web.DraftAnswer
	if err := json.Unmarshal([]byte(a.Body), &d); err != nil {
		n.t.Fatalf("%v in %.300s", err, a.Body)
	}
	if d.Fields == nil || d.Uploads == nil {
		n.t.Errorf("without fields or uploads: %s", a.Body)
	}
	return d
}

func TestDraftIsKeptWhileTyping(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	fresh := n.draft(http.StatusOK)
	if fresh.Ticket == "" || len(fresh.Fields)+len(fresh.Uploads) > 0 {
		t.Fatalf("no ticket gives %+v", fresh)
	}
	want := map[string]any{"title": "Greve", "body": "Parou.", "topic": []any{"trabalho"}}
	n.draft(http.StatusOK, "ticket", fresh.Ticket, "title", "Greve", "body", "Parou.", "topic", "trabalho", "action", "publish")
	again := n.draft(http.StatusOK, "ticket", fresh.Ticket)
	if diff := cmp.Diff(want, again.Fields); diff != "" || again.Ticket != fresh.Ticket {
		t.Errorf("%s (ticket kept: %v)", diff, again.Ticket == fresh.Ticket)
	}
	if got := n.draft(http.StatusOK, "ticket", n.mint(n.pt)).Fields; len(got) > 0 {
		t.Errorf("another ticket reads %v", got)
	}
	if strings.Contains(n.logs.String(), "Greve") || strings.Contains(n.logs.String(), fresh.Ticket) {
		t.Error("the log holds what was written")
	}
}

func TestDraftListsTheUploadsOfItsTicket(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	form := n.filled("Com ficheiros")
	form.Set("action", "preview")
	n.post("/publish", form, upload{"cais.jpg", photo(t, 64, 48)}, upload{"vazio.jpg", nil}).want(t, http.StatusOK)
	d := n.draft(http.StatusOK, "ticket", form.Get("ticket"))
	if len(d.Uploads) == 0 || d.Uploads[0].Name != "cais.jpg" || d.Uploads[0].Offset != d.Uploads[0].Size || d.Uploads[0].Size == 0 || d.Uploads[0].State != "complete" {
		t.Errorf("uploads: %+v", d.Uploads)
	}
	if other := n.draft(http.StatusOK, "ticket", n.mint(n.pt)); len(other.Uploads) > 0 {
		t.Errorf("another ticket lists %+v", other.Uploads)
	}
}

func TestDraftIsGoneOncePublished(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	form := n.filled("Greve")
	n.draft(http.StatusOK, "ticket", form.Get("ticket"), "title", "Greve")
	receipt := n.post("/publish", form).want(t, http.StatusSeeOther).location()
	if left := n.count("SELECT count(*) FROM draft"); left != 0 {
		t.Error("the draft is still there")
	}
	for _, more := range [][]string{nil, {"title", "Tarde"}} {
		late := n.draft(http.StatusConflict, append([]string{"ticket", form.Get("ticket")}, more...)...)
		if late.Receipt != receipt || late.Ticket == "" || late.Ticket == form.Get("ticket") || late.Error == "" {
			t.Errorf("a published ticket gives %+v", late)
		}
	}
	if left := n.count("SELECT count(*) FROM draft"); left != 0 {
		t.Error("a draft was kept behind an article")
	}
}

func TestDraftOfAnExpiredTicketGoesOn(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	form := n.filled("Demorou")
	form.Set("action", "preview")
	n.post("/publish", form, upload{"cais.jpg", photo(t, 64, 48)}).want(t, http.StatusOK)
	n.now = func() time.Time { return time.Now().Add(article.TicketLife + time.Minute) }
	d := n.draft(http.StatusUnprocessableEntity, "ticket", form.Get("ticket"), "title", "Demorou")
	if d.Ticket == form.Get("ticket") || d.Error == "" || d.Fields["title"] != "Demorou" || len(d.Uploads) != 1 {
		t.Errorf("an expired ticket gives %+v", d)
	}
	if next := n.draft(http.StatusOK, "ticket", d.Ticket); next.Fields["title"] != "Demorou" || len(next.Uploads) != 1 {
		t.Errorf("the fresh ticket gives %+v", next)
	}
}

func TestDraftOfNoGoodTicket(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	for _, ticket := range []string{"x", n.mint(n.ar)} {
		if d := n.draft(http.StatusUnprocessableEntity, "ticket", ticket); d.Ticket == "" || d.Ticket == ticket || d.Error == "" {
			t.Errorf("a forged ticket gives %+v", d)
		}
	}
	tooMuch := n.draft(http.StatusRequestEntityTooLarge, "ticket", n.mint(n.pt), "body", strings.Repeat("a", draft.MaxBytes))
	if tooMuch.Error == "" || tooMuch.Ticket == "" {
		t.Error("nothing is said of a text that is too long")
	}
	if d := n.draft(http.StatusRequestEntityTooLarge, "body", strings.Repeat("a", 4*draft.MaxBytes)); d.Error == "" {
		t.Error("nothing is said of a body that is too long")
	}
}

func TestDraftOfAFrozenSite(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	ticket := n.mint(n.pt)
	n.draft(http.StatusOK, "ticket", ticket, "title", "Antes")
	n.exec("UPDATE site SET state = 'frozen' WHERE id = $1", n.pt.ID)
	if d := n.draft(http.StatusForbidden, "ticket", ticket, "title", "Depois"); d.Fields["title"] != "Depois" || d.Error == "" {
		t.Errorf("a frozen site answers %+v", d)
	}
	if d := n.draft(http.StatusForbidden, "ticket", ticket); d.Fields["title"] != "Antes" {
		t.Errorf("a frozen site gives back %+v", d)
	}
}
