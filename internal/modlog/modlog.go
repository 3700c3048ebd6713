// Package modlog is the append-only record of each editorial act, by a person
// or a rule, with its reason. Everyone reads what was done to articles, comments
// and features; what was done to rights and settings is for editors.
//
// It lies below the rest of the domain, for every room there writes it, in the
// transaction of the act itself. So a site is a bare number here.
package modlog

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/fault"
)

// ActorKind says what kind of hand an act was done by.
type ActorKind string

// The kinds of actors.
const (
	Editor   ActorKind = "editor" // somebody who signed in; admins of the network too
	Rule     ActorKind = "rule"
	Author   ActorKind = "author"   // by receipt; never named
	Operator ActorKind = "operator" // on a server's command line
)

// Actor is who did something. Name is the name an editor chose or a rule goes
// by; it is empty for an author. ID is the editor's account, 0 for others.
type Actor struct {
	Kind ActorKind
	Name string
	ID   int64
}

// ByOperator is whoever works on a server's command line.
func ByOperator() Actor { return Actor{Kind: Operator} }

// Act is what was done.
type Act string

// What is done to articles, comments and features.
const (
	Hide     Act = "hide"
	Show     Act = "show"
	Rank     Act = "rank" // Reason is the rank that was given
	Remove   Act = "remove"
	Withdraw Act = "withdraw" // by the author
	Edit     Act = "edit"     // by the author; of a feature by an editor
	Decline  Act = "decline"  // a change of the author's was looked at, and left out
	Dismiss  Act = "dismiss"  // reports on an article were looked at, and closed
	Write    Act = "write"    // a feature
	Place    Act = "place"    // a feature on the front page; Reason is the position, from 1 on
	Unplace  Act = "unplace"  // a feature off the front page
	Discard  Act = "discard"  // a feature, for good
)

// What is done to settings and rights.
const (
	Open     Act = "open"     // a collective's site
	Change   Act = "change"   // settings; Reason names them, separated by spaces
	Create   Act = "create"   // a topic, a page
	Delete   Act = "delete"   // a topic, a page
	Freeze   Act = "freeze"   // a site
	Thaw     Act = "thaw"     // a site
	Invite   Act = "invite"   // Reason is the role
	Register Act = "register" // an account was made
	Grant    Act = "grant"    // a role; Reason is the role
	Revoke   Act = "revoke"   // a role; Reason is the role
	Disable  Act = "disable"  // an account
	Enable   Act = "enable"   // an account
	SignOut  Act = "sign_out" // all sessions of an account were ended by an admin
	Rename   Act = "rename"   // an account goes by another name
	Rekey    Act = "rekey"    // an account has another password
)

// Subject is the kind of thing an act was done to.
type Subject string

// The kinds of subjects.
const (
	Article    Subject = "article"
	Comment    Subject = "comment"
	Feature    Subject = "feature"
	Event      Subject = "event"
	Site       Subject = "site"
	Topic      Subject = "topic"
	Page       Subject = "page"
	Account    Subject = "account"
	Invitation Subject = "invitation"
)

// Acts are what is done to subjects of the kind: for each there are words. What
// authors do to their own posts comes last.
func (s Subject) Acts() []Act {
	switch s {
	case Article:
		return []Act{Hide, Show, Rank, Decline, Remove, Dismiss, Edit, Withdraw}
	case Comment, Event:
		return []Act{Hide, Show, Remove}
	case Feature:
		return []Act{Write, Edit, Place, Unplace, Discard}
	case Site:
		return []Act{Open, Change, Freeze, Thaw}
	case Topic, Page:
		return []Act{Create, Change, Delete}
	case Account:
		return []Act{Register, Grant, Revoke, Disable, Enable, SignOut, Rename, Rekey}
	case Invitation:
		return []Act{Invite, Revoke}
	}
	return nil
}

// Subjects are all kinds of subjects.
func Subjects() []Subject {
	return []Subject{Article, Comment, Feature, Event, Site, Topic, Page, Account, Invitation}
}

// Tells says whether everyone may read that an act was done to subjects of the
// kind. What readers report is between them and the editors, and so is that the
// editors looked at it.
func (s Subject) Tells(act Act) bool { return s.Public() && act != Dismiss }

// Public tells whether everyone may read what was done to subjects of the kind.
func (s Subject) Public() bool {
	switch s {
	case Article, Comment, Feature, Event:
		return true
	}
	return false
}

// Entry is one act. Reason is free text, or what the act says it is. It holds
// ids, never titles or emails.
type Entry struct {
	Site      int64 // 0: the network
	Actor     Actor
	Act       Act
	Subject   Subject
	SubjectID int64
	Reason    string
}

// Record is an entry as it stands in the log.
type Record struct {
	ID        int64
	At        time.Time
	ActorKind ActorKind
	ActorName string
	ActorID   *int64 // the account; nil where it was none
	Act       Act
	Subject   Subject
	SubjectID int64
	Reason    string
}

// Add writes an entry. tx is the transaction of the act itself. An act that
// Subject.Acts does not name is refused: nobody could read what was done.
func Add(ctx context.Context, tx pgx.Tx, e Entry) error {
	if !slices.Contains(e.Subject.Acts(), e.Act) {
		return fault.New(fault.Internal, "the log has no words for "+string(e.Act)+" of a "+string(e.Subject))
	}
	return insert(ctx, tx, e)
}
