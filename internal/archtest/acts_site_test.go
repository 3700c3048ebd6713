package archtest

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/site"
)

func (s *stage) open(slug string) (site.Site, error) {
	return site.Create(s.t.Context(), s.tx, s.by, site.Draft{Slug: slug, Name: slug, Languages: []locale.Tag{"pt"}, Topics: []string{"Trabalho"}})
}

func actsOnSites() map[string]act {
	page := site.PageDraft{Slug: "ajuda", Title: "Ajuda", Language: "pt", Source: "Ajuda."}
	addPage := func(ctx context.Context, s *stage) error { return site.AddPage(ctx, s.tx, s.by, s.site.ID, page) }
	attach := func(ctx context.Context, s *stage) error {
		return db.InTx(ctx, s.tx, func(tx pgx.Tx) error {
			_, err := media.AttachLogo(ctx, tx, s.queue, media.LogoAct{Site: s.site.ID, By: s.by}, []byte("ticket"), s.upload())
			return err
		})
	}
	return map[string]act{
		"site.Create": {do: func(_ context.Context, s *stage) error {
			_, err := s.open("outro")
			return err
		}},
		"site.SetState": {do: func(ctx context.Context, s *stage) error {
			return site.SetState(ctx, s.tx, s.by, s.site.Slug, site.Frozen)
		}},
		"site.ChangeSettings": {do: func(ctx context.Context, s *stage) error {
			want := s.site.Settings()
			want.HoldArticles = true
			return site.ChangeSettings(ctx, s.tx, s.by, s.site.ID, "", want)
		}},
		"site.ChangeHosts": {do: func(ctx context.Context, s *stage) error {
			return site.ChangeHosts(ctx, s.tx, s.by, s.site.ID, "localhost", "", []string{"palco.example"})
		}},
		"site.ChangeTopics": {do: func(ctx context.Context, s *stage) error {
			return site.ChangeTopics(ctx, s.tx, s.by, s.site.ID, "", site.TopicChange{New: "Casa"})
		}},
		"site.AddTopic": {do: func(ctx context.Context, s *stage) error {
			return db.InTx(ctx, s.tx, func(tx pgx.Tx) error {
				_, err := site.AddTopic(ctx, tx, s.by, s.site.ID, "casa", "Casa")
				return err
			})
		}},
		"site.SetAccent": {do: func(ctx context.Context, s *stage) error {
			return site.SetAccent(ctx, s.tx, s.by, s.site.ID, "", "#004488")
		}},
		"site.AddPage": {do: addPage},
		"site.EditPage": {before: addPage, do: func(ctx context.Context, s *stage) error {
			other := page
			other.Title = "Outra"
			return site.EditPage(ctx, s.tx, s.by, s.site.ID, "", other)
		}},
		"site.DeletePage": {before: addPage, do: func(ctx context.Context, s *stage) error {
			return site.DeletePage(ctx, s.tx, s.by, s.site.ID, "", page.Slug)
		}},
		"site.SetLogo": {do: func(ctx context.Context, s *stage) error {
			return db.InTx(ctx, s.tx, func(tx pgx.Tx) error { return site.SetLogo(ctx, tx, s.by, s.site.ID, "", "0123") })
		}},
		"media.AttachLogo": {do: attach},
		"media.RemoveLogo": {before: attach, do: func(ctx context.Context, s *stage) error {
			return media.RemoveLogo(ctx, s.tx, s.queue, media.LogoAct{Site: s.site.ID, By: s.by})
		}},
	}
}

// upload puts a file on the stage that has come whole.
func (s *stage) upload() media.UploadID {
	s.t.Helper()
	id := fmt.Sprintf("%032x", 7)
	_, err := s.tx.Exec(s.t.Context(), `
		INSERT INTO upload (id, site_id, ticket_hash, name, size, state, expires_at)
		VALUES ($1, $2, 'ticket', 'logo.png', 1, 'complete', now() + interval '1 day')
		ON CONFLICT DO NOTHING`, id, s.site.ID)
	s.must(err)
	return media.UploadID(id)
}
