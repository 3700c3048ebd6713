package account

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Opened is a collective that was just opened. Invited is the link for its first
// editor, nil where nobody was named.
type Opened struct {
	Site    site.Site
	Invited *Invited
}

// OpenCollective opens a collective's site and invites its first editor, both or
// neither. An empty email invites nobody. The errors are those of site.Create;
// what is no address is fault.Invalid in the field editor.
func OpenCollective(ctx context.Context, b db.Beginner, by modlog.Actor, d site.Draft, email string) (made Opened, err error) {
	bad := fault.Fields(d.Check())
	if email = NormalEmail(email); email != "" && len(checkEmail(email)) > 0 {
		bad = append(bad, fault.Field{Name: "editor", Message: "error.email"})
	}
	if err := fault.InvalidFields(bad...); err != nil {
		return Opened{}, err
	}
	err = db.InTx(ctx, b, func(tx pgx.Tx) (err error) {
		if made.Site, err = site.Create(ctx, tx, by, d); err != nil || email == "" {
			return err
		}
		invited, err := InviteEditor(ctx, tx, email, made.Site.ID, by)
		made.Invited = &invited
		return err
	})
	if err != nil {
		return Opened{}, err
	}
	return made, nil
}
