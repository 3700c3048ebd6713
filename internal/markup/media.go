package markup

import (
	"strings"

	"golang.org/x/net/html"
)

var (
	// mediaElements show something fetched from elsewhere; each becomes a link.
	mediaElements = setOf("img image video audio picture iframe frame embed object applet bgsound")
	// dropped go with all they hold.
	dropped = setOf(`script style template title textarea select datalist button input svg
		noembed noframes source track param link meta base col colgroup area rp`)
)

// show turns a medium into a link, or into its words where its address leads
// nowhere. Inside a link only its words remain.
func (b *builder) show(n *html.Node) {
	if b.sign(n) {
		b.text(attr(n, "alt"))
		return
	}
	label := b.mediaLabel(n)
	source := mediaSource(n)
	href := address(source)
	switch {
	case tracker(n):
	case href == "" || b.inLink:
		if label == "" && !b.inLink {
			label = fileName(source)
		}
		b.space(" ")
		b.text(label)
		b.space(" ")
	case label == "":
		b.medium(anchor(watchAddress(href), readable(watchAddress(href))))
	default:
		b.medium(anchor(watchAddress(href), label))
	}
}

// medium places the link of a medium: in the running text if there is some,
// else with its neighbours.
func (b *builder) medium(link *html.Node) {
	if b.host == nil {
		b.first = append(b.first, link)
		return
	}
	if b.gap == "" && !b.pre {
		b.gap = " "
	}
	b.ready()
	b.inner().AppendChild(link)
	b.space(" ")
}

// sign tells whether an image stands for a character, as smileys do.
func (b *builder) sign(n *html.Node) bool {
	class := attr(n, "class")
	return n.Data == "img" && (strings.Contains(class, "emoji") || strings.Contains(class, "wp-smiley")) && attr(n, "alt") != ""
}

// tracker tells whether an image is too small to be seen, there only to count
// its readers.
func tracker(n *html.Node) bool {
	w, h := attr(n, "width"), attr(n, "height")
	return n.Data == "img" && (w == "0" || w == "1") && (h == "0" || h == "1")
}

// mediaLabel gives the words people put to a medium, or "".
func (b *builder) mediaLabel(n *html.Node) string {
	for _, name := range []string{"alt", "title", "aria-label"} {
		if label := cleanLine(attr(n, name)); visible(label) {
			return label
		}
	}
	if n.Data == "picture" {
		if img := find(n, "img"); img != nil {
			return b.mediaLabel(img)
		}
	}
	return b.captions[n]
}

// mediaSource gives the address a medium shows, "" if it has none: its own,
// else the first of those inside it.
func mediaSource(n *html.Node) string {
	if source := ownSource(n); source != "" {
		return source
	}
	pictured := n.Data == "picture" && find(n, "img") != nil // the img is the one all browsers know
	for c := range n.Descendants() {
		source := ""
		switch {
		case c.Data == "param" && (attr(c, "name") == "movie" || attr(c, "name") == "src"):
			source = attr(c, "value")
		case c.Data == "source" && !pictured, mediaElements[c.Data]:
			source = ownSource(c)
		}
		if source != "" {
			return source
		}
	}
	return ""
}

func ownSource(n *html.Node) string {
	for _, name := range []string{"src", "data", "data-src", "data-lazy-src", "xlink:href", "srcset"} {
		value := strings.TrimSpace(attr(n, name))
		if name == "srcset" {
			value, _, _ = strings.Cut(value, " ")
		}
		if value != "" && !strings.HasPrefix(strings.ToLower(value), "data:") {
			return value
		}
	}
	return ""
}

// mediaIn finds up to limit media in n, none of them inside another.
func mediaIn(n *html.Node, limit int) []*html.Node {
	var found []*html.Node
	for c := range n.ChildNodes() {
		switch {
		case len(found) >= limit:
			return found
		case c.Type != html.ElementNode || dropped[c.Data]:
		case mediaElements[c.Data]:
			found = append(found, c)
		default:
			found = append(found, mediaIn(c, limit-len(found))...)
		}
	}
	return found
}

// figure walks a figure. Where it holds one medium that has no words of its
// own, a plain caption becomes those words, and is not said twice.
func (b *builder) figure(n *html.Node) {
	caption := ownCaption(n)
	if media := mediaIn(n, 2); caption != nil && len(media) == 1 {
		words := cleanLine(innerText(caption))
		label := b.mediaLabel(media[0])
		simple := find(caption, "a") == nil && len(mediaIn(caption, 1)) == 0
		if simple && visible(words) && (label == "" || label == words) {
			b.captions[media[0]] = words
			caption.Parent.RemoveChild(caption)
		}
	}
	b.block(n)
}

// ownCaption finds the figcaption of n itself, not of a figure inside it.
func ownCaption(n *html.Node) *html.Node {
	for c := range n.ChildNodes() {
		switch c.Data {
		case "figcaption":
			return c
		case "div", "a", "p":
			if found := ownCaption(c); found != nil {
				return found
			}
		}
	}
	return nil
}

// innerText joins the text inside n.
func innerText(n *html.Node) string {
	var out strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			out.WriteString(c.Data)
		} else if c.Data == "br" {
			out.WriteByte(' ')
		}
	}
	return out.String()
}
