package markup

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// out is rendered HTML with the rel of links left out, for shorter tables.
func out(f Format, source string) string {
	return strings.ReplaceAll(Render(f, source), ` rel="`+rel+`"`, "")
}

func compare(t *testing.T, f Format, cases map[string][2]string) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c[1], out(f, c[0])); diff != "" {
				t.Errorf("Render(%q) (-want +got):\n%s", c[0], diff)
			}
			check(t, Render(f, c[0]))
		})
	}
}

func TestFormatValid(t *testing.T) {
	t.Parallel()
	for f, want := range map[Format]bool{Markdown: true, Text: true, "": false, "html": false} {
		if got := f.Valid(); got != want {
			t.Errorf("Format(%q).Valid() = %v", f, got)
		}
	}
	if got, want := Render("html", "<b>*x*"), Render(Text, "<b>*x*"); got != want {
		t.Errorf("an unknown format gives %q, want it as text: %q", got, want)
	}
}

func TestRenderText(t *testing.T) {
	t.Parallel()
	compare(t, Text, map[string][2]string{
		"nothing":    {" \n\n ", ""},
		"paragraphs": {"a\nb\n\n \n\nc", "<p>a<br>b</p>\n<p>c</p>"},
		"windows":    {"a\r\nb\r\rc", "<p>a<br>b</p>\n<p>c</p>"},
		"escaped":    {"<script>alert(1)</script> & *x*", "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; *x*</p>"},
		"entity":     {"&lt;b&gt;", "<p>&amp;lt;b&amp;gt;</p>"},
		"link":       {"(see http://a.org/x_(y)).", `<p>(see <a href="http://a.org/x_(y)">http://a.org/x_(y)</a>).</p>`},
		"links":      {"HTTPS://a.org, http://b.org!", `<p><a href="https://a.org">HTTPS://a.org</a>, <a href="http://b.org">http://b.org</a>!</p>`},
		"quote":      {`http://a.org/"onclick=x`, `<p><a href="http://a.org/">http://a.org/</a>&#34;onclick=x</p>`},
		"loopback":   {"http://localhost:8000/x", "<p>http://localhost:8000/x</p>"},
		"controls":   {"a\x00b\x1bc\u0085d\ufffee\x7f", "<p>abcde</p>"},
		"not UTF-8":  {"a\xff", "<p>a\ufffd</p>"},
		"bidi":       {"\u202eabc\u202c שלום\u200f!", "<p>abc שלום\u200f!</p>"},
		"isolates":   {"\u2069\u2067x\n\ny\u2069", "<p>\u2067x\u2069</p>\n<p>y</p>"},
	})
}

func TestRenderMarkdown(t *testing.T) {
	t.Parallel()
	compare(t, Markdown, map[string][2]string{
		"basics":        {"**a** _b_ ~~c~~ `d`", "<p><strong>a</strong> <em>b</em> <del>c</del> <code>d</code></p>"},
		"headings":      {"# a\n\n#### b\n\n## c\n\n#", "<h2>a</h2>\n<h3>b</h3>\n<h3>c</h3>"},
		"deep headings": {"# a\n## a\n### a\n#### a\n##### a\n###### a", "<h2>a</h2>\n<h3>a</h3>\n<h4>a</h4>\n<h5>a</h5>\n<h6>a</h6>\n<h6>a</h6>"},
		"table":         {"|a|b|\n|:-|-|\n|c||", `<table><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead><tbody><tr><td>c</td><td></td></tr></tbody></table>`},
		"fence":         {"```js\n<b>{.x}\n\n  c\n```", "<pre><code>&lt;b&gt;{.x}\n\n  c\n</code></pre>"},
		"indented":      {"    a\n\n    <b>b</b>", "<p>a</p>\n<p><b>b</b></p>"},
		"bare link":     {"see https://a.org/x.", `<p>see <a href="https://a.org/x">https://a.org/x</a>.</p>`},
		"list":          {"3. a\n4. b\n\n- c", "<ol start=\"3\"><li>a</li><li>b</li></ol>\n<ul><li>c</li></ul>"},
		"script":        {"<script>alert(1)</script>\n\nb", "<p>b</p>"},
		"handler":       {`<p onclick="x" style="background:url(http://a)" class=c id=i>b</p>`, "<p>b</p>"},
		"javascript":    {"[a](javascript:alert(1)) [b](data:text/html,x) [c](JaVa&#10;Script:x)", "<p>a b c</p>"},
		"hugo":          {"Title {.wp-block-heading}\n\n[a](http://b.org){.c.d} x &8220;y&8221;", "<h2>Title</h2>\n<p><a href=\"http://b.org\">a</a> x “y”</p>"},
		"override":      {"a&#x202e;b", "<p>ab</p>"},
	})
}

