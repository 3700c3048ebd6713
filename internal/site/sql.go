package site

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/markup"
)

// columns of Site; hosts, topics, pages and logo come along, so that a page needs one query
// for all it must know of its site.
const columns = `
	s.id, s.slug, s.name, s.tagline, s.languages, s.time_zone, s.accent, s.state,
	s.max_files, s.max_file_bytes, s.hold_articles, s.hold_comments, s.version, s.created_at,
	ARRAY(SELECT h.host FROM site_host h WHERE h.site_id = s.id ORDER BY h.position) AS hosts,
	(SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'slug', t.slug, 'name', t.name) ORDER BY t.position, t.id), '[]')
	 FROM site_topic t WHERE t.site_id = s.id) AS topics,
	(SELECT coalesce(jsonb_agg(jsonb_build_object('slug', p.slug, 'title', p.title, 'language', p.language)
	                           ORDER BY array_position('{about,policy,contact}', p.slug)), '[]')
	 FROM site_page p WHERE p.site_id = s.id AND p.slug IN ('about', 'policy', 'contact')) AS first_pages,
	(SELECT coalesce(jsonb_agg(jsonb_build_object('slug', p.slug, 'title', p.title, 'language', p.language) ORDER BY lower(p.title), p.slug), '[]')
	 FROM site_page p WHERE p.site_id = s.id AND p.slug NOT IN ('about', 'policy', 'contact')) AS pages,
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

// Listed is a site as the admins of the network see it in their list.
type Listed struct {
	Site
	Newest  *time.Time // article; nil: none yet
	Editors []string   // their names
}

// Network lists the sites of the network by name, with their editors and how
// lively they are.
func Network(ctx context.Context, q db.Querier) ([]Listed, error) {
	// by article_desk, once for each site, and account_role_site
	rows, err := q.Query(ctx, "SELECT "+columns+`,
		(SELECT a.published_at
		 FROM article a
		 WHERE a.site_id = s.id AND a.state IN ('visible', 'pending', 'hidden')
		 ORDER BY a.published_at DESC, a.id DESC
		 LIMIT 1) AS newest,
		ARRAY(SELECT c.name
		      FROM account_role r JOIN account c ON c.id = r.account_id
		      WHERE r.site_id = s.id AND c.disabled_at IS NULL
		      ORDER BY lower(c.name)) AS editors
		FROM site s
		ORDER BY lower(s.name), s.id`)
	if err != nil {
		return nil, db.Fault(err)
	}
	sites, err := pgx.CollectRows(rows, pgx.RowToStructByName[Listed])
	return sites, db.Fault(err)
}

// Bump raises the version of a site at the end of a transaction that changes what
// the site shows. That is the last statement before the commit, wherever Bump was
// called: the row stays locked until a second server has the commit, and whoever
// posts to the same site meanwhile waits for no more than that.
func Bump(ctx context.Context, tx pgx.Tx, id ID) error { return db.AtEnd(ctx, tx, raise(id)) }

// raise is the ending of what changes a site.
type raise ID

// Order implements db.Ending.
func (r raise) Order() int64 { return int64(r) }

// End implements db.Ending.
func (r raise) End(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "UPDATE site SET version = version + 1 WHERE id = $1", ID(r))
	return db.Fault(err)
}

// lockByID locks a site and then reads it: what belongs to it would otherwise
// be as it was before the wait.
func lockByID(ctx context.Context, tx pgx.Tx, id ID) (Site, error) {
	if _, err := tx.Exec(ctx, "SELECT FROM site WHERE id = $1 FOR NO KEY UPDATE", id); err != nil {
		return Site{}, db.Fault(err)
	}
	return ByID(ctx, tx, id)
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

func updateSettings(ctx context.Context, tx pgx.Tx, id ID, s Settings) error {
	_, err := tx.Exec(ctx, `
		UPDATE site
		SET name = @name, tagline = @tagline, languages = @languages, time_zone = @time_zone,
		    hold_articles = @hold_articles, hold_comments = @hold_comments,
		    max_files = @max_files, max_file_bytes = @max_file_bytes
		WHERE id = @id`,
		pgx.StrictNamedArgs{
			"id": id, "name": s.Name, "tagline": s.Tagline, "languages": s.Languages, "time_zone": s.TimeZone,
			"hold_articles": s.HoldArticles, "hold_comments": s.HoldComments,
			"max_files": s.MaxFiles, "max_file_bytes": s.MaxFileBytes,
		})
	return db.Fault(err)
}

func updateAccent(ctx context.Context, tx pgx.Tx, id ID, a Accent) error {
	_, err := tx.Exec(ctx, "UPDATE site SET accent = $2 WHERE id = $1", id, a)
	return db.Fault(err)
}

func updateLogo(ctx context.Context, tx pgx.Tx, id ID, media string) error {
	_, err := tx.Exec(ctx, "UPDATE site SET logo = nullif($2, '') WHERE id = $1", id, media)
	return db.Fault(err)
}

// LogoOf gives the media id of a site's logo, whatever state that file is in;
// empty where there is none.
func LogoOf(ctx context.Context, q db.Querier, id ID) (string, error) {
	var media string
	err := q.QueryRow(ctx, "SELECT coalesce(logo, '') FROM site WHERE id = $1", id).Scan(&media)
	return media, db.Fault(err)
}

func setState(ctx context.Context, tx pgx.Tx, id ID, state State) error {
	_, err := tx.Exec(ctx, "UPDATE site SET state = $2 WHERE id = $1", id, state)
	return db.Fault(err)
}

// lockAddresses makes those who give sites addresses take turns: what one finds
// free may be what another is about to take, by its slug or as a host.
func lockAddresses(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('site addresses', 0))")
	return db.Fault(err)
}

func insertHosts(ctx context.Context, tx pgx.Tx, id ID, hosts []string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO site_host (host, site_id, position)
		SELECT host, $1, n FROM unnest($2::text[]) WITH ORDINALITY AS h (host, n)`, id, hosts)
	return db.Fault(err)
}

