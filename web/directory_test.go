package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/site"
)

// TestSettingsAreSeenAtOnce on the node where they were changed, by who has no
// cookie too and though nothing follows the versions there: the server looks
// before it answers who wrote.
func TestSettingsAreSeenAtOnce(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	ada := n.admin(portalHost, "Ada")
	n.http = n.alone
	n.get("/").want(t, http.StatusOK)
	n.retitle(n.editor(n.pt, "Rosa"), "Um lema novo")
	has(t, n.get("/").want(t, http.StatusOK).Body, "Um lema novo")

	n.do(http.MethodGet, "cais.localhost", "/", "", nil).want(t, http.StatusNotFound)
	form := htmltest.FormValues(t, ada.get("/network/collectives").want(t, http.StatusOK).Body, "main form")
	form.Set("name", "Cais")
	form.Set("slug", "cais")
	form.Set("language", "pt")
	ada.post("/network/collectives", form).want(t, http.StatusCreated)
	has(t, n.do(http.MethodGet, "cais.localhost", "/", "", nil).want(t, http.StatusOK).Body, "Cais")
}

// TestWhatIsSentMeetsTheSiteAsItIs, though it was another a moment ago and
// nothing has told the server since.
func TestWhatIsSentMeetsTheSiteAsItIs(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	thawed, frozen := n.filled("Depois do gelo"), n.filled("No gelo")
	n.exec("UPDATE site SET state = 'frozen'")
	n.get("/").want(t, http.StatusOK) // the server knows of the frost by now
	n.http = n.alone
	n.exec("UPDATE site SET state = 'active'")
	n.post("/publish", thawed).want(t, http.StatusSeeOther)
	n.exec("UPDATE site SET state = 'frozen'")
	n.post("/publish", frozen).want(t, http.StatusForbidden)
}

// retitle changes the tagline by the form that editors have.
func (n *network) retitle(editor *person, tagline string) {
	n.t.Helper()
	form := htmltest.FormValues(n.t, editor.get("/newsroom/settings").want(n.t, http.StatusOK).Body, settingsForm)
	form.Set("tagline", tagline)
	editor.post("/newsroom/settings", form).want(n.t, http.StatusSeeOther)
}

// TestSettingsThroughALaggingNode: who changed them sees them there at once, and
// the others once that node's own server has them, with the version they belong to.
func TestSettingsThroughALaggingNode(t *testing.T) {
	t.Parallel()
	a, b, _ := twoNodes(t, 3*time.Second)
	waitFor(t, func() bool { return b.get("/").StatusCode == http.StatusOK })
	rosa := a.editor(a.pt, "Rosa")
	a.retitle(rosa, "Um lema novo")
	has(t, rosa.at(b).get("/").want(t, http.StatusOK).Body, "Um lema novo")
	st, err := b.sites.At(t.Context(), site.NormalHost(ptHost))
	if err != nil || (st.Tagline == "Um lema novo") != (st.Version > a.pt.Version) {
		t.Errorf("version %d after %d has the tagline %q, %v", st.Version, a.pt.Version, st.Tagline, err)
	}
	waitFor(t, func() bool { return strings.Contains(b.get("/").want(t, http.StatusOK).Body, "Um lema novo") })
}