func TestRenderMedia(t *testing.T) {
	t.Parallel()
	compare(t, Markdown, map[string][2]string{
		"image":          {"![A cat](http://a.org/c.jpg)", `<p><a href="http://a.org/c.jpg">A cat</a></p>`},
		"no alt":         {"![](http://www.a.org/x/y/c%20d.jpg)", `<p><a href="http://www.a.org/x/y/c%20d.jpg">a.org/…/c d.jpg</a></p>`},
		"inline":         {"one ![cat](//a.org/c.jpg) two", `<p>one <a href="https://a.org/c.jpg">cat</a> two</p>`},
		"in a link":      {"[![cat](http://a.org/c.jpg)](http://b.org)", `<p><a href="http://b.org">cat</a></p>`},
		"in a text link": {"[see ![cat](http://a.org/c.jpg)](http://b.org)", `<p><a href="http://b.org">see cat</a></p>`},
		"in a bad link":  {"[![cat](http://a.org/c.jpg)](javascript:x)", `<p><a href="http://a.org/c.jpg">cat</a></p>`},
		"data":           {"![cat](data:image/png;base64,AAAA) x ![](data:x)", "<p>cat x</p>"},
		"lazy":           {`<img src="data:x" data-src="http://a.org/c.jpg" alt=cat>`, `<p><a href="http://a.org/c.jpg">cat</a></p>`},
		"video":          {"<video poster=http://a.org/p.jpg><source src=http://a.org/1.mp4><source src=http://a.org/2.mp4>No video</video>", `<p><a href="http://a.org/1.mp4">a.org/1.mp4</a></p>`},
		"picture":        {"<picture><source srcset='http://a.org/b.webp 2x'><img src=http://a.org/b.jpg alt=cat></picture>", `<p><a href="http://a.org/b.jpg">cat</a></p>`},
		"youtube":        {"<iframe src='https://www.youtube-nocookie.com/embed/abc_-1?start=9' title=Film></iframe> text", `<p><a href="https://www.youtube.com/watch?t=9&amp;v=abc_-1">Film</a> text</p>`},
		"peertube":       {"<iframe src=https://tube.org/videos/embed/1 /> text", `<p><a href="https://tube.org/videos/embed/1">tube.org/…/1</a> text</p>`},
		"object":         {"<object><param name=movie value=https://www.youtube.com/v/abc><embed src=https://x.org/y></object>", `<p><a href="https://www.youtube.com/watch?v=abc">youtube.com/watch</a></p>`},
		"svg":            {"a <svg><image href=http://a.org/b /><style>@import url(http://a)</style></svg> b", "<p>a b</p>"},
		"tracker":        {"a <img src=http://a.org/t.gif width=1 height=1>", "<p>a</p>"},
		"emoji":          {"a <img class=emoji src=https://s.w.org/x.svg alt=☀>", "<p>a ☀</p>"},
		"caption":        {"<figure><img src=http://a.org/b.jpg><figcaption>A <b>cat</b></figcaption></figure>", `<p><a href="http://a.org/b.jpg">A cat</a></p>`},
		"both":           {"<figure><img src=http://a.org/b.jpg alt=cat><figcaption>Photo: me</figcaption></figure>", "<p><a href=\"http://a.org/b.jpg\">cat</a></p>\n<p>Photo: me</p>"},
		"gallery":        {"<figure><figure><img src=http://a.org/1.jpg alt=one></figure><figure><img src=http://a.org/2.jpg></figure></figure>", `<ul><li><a href="http://a.org/1.jpg">one</a></li><li><a href="http://a.org/2.jpg">a.org/2.jpg</a></li></ul>`},
		"gallery list":   {"<ul><li><figure><a href=http://b.org><img src=http://a.org/1.jpg alt=one></a></figure></li><li></li></ul>", `<ul><li><a href="http://b.org">one</a></li></ul>`},
		"loopback":       {"<img src=http://127.0.0.1/wp/a.jpg> [x](http://localhost:8000/y)", "<p>a.jpg x</p>"},
		"head":           {"<link rel=stylesheet href=//a><meta http-equiv=refresh content='0;url=//a'><base href=//a>x", "<p>x</p>"},
	})
}

