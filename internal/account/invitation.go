package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
)

// InvitationLife is how long an invitation may be followed.
const InvitationLife = 7 * 24 * time.Hour

// Token is the secret of a one-time link: 192 random bits. The database holds
// its hash only.
type Token string

func newToken() Token {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return Token(base64.RawURLEncoding.EncodeToString(b[:]))
}

// Path is where the invitation is followed.
func (t Token) Path() string { return "/invitations/" + string(t) }

func (t Token) hash() []byte {
	sum := sha256.Sum256([]byte("indywire invitation " + string(t)))
	return sum[:]
}

// Invitation is a one-time link that makes somebody an editor of a site, or an
// admin of the network.
type Invitation struct {
	ID        int64
	Email     string  // empty: whoever opens the setup link says it
	Site      site.ID // 0: the network
	Role      Role
	Setup     bool // makes the first admin
	By        ID   // who made it; 0: the operators
	ExpiresAt time.Time
	UsedAt    *time.Time
	Known     bool // there is an account with the address
	AdminIs   bool // the network has an admin
	Now       time.Time
}

// check is fault.Gone once the link was used, has expired, or has come too late
// to make the first admin.
func (i Invitation) check() error {
	if i.UsedAt != nil || !i.Now.Before(i.ExpiresAt) || i.Setup && i.AdminIs {
		return fault.New(fault.Gone, "invitation")
	}
	return nil
}

// Invited is an invitation that was just made, and its secret, which nobody can
// be told again.
type Invited struct {
	Token     Token
	ExpiresAt time.Time
}
