package web_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/htmltest"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/modlog"
)

// traces are what metadata leaves in a file: the names of its blocks, and words
// of the samples themselves.
var traces = []string{
	"Exif", "http://ns.adobe.com", "xpacket", "x:xmpmeta", "Photoshop", "8BIM", "ICC_PROFILE", "ICCP", "GPS", "Canon", "NIKON", "COOLPIX", "iTXt", "tEXt", "eXIf", "zTXt",
}

var renditionAddress = regexp.MustCompile(`/media/[0-9a-f]{32}/[0-9a-z.]+`)

// TestNoServedByteHoldsMetadata publishes every image of the samples and reads
// every byte that is served of them.
func TestNoServedByteHoldsMetadata(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("..", "..", "shared", "corpora", "metadata")
	samples, err := os.ReadDir(folder)
	if err != nil {
		t.Skip("the sample files are not here (../shared/corpora/metadata): nothing to publish")
	}
	n := newNetwork(t, true)
	for _, sample := range samples {
		if ext := strings.ToLower(filepath.Ext(sample.Name())); ext != ".jpg" && ext != ".png" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(folder, sample.Name()))
		if err != nil {
			t.Fatal(err)
		}
		receipt := n.publish("Com "+sample.Name(), upload{sample.Name(), data})
		n.waitFor(receipt)
		page := n.get(n.permalink(receipt)).want(t, http.StatusOK).Body
		addresses := renditionAddress.FindAllString(page, -1)
		if len(addresses) < 3 {
			t.Errorf("%s: only %d renditions", sample.Name(), len(addresses))
		}
		for _, address := range addresses {
			checkClean(t, sample.Name(), address, n.get(address).want(t, http.StatusOK))
		}
		checkUpright(t, sample.Name(), page)
	}
	if left := n.count("SELECT count(*) FROM media WHERE original IS NOT NULL"); left != 0 {
		t.Errorf("%d originals are kept", left)
	}
}

func checkClean(t *testing.T, sample, address string, a answer) {
	t.Helper()
	if kind := a.Header.Get("Content-Type"); kind != "image/jpeg" && kind != "image/webp" {
		t.Errorf("%s: %s is served as %q", sample, address, kind)
	}
	for _, trace := range traces {
		if strings.Contains(a.Body, trace) {
			t.Errorf("%s: %s holds %q", sample, address, trace)
		}
	}
}

// checkUpright knows which samples are tall and which are wide when they stand
// as they were seen; the camera wrote some of them lying down.
func checkUpright(t *testing.T, sample, page string) {
	t.Helper()
	width, height := htmltest.Attr(t, page, "article figure img", "width"), htmltest.Attr(t, page, "article figure img", "height")
	tall := len(height) > len(width) || (len(height) == len(width) && height > width)
	if strings.HasPrefix(sample, "portrait") && !tall || strings.HasPrefix(sample, "landscape") && tall {
		t.Errorf("%s lies on its side: %s x %s", sample, width, height)
	}
}

func TestMediaAnswersRangesAndIsImmutable(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	receipt := n.publish("Com uma fotografia", upload{"a.jpg", photo(t, 600, 400)})
	n.waitFor(receipt)
	address := renditionAddress.FindString(n.get(n.permalink(receipt)).Body)
	whole := n.get(address).want(t, http.StatusOK)
	for name, want := range map[string]string{
		"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff", "Accept-Ranges": "bytes",
		"Content-Security-Policy": "sandbox; default-src 'none'",
	} {
		if got := whole.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+ptHost+address, nil)
	r.Header.Set("Range", "bytes=10-19")
	w := httptest.NewRecorder()
	n.http.ServeHTTP(w, r)
	if w.Code != http.StatusPartialContent || !bytes.Equal(w.Body.Bytes(), []byte(whole.Body[10:20])) {
		t.Errorf("range: %d with %d bytes", w.Code, w.Body.Len())
	}
	for _, wrong := range []string{"/media/" + strings.Repeat("0", 32) + "/480.jpg", address + "x", "/media/x/480.jpg"} {
		n.get(wrong).want(t, http.StatusNotFound)
	}
	n.do(http.MethodGet, arHost, address, "", nil).want(t, http.StatusNotFound)
}

func TestMediaOfAPendingArticleThenGone(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	n.exec("UPDATE site SET hold_articles = true WHERE slug = 'pt'")
	receipt := n.publish("À espera, com fotografia", upload{"a.jpg", photo(t, 600, 400)})
	thumb := renditionAddress.FindString(n.waitFor(receipt))
	n.get(thumb).want(t, http.StatusOK)
	n.post(receipt, map[string][]string{"action": {"withdraw"}}).want(t, http.StatusSeeOther)
	n.get(thumb).want(t, http.StatusGone)
	for range 100 {
		if n.count("SELECT count(*) FROM rendition") == 0 {
			return
		}
		n.nap()
	}
	t.Error("the renditions are still there after 10 s")
}

func TestLogoStandsInTheMasthead(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, true)
	htmltest.Check(t, n.get("/").Body, htmltest.NotIn(".masthead img"))
	intake := media.Intake{DB: n.pools.Primary, Store: n.store, Now: n.now}
	u, err := intake.Receive(t.Context(), n.pt, []byte("ticket"), "logo.jpg", bytes.NewReader(photo(t, 300, 300)), 0)
	if err != nil {
		t.Fatal(err)
	}
	err = db.InTx(t.Context(), n.pools.Primary, func(tx pgx.Tx) error {
		_, err := media.AttachLogo(t.Context(), tx, n.queue, media.LogoAct{Site: n.pt.ID, By: modlog.ByOperator()}, []byte("ticket"), u.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	n.waitFor("/receipts")
	src := htmltest.Attr(t, n.get("/").Body, ".masthead img", "src")
	n.get(src).want(t, http.StatusOK)
}
