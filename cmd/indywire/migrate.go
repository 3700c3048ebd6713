package main

import (
	"context"
	"fmt"
	"time"

	"github.com/indywire/indywire/internal/migrate"
)

type migrateCommands struct {
	Up     migrateUp     `cmd:"" help:"Apply what is pending. Every other command does so too."`
	Status migrateStatus `cmd:"" help:"List the steps and when each was applied."`
}

type migrateUp struct{}

// Run implements the command: opening the database brings it up to date.
func (migrateUp) Run(ctx context.Context, p *program) error {
	return p.withDatabase(ctx, func(*database) error { return p.say("The database is up to date.") })
}

type migrateStatus struct {
	JSON bool `name:"json" help:"Write JSON."`
}

// Run implements the command.
func (c migrateStatus) Run(ctx context.Context, p *program) error {
	return p.withDatabase(ctx, func(d *database) error {
		entries, err := migrate.Status(ctx, d.Primary, p.log)
		if err != nil {
			return err
		}
		if c.JSON {
			return p.printJSON(entries)
		}
		rows := make([][]string, 0, len(entries))
		for _, e := range entries {
			rows = append(rows, []string{fmt.Sprint(e.Version), e.Name, applied(e.Applied)})
		}
		return p.printTable([]string{"VERSION", "NAME", "APPLIED"}, rows)
	})
}

func applied(t time.Time) string {
	if t.IsZero() {
		return "pending"
	}
	return t.UTC().Format(time.RFC3339)
}
