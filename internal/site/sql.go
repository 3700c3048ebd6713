package site

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/markup"
)

// columns of Site; hosts, topics and logo come along, so that a page needs one query
// for all it must know of its site.
const columns = `
	s.id, s.slug, s.name, s.tagline, s.languages, s.time_zone, s.accent, s.state,
	s.hold_articles, s.hold_comments, s.version, s.created_at,
	ARRAY(SELECT h.host FROM site_host h WHERE h.site_id = s.id ORDER BY h.position) AS hosts,
	(SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'slug', t.slug, 'name', t.name) ORDER BY t.position, t.id), '[]')
	 FROM site_topic t WHERE t.site_id = s.id) AS topics,
	(SELECT jsonb_build_object('id', j.media_id, 'jpeg', j.name, 'webp', w.name, 'width', j.width, 'height', j.height)
	 FROM rendition j JOIN rendition w ON w.media_id = j.media_id AND w.width = j.width AND w.type = 'image/webp'
	 WHERE j.media_id = s.logo AND j.type = 'image/jpeg'
	 ORDER BY j.width LIMIT 1) AS logo`

func one(ctx context.Context, q db.Querier, where string, args pgx.StrictNamedArgs) (Site, error) {
	rows, err := q.Query(ctx, "SELECT "+columns+"\nFROM site s\n"+where, args)
	if err != nil {
		return Site{}, db.Fault(err)
	}
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Site])
	return s, db.Fault(err)
}

// ByHost finds the site that a normalised host serves: one of its own hosts,
// or SLUG.<portal> for a site without any. fault.NotFound for an unknown host.
// A host that was given to a site goes before one that follows from a slug: a
// portal that has moved since can make the two the same.
func ByHost(ctx context.Context, q db.Querier, portal, host string) (Site, error) {
	// by site_host_pkey, else site_slug_key
	return one(ctx, q, `
		WHERE s.id = coalesce(
			(SELECT site_id FROM site_host WHERE host = @host),
			(SELECT h.id FROM site h WHERE h.slug = @slug AND NOT EXISTS (SELECT FROM site_host WHERE site_id = h.id)))`,
		pgx.StrictNamedArgs{"host": host, "slug": slugOf(host, portal)})
}

// BySlug finds a site by its slug; fault.NotFound where there is none.
func BySlug(ctx context.Context, q db.Querier, slug string) (Site, error) {
	return one(ctx, q, "WHERE s.slug = @slug", pgx.StrictNamedArgs{"slug": slug})
}

// ByID finds a site by its id; fault.NotFound where there is none.
func ByID(ctx context.Context, q db.Querier, id ID) (Site, error) {
	return one(ctx, q, "WHERE s.id = @id", pgx.StrictNamedArgs{"id": id})
}

// All lists the sites of the network by name.
func All(ctx context.Context, q db.Querier) ([]Site, error) {
	rows, err := q.Query(ctx, "SELECT "+columns+"\nFROM site s\nORDER BY lower(s.name), s.id")
	if err != nil {
		return nil, db.Fault(err)
	}
	sites, err := pgx.CollectRows(rows, pgx.RowToStructByName[Site])
	return sites, db.Fault(err)
}

// Bump raises the version of a site. It is the last statement of a transaction
// that changes what the site shows, for the row stays locked until the commit.
func Bump(ctx context.Context, tx pgx.Tx, id ID) error {
	_, err := tx.Exec(ctx, "UPDATE site SET version = version + 1 WHERE id = $1", id)
	return db.Fault(err)
}

func insert(ctx context.Context, tx pgx.Tx, d Draft) (ID, error) {
	var id ID
	err := tx.QueryRow(ctx, `
		INSERT INTO site (slug, name, tagline, languages, time_zone, accent)
		VALUES (@slug, @name, @tagline, @languages, @time_zone, @accent)
		RETURNING id`,
		pgx.StrictNamedArgs{
			"slug": d.Slug, "name": d.Name, "tagline": d.Tagline, "languages": d.Languages,
			"time_zone": d.TimeZone, "accent": d.Accent,
		}).Scan(&id)
	return id, db.Fault(err)
}

