package web_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/indywire/indywire/internal/browsertest"
)

// until waits for an expression of the page to be true.
func until(t *testing.T, b *browsertest.Browser, what, expression string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !browsertest.Run(b, chromedp.Evaluate[bool](expression)); {
		if time.Now().After(end) {
			t.Fatalf("%s: %s stays false", what, expression)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// write puts text into a field as typing does.
func write(b *browsertest.Browser, selector, text string) {
	browsertest.Run(b, chromedp.Evaluate[bool](`(() => {
		const field = document.querySelector("`+selector+`");
		field.value = "`+text+`";
		return field.dispatchEvent(new Event("input", {bubbles: true}));
	})()`))
}

func TestWhatScriptAddsToTheOpenForm(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	server := httptest.NewServer(n.http)
	t.Cleanup(func() { server.Close(); server.Config.Handler = nil })
	b := browsertest.New(t, browsertest.Options{Width: 1440, Script: true})
	b.Open("http://pt.localhost" + server.URL[strings.LastIndexByte(server.URL, ':'):] + "/publish")

	write(b, "#title", strings.Repeat("á", 195))
	until(t, b, "what is left is counted", `document.querySelector("#title + .count").textContent.includes("5")`)
	write(b, "#title", strings.Repeat("á", 207))
	until(t, b, "what is too much is counted", `document.querySelector("#title + .count.over").textContent.includes("7")`)

	write(b, "#body", "Um texto **forte**.")
	until(t, b, "the preview comes while one types", `document.querySelector(".live #preview strong")?.textContent === "forte"`)

	until(t, b, "one field for any number of files", `document.querySelectorAll("[type=file]:not(li *)").length === 1 && document.querySelector("#file-1").multiple`)
	until(t, b, "not more than a post may have", `(() => {
		const chosen = new DataTransfer(), field = document.querySelector("#file-1");
		for (let i = 0; i < 22; i++) chosen.items.add(new File(["x"], i + ".jpg", {type: "image/jpeg"}));
		field.files = chosen.files;
		field.dispatchEvent(new Event("change"));
		return document.querySelectorAll(".transfer").length === 20 && document.querySelectorAll(".file-faults .error").length === 2;
	})()`)
	until(t, b, "each has a description of its own", `document.querySelectorAll(".transfer label[for^=alt-]").length === 20 && document.querySelectorAll("#alt-4").length === 1`)
	until(t, b, "one is taken out", `(document.querySelector(".transfer [aria-label^='Retirar']").click(), document.querySelectorAll(".transfer").length === 19)`)
	until(t, b, "and the focus is on the next", `document.activeElement === document.querySelector(".transfer [aria-label^='Retirar']")`)
	browsertest.Run(b, chromedp.Evaluate[bool](`(document.querySelectorAll(".transfer [aria-label^='Retirar']").forEach((button) => button.click()), true)`))

	browsertest.Run(b, chromedp.Evaluate[bool](`document.querySelector("form#post button:not(.unseen)[value=publish]").click(), true`))
	until(t, b, "focus is led to what was wrong", `document.activeElement?.matches(".faults") === true && document.title.startsWith("Erro:")`)
	for _, p := range b.Problems() {
		if !strings.Contains(p, "422") { // which Chromium names, and which is meant
			t.Error(p)
		}
	}
}
