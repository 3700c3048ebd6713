package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Query implements Querier. What is read is read once more where the server has
// gone that was asked: a pool has connections to it yet, and another server
// answers as well.
func (p *Replica) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := p.query(ctx, sql, args)
	if p.again(ctx, err) {
		return p.query(ctx, sql, args)
	}
	if err != nil {
		return nil, err
	}
	return &rereadRows{Rows: rows, again: func(err error) (pgx.Rows, bool) {
		if !p.again(ctx, err) {
			return nil, false
		}
		rows, err := p.query(ctx, sql, args)
		return rows, err == nil
	}}, nil
}

// QueryRow implements Querier, as Query does.
func (p *Replica) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return rereadRow{p: p, ctx: ctx, sql: sql, args: args, row: p.queryRow(ctx, sql, args)}
}

// Exec implements Querier, as Query does.
func (p *Replica) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	tag, err := p.exec(ctx, sql, args)
	if p.again(ctx, err) {
		return p.exec(ctx, sql, args)
	}
	return tag, err
}

// again tells whether a failure is that of a server that has gone. Its other
// connections are dropped, or the next try would meet one of those. A standby
// that was asked to write is where it was.
func (p *Replica) again(ctx context.Context, err error) bool {
	var pg *pgconn.PgError
	if !away(ctx, err) || errors.As(err, &pg) && pg.Code == "25006" {
		return false
	}
	p.local.Reset()
	return true
}

// rereadRows are asked for once more if there is an error before the first of
// them: what was handed out cannot be taken back.
type rereadRows struct {
	pgx.Rows
	begun bool
	again func(error) (pgx.Rows, bool)
}

func (r *rereadRows) Next() bool {
	if r.Rows.Next() {
		r.begun = true
		return true
	}
	if r.begun {
		return false
	}
	r.begun = true
	rows, ok := r.again(r.Err())
	if !ok {
		return false
	}
	r.Rows = rows
	return r.Rows.Next()
}

type rereadRow struct {
	p    *Replica
	ctx  context.Context //nolint:containedctx // of the call whose row it is
	sql  string
	args []any
	row  pgx.Row
}

func (r rereadRow) Scan(dest ...any) error {
	err := r.row.Scan(dest...)
	if r.p.again(r.ctx, err) {
		return r.p.queryRow(r.ctx, r.sql, r.args).Scan(dest...)
	}
	return err
}