func insertHosts(ctx context.Context, tx pgx.Tx, id ID, hosts []string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO site_host (host, site_id, position)
		SELECT host, $1, n FROM unnest($2::text[]) WITH ORDINALITY AS h (host, n)`, id, hosts)
	return db.Fault(err)
}

// hostOfAnother tells whether one of the hosts is where a site without hosts of
// its own is found by its slug.
func hostOfAnother(ctx context.Context, tx pgx.Tx, portal string, hosts []string) (bool, error) {
	var slugs []string
	for _, h := range hosts {
		slugs = append(slugs, slugOf(h, portal))
	}
	var found bool
	err := tx.QueryRow(ctx, `
		SELECT EXISTS (
			SELECT FROM site s
			WHERE s.slug = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM site_host WHERE site_id = s.id))`, slugs).Scan(&found)
	return found, db.Fault(err)
}

func hostTaken(ctx context.Context, tx pgx.Tx, host string) (bool, error) {
	var found bool
	err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM site_host WHERE host = $1)", host).Scan(&found)
	return found, db.Fault(err)
}

// AddTopic files a topic under a site after those it has; one that is there
// already stays as it is. It answers with the topic as it stands, for which it
// is written once more: its name and not its key, which would lock out whoever
// files a post under it meanwhile.
func AddTopic(ctx context.Context, tx pgx.Tx, id ID, slug, name string) (Topic, error) {
	rows, err := tx.Query(ctx, `
		INSERT INTO site_topic (site_id, slug, name, position)
		VALUES ($1, $2, $3, (SELECT coalesce(max(position), 0) + 1 FROM site_topic WHERE site_id = $1))
		ON CONFLICT (site_id, slug) DO UPDATE SET name = site_topic.name
		RETURNING id, slug, name`, id, slug, name)
	if err != nil {
		return Topic{}, db.Fault(err)
	}
	t, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Topic])
	return t, db.Fault(err)
}

func setState(ctx context.Context, tx pgx.Tx, slug string, state State) (ID, error) {
	var id ID
	err := tx.QueryRow(ctx, "UPDATE site SET state = $2 WHERE slug = $1 RETURNING id", slug, state).Scan(&id)
	return id, db.Fault(err)
}

// SetLogo makes a media file the logo of a site.
func SetLogo(ctx context.Context, tx pgx.Tx, id ID, media string) error {
	_, err := tx.Exec(ctx, "UPDATE site SET logo = $2 WHERE id = $1", id, media)
	return db.Fault(err)
}

// SavePage writes a static page of a site, new or in place of the one there.
func SavePage(ctx context.Context, tx pgx.Tx, id ID, p PageDraft) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO site_page (site_id, slug, title, language, source, html, markup_version)
		VALUES (@site, @slug, @title, @language, @source, @html, @version)
		ON CONFLICT (site_id, slug) DO UPDATE
		SET title = excluded.title, language = excluded.language, source = excluded.source,
		    html = excluded.html, markup_version = excluded.markup_version, updated_at = now()`,
		pgx.StrictNamedArgs{
			"site": id, "slug": p.Slug, "title": p.Title, "language": p.Language, "source": p.Source,
			"html": markup.Render(markup.Markdown, p.Source), "version": markup.Version,
		})
	return db.Fault(err)
}

// PageBySlug finds a static page of a site; fault.NotFound where there is none.
func PageBySlug(ctx context.Context, q db.Querier, id ID, slug string) (Page, error) {
	rows, err := q.Query(ctx, `
		SELECT slug, title, language, html, updated_at
		FROM site_page
		WHERE site_id = $1 AND slug = $2`, id, slug)
	if err != nil {
		return Page{}, db.Fault(err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Page])
	return p, db.Fault(err)
}