func replaceHosts(ctx context.Context, tx pgx.Tx, id ID, hosts []string) error {
	if _, err := tx.Exec(ctx, "DELETE FROM site_host WHERE site_id = $1", id); err != nil {
		return db.Fault(err)
	}
	return insertHosts(ctx, tx, id, hosts)
}

// takenHosts finds those of the hosts, in their order, that lead elsewhere than
// to the site id: to the portal, to a site that has them, or to one that is found
// there by its slug.
func takenHosts(ctx context.Context, tx pgx.Tx, id ID, portal string, hosts []string) ([]string, error) {
	slugs := make([]string, 0, len(hosts))
	for _, h := range hosts {
		slugs = append(slugs, slugOf(h, portal))
	}
	rows, err := tx.Query(ctx, `
		SELECT h.host
		FROM unnest(@hosts::text[], @slugs::text[]) WITH ORDINALITY AS h (host, slug, n)
		WHERE h.host = @portal
		   OR EXISTS (SELECT FROM site_host o WHERE o.host = h.host AND o.site_id <> @site)
		   OR EXISTS (SELECT FROM site s WHERE s.slug = h.slug AND s.id <> @site AND NOT EXISTS (SELECT FROM site_host WHERE site_id = s.id))
		ORDER BY h.n`,
		pgx.StrictNamedArgs{"hosts": hosts, "slugs": slugs, "portal": portal, "site": id})
	if err != nil {
		return nil, db.Fault(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return found, db.Fault(err)
}

// insertTopic answers with the topic as it stands, and whether it is new. For
// that one that is there is written once more: its name and not its key, which
// would lock out whoever files a post under it meanwhile.
func insertTopic(ctx context.Context, tx pgx.Tx, id ID, slug, name string) (t Topic, added bool, err error) {
	err = tx.QueryRow(ctx, `
		INSERT INTO site_topic (site_id, slug, name, position)
		VALUES ($1, $2, $3, (SELECT coalesce(max(position), 0) + 1 FROM site_topic WHERE site_id = $1))
		ON CONFLICT (site_id, slug) DO UPDATE SET name = site_topic.name
		RETURNING id, slug, name, xmax = 0`, id, slug, name).Scan(&t.ID, &t.Slug, &t.Name, &added)
	return t, added, db.Fault(err)
}

// lockTopics locks the topics of a site, and not the site: who files a post
// under a topic has that locked while waiting for the site.
func lockTopics(ctx context.Context, tx pgx.Tx, id ID) ([]Topic, error) {
	rows, err := tx.Query(ctx, `
		SELECT id, slug, name
		FROM site_topic
		WHERE site_id = $1
		ORDER BY position, id
		FOR NO KEY UPDATE`, id)
	if err != nil {
		return nil, db.Fault(err)
	}
	topics, err := pgx.CollectRows(rows, pgx.RowToStructByName[Topic])
	return topics, db.Fault(err)
}

func renameTopic(ctx context.Context, tx pgx.Tx, id ID, t Topic) error {
	_, err := tx.Exec(ctx, "UPDATE site_topic SET name = $3 WHERE site_id = $1 AND id = $2", id, t.ID, t.Name)
	return db.Fault(err)
}

func orderTopics(ctx context.Context, tx pgx.Tx, id ID, order []Topic) error {
	var ids []TopicID
	for _, t := range order {
		ids = append(ids, t.ID)
	}
	_, err := tx.Exec(ctx, `
		UPDATE site_topic t SET position = o.n
		FROM unnest($2::bigint[]) WITH ORDINALITY AS o (id, n)
		WHERE t.site_id = $1 AND t.id = o.id AND t.position <> o.n`, id, ids)
	return db.Fault(err)
}

// deleteTopic is fault.Conflict while articles are filed under the topic.
func deleteTopic(ctx context.Context, tx pgx.Tx, id ID, topic TopicID) error {
	_, err := tx.Exec(ctx, "DELETE FROM site_topic WHERE site_id = $1 AND id = $2", id, topic)
	return db.Fault(err)
}

// FiledTopics are the topics of a site under which articles are filed.
func FiledTopics(ctx context.Context, q db.Querier, id ID) ([]TopicID, error) {
	// by article_topic_wire
	rows, err := q.Query(ctx, `
		SELECT t.id
		FROM site_topic t
		WHERE t.site_id = $1 AND EXISTS (SELECT FROM article_topic WHERE topic_id = t.id)`, id)
	if err != nil {
		return nil, db.Fault(err)
	}
	filed, err := pgx.CollectRows(rows, pgx.RowTo[TopicID])
	return filed, db.Fault(err)
}

func insertPage(ctx context.Context, tx pgx.Tx, id ID, d PageDraft) (PageID, error) {
	var page PageID
	err := tx.QueryRow(ctx, `
		INSERT INTO site_page (site_id, slug, title, language, source, html, markup_version)
		VALUES (@site, @slug, @title, @language, @source, @html, @version)
		RETURNING id`,
		pgx.StrictNamedArgs{
			"site": id, "slug": d.Slug, "title": d.Title, "language": d.Language, "source": d.Source,
			"html": markup.Render(markup.Markdown, d.Source), "version": markup.Version,
		}).Scan(&page)
	return page, db.Fault(err)
}

func updatePage(ctx context.Context, tx pgx.Tx, page PageID, d PageDraft) error {
	_, err := tx.Exec(ctx, `
		UPDATE site_page
		SET title = @title, language = @language, source = @source, html = @html, markup_version = @version, updated_at = now()
		WHERE id = @id`,
		pgx.StrictNamedArgs{
			"id": page, "title": d.Title, "language": d.Language, "source": d.Source,
			"html": markup.Render(markup.Markdown, d.Source), "version": markup.Version,
		})
	return db.Fault(err)
}

func deletePage(ctx context.Context, tx pgx.Tx, page PageID) error {
	_, err := tx.Exec(ctx, "DELETE FROM site_page WHERE id = $1", page)
	return db.Fault(err)
}

const pageColumns = "id, slug, title, language, source, html, updated_at"

// PageBySlug finds a static page of a site; fault.NotFound where there is none.
func PageBySlug(ctx context.Context, q db.Querier, id ID, slug string) (Page, error) {
	rows, err := q.Query(ctx, "SELECT "+pageColumns+`
		FROM site_page
		WHERE site_id = $1 AND slug = $2`, id, slug)
	if err != nil {
		return Page{}, db.Fault(err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Page])
	return p, db.Fault(err)
}

// ListPages lists the static pages of a site: first those that every site has,
// in the order of its footer, then the others by their titles.
func ListPages(ctx context.Context, q db.Querier, id ID) ([]PageItem, error) {
	rows, err := q.Query(ctx, `
		SELECT slug, title, language, updated_at
		FROM site_page
		WHERE site_id = $1
		ORDER BY array_position($2::text[], slug), lower(title), slug`, id, firstPageSlugs[:])
	if err != nil {
		return nil, db.Fault(err)
	}
	pages, err := pgx.CollectRows(rows, pgx.RowToStructByName[PageItem])
	return pages, db.Fault(err)
}
