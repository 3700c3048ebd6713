package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/indywire/indywire/internal/browsertest"
)

// TestWhatNoServerTookIsSentAgain by the script, which says so, can be told not
// to, and does not send twice what got through.
func TestWhatNoServerTookIsSentAgain(t *testing.T) {
	t.Parallel()
	n, pair := besideStandby(t)
	n.hold = 300 * time.Millisecond
	n.serve()
	article := n.permalink(n.publish("Antes"))
	v := newVisitor(t, n, 360, true)
	v.open("/publish", http.StatusOK)
	v.soon("the script", func() bool { return v.holds("#files .transfers") })
	v.write("#title", "Durante a avaria")
	v.write("#body", "Sem servidor nenhum.")
	reader := v.tab()
	reader.open(article, http.StatusOK)
	reader.write("#reply-body", "Uma resposta")
	n.replayed()
	pair.StopPrimary()
	v.refused = append(v.refused, v.base+"/publish", v.base+"/publish/draft") // which the browser tells of

	v.Do(chromedp.Click(chromedp.CSS(`form#post button[value="publish"]:not(.unseen)`)))
	v.soon("word that it is sent again", func() bool { return v.holds("main .notice .again button") })
	if wide := v.Overflow(); wide > 0 {
		t.Errorf("the notice is %d pixels wider than the window", wide)
	}
	v.Do(chromedp.Click(chromedp.CSS(`.again button`)))
	v.soon("somebody stops it", func() bool { return !v.holds(".again") })
	v.Do(chromedp.Click(chromedp.CSS(`form#post button[value="publish"]:not(.unseen)`)))
	v.soon("it is planned anew", func() bool { return v.holds("main .notice .again button") })
	reader.follow(`form#reply button:not(.unseen)`, http.StatusServiceUnavailable)
	reader.soon("the comment is sent again too", func() bool { return reader.holds("main .notice .again button") })
	reader.reads("#reply-body", "Uma resposta")
	pair.Promote()
	waitFor(t, func() bool { return !n.pools.Away() })
	for _, b := range []*browsertest.Browser{v.Browser, reader.Browser} {
		browsertest.Run(b, chromedp.Evaluate[bool](`dispatchEvent(new Event("online"))`)) // sooner than in ten seconds
	}
	reader.soon("the comment", func() bool { return reader.holds(".comment") })
	v.soon("the receipt", func() bool { return v.holds("a.permalink") })
	if got := n.count("SELECT count(*) FROM article WHERE title = 'Durante a avaria'"); got != 1 {
		t.Errorf("%d articles, want one", got)
	}
	if got := n.count("SELECT count(*) FROM comment"); got != 1 {
		t.Errorf("%d comments, want one", got)
	}
}
