package feed

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"strings"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/comment"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/site"
)

// articles are the entries of a list of articles, with their text and pictures:
// two queries, however many they are. What is no longer visible by then is left
// out.
func (p Press) articles(ctx context.Context, q db.Querier, items []article.Item, homeOf func(site.ID) (Home, bool)) ([]Entry, error) {
	ids := idsOf(items, func(i article.Item) int64 { return int64(i.ID) })
	texts, err := articleTexts(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	shown, err := files(ctx, q, ofArticle, ids)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, item := range items {
		home, known := homeOf(item.SiteID)
		body, visible := texts[int64(item.ID)]
		if !known || !visible {
			continue
		}
		e := Entry{
			ID:  p.tag(fmt.Sprintf("%s/article/%d", home.Site.Slug, item.ID)),
			URL: home.Origin + articlePath(item.ID, item.Slug), Title: item.Title, Author: item.Author, Summary: item.Summary,
			HTML: body.HTML, Language: item.Language, Published: item.PublishedAt, Updated: item.PublishedAt, Topics: body.Topics,
		}
		if item.EditedAt != nil && item.EditedAt.After(e.Published) {
			e.Updated = *item.EditedAt
		}
		entries = append(entries, e.finish(home.Origin, shown[int64(item.ID)]))
	}
	return entries, nil
}

// features are likewise; whoever wrote one, the collective answers for it.
func (p Press) features(ctx context.Context, q db.Querier, st site.Site, items []feature.Item) ([]Entry, error) {
	ids := idsOf(items, func(i feature.Item) int64 { return int64(i.ID) })
	texts, err := featureTexts(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	shown, err := files(ctx, q, ofFeature, ids)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, item := range items {
		body, there := texts[int64(item.ID)]
		if !there {
			continue
		}
		e := Entry{
			ID:  p.tag(fmt.Sprintf("%s/feature/%d", st.Slug, item.ID)),
			URL: fmt.Sprintf("%s/features/%d/%s", p.Origin, item.ID, item.Slug), Title: item.Title, Author: st.Name,
			Summary: item.Summary, HTML: body.HTML, Language: item.Language, Published: item.PublishedAt, Updated: item.PublishedAt,
		}
		entries = append(entries, e.finish(p.Origin, shown[int64(item.ID)]))
	}
	return entries, nil
}

// comments carry the title of the article they answer. Nobody says in which
// language they are; most are in the article's.
func (p Press) comments(ctx context.Context, q db.Querier, st site.Site, recent []comment.Recent) ([]Entry, error) {
	shown, err := files(ctx, q, ofComment, idsOf(recent, func(c comment.Recent) int64 { return int64(c.ID) }))
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, c := range recent {
		title := p.Speech.T("feed.comment", "Title", c.ArticleTitle)
		if c.Kind == comment.Addition {
			title = p.Speech.T("feed.addition", "Title", c.ArticleTitle)
		}
		e := Entry{
			ID:    p.tag(fmt.Sprintf("%s/comment/%d", st.Slug, c.ID)),
			URL:   p.Origin + articlePath(c.ArticleID, c.ArticleSlug) + comment.Anchor(c.ID, c.Place),
			Title: title, Author: c.Author, HTML: c.HTML, Language: c.ArticleLanguage, Published: c.CreatedAt, Updated: c.CreatedAt,
		}
		entries = append(entries, e.finish(p.Origin, shown[int64(c.ID)]))
	}
	return entries, nil
}

// finish makes the text's addresses absolute and adds the files: below the text,
// where every reader shows them, and as enclosures.
func (e Entry) finish(origin string, shown []file) Entry {
	var out strings.Builder
	page, _, _ := strings.Cut(e.URL, "#")
	out.WriteString(absolute(e.HTML, origin, page))
	for _, f := range shown {
		out.WriteString("\n" + f.html(origin))
		e.Enclosures = append(e.Enclosures, f.enclosure(origin))
	}
	e.HTML = out.String()
	return e
}

func (f file) at(origin, name string) string { return origin + "/media/" + f.ID + "/" + name }

func (f file) enclosure(origin string) Enclosure {
	e := Enclosure{URL: f.at(origin, f.Name), Type: f.Type, Length: f.Bytes, Duration: f.Duration}
	if f.Poster != "" {
		e.Poster = f.at(origin, f.Poster)
	}
	return e
}

// html is the file within a text.
func (f file) html(origin string) string {
	at, alt := html.EscapeString(f.at(origin, f.Name)), html.EscapeString(f.Alt)
	switch f.Kind {
	case "video":
		poster := ""
		if f.Poster != "" {
			poster = ` poster="` + html.EscapeString(f.at(origin, f.Poster)) + `"`
		}
		return fmt.Sprintf(`<figure><video controls preload="none" src="%s"%s width="%d" height="%d"></video><figcaption><a href="%s">%s</a></figcaption></figure>`,
			at, poster, f.Width, f.Height, at, cmp.Or(alt, html.EscapeString(f.Name)))
	case "audio":
		return fmt.Sprintf(`<figure><audio controls preload="none" src="%s"></audio><figcaption><a href="%s">%s</a></figcaption></figure>`,
			at, at, cmp.Or(alt, html.EscapeString(f.Name)))
	case "document":
		return fmt.Sprintf(`<p><a href="%s">%s</a></p>`, at, cmp.Or(alt, html.EscapeString(f.Name)))
	}
	return fmt.Sprintf(`<figure><img src="%s" alt="%s" width="%d" height="%d"></figure>`, at, alt, f.Width, f.Height)
}

func idsOf[T any](items []T, id func(T) int64) []int64 {
	ids := make([]int64, len(items))
	for i, item := range items {
		ids[i] = id(item)
	}
	return ids
}
