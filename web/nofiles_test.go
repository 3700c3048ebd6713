package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/indywire/indywire/internal/htmltest"
)

// TestCollectiveWithoutFiles says so where there is no field for them, and keeps
// the text of who sends one all the same. What its own people put on its pages is
// another matter.
func TestCollectiveWithoutFiles(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	article := n.permalink(n.publish("Só texto"))
	n.exec("UPDATE site SET max_files = 0, max_file_bytes = 1000 WHERE slug = 'pt'")
	for page, form := range map[string]string{"/publish": "form#post", article: "form#reply"} {
		htmltest.Check(t, n.get(page).Body, htmltest.In(form+" .files", htmltest.HasText("só texto")), htmltest.NotIn(form+" input[type=file]"))
	}
	n.publish("Outro texto")
	small := upload{"a.jpg", photo(t, 20, 20)}
	back := n.post("/publish", n.filled("Com fotografia"), small).want(t, http.StatusUnprocessableEntity)
	htmltest.Check(t, back.Body, htmltest.In(".faults", htmltest.HasText("não aceita ficheiros")), htmltest.In("#body", htmltest.HasText("As máquinas pararam")))
	comment := url.Values{"body": {"Um comentário."}, "kind": {"comment"}}
	back = n.post(n.get(article).commentsAt(t), comment, small).want(t, http.StatusUnprocessableEntity)
	htmltest.Check(t, back.Body, htmltest.In(".faults", htmltest.HasText("não aceita ficheiros")), htmltest.In("#reply-body", htmltest.HasText("Um comentário.")))

	p := n.editor(n.pt, "Inês")
	form := p.filledFeature("Com imagem")
	form["alt"] = []string{"O cais vazio"}
	p.listed(p.post("/newsroom/features", form, small))
	furnisher{p, "/newsroom"}.givesLogo("logo.jpg", photo(t, 300, 200))
}

// commentsAt is where the page's form for comments is sent to.
func (a answer) commentsAt(t *testing.T) string {
	t.Helper()
	return htmltest.Attr(t, a.Body, "form#reply", "action")
}