func TestRenderLinks(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"http://a.org/x?y#z": "http://a.org/x?y#z", "//a.org/x": "https://a.org/x", "/x": "/x", "#x": "#x", "": "", "#": "",
		`/\evil.org`: "https://evil.org", `\\evil.org`: "https://evil.org", "java\nscript:x": "", " HTTP://A.org": "http://a.org",
		"mailto:a@b.org": "mailto:a@b.org", "mailto:": "", "ftp://a.org": "", "x.html": "", "?p=1": "", "www.a.org/x": "https://www.a.org/x",
		"http://u:p@a.org/": "http://a.org/", "http://localhost/": "", "http://LOCALHOST.:8000": "", "http://127.1.2.3/": "",
		"http://[::1]:80/": "", "http://0.0.0.0/": "", "http://a.localhost/": "", "http://münchen.de/": "http://xn--mnchen-3ya.de/",
		"http://abcdefghij234567.onion/": "http://abcdefghij234567.onion/", "magnet:?xt=urn:btih:1": "magnet:?xt=urn:btih:1", "magnet:x": "",
		"vbscript:x": "", "data:text/html,x": "", "http:a.org": "", "http://": "", "///a.org": "", "http://a b/": "", "blob:http://a.org/x": "",
		"http://a.org/" + strings.Repeat("x", 3000): "",
	} {
		if got := address(raw); got != want {
			t.Errorf("address(%.60q) = %q, want %q", raw, got, want)
		}
	}
	if got, want := Render(Markdown, "[a](http://b.org) [c](/d)"), `<p><a href="http://b.org" rel="nofollow noopener ugc">a</a> <a href="/d">c</a></p>`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRenderHTML(t *testing.T) {
	t.Parallel()
	compare(t, Markdown, map[string][2]string{
		"nested links":    {"<a href=http://a.org>a <a href=http://b.org>b</a></a>", `<p><a href="http://a.org">a</a> <a href="http://b.org">b</a></p>`},
		"empty link":      {"x <a href=http://a.org> </a><a name=y></a><p>&nbsp;</p><b></b>", "<p>x</p>"},
		"icon link":       {"<a href=http://a.org/b><svg></svg></a>", `<p><a href="http://a.org/b">a.org/b</a></p>`},
		"block in link":   {"<a href=http://a.org><div>a</div><p>b</p></a>", "<p><a href=\"http://a.org\">a</a></p>\n<p><a href=\"http://a.org\">b</a></p>"},
		"block in p":      {"<p>a<figure>b</figure>c</p>", "<p>a</p>\n<p>b</p>\n<p>c</p>"},
		"overlap":         {"<b>a<i>b</b>c</i>", "<p><b>a<i>b</i></b>c</p>"},
		"unclosed":        {"<div><blockquote><ul><li><b>a", "<blockquote><ul><li><b>a</b></li></ul></blockquote>"},
		"stray items":     {"<li>a<li>b</li>c", "<ul><li>a</li><li>b</li></ul>\n<p>c</p>"},
		"text in list":    {"<ul>a <b>b</b><li>c</li><ul><li>d</ul></ul>", "<ul><li>a <b>b</b></li><li>c<ul><li>d</li></ul></li></ul>"},
		"old elements":    {"<center><font color=red>a</font> <strike>b</strike> <tt>c</tt> <u>d</u></center>", "<p>a <s>b</s> <code>c</code> <u>d</u></p>"},
		"breaks":          {"<br><br>a<br><br><br> <br>b<br>", "<p>a<br><br>b</p>"},
		"loose table":     {"<table>x<td>a<th>b<tr><th><td>c</table>", `<table><tbody><tr><td>x</td><td>a</td><th scope="row">b</th></tr><tr><td></td><td>c</td></tr></tbody></table>`},
		"layout table":    {"<table><tr><td>a<table><tr><td>b</table><td>c</table>", "<p>a</p>\n<table><tbody><tr><td>b</td></tr></tbody></table>\n<p>c</p>"},
		"heading in head": {"<table><tr><th><h3>a</h3><td>b</table>", `<table><tbody><tr><th scope="row"><p>a</p></th><td>b</td></tr></tbody></table>`},
		"heading parts":   {"<h3><p>a</p><div>b</div></h3><h1> <br></h1>", "<h2>a b</h2>"},
		"language":        {"<div lang=ar dir=rtl><p>a</p><span lang=pt>b</span></div><p lang='x y' dir=up>c</p>", "<p lang=\"ar\" dir=\"rtl\">a</p>\n<p lang=\"ar\" dir=\"rtl\"><span lang=\"pt\">b</span></p>\n<p>c</p>"},
		"definitions":     {"<dl><dt>a<dd>b</dl>", "<p><strong>a</strong></p>\n<p>b</p>"},
		"rules":           {"<hr>a<hr><hr>b", "<p>a</p>\n<hr>\n<p>b</p>"},
		"pre":             {"<pre>\n\na\n  <b>b</b><br>c</pre>", "<pre>\n\na\n  <b>b</b>\nc</pre>"},
		"block in one line": {"text <https://a.org/><figure>\n\n<img src=http://a.org/b.jpg alt=c> </figure> more",
			"<p>text <a href=\"https://a.org/\">https://a.org/</a></p>\n<p><a href=\"http://a.org/b.jpg\">c</a></p>\n<p>more</p>"},
	})
}

