package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

type accountCommands struct {
	Create  accountCreate  `cmd:"" help:"Make an account."`
	Invite  accountInvite  `cmd:"" help:"Make the one-time link by which somebody becomes an editor of a collective."`
	List    accountList    `cmd:"" help:"List the accounts by name."`
	Disable accountDisable `cmd:"" help:"Let an account sign in no more; its sessions end at once."`
	Enable  accountEnable  `cmd:"" help:"Let a disabled account sign in again."`
}

type accountCreate struct {
	Email         string `arg:"" help:"Email address to sign in with."`
	Name          string `required:"" help:"Name that the moderation log shows."`
	Admin         bool   `help:"Make it an admin of the network."`
	PasswordStdin bool   `help:"Read the password from standard input rather than ask for it."`
	JSON          bool   `name:"json" help:"Write JSON."`
}

// Run implements the command.
func (c accountCreate) Run(ctx context.Context, p *program) error {
	password, err := p.password(c.PasswordStdin)
	if err != nil {
		return err
	}
	return p.withDatabase(ctx, func(d *database) error {
		desk := account.Desk{DB: d.Primary, Hasher: account.NewHasher(1)}
		made, err := desk.Create(ctx, account.Draft{Email: c.Email, Name: c.Name, Password: password, Admin: c.Admin}, modlog.ByOperator())
		if err != nil {
			return err
		}
		if c.JSON {
			return p.printJSON(accountOutOf(made))
		}
		return p.say("%s can sign in as %s.", made.Name, made.Email)
	})
}

// password reads one line, or asks twice where somebody sits at a terminal. It
// is never an argument, which every user of the machine could read.
func (p *program) password(fromInput bool) (string, error) {
	if fromInput {
		line, err := bufio.NewReader(io.LimitReader(p.in, 4096)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", failure("the password could not be read from standard input")
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	if !term.IsTerminal(int(p.in.Fd())) {
		return "", wrongUsage("--password-stdin: give it, and the password on standard input, where there is no terminal to ask on")
	}
	first, err := p.ask("Password: ")
	if err != nil {
		return "", err
	}
	again, err := p.ask("Once more: ")
	if err == nil && first != again {
		err = failure("these were not the same: run it again")
	}
	return first, err
}

func (p *program) ask(prompt string) (string, error) {
	if _, err := io.WriteString(p.errs, prompt); err != nil {
		return "", err
	}
	typed, err := term.ReadPassword(int(p.in.Fd()))
	_, _ = io.WriteString(p.errs, "\n")
	return string(typed), err
}

type accountInvite struct {
	Email string `arg:"" help:"Email address of whom the link is for."`
	Site  string `required:"" help:"Short name of the site." placeholder:"SLUG"`
	Role  string `help:"What they become there." enum:"editor" default:"editor"`
	JSON  bool   `name:"json" help:"Write JSON."`
}

// Run implements the command.
func (c accountInvite) Run(ctx context.Context, p *program) error {
	return p.withDatabase(ctx, func(d *database) error {
		st, err := site.BySlug(ctx, d.Primary, c.Site)
		if err != nil {
			return noSuchSite(c.Site, err)
		}
		made, err := account.InviteEditor(ctx, d.Primary, c.Email, st.ID, modlog.ByOperator())
		if err != nil {
			return err
		}
		out := inviteOut{URL: p.origin(st.CanonicalHost(p.place.Portal)) + made.Token.Path(), Expires: made.ExpiresAt.UTC().Truncate(time.Second)}
		if c.JSON {
			return p.printJSON(out)
		}
		return p.say("%s\nPass this link on. It is good once, until %s.", out.URL, out.Expires.Format(time.RFC3339))
	})
}

// inviteOut is an invitation as the command line writes it.
type inviteOut struct {
	URL     string    `json:"url"`
	Expires time.Time `json:"expires"`
}

type accountList struct {
	JSON bool `name:"json" help:"Write JSON."`
}

// Run implements the command.
func (c accountList) Run(ctx context.Context, p *program) error {
	return p.toRead(ctx, func(d *database) error {
		accounts, err := account.All(ctx, d.Newest())
		if err != nil {
			return err
		}
		outs, rows := make([]accountOut, 0, len(accounts)), make([][]string, 0, len(accounts))
		for _, a := range accounts {
			o := accountOutOf(a)
			outs, rows = append(outs, o), append(rows, []string{o.Email, o.Name, o.rights()})
		}
		if c.JSON {
			return p.printJSON(outs)
		}
		return p.printTable([]string{"EMAIL", "NAME", "RIGHTS"}, rows)
	})
}

type accountDisable struct {
	Email string `arg:"" help:"Email address of the account."`
}

// Run implements the command.
func (c accountDisable) Run(ctx context.Context, p *program) error {
	return p.withAccount(ctx, c.Email, func(d *database, a account.Account) error {
		if err := account.Disable(ctx, d.Primary, a.ID, modlog.ByOperator()); err != nil {
			return err
		}
		return p.say("%s is disabled, and signed out everywhere.", a.Email)
	})
}

type accountEnable struct {
	Email string `arg:"" help:"Email address of the account."`
}

// Run implements the command.
func (c accountEnable) Run(ctx context.Context, p *program) error {
	return p.withAccount(ctx, c.Email, func(d *database, a account.Account) error {
		if err := account.Enable(ctx, d.Primary, a.ID, modlog.ByOperator()); err != nil {
			return err
		}
		return p.say("%s can sign in again.", a.Email)
	})
}

func (p *program) withAccount(ctx context.Context, email string, do func(d *database, a account.Account) error) error {
	return p.withDatabase(ctx, func(d *database) error {
		a, err := account.ByEmail(ctx, d.Primary, email)
		if fault.Is(err, fault.NotFound) {
			return failure("there is no account with this address; indywire account list names those there are")
		}
		if err != nil {
			return err
		}
		return do(d, a)
	})
}

// accountOut is an account as the command line writes it.
type accountOut struct {
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	Admin     bool      `json:"admin"`
	Disabled  bool      `json:"disabled"`
	Sites     []siteRef `json:"sites"`
	CreatedAt time.Time `json:"created_at"`
}

// siteRef is what an account is on a site.
type siteRef struct {
	Slug string       `json:"slug"`
	Role account.Role `json:"role"`
}

func accountOutOf(a account.Account) accountOut {
	o := accountOut{
		Email: a.Email, Name: a.Name, Admin: a.Admin, Disabled: a.Disabled, Sites: []siteRef{},
		CreatedAt: a.CreatedAt.UTC().Truncate(time.Second),
	}
	for _, r := range a.Roles {
		o.Sites = append(o.Sites, siteRef{Slug: r.Slug, Role: r.Role})
	}
	return o
}

func (o accountOut) rights() string {
	var list []string
	if o.Disabled {
		list = append(list, "disabled")
	}
	if o.Admin {
		list = append(list, "admin")
	}
	for _, s := range o.Sites {
		list = append(list, string(s.Role)+" of "+s.Slug)
	}
	return strings.Join(list, ", ")
}
