// Package modlog is the public, append-only record of every editorial act, by
// a person or a rule, with its reason.
package modlog

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/site"
)

// ActorKind says what kind of hand an act was done by.
type ActorKind string

// The kinds of actors.
const (
	Editor   ActorKind = "editor"
	Rule     ActorKind = "rule"
	Author   ActorKind = "author"   // by receipt; never named
	Operator ActorKind = "operator" // on a server's command line
)

// Actor is who did something. Name is the name an editor chose or a rule goes
// by; it is empty for an author.
type Actor struct {
	Kind ActorKind
	Name string
}

// Act is what was done.
type Act string

// The acts so far.
const (
	Hide     Act = "hide"
	Show     Act = "show"
	Rank     Act = "rank"
	Remove   Act = "remove"
	Withdraw Act = "withdraw"
	Edit     Act = "edit"
)

// Subject is the kind of thing an act was done to.
type Subject string

// The kinds of subjects so far.
const (
	Article Subject = "article"
	Comment Subject = "comment"
)

// Entry is one act. Reason is free text, or for Rank the rank that was given.
// It holds ids, never titles.
type Entry struct {
	Site      site.ID
	Actor     Actor
	Act       Act
	Subject   Subject
	SubjectID int64
	Reason    string
}

// Record is an entry as it stands in the log.
type Record struct {
	At        time.Time
	ActorKind ActorKind
	ActorName string
	Act       Act
	Reason    string
}

// Add writes an entry in the transaction of the act itself.
func Add(ctx context.Context, tx pgx.Tx, e Entry) error { return insert(ctx, tx, e) }
