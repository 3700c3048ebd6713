package db_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
)

const canary = "Canary-7c1f"

const schema = `
CREATE TABLE parent (id bigint PRIMARY KEY, name text UNIQUE, size int CHECK (size > 0));
CREATE TABLE child (parent bigint NOT NULL CONSTRAINT child_has_parent REFERENCES parent);
INSERT INTO parent VALUES (1, '` + canary + `', 1);
INSERT INTO child VALUES (1);`

func TestFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, sql  string
		args       []any
		kind       fault.Kind
		constraint string
	}{
		{"unique", "INSERT INTO parent VALUES (2, $1)", []any{canary}, fault.Conflict, "parent_name_key"},
		{"refers to nothing", "INSERT INTO child VALUES (9)", nil, fault.NotFound, "child_has_parent"},
		{"still referred to", "DELETE FROM parent", nil, fault.Conflict, "child_has_parent"},
		{"check", "INSERT INTO parent VALUES (3, $1, -1)", []any{canary}, fault.Invalid, "parent_size_check"},
		{"null", "INSERT INTO child VALUES (NULL)", nil, fault.Invalid, ""},
		{"text that is no number", "SELECT $1::text::int", []any{canary}, fault.Invalid, ""},
		{"argument that is no number", "SELECT $1::int", []any{struct{ Text string }{canary}}, fault.Internal, ""},
		{"NUL in a text", "SELECT $1::text", []any{canary + "\x00"}, fault.Invalid, ""},
		{"hostile search", "SELECT to_tsquery('simple', $1)", []any{canary + " & & |"}, fault.Internal, ""},
		{"read only", "SET LOCAL transaction_read_only = on; DELETE FROM child", nil, fault.Busy, ""},
		{"too long", "SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)", nil, fault.Busy, ""},
		{"raised", "DO $$ BEGIN RAISE EXCEPTION '" + canary + "'; END $$", nil, fault.Internal, ""},
		{"unknown table", "SELECT * FROM nowhere", nil, fault.Internal, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			tx := dbtest.Tx(t)
			if _, err := tx.Exec(ctx, schema); err != nil {
				t.Fatal(err)
			}
			_, err := tx.Exec(ctx, tt.sql, tt.args...)
			checkFault(t, db.Fault(fmt.Errorf("try: %w", err)), tt.kind, tt.constraint)
		})
	}
}

func checkFault(t *testing.T, err error, kind fault.Kind, constraint string) {
	t.Helper()
	if got := fault.KindOf(err); got != kind {
		t.Errorf("kind %q, want %q: %v", got, kind, err)
	}
	if got := db.Constraint(err); got != constraint {
		t.Errorf("constraint %q, want %q", got, constraint)
	}
	if text := fmt.Sprintf("%v %+v %q", err, err, err); strings.Contains(text, canary) {
		t.Errorf("the error tells a value: %s", text)
	}
	if !strings.Contains(err.Error(), "try") {
		t.Errorf("the error lost its context: %v", err)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Detail != "" || pg.Where != "" || pg.InternalQuery != "") {
		t.Errorf("the error keeps details: %+v", pg)
	}
}

func TestFaultsWithoutPostgres(t *testing.T) {
	t.Parallel()
	mine := fault.New(fault.Denied, "frozen")
	tests := []struct {
		err  error
		want fault.Kind
	}{
		{nil, ""},
		{fmt.Errorf("read: %w", pgx.ErrNoRows), fault.NotFound},
		{fmt.Errorf("verb: %w", mine), fault.Denied},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), fault.Busy},
		{&net.OpError{Op: "read", Err: errors.New("reset")}, fault.Busy},
		{&pgconn.PgError{Code: "57P01"}, fault.Busy},
		{&pgconn.PgError{Code: "53300"}, fault.Busy},
		{&pgconn.PgError{Code: "08006"}, fault.Busy},
		{&pgconn.PgError{}, fault.Internal},
		{errors.New("disk"), fault.Internal},
	}
	for _, tt := range tests {
		if got := fault.KindOf(db.Fault(tt.err)); got != tt.want {
			t.Errorf("%v: kind %q, want %q", tt.err, got, tt.want)
		}
	}
}

func TestUnreachableServerIsBusy(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close() // takes connections and never says a word
	pools, err := db.Open(context.Background(), db.Settings{Primary: "postgres://u@" + ln.Addr().String() + "/d?sslmode=disable"})
	if err != nil {
		t.Fatal(err)
	}
	defer pools.Close()
	start := time.Now()
	err = db.InTx(context.Background(), pools.Primary, func(pgx.Tx) error { return nil })
	if !fault.Is(err, fault.Busy) {
		t.Errorf("kind %q, want busy: %v", fault.KindOf(err), err)
	}
	if took := time.Since(start); took > 8*time.Second {
		t.Errorf("took %v to say so", took)
	}
}

func TestInTx(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pools := dbtest.New(t)
	if _, err := pools.Primary.Exec(ctx, "CREATE TABLE note (n int)"); err != nil {
		t.Fatal(err)
	}
	insert := func(n int, then func() error) error {
		return db.InTx(ctx, pools.Primary, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "INSERT INTO note VALUES ($1)", n); err != nil {
				return err
			}
			return then()
		})
	}
	if err := insert(1, func() error { return nil }); err != nil {
		t.Errorf("commit: %v", err)
	}
	if err := insert(2, func() error { return fault.New(fault.Denied, "no") }); !fault.Is(err, fault.Denied) {
		t.Errorf("the verb's error became %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = insert(3, func() error { panic("bug") })
	}()
	var sum, idle int
	if err := pools.Replica.QueryRow(ctx, "SELECT sum(n) FROM note").Scan(&sum); err != nil || sum != 1 {
		t.Errorf("sum of what was kept %d, want 1; error %v", sum, err)
	}
	if idle = int(pools.Primary.Stat().AcquiredConns()); idle != 0 {
		t.Errorf("%d connections were not given back", idle)
	}
}

func TestInTxNestsAsSavepoint(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	tx := dbtest.Tx(t)
	err := db.InTx(ctx, tx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "SELECT 1/0")
		return err
	})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("division by zero gave %v", err)
	}
	if _, err := tx.Exec(ctx, "SELECT 1"); err != nil {
		t.Errorf("the outer transaction is broken: %v", err)
	}
}

// TestUnconfirmedCommit has a commit say what the server says when the wait for
// a standby was cancelled; embedded's tests do it with a real wait.
func TestUnconfirmedCommit(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pools := dbtest.New(t)
	_, err := pools.Primary.Exec(ctx, `
CREATE TABLE note (n int);
CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	RAISE WARNING 'canceling wait for synchronous replication due to user request';
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER warns AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION warn()`)
	if err != nil {
		t.Fatal(err)
	}
	err = db.InTx(ctx, pools.Primary, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO note VALUES (1)")
		return err
	})
	if !fault.Is(err, fault.Busy) {
		t.Errorf("an unconfirmed commit gave %v, want busy", err)
	}
	if err := db.InTx(ctx, pools.Primary, func(pgx.Tx) error { return nil }); err != nil {
		t.Errorf("the mark stuck to the connection: %v", err)
	}
}
