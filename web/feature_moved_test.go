package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/htmltest"
)

// TestMovedFeatureSaysWhereItStands follows an editor who places a feature and
// undoes that again.
func TestMovedFeatureSaysWhereItStands(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	p := n.editor(n.pt, "Inês")
	id := p.writes("Um destaque")
	follow := func(a answer) string {
		at, anchor, _ := strings.Cut(a.want(t, http.StatusSeeOther).location(), "#")
		if anchor != fmt.Sprintf("feature-%d", id) {
			t.Errorf("led to %q", anchor)
		}
		return p.get(at).want(t, http.StatusOK).Body
	}
	page := follow(p.step(id, "place", "1"))
	htmltest.Check(t, page, htmltest.In(".done", htmltest.HasText("Um destaque")),
		htmltest.In(`.done [role="status"]`, htmltest.HasText("No lugar 1 da primeira página")))
	undo := htmltest.FormValues(t, page, ".done form")
	page = follow(p.post(fmt.Sprintf("/newsroom/features/%d/unplace", id), url.Values{"version": undo["version"]}))
	htmltest.Check(t, page, htmltest.In(`.done [role="status"]`, htmltest.HasText("Fora da primeira página")),
		htmltest.In(fmt.Sprintf(`.done form[action="/newsroom/features/%d/place"]`, id)), htmltest.In(`.done input[name="position"]`, htmltest.HasAttr("value", "1")))
}