// hostile are small texts that, repeated, bring naive parsers down.
var hostile = []string{
	"[", "]", "![](", "[](", "[a](", "<div>", "<p>", "<b>", "<a href=/>", "</", "<", ">", "> ", "- ", "1. ", "*", "**a", "*a_", "_a*",
	"`", "`` ` ", "<!--", "<?", "<![CDATA[", "<a b=\"", "<a ", "|", "|a", "a|b\n-|-\n", "&", "&#x202e;", "\\", "[a]: x\n", "[a][", "[a]:\n",
	"<table>", "<td>", "<table><tr><td>", "<ul><li>", "<li>", "<figure>", "<figure><figcaption>", "<b><i>", "<b><p>", "<svg>", "<svg><p>",
	"<span lang=ar>", "<h1>", "<blockquote>", "http://", "www.a.", "a@b.", "# ", "```\n", "{.a}", "{", "\u2067", "\u2067a\n\n", "<video>",
	"<picture><source>", "<img>", "<a><img>", "<pre>", "<dl><dt>", "\n> - ", "\u00a0", "<a href=/x><p>", "x<br>", "<noscript>", "<object>", "<select>",
}

func TestRenderHostile(t *testing.T) {
	t.Parallel()
	const size = 100_000
	for _, unit := range hostile {
		t.Run(unit, func(t *testing.T) {
			source := strings.Repeat(unit, size/len(unit))
			began := time.Now()
			rendered := Render(Markdown, source)
			// Far more than any of these needs; a square of the size needs minutes.
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("took %v", took)
			} else {
				t.Logf("%q took %v, %d bytes", unit, took, len(rendered))
			}
			check(t, Render(Markdown, source[:size/20/len(unit)*len(unit)]))
			Render(Text, source)
			Excerpt(rendered, 200)
		})
	}
}

