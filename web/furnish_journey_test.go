package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/indywire/indywire/internal/account"
)

// TestCollectiveIsOpenedInTheBrowser opens a collective on the portal, dresses
// it, sees it on its own host at once, and hands it to its first editor.
func TestCollectiveIsOpenedInTheBrowser(t *testing.T) {
	eachWay(t, func(t *testing.T, v *visitor) {
		ada := v.account(account.Draft{Email: "ada@example.org", Name: "Ada", Password: password, Admin: true})
		portal, porto := strings.Replace(v.base, "pt.", "", 1), strings.Replace(v.base, "pt.", "porto.", 1)
		v.base, v.beside = portal, []string{porto}
		v.open("/network", http.StatusOK)
		v.signsIn(ada.Email)
		v.reads("h1", "Collectives")
		link := v.opensCollective()
		v.dresses()

		v.open(porto+"/", http.StatusOK)
		v.reads(".masthead .name", "Porto desk")
		if !v.holds(`link[href="/look/0b5d3b.css"]`) {
			t.Error("the site has another colour")
		}
		v.follow(`.sections a[href="/topics/harbour"]`, http.StatusOK)
		v.follow(`.foot a[href="/pages/legal"]`, http.StatusOK)
		v.reads(".prose strong", "now")
		v.open(porto+"/publish", http.StatusOK)

		v.open(link, http.StatusOK)
		v.write("#name", "Eva")
		v.write("#password", password)
		v.follow("main form button", http.StatusOK)
		if v.Location() != porto+"/newsroom" {
			t.Fatalf("led to %s", v.Location())
		}
		v.follow(`.sections a[href="/newsroom/settings"]`, http.StatusOK)
		v.Do(chromedp.Click(chromedp.CSS("#hold-articles")))
		v.follow(`form[action="/newsroom/settings"] .acts button`, http.StatusOK)
		v.open(porto+"/publish", http.StatusOK)
		v.reads(".standfirst", "looks at posts first")
	})
}

// opensCollective fills the form that opens one, and answers the link for its
// first editor.
func (v *visitor) opensCollective() string {
	v.t.Helper()
	v.follow(`a[href="/network/collectives"]`, http.StatusOK)
	v.write("#name", "Porto desk")
	v.write("#slug", "porto")
	v.write("#language-1", "English")
	v.write("#language-2", "pt")
	v.write("#editor", "eva@example.org")
	v.follow("main form .acts button", http.StatusCreated)
	v.reads("h1", "Porto desk is open")
	link := v.text("a.invite-link")
	if !strings.HasPrefix(link, v.beside[0]+"/invitations/") {
		v.t.Fatalf("the link is %s", link)
	}
	return link
}

// dresses gives the new collective a topic, a colour and a page.
func (v *visitor) dresses() {
	v.t.Helper()
	v.follow(`main a[href$="/topics"]`, http.StatusOK)
	v.write("#new", "Harbour")
	v.follow("form.topics .acts button", http.StatusOK)
	v.reads(`.notice[role="status"]`, "how it stands now")

	v.follow(`.tabs a[href$="/look"]`, http.StatusOK)
	v.choosesColour("#0b5d3b")
	v.follow(`#colour-form .acts button[value="preview"]`, http.StatusOK)
	v.reads("#verdict table", "#0b5d3b")
	v.follow(`#colour-form .acts button[value="save"]`, http.StatusOK)

	v.follow(`.tabs a[href$="/pages"]`, http.StatusOK)
	v.write("#title", "Legal help")
	v.write("#slug", "legal")
	v.write("#body", "Call **now**.")
	v.follow(`form#post .acts button[value="save"]`, http.StatusOK)
	v.reads("h1", "Legal help")
}

// choosesColour moves the field to a colour. Where script runs, the page shows
// it at once, and says of one that is too pale that it is.
func (v *visitor) choosesColour(colour string) {
	v.t.Helper()
	set := func(to string) {
		eval[bool](v, "(e => { e.value = %q; return e.dispatchEvent(new Event('input', {bubbles: true})) })(document.querySelector('#accent'))", to)
	}
	if !eval[bool](v, "document.scripts.length > 0 && document.querySelector('form#colour-form').matches('[data-live]')") {
		set(colour)
		return
	}
	set("#ffcc00")
	v.soon("what is said of a pale colour", func() bool { return v.holds("#verdict caption.error") })
	set(colour)
	v.soon("the new colour", func() bool { return v.holds(`link[href="/look/0b5d3b.css"]`) })
	v.reads("#verdict table", colour)
	if v.count("SELECT count(*) FROM site WHERE accent = '#0b5d3b'") != 0 {
		v.t.Error("choosing saved something")
	}
}
