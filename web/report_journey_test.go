package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/indywire/indywire/internal/article"
)

// TestReaderReports tells the editors about a post, at first with nothing
// written, and sees no trace of it; then finds from the footer what is hidden,
// and the log.
func TestReaderReports(t *testing.T) {
	eachWay(t, func(t *testing.T, v *visitor) {
		permalink := v.permalink(v.publish("Com a minha morada"))
		v.open(permalink, http.StatusOK)
		v.reports("A foto mostra a minha casa.")
		if v.Location() != v.base+permalink+"?reported=1" {
			t.Fatalf("led to %s", v.Location())
		}
		v.reads(`.notice[role="status"]`, "Agradecemos")
		if v.holds("details[open] #report") || v.count("SELECT count(*) FROM report WHERE reason = 'A foto mostra a minha casa.'") != 1 {
			t.Error("the form is open yet, or the report was not kept")
		}
		v.open(permalink, http.StatusOK)
		if v.holds(`.notice[role="status"]`) || strings.Contains(v.text("main"), "minha casa") {
			t.Error("the post tells that it was reported")
		}
		act := article.Act{Site: v.pt.ID, ID: article.ID(v.newest("article")), By: inês(), Reason: "Mostra uma casa."}
		if err := article.Hide(t.Context(), v.pools.Primary, act); err != nil {
			t.Fatal(err)
		}
		v.findsTheLog()
	})
}

// reports opens the form beside a post and sends it.
func (v *visitor) reports(reason string) {
	v.t.Helper()
	v.Do(chromedp.Click(chromedp.CSS("#report-part summary")))
	v.write("#report-reason", "  ") // a browser takes it for something
	v.follow("#report button", http.StatusUnprocessableEntity)
	v.reads("#report-reason-fault", "Diz o que está errado")
	v.Do(chromedp.Click(chromedp.CSS(`.notice a[href="#report-reason"]`)))
	if !v.inView("#report-reason") {
		v.t.Error("the link above does not lead to the field at fault")
	}
	v.write("#report-reason", reason)
	v.follow("#report button", http.StatusOK)
}

func (v *visitor) findsTheLog() {
	v.t.Helper()
	v.follow(`.foot a[href="/hidden"]`, http.StatusOK)
	v.reads(".wire .why", "Mostra uma casa.")
	v.follow(".wire h2 a", http.StatusOK)
	v.reads(".notice", "Mostra uma casa.")
	v.follow(`.foot a[href="/moderation"]`, http.StatusOK)
	v.reads(".log .why", "Mostra uma casa.")
	v.Do(chromedp.SetValue(chromedp.CSS("#filter-act"), "rank"))
	v.follow(".filter button", http.StatusOK)
	v.reads("main", "Nada corresponde")
	v.follow(`.filter a[href="/moderation"]`, http.StatusOK)
	v.follow(".log li a", http.StatusOK)
	v.reads("h1", "Com a minha morada")
}
