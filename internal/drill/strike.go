//go:build linux

package drill

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
)

// Row is what people met in an event, and what was found of their work afterwards.
type Row struct {
	Event    string
	NotTried string // why, where this machine cannot make the event
	Span
	Lost, Doubled int     // of all posts and acts since the drill began
	Load          float64 // of the machine at the end, over a minute
}

// Strike has an event befall the network while the load goes on, mends it, waits until all is whole, and looks for
// everything that was ever acknowledged.
func (l *Load) Strike(ctx context.Context, e Event) (Row, error) {
	if e.prepare != nil {
		if err := e.prepare(ctx, l.service); err != nil {
			return Row{}, fmt.Errorf("before %s: %w", e.Name, err)
		}
	}
	from := time.Now()
	mend, err := e.strike(ctx, l.service)
	var missing NotHere
	if errors.As(err, &missing) {
		return Row{Event: e.Name, NotTried: missing.Why}, nil
	}
	if err != nil {
		return Row{}, fmt.Errorf("%s: %w", e.Name, err)
	}
	if err := mend(ctx); err != nil {
		return Row{}, fmt.Errorf("mend %s: %w", e.Name, err)
	}
	if err := l.service.Whole(ctx); err != nil {
		return Row{}, fmt.Errorf("after %s: %w", e.Name, err)
	}
	pause(ctx, 3*time.Second)
	to := time.Now()
	err = eventually(ctx, givenUp+patienceToPost, func(context.Context) error {
		if !l.record.over(to) {
			return errors.New("what was begun does not end")
		}
		return nil
	})
	if err != nil {
		return Row{}, fmt.Errorf("after %s: %w", e.Name, err)
	}
	row := Row{Event: e.Name, Span: l.record.between(from, to), Load: load()}
	err = l.account(ctx, &row)
	return row, err
}

// Versions names what is drilled beside Indywire.
func (l *Load) Versions(ctx context.Context) (string, error) { return l.service.tools.versions(ctx) }

// load is the machine's load over a minute (proc(5), /proc/loadavg); 0 where that is not told.
func load() (over float64) {
	text, err := os.ReadFile("/proc/loadavg")
	if err == nil {
		_, _ = fmt.Sscan(string(text), &over)
	}
	return over
}

// account looks for all that was ever acknowledged.
func (l *Load) account(ctx context.Context, row *Row) error {
	for w, question := range questions() {
		var lost, doubled int
		err := eventually(ctx, time.Minute, func(ctx context.Context) (err error) {
			lost, doubled, err = l.missing(ctx, w, question)
			return err
		})
		if err != nil {
			return fmt.Errorf("look for what was acknowledged: %w", err)
		}
		row.Lost, row.Doubled = row.Lost+lost, row.Doubled+doubled
	}
	return nil
}

// questions give a row for each time that something was done.
func questions() map[work]string {
	return map[work]string{
		post: `SELECT title FROM article WHERE title LIKE 'Drill %'`,
		act: `
			SELECT a.id::text
			FROM moderation_log l
			JOIN article a ON a.id = l.subject_id
			WHERE l.subject = 'article' AND l.act = 'rank' AND a.rank = 'local'`,
	}
}

// missing counts what was acknowledged and is not there, and what is there more than once, acknowledged or not.
func (l *Load) missing(ctx context.Context, w work, question string) (lost, doubled int, err error) {
	promised := l.record.all(w) // before the database is asked
	primary, err := l.service.Primary(ctx)
	if err != nil {
		return 0, 0, err
	}
	found := map[string]int{}
	err = l.service.ask(ctx, primary, "indywire", func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, question)
		if err != nil {
			return err
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, name := range names {
			found[name]++
		}
		return err
	})
	lost, doubled = compare(promised, found)
	return lost, doubled, err
}

func compare(promised map[string]bool, found map[string]int) (lost, doubled int) {
	for name, acknowledged := range promised {
		if acknowledged && found[name] == 0 {
			lost++
		}
		if found[name] > 1 {
			doubled++
		}
	}
	return lost, doubled
}

// lookAfter starts Indywire where it has ended by itself, after as long as systemd waits (deploy/indywire.service).
func (l *Load) lookAfter(ctx context.Context) {
	fell := func(h *Host) bool { return h.fell("indywire") }
	for pause(ctx, time.Second) {
		for _, h := range l.service.Hosts {
			if !fell(h) || !pause(ctx, 5*time.Second) || !fell(h) {
				continue
			}
			l.record.add(restarted, time.Now(), h.Name)
			if err := l.service.Serve(h); err != nil {
				l.record.add(errorSeen, time.Now(), err.Error())
			}
		}
	}
}

// Film sends what is left of the film, and compares what is stored with what was sent.
func (l *Load) Film(ctx context.Context) error { return l.upload.finish(ctx) }
