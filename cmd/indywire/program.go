package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"

	"github.com/alecthomas/kong"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/indywire/indywire/internal/config"
	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/embedded"
	"github.com/indywire/indywire/internal/locale"
	"github.com/indywire/indywire/internal/logging"
	"github.com/indywire/indywire/internal/migrate"
)

// program is what every command works with.
type program struct {
	place   config.Place
	log     *slog.Logger
	catalog *locale.Catalog
	in      *os.File  // a password, where one is asked for
	out     io.Writer // results
	errs    io.Writer // the log, progress and the one sentence of a failure
}

// run runs one command line and gives its exit status.
func run(ctx context.Context, args []string, in, out, errs *os.File) int {
	catalog, err := locale.Load()
	if err != nil {
		fmt.Fprintln(errs, "indywire:", err)
		return exitFailure
	}
	p := &program{catalog: catalog, in: in, out: out, errs: errs, log: logTo(errs, slog.LevelWarn)}
	if err := p.run(ctx, args, out, errs); err != nil {
		sentence, status := p.explain(err)
		fmt.Fprintln(errs, "indywire:", sentence)
		return status
	}
	return 0
}

func (p *program) run(ctx context.Context, args []string, out, errs io.Writer) error {
	var c commands
	parser, err := newParser(&c, kong.Writers(out, errs), kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(p))
	if err != nil {
		return fmt.Errorf("the command line: %w", err)
	}
	line, err := parser.Parse(args)
	if err != nil {
		return err
	}
	if err := c.Check(); err != nil {
		return wrongUsage(err.Error())
	}
	p.place = c.Place
	return line.Run()
}

// newParser reads command lines into c.
func newParser(c *commands, more ...kong.Option) (*kong.Kong, error) {
	return kong.New(c, append(more,
		kong.Name("indywire"),
		kong.Description("Open publishing for a network of collectives. Each flag has an environment variable: --ops-listen is INDYWIRE_OPS_LISTEN."),
		kong.DefaultEnvars("INDYWIRE"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)...)
}

// database is the node's database, open and up to date.
type database struct {
	*db.Pools
	private *embedded.Server // nil with --database
}

// openDatabase joins or starts the private PostgreSQL, or reaches the one that
// --database names, and brings it up to date.
func (p *program) openDatabase(ctx context.Context) (*database, error) {
	d, err := p.openPools(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.bringUp(ctx, d); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (p *program) openPools(ctx context.Context) (*database, error) {
	d := &database{}
	settings := db.Settings{Primary: p.place.Database, Replica: p.place.Replica}
	if settings.Primary == "" {
		var err error
		if d.private, err = embedded.Start(ctx, p.place.Data, p.log); err != nil {
			return nil, err
		}
		settings.Primary = d.private.URL()
	}
	var err error
	if d.Pools, err = db.Open(ctx, settings); err != nil {
		return nil, errors.Join(wrongUsage("--database or --replica is no address of a PostgreSQL: write postgres://user@host:5432/name"), d.close())
	}
	return d, nil
}

// bringUp brings the database up to date, on the primary.
func (p *program) bringUp(ctx context.Context, d *database) error {
	if err := d.Primary.Ping(ctx); err != nil {
		return unreachable(err)
	}
	return migrate.Up(ctx, d.Primary, p.log)
}

func (d *database) close() error {
	if d.Pools != nil {
		d.Close() // the pools
	}
	if d.private == nil {
		return nil
	}
	return d.private.Stop()
}

// unreachable says why in a few words: the library's own text names each host
// and each try.
func unreachable(err error) error {
	return failure("the database cannot be reached (" + inFewWords(err) + "): start its server, or correct --database")
}

func inFewWords(err error) string {
	if said, ok := errors.AsType[*pgconn.PgError](err); ok {
		return said.Message
	}
	if network, ok := errors.AsType[*net.OpError](err); ok {
		return network.Err.Error()
	}
	return oneLine(err.Error())
}

// withDatabase runs what a command does between opening and closing.
func (p *program) withDatabase(ctx context.Context, do func(d *database) error) error {
	d, err := p.openDatabase(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(d), d.close())
}

// toRead is withDatabase for a command that only reads. While there is no primary
// it reads what this node's own server has, for that is when an admin asks.
func (p *program) toRead(ctx context.Context, do func(d *database) error) error {
	d, err := p.openPools(ctx)
	if err != nil {
		return err
	}
	if err := p.bringUp(ctx, d); err != nil {
		if missing, answers := d.missing(ctx); !d.Away() || !answers || missing > 0 {
			return errors.Join(err, d.close())
		}
		p.log.Warn("there is no primary: this is what another server has, which may be older")
	}
	return errors.Join(do(d), d.close())
}

// logTo writes the log as text, one line an entry.
func logTo(w io.Writer, level slog.Level) *slog.Logger { return logging.New(w, level, logging.Text) }
