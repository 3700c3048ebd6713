package article

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"

	"github.com/indywire/indywire/internal/site"
)

// TicketLife is how long an open form may be sent, on any node.
const TicketLife = 48 * time.Hour

// What can be wrong with a ticket. Only with ErrTicketExpired is the ticket
// genuine, so that uploads made with it may go along.
var (
	ErrTicketForged  = errors.New("ticket is missing, forged or of another site")
	ErrTicketExpired = errors.New("ticket has expired")
)

// Ticket is what makes an open form safe to send twice: a signed draft id that
// holds 128 secret bits.
type Ticket struct {
	site   site.ID
	issued time.Time
	secret [16]byte
	signed string
}

// TicketKey signs tickets; it is the same on all nodes.
type TicketKey []byte

const (
	ticketForm = 1
	ticketBody = 1 + 8 + 8 + 16
	ticketSize = ticketBody + sha256.Size
)

// Mint makes a fresh ticket for a form of the site.
func (k TicketKey) Mint(st site.ID, now time.Time) Ticket {
	var t Ticket
	_, _ = rand.Read(t.secret[:]) // never fails (crypto/rand)
	t.site, t.issued = st, now.Truncate(time.Second)
	b := make([]byte, 0, ticketSize)
	b = append(b, ticketForm)
	b = binary.BigEndian.AppendUint64(b, uint64(st))
	b = binary.BigEndian.AppendUint64(b, uint64(t.issued.Unix()))
	b = append(b, t.secret[:]...)
	b = append(b, k.sign(b)...)
	t.signed = base64.RawURLEncoding.EncodeToString(b)
	return t
}

// Parse reads a ticket that a form sent to the site brought along. With
// ErrTicketExpired the ticket comes too; with ErrTicketForged it is empty.
func (k TicketKey) Parse(st site.ID, now time.Time, s string) (Ticket, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != ticketSize || b[0] != ticketForm || !hmac.Equal(b[ticketBody:], k.sign(b[:ticketBody])) {
		return Ticket{}, ErrTicketForged
	}
	t := Ticket{
		site:   site.ID(binary.BigEndian.Uint64(b[1:])),
		issued: time.Unix(int64(binary.BigEndian.Uint64(b[9:])), 0),
		signed: s,
	}
	copy(t.secret[:], b[17:])
	if t.site != st {
		return Ticket{}, ErrTicketForged
	}
	if now.Sub(t.issued) > TicketLife {
		return t, ErrTicketExpired
	}
	return t, nil
}

func (k TicketKey) sign(b []byte) []byte {
	mac := hmac.New(sha256.New, k)
	mac.Write(b)
	return mac.Sum(nil)
}

// String is the ticket as the form carries it.
func (t Ticket) String() string { return t.signed }

// IsZero tells whether there is no ticket at all.
func (t Ticket) IsZero() bool { return t.signed == "" }

// Hash is what the database knows the ticket by.
func (t Ticket) Hash() []byte { return t.derive("ticket") }

// Receipt is the code that this ticket, and no other, leads to.
func (t Ticket) Receipt() Receipt { return encodeReceipt(t.derive("receipt")[:16]) }

// Expires is when the form can no longer be sent with it.
func (t Ticket) Expires() time.Time { return t.issued.Add(TicketLife) }

// DraftKey seals what is written while the form is open: 32 bytes that the
// database can make from nothing it holds.
func (t Ticket) DraftKey() ([]byte, error) {
	return hkdf.Key(sha256.New, t.secret[:], nil, "indywire draft", 32)
}

// mac tells whether two contents sent with this ticket are the same, and says
// nothing about them to somebody without it.
func (t Ticket) mac(content []byte) []byte {
	mac := hmac.New(sha256.New, t.derive("content"))
	mac.Write(content)
	return mac.Sum(nil)
}

// derive goes one way: from what it gives, neither the secret nor what is
// derived for another purpose can be found.
func (t Ticket) derive(purpose string) []byte {
	mac := hmac.New(sha256.New, t.secret[:])
	mac.Write([]byte("indywire " + purpose))
	return mac.Sum(nil)
}
