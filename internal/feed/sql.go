package feed

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
)

// text is what a list leaves out and a feed carries.
type text struct {
	ID     int64
	HTML   string
	Topics []string // names
}

// articleTexts reads the texts of visible articles, by id.
func articleTexts(ctx context.Context, q db.Querier, ids []int64) (map[int64]text, error) {
	// by article_pkey
	return texts(q.Query(ctx, `
		SELECT a.id, a.html,
		       ARRAY(SELECT t.name
		             FROM article_topic at
		             JOIN site_topic t ON t.id = at.topic_id
		             WHERE at.article_id = a.id
		             ORDER BY t.position, t.id) AS topics
		FROM article a
		WHERE a.id = ANY($1) AND a.state = 'visible'`, ids))
}

// featureTexts reads the texts of features, by id.
func featureTexts(ctx context.Context, q db.Querier, ids []int64) (map[int64]text, error) {
	// by feature_pkey
	return texts(q.Query(ctx, "SELECT id, html, ARRAY[]::text[] AS topics FROM feature WHERE id = ANY($1)", ids))
}

func texts(rows pgx.Rows, err error) (map[int64]text, error) {
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[text])
	if err != nil {
		return nil, db.Fault(err)
	}
	byID := make(map[int64]text, len(found))
	for _, t := range found {
		byID[t.ID] = t
	}
	return byID, nil
}

// owner is the column that says what a file belongs to.
type owner string

const (
	ofArticle owner = "article_id" // by media_article
	ofComment owner = "comment_id" // by media_comment
	ofFeature owner = "feature_id" // by media_feature
)

// picture is the largest JPEG of an image, which every reader can show.
type picture struct {
	Owner  int64
	ID     string
	Alt    string
	Name   string
	Type   string
	Width  int
	Height int
	Bytes  int64
}

// pictures reads the images of several posts, each in its order, by the posts'
// ids. Files that are not ready, or not images, are not among them.
func pictures(ctx context.Context, q db.Querier, of owner, ids []int64) (map[int64][]picture, error) {
	rows, err := q.Query(ctx, `
		SELECT m.`+string(of)+` AS owner, m.id, m.alt, r.name, r.type, r.width, r.height, r.bytes
		FROM media m
		CROSS JOIN LATERAL (
			SELECT name, type, width, height, bytes
			FROM rendition
			WHERE media_id = m.id AND type = 'image/jpeg'
			ORDER BY width DESC, name
			LIMIT 1) r
		WHERE m.`+string(of)+` = ANY($1) AND m.kind = 'image' AND m.state = 'ready'
		ORDER BY m.position, m.id`, ids)
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[picture])
	if err != nil {
		return nil, db.Fault(err)
	}
	byOwner := map[int64][]picture{}
	for _, p := range found {
		byOwner[p.Owner] = append(byOwner[p.Owner], p)
	}
	return byOwner, nil
}
