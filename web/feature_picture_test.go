package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"testing"

	"github.com/indywire/indywire/internal/htmltest"
)

// TestFeaturePicture is cleaned, described anew, replaced and taken off.
func TestFeaturePicture(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	p := n.editor(n.pt, "Inês")
	sample, err := os.ReadFile(samplePhoto(t))
	if err != nil {
		t.Fatal(err)
	}
	form := p.filledFeature("Com imagem")
	form["alt"] = []string{"O cais vazio"}
	id := p.listed(p.post("/newsroom/features", form, upload{"cais.jpg", sample}))
	n.waitForFiles()
	desk := fmt.Sprintf("/newsroom/features/%d", id)
	at := n.get(fmt.Sprintf("/features/%d/x", id)).location()
	first := renditionAddress.FindAllString(n.get(at).Body, -1)
	if len(first) < 2 {
		t.Fatalf("renditions: %v", first)
	}
	for _, address := range first {
		checkClean(t, "cais.jpg", address, n.get(address).want(t, http.StatusOK))
	}

	save := func(change func(form url.Values), file upload) {
		t.Helper()
		form := p.featureForm(desk)
		form.Set("action", "save")
		change(form)
		p.listed(p.post(desk, form, file))
		n.waitForFiles()
	}
	save(func(form url.Values) { form["alt"][1] = "O cais ao meio-dia" }, noFile)
	htmltest.Check(t, n.get(at).Body, htmltest.In("figure img", htmltest.HasAttr("alt", "O cais ao meio-dia")))
	n.get(first[0]).want(t, http.StatusOK)

	save(func(form url.Values) { form["alt"][0] = "A assembleia" }, upload{"b.jpg", photo(t, 500, 400)})
	second := renditionAddress.FindString(n.get(at).Body)
	htmltest.Check(t, n.get(at).Body, htmltest.In("figure img", htmltest.HasAttr("alt", "A assembleia")))
	n.get(second).want(t, http.StatusOK)
	for _, address := range first {
		n.get(address).want(t, http.StatusGone)
	}

	save(func(form url.Values) { form.Set("picture", "none") }, noFile)
	htmltest.Check(t, n.get(at).Body, htmltest.NotIn("figure"))
	n.get(second).want(t, http.StatusGone)
	if got := n.count("SELECT count(*) FROM moderation_log WHERE subject = 'feature' AND act = 'edit'"); got != 3 {
		t.Errorf("%d edits in the log, want 3", got)
	}
}

func TestFeaturePictureAtFault(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	p := n.editor(n.pt, "Inês")
	form := p.filledFeature("Com desenho")
	form["alt"] = []string{"Um desenho"}
	svg := upload{"desenho.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)}
	back := p.post("/newsroom/features", form, svg).want(t, http.StatusUnprocessableEntity)
	htmltest.Check(t, back.Body, htmltest.In("#picture .error", htmltest.HasText("desenho.svg")), htmltest.In(`.faults a[href="#picture"]`), htmltest.In("#picture input[type=file]"))
	if again := htmltest.FormValues(t, back.Body, "form#post"); again.Get("title") != "Com desenho" || len(again["upload"]) != 0 {
		t.Errorf("the form came back as %v", again)
	}
	two := p.post("/newsroom/features", form, upload{"a.jpg", photo(t, 32, 32)}, upload{"b.jpg", photo(t, 33, 33)}).want(t, http.StatusUnprocessableEntity)
	htmltest.Check(t, two.Body, htmltest.In("#file-fault"), htmltest.Count("#picture .kept", 2))
	// what can only be found out later is said in the form
	form["alt"] = []string{"Metade"}
	id := p.listed(p.post("/newsroom/features", form, upload{"metade.jpg", photo(t, 400, 300)[:600]}))
	n.waitForFiles()
	htmltest.Check(t, p.get(fmt.Sprintf("/newsroom/features/%d", id)).want(t, http.StatusOK).Body, htmltest.In("#picture .file.failed"))
	htmltest.Check(t, n.get(fmt.Sprintf("/features/%d/com-desenho", id)).want(t, http.StatusOK).Body, htmltest.NotIn("figure"))
}
