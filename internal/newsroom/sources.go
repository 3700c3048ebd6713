package newsroom

import "fmt"

// A source gives a list the rows of one kind, in the order of one index. What a
// list holds of several kinds is merged from as many sources, each of which
// reads no more than a page, so that the last page costs what the first does.
type source struct {
	code    int64  // tells the sources of a list apart in its order and in cursors; below sourceCodes
	from    string // FROM and WHERE; a is the article
	at, id  string // what the rows are ordered by
	comment string // the comment's id, or NULL
	place   string // SELECT of at and id of the row whose id is @key, whatever has become of it
}

// sourceCodes is how many codes there are room for in a cursor.
const sourceCodes = 4

// live is the condition on articles and comments that can still be changed. It
// is written as the partial indexes have it.
const live = "state IN ('visible', 'pending', 'hidden')"

// articles is by article_desk, article_hidden.
func articles(condition string) source {
	return source{
		code: 0, from: "article a WHERE a.site_id = @site AND a." + condition, at: "a.published_at", id: "a.id", comment: "NULL::bigint",
		place: "SELECT published_at, id FROM article WHERE site_id = @site AND id = @key",
	}
}

// pendingArticles is by article_pending.
func pendingArticles() source {
	s := articles("state = 'pending'")
	s.at, s.place = "a.created_at", "SELECT created_at, id FROM article WHERE site_id = @site AND id = @key"
	return s
}

// comments is by comment_desk, comment_pending, comment_hidden.
func comments(condition string) source {
	return source{
		code: 1, at: "c.created_at", id: "c.id", comment: "c.id",
		from:  "comment c JOIN article a ON a.id = c.article_id AND a." + live + " WHERE c.site_id = @site AND c." + condition,
		place: "SELECT created_at, id FROM comment WHERE site_id = @site AND id = @key",
	}
}

// changes are articles whose newest revision waits for review. It is by
// article_revision_waiting, which holds little: what waits on the whole network.
func changes() source {
	return source{
		code: 2, at: "w.created_at", id: "a.id", comment: "NULL::bigint",
		from: "article_revision w JOIN article a ON a.id = w.article_id AND a.revision = w.n AND a." + live +
			" WHERE w.state = 'waiting' AND a.site_id = @site",
		place: `SELECT w.created_at, a.id FROM article a JOIN article_revision w ON w.article_id = a.id AND w.n = a.revision
			WHERE a.site_id = @site AND a.id = @key`,
	}
}

// reports give each article once, at its newest open report. It is by report_open,
// and by report_article_id_reason_hash_key for what else the article has.
func reports() source {
	return source{
		code: 3, at: "r.created_at", id: "r.id", comment: "NULL::bigint",
		from: "report r JOIN article a ON a.id = r.article_id AND a." + live + ` WHERE r.site_id = @site AND r.state = 'open' AND NOT EXISTS (
			SELECT FROM report n WHERE n.article_id = r.article_id AND n.state = 'open' AND (n.created_at, n.id) > (r.created_at, r.id))`,
		place: "SELECT created_at, id FROM report WHERE site_id = @site AND id = @key",
	}
}

// sources are what a list is merged from; none for what is no list.
func (l List) sources() []source {
	switch l {
	case Posts:
		return []source{articles(live)}
	case Comments:
		return []source{comments(live)}
	case Waiting:
		return []source{pendingArticles(), comments("state = 'pending'"), changes()}
	case Reported:
		return []source{reports()}
	case Hidden:
		return []source{articles("state = 'hidden'"), comments("state = 'hidden'")}
	}
	return nil
}

// sql reads at most @limit rows. after is the source of the row that the page
// begins after, nil at the beginning: of one time, those of higher codes come
// first.
func (s source) sql(after *source) string {
	where := ""
	switch {
	case after == nil:
	case after.code == s.code:
		where = fmt.Sprintf(" AND (%s, %s) < (%s)", s.at, s.id, after.place)
	case after.code > s.code:
		where = fmt.Sprintf(" AND %s <= (SELECT created_at FROM (%s) AS place (created_at, id))", s.at, after.place)
	default:
		where = fmt.Sprintf(" AND %s < (SELECT created_at FROM (%s) AS place (created_at, id))", s.at, after.place)
	}
	return fmt.Sprintf("(SELECT a.id AS article_id, %s AS comment_id, %s AS at, %d AS code, %s AS key\nFROM %s%s\nORDER BY %s DESC, %s DESC\nLIMIT @limit)",
		s.comment, s.at, s.code, s.id, s.from, where, s.at, s.id)
}