func TestBoundMarkdown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		unit string
		most int // how often it may stand unescaped
	}{{"[", maxBrackets}, {"*a_", maxEmphasis / 2}, {"> ", maxMarkers}, {"1. ", maxMarkers}} {
		source := strings.Repeat(c.unit, 10_000)
		bounded := boundMarkdown(source)
		if at := strings.IndexByte(bounded, '\\'); at < 0 || at > c.most*len(c.unit)+len(c.unit) {
			t.Errorf("%q is first escaped at %d", c.unit, at)
		}
		if strings.ReplaceAll(bounded, `\`, "") != source {
			t.Errorf("%q: more than escapes changed", c.unit)
		}
	}
	few := strings.Repeat("> - *a* [b](c)\n\n", 5_000)
	if boundMarkdown(few) != few {
		t.Error("a long text of short paragraphs was changed")
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"": "", "<p>a &amp; &lt;b&gt;</p><p>c<br>d</p>": "a & <b>\nc\nd", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>": "a\nb\nc",
		"<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>": "a b", "<p>a <b>b</b>c</p>": "a bc", "<pre>a\n b</pre>": "a\nb",
		"<h2>a</h2>\n<p>b\nc</p>": "a\nb c",
	} {
		if got := Plain(source); got != want {
			t.Errorf("Plain(%q) = %q, want %q", source, got, want)
		}
	}
}

func TestBlank(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]bool{
		"": true, " \n": true, "<script>x</script>": true, "<style>p{}</style>\n\n<!-- x -->": true, "---": true, "\u200b\u2800": true,
		"x": false, "1 < 2": false, "![](https://example.org/a.jpg)": false, "https://example.org/": false, "<b>x</b>": false,
	} {
		if got := Blank(Markdown, source); got != want {
			t.Errorf("Blank(Markdown, %q) = %t", source, got)
		}
	}
	if Blank(Text, "<script>x</script>") {
		t.Error("plain text holds no elements, and is not blank")
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source string
		limit  int
		want   string
	}{
		{"", 10, ""},
		{"<p>one two</p><p>three</p>", 13, "one two three"},
		{"<p>one two</p><p>three</p>", 12, "one two…"},
		{"<p>one, two</p>", 6, "one…"},
		{"<p>abcdefgh</p>", 5, "abcd…"},
		{"<p>ab</p>", 0, ""},
		{"<p>ab</p>", 1, "…"},
		{"<p>e\u0301e\u0301e\u0301</p>", 4, "e\u0301…"},
		{"<p><a href=/x>x.jpg</a></p><p>text</p>", 20, "text"},
		{"<p><a href=/x>x.jpg</a></p>", 20, "x.jpg"},
		{"<p>\u2067ab cd\u2069</p>", 4, "ab…"},
	} {
		if got := Excerpt(c.source, c.limit); got != c.want {
			t.Errorf("Excerpt(%q, %d) = %q, want %q", c.source, c.limit, got, c.want)
		}
	}
}

func FuzzRender(f *testing.F) {
	for _, unit := range hostile {
		f.Add(unit + "x " + unit)
	}
	f.Add("<ul>a<li>b</ul><table>c<caption>d<td>e\n\n# f\n![g](http://h) \u2067i")
	f.Fuzz(func(t *testing.T, source string) {
		for _, format := range []Format{Markdown, Text} {
			rendered := Render(format, source)
			check(t, rendered)
			if e := Excerpt(rendered, 40); len([]rune(e)) > 40 {
				t.Errorf("excerpt too long: %q", e)
			}
		}
	})
}

func BenchmarkRender(b *testing.B) {
	source := strings.Repeat("# Title\n\nSome *words* with [a link](http://a.org) and ![a photo](http://a.org/b.jpg).\n\n<figure><img src=http://a.org/c.jpg></figure>\n\n", 50)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		Render(Markdown, source)
	}
}
