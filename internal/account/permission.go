package account

import (
	"slices"

	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/site"
)

// Permission is what somebody has to be allowed for an address or a verb.
type Permission string

// The permissions. Each line of the tables of addresses names one.
const (
	Read     Permission = "read"     // what everyone sees
	Publish  Permission = "publish"  // posts, comments, reports: without an account
	Return   Permission = "return"   // to an own post; the code of the receipt is what allows it
	Enter    Permission = "enter"    // signing in, following an invitation
	Self     Permission = "self"     // the own account
	Moderate Permission = "moderate" // hide, show, rank, remove; the newsroom
	Feature  Permission = "feature"  // write features and place them
	Furnish  Permission = "furnish"  // a collective's name, languages, topics, look and pages
	Invite   Permission = "invite"   // other editors to the same collective
	Govern   Permission = "govern"   // the network: collectives, their hosts, accounts
)

// Role is what somebody is where a request arrives.
type Role string

// The roles. Holding a receipt is none of an account's: who has the code has it.
const (
	Nobody Role = "nobody" // not signed in, with a receipt or without
	Member Role = "member" // signed in, and no editor here: of another collective, or of none any more
	Editor Role = "editor" // of this collective
	Admin  Role = "admin"  // of the network; on every site also what its editors are
)

// Roles says who has a permission. It is the one place that does.
func (p Permission) Roles() []Role {
	switch p {
	case Read, Publish, Return, Enter:
		return []Role{Nobody, Member, Editor, Admin}
	case Self:
		return []Role{Member, Editor, Admin}
	case Moderate, Feature, Furnish, Invite:
		return []Role{Editor, Admin}
	case Govern:
		return []Role{Admin}
	}
	return nil
}

// Open tells whether nobody needs to sign in for the permission.
func (p Permission) Open() bool { return slices.Contains(p.Roles(), Nobody) }

// Viewer is who looks; the zero value is somebody who has not signed in.
type Viewer struct {
	ID    ID
	Email string
	Name  string
	Admin bool
	Sites []site.ID // of which the viewer is an editor
}

// SignedIn tells whether the viewer has signed in.
func (v Viewer) SignedIn() bool { return v.ID != 0 }

// At is what the viewer is on a site, or, with site 0, on the portal.
func (v Viewer) At(st site.ID) Role {
	switch {
	case !v.SignedIn():
		return Nobody
	case v.Admin:
		return Admin
	case st != 0 && slices.Contains(v.Sites, st):
		return Editor
	}
	return Member
}

// May tells whether the viewer has a permission on a site, or, with site 0, on
// the portal.
func (v Viewer) May(p Permission, st site.ID) bool { return slices.Contains(p.Roles(), v.At(st)) }

// Actor is the viewer as the moderation log names them.
func (v Viewer) Actor() modlog.Actor {
	return modlog.Actor{Kind: modlog.Editor, Name: v.Name, ID: int64(v.ID)}
}
