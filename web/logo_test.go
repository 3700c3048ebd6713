package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

const logoForm = `form[action$="/look/logo"]`

// TestLogoIsChosen gives the site a logo, another one, and takes it away. The
// admin does so for a frozen collective.
func TestLogoIsChosen(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	f := furnisher{n.editor(n.pt, "Rita"), "/newsroom"}
	first := f.givesLogo("um.jpg", photo(t, 300, 200))
	logo := htmltest.Attr(t, n.get2(ptHost, "/").Body, ".masthead img", "src")
	n.get2(ptHost, logo)
	n.post2(f, first, upload{"um.jpg", photo(t, 300, 200)}) // pressed twice
	if got := f.logged(2); got[0] != "change site logo" || got[1] == "change site logo" {
		t.Errorf("the log holds %q", got)
	}
	second := f.givesLogo("dois.jpg", photo(t, 200, 300))
	n.do(http.MethodGet, ptHost, logo, "", nil).want(t, http.StatusGone)
	if n.count("SELECT count(*) FROM upload") != 0 {
		t.Error("an upload is left over")
	}

	second.Set("ticket", n.mint(n.pt))
	second.Set("version", first.Get("version")) // as it was before there was any
	back := f.post(f.base+"/look/logo", second, upload{"três.jpg", photo(t, 100, 100)}).want(t, http.StatusConflict).Body
	htmltest.Check(t, back, htmltest.In("main img"), htmltest.In(logoForm, htmltest.HasText("três.jpg")))
	again := htmltest.FormValues(t, back, logoForm)
	again.Set("action", "save")
	f.post(f.base+"/look/logo", again).want(t, http.StatusSeeOther) // the file went along
	n.waitForFiles()

	if err := site.SetState(t.Context(), n.pools.Primary, modlog.ByOperator(), "pt", site.Frozen); err != nil {
		t.Fatal(err)
	}
	f.post(f.base+"/look/logo", url.Values{"action": {"save"}}, upload{"a.jpg", photo(t, 50, 50)}).want(t, http.StatusForbidden)
	ada := furnisher{n.admin(portalHost, "Ada"), "/network/collectives/pt"}
	ada.givesLogo("quatro.jpg", photo(t, 90, 90))
	for range 2 {
		ada.post(ada.base+"/look/logo", url.Values{"action": {"remove"}}).want(t, http.StatusSeeOther)
	}
	htmltest.Check(t, n.get2(ptHost, "/").Body, htmltest.NotIn(".masthead img"))
	if got := ada.logged(2); !slices.Equal(got, []string{"change site logo", "change site logo"}) {
		t.Errorf("the log holds %q", got)
	}
	for range 100 {
		if n.count("SELECT count(*) FROM rendition") == 0 {
			return
		}
		n.nap()
	}
	t.Error("the pictures of logos that are gone are still there after 10 s")
}

// givesLogo sends a logo and sees it on the page, and answers the form it was
// sent with.
func (f furnisher) givesLogo(name string, picture []byte) url.Values {
	f.t.Helper()
	values := f.form("/look", logoForm)
	values.Set("action", "save")
	f.post2(f, values, upload{name, picture})
	f.waitForFiles()
	htmltest.Check(f.t, f.get(f.base+"/look").Body, htmltest.In("main .logo img"))
	return values
}

func (n *network) post2(f furnisher, values url.Values, file upload) {
	n.t.Helper()
	f.post(f.base+"/look/logo", values, file).want(n.t, http.StatusSeeOther)
}

func TestLogoAtFaultIsNamed(t *testing.T) {
	eachFurnisher(t, func(t *testing.T, f furnisher) {
		for name, files := range map[string][]upload{
			"none": nil, "no picture": {{"a.svg", []byte("<svg/>")}}, "empty": {{"a.jpg", nil}},
		} {
			values := f.form("/look", logoForm)
			values.Set("action", "save")
			back := f.post(f.base+"/look/logo", values, files...).want(t, http.StatusUnprocessableEntity).Body
			t.Log(name)
			htmltest.Check(t, back, htmltest.In("#file-fault"))
		}
		f.post(f.base+"/look/logo", url.Values{"action": {"save"}, "upload": {strings.Repeat("0", 32)}}).want(t, http.StatusUnprocessableEntity)
		if f.count("SELECT count(*) FROM site WHERE logo IS NOT NULL") != 0 {
			t.Error("something was saved")
		}
	})
}
