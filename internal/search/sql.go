package search

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/paging"
	"github.com/indywire/indywire/internal/site"
)

// statement is SQL with its values.
type statement struct {
	sql  string
	args pgx.StrictNamedArgs
}

// newest finds matches in the order of the wire. Each configuration gives a page
// of its own, and the newest of all of them are the page.
func newest(st site.Site, in []tongue, text string, before paging.Cursor) statement {
	s := statement{args: pgx.StrictNamedArgs{"limit": PageSize + 1}}
	after := ""
	if !before.IsZero() {
		after = "\n\t\t  AND (a.published_at, a.id) < (SELECT published_at, id FROM article WHERE site_id = @site AND id = @before)"
		s.args["before"] = int64(before)
	}
	arms := s.arms(st, in, text, func(n int) string {
		return fmt.Sprintf("SELECT a.id, a.published_at, 0::float4 AS score, %d AS tongue", n)
	}, after+"\n\t\tORDER BY a.published_at DESC, a.id DESC\n\t\tLIMIT @limit")
	s.sql = page(arms, "", "published_at DESC, id DESC", config(in))
	return s
}

// best finds the matches that fit best among the MaxRanked newest of each
// configuration.
func best(st site.Site, in []tongue, text string, before paging.RankCursor) statement {
	s := statement{args: pgx.StrictNamedArgs{"limit": PageSize + 1, "ranked": MaxRanked}}
	after := ""
	if !before.IsZero() {
		after = "\n\t\tWHERE (score, id) < (@score::float4, @id)"
		s.args["score"], s.args["id"] = before.Rank, before.ID
	}
	// 1 divides by the logarithm of the length: a long text is not better for
	// saying a word more often.
	arms := s.arms(st, in, text, func(n int) string {
		return fmt.Sprintf("SELECT a.id, a.published_at, ts_rank(a.words, %s, 1) AS score, %d AS tongue", tsquery(n), n)
	}, "\n\t\tORDER BY a.published_at DESC, a.id DESC\n\t\tLIMIT @ranked")
	s.sql = page(arms, after, "score DESC, id DESC", config(in))
	return s
}

// arms asks each configuration in turn: by article_words, or along
// article_wire or article_wire_language where the word is so common that this is the shorter way.
func (s statement) arms(st site.Site, in []tongue, text string, columns func(n int) string, tail string) string {
	s.args["site"], s.args["text"] = st.ID, text
	var arms []string
	for n, t := range in {
		s.args[fmt.Sprint("config", n)] = t.config
		language := fmt.Sprintf("= @language%d", n) // in the order of article_wire_language
		s.args[fmt.Sprint("language", n)] = t.languages[0]
		if len(t.languages) > 1 {
			language = fmt.Sprintf("= ANY(@language%d::text[])", n)
			s.args[fmt.Sprint("language", n)] = t.languages
		}
		arms = append(arms, fmt.Sprintf(`(%s
		FROM article a
		WHERE a.site_id = @site AND a.state = 'visible'
		  AND a.language %s
		  AND a.words @@ %s`, columns(n), language, tsquery(n))+tail+")")
	}
	return strings.Join(arms, "\n\t\tUNION ALL\n\t\t")
}

func tsquery(n int) string {
	return fmt.Sprintf("websearch_to_tsquery(@config%d::regconfig, @text)", n)
}

// config gives the configuration of a row by the arm that found it.
func config(in []tongue) string {
	var b strings.Builder
	b.WriteString("CASE p.tongue")
	for n := range in {
		fmt.Fprintf(&b, " WHEN %d THEN @config%d::regconfig", n, n)
	}
	b.WriteString(" END")
	return b.String()
}

// excerpted is what an excerpt is cut from: at most 100,000 characters of summary
// and text, without the tags of the HTML, whose text and attributes hold no bare
// < and >. Tags inside a line go without a trace, the others part words.
const excerpted = `
	left(replace(replace(replace(a.summary, '&', '&amp;'), '<', '&lt;'), '>', '&gt;') || ' ' ||
	     regexp_replace(regexp_replace(a.html,
	         '</?(a|abbr|b|bdi|bdo|cite|code|del|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|u|var)( [^>]*)?>', '', 'g'),
	         '<[^>]*>', ' ', 'g'), 100000)`

// page cuts a page out of what the arms found. Only its rows are read whole.
func page(arms, after, order, config string) string {
	return `WITH found AS (
		` + arms + `
	), page AS (
		SELECT id, published_at, score, tongue
		FROM found` + after + `
		ORDER BY ` + order + `
		LIMIT @limit
	)
	SELECT p.score,
	       ts_headline(c.config, ` + excerpted + `, websearch_to_tsquery(c.config, @text), @headline) AS excerpt, ` +
		article.ItemColumns + `
	FROM page p
	JOIN article a ON a.id = p.id
	CROSS JOIN LATERAL (SELECT ` + config + ` AS config) c
	ORDER BY p.` + strings.ReplaceAll(order, ", ", ", p.")
}

// row is a hit as it is read.
type row struct {
	Score   float32
	Excerpt string
	article.Item
}

// hits reads what a statement finds. It is planned for its very words, which
// cached statements after a while no longer are: the way to a rare word is not
// the way to a common one.
func hits(ctx context.Context, q db.Querier, s statement) ([]Hit, error) {
	s.args["headline"] = headline
	rows, err := q.Query(ctx, s.sql, pgx.QueryExecModeCacheDescribe, s.args)
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, db.Fault(err)
	}
	hits := make([]Hit, len(found))
	for i, r := range found {
		hits[i] = Hit{Item: r.Item, Excerpt: parts(r.Excerpt), score: r.Score}
	}
	return hits, nil
}
