package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"

	"github.com/indywire/indywire/internal/fault"
)

// Fault turns an error of pgx or PostgreSQL into a fault whose text holds no
// value of any row or argument; faults pass through and nil stays nil.
// PostgreSQL's errors are told apart by SQLSTATE (appendix A of its manual) and
// can still be had by errors.As as *pgconn.PgError, without their values.
func Fault(err error) error {
	if err == nil {
		return nil
	}
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		return err
	}
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) {
		return fault.Wrap(kindOf(pg), around(err, pg), withoutValues(pg))
	}
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fault.Wrap(fault.NotFound, "no such row", pgx.ErrNoRows)
	case unreachable(err):
		return fault.Wrap(fault.Busy, "database out of reach", err)
	}
	return fault.Wrap(fault.Internal, "database", withoutArguments(err))
}

// Constraint names the constraint that err says was violated, or is empty.
func Constraint(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.ConstraintName
	}
	return ""
}

func kindOf(pg *pgconn.PgError) fault.Kind {
	switch pg.Code {
	case "23505", "23P01", "23001":
		return fault.Conflict
	case "23503":
		return foreignKey(pg)
	case "23502", "23514":
		return fault.Invalid
	case "25006", "57014", "57P01", "57P02", "57P03", "57P05", "40001", "40P01", "55P03", "25P03":
		return fault.Busy
	}
	switch pg.Code[:min(2, len(pg.Code))] {
	case "22":
		return fault.Invalid
	case "08", "53":
		return fault.Busy
	}
	return fault.Internal
}

// foreignKey tells a reference to nothing from the removal of what is still
// referred to. PostgreSQL gives both the same code, constraint and table; only
// the text differs, and servers that speak another language count as the first.
func foreignKey(pg *pgconn.PgError) fault.Kind {
	if strings.HasPrefix(pg.Message, "update or delete") {
		return fault.Conflict
	}
	return fault.NotFound
}

// withoutValues keeps of an error what the schema says and drops what people
// wrote: even the message of a syntax error can quote somebody's search.
func withoutValues(pg *pgconn.PgError) *pgconn.PgError {
	return &pgconn.PgError{
		Severity: pg.Severity, SeverityUnlocalized: pg.SeverityUnlocalized,
		Code: pg.Code, Message: message(pg),
		SchemaName: pg.SchemaName, TableName: pg.TableName, ColumnName: pg.ColumnName,
		DataTypeName: pg.DataTypeName, ConstraintName: pg.ConstraintName,
		File: pg.File, Line: pg.Line, Routine: pg.Routine,
	}
}

// message is the server's where it can only name parts of the schema or the
// state of the server, and otherwise one made of the names of the fields.
func message(pg *pgconn.PgError) string {
	switch pg.Code {
	case "42P01", "42703", "42883", "42501", "42P07", "3D000", "3F000", "25006":
		return pg.Message
	}
	switch pg.Code[:min(2, len(pg.Code))] {
	case "08", "28", "53", "57", "58":
		return pg.Message
	}
	text := "refused by PostgreSQL"
	for _, part := range [][2]string{{"constraint", pg.ConstraintName}, {"table", pg.TableName}, {"column", pg.ColumnName}} {
		if part[1] != "" {
			text += fmt.Sprintf(", %s %s", part[0], part[1])
		}
	}
	return text
}

// around is the context that was wrapped around a PostgreSQL error, without its text.
func around(err error, pg *pgconn.PgError) string {
	before, _, _ := strings.Cut(err.Error(), pg.Error())
	if before = strings.TrimSuffix(strings.TrimSpace(before), ":"); before == "" || len(before) > 200 {
		return "database"
	}
	return before
}

// withoutArguments cuts the value off an error of pgx about an argument or a
// column that does not fit its type.
func withoutArguments(err error) error {
	text := err.Error()
	for _, mark := range []string{"failed to encode args", "can't scan into dest", "unable to encode"} {
		if i := strings.Index(text, mark); i >= 0 {
			rest := text[i+len(mark):]
			end := strings.IndexAny(rest, ":\"")
			if mark == "unable to encode" || end < 0 {
				end = 0
			}
			return errors.New(text[:i] + mark + rest[:end])
		}
	}
	return err
}

// unreachable tells whether the server, the way to it or the patience of the
// caller ended, so that the same may work later.
func unreachable(err error) bool {
	for _, known := range []error{
		context.DeadlineExceeded, context.Canceled, os.ErrDeadlineExceeded, net.ErrClosed,
		io.EOF, io.ErrUnexpectedEOF, puddle.ErrClosedPool,
		syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE, syscall.ETIMEDOUT,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	var op *net.OpError
	var dns *net.DNSError
	var connect *pgconn.ConnectError
	return errors.As(err, &op) || errors.As(err, &dns) || errors.As(err, &connect) || pgconn.SafeToRetry(err)
}
