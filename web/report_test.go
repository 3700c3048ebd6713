package web_test

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/report"
)

func reportsOf(permalink string) string { return path.Dir(permalink) + "/reports" }

func TestReport(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	at := n.permalink(n.publish("Com um erro"))
	before := n.get(at).want(t, http.StatusOK)
	form := htmltest.FormValues(t, before.Body, "form#report")
	if len(form) != 1 || len(form["reason"]) != 1 {
		t.Fatalf("the form holds %v, want the reason alone", form)
	}
	htmltest.Check(t, before.Body, htmltest.In("#report-reason-hint", htmltest.HasTextMatching(`2\D?000`)))
	form.Set("reason", "A foto mostra a minha filha.")
	for range 2 { // the same report again is the same report, and is answered alike
		a := n.post(reportsOf(at), form).want(t, http.StatusSeeOther)
		if a.location() != at+"?reported=1" || slices.ContainsFunc(a.Cookies(), func(c *http.Cookie) bool { return c.Name != "wal" }) {
			t.Errorf("led to %s with the cookies %v", a.location(), a.Cookies())
		}
	}
	if got := n.count("SELECT count(*) FROM report WHERE reason = 'A foto mostra a minha filha.'"); got != 1 {
		t.Errorf("%d reports, want 1", got)
	}
	htmltest.Check(t, n.get(at+"?reported=1").Body, htmltest.In(`.notice[role="status"]`, htmltest.HasText("A redação vai ler")))
	if after := n.get(at); after.Body != before.Body || after.Header.Get("Cache-Control") != before.Header.Get("Cache-Control") {
		t.Error("the article's page tells that there is a report")
	}
}

func TestReportAtFaultComesBack(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	at := n.permalink(n.publish("Com um erro"))
	for _, reason := range []string{"", " \n ", strings.Repeat("ç", report.MaxReason+1)} {
		back := n.post(reportsOf(at), url.Values{"reason": {reason}}).want(t, http.StatusUnprocessableEntity)
		htmltest.Check(t, back.Body, htmltest.In("details[open] #report-reason-fault"), htmltest.In("h1", htmltest.HasExactText("Com um erro")),
			htmltest.In("#report-reason", htmltest.HasAttr("aria-invalid", "true")))
		got := strings.ReplaceAll(htmltest.FormValues(t, back.Body, "form#report").Get("reason"), "\r\n", "\n")
		if got != reason {
			t.Errorf("%d letters came back as %d", len(reason), len(got))
		}
		if back.Header.Get("Cache-Control") != "no-store" {
			t.Error("what somebody wrote may be kept by a cache")
		}
	}
	n.exec("UPDATE site SET state = 'frozen' WHERE slug = 'pt'")
	back := n.post(reportsOf(at), url.Values{"reason": {"Está errado."}}).want(t, http.StatusForbidden)
	htmltest.Check(t, back.Body, htmltest.In(`details[open] .notice[role="alert"]`))
	if got := htmltest.FormValues(t, back.Body, "form#report").Get("reason"); got != "Está errado." {
		t.Errorf("from a frozen site %q came back", got)
	}
	htmltest.Check(t, n.get(at).Body, htmltest.NotIn("form#report"))
	if n.count("SELECT count(*) FROM report") != 0 {
		t.Error("a report was kept")
	}
}

// TestReportOfWhatIsNotThere gives what was written back where no form can.
func TestReportOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	receipt := n.publish("Vai-se")
	at := n.permalink(receipt)
	form := url.Values{"reason": {"Está errado."}}
	n.exec("UPDATE article SET state = 'pending'")
	has(t, n.post(reportsOf(at), form).want(t, http.StatusNotFound).Body, "Está errado.</textarea>")
	n.exec("UPDATE article SET state = 'visible'")
	n.post(receipt, url.Values{"action": {"withdraw"}}).want(t, http.StatusSeeOther)
	has(t, n.post(reportsOf(at), form).want(t, http.StatusGone).Body, "Está errado.</textarea>")
	n.post("/articles/999999/reports", form).want(t, http.StatusNotFound)
	n.post("/articles/none/reports", form).want(t, http.StatusNotFound)
	n.do(http.MethodPost, ptHost, reportsOf(at), "text/plain", strings.NewReader("x")).want(t, http.StatusUnprocessableEntity)
}

// TestReportGoesWithItsArticle lets the jobs do what they are for.
func TestReportGoesWithItsArticle(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	receipt := n.publish("Com o meu nome")
	at := n.permalink(receipt)
	n.post(reportsOf(at), url.Values{"reason": {"Diz onde moro."}}).want(t, http.StatusSeeOther)
	n.post(receipt, url.Values{"action": {"withdraw"}}).want(t, http.StatusSeeOther)
	for range 200 {
		if n.count("SELECT count(*) FROM report") == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the report is still there")
}
