package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/indywire/indywire/internal/fault"
)

// cost is what one hash takes: RFC 9106, section 4, by the smallest figures that
// OWASP's Password Storage Cheat Sheet gives for argon2id, for our nodes are
// modest machines.
type cost struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
}

const (
	saltBytes = 16
	keyBytes  = 32
	// hashPatience is how long somebody waits for a free place before they are
	// asked to try again.
	hashPatience = 15 * time.Second
	// mostWaiting is how many wait at once; more are asked to try again at once
	mostWaiting = 64
)

func usualCost() cost { return cost{memory: 19 * 1024, passes: 2, lanes: 1} }

// Hasher makes and compares hashes of passwords, only so many at once: each
// takes 19 MiB, and a hundred people who sign in at once must not take the
// memory of the server.
type Hasher struct {
	places  chan struct{}
	waiting atomic.Int64
	made    atomic.Int64
}

// NewHasher makes a Hasher with so many places.
func NewHasher(atOnce int) *Hasher { return &Hasher{places: make(chan struct{}, atOnce)} }

// Made is how many hashes were made so far, for metrics.
func (h *Hasher) Made() int64 { return h.made.Load() }

// Hash makes the hash of a new password, as a PHC string. fault.Busy where no
// place became free in time.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	key, err := h.key(ctx, password, salt, usualCost())
	return phc(usualCost(), salt, key), err
}

// Matches tells whether the password is the one that a PHC string was made from,
// always at the cost of one hash. For an empty string, of nobody's, it is false.
func (h *Hasher) Matches(ctx context.Context, made, password string) (bool, error) {
	nobodys := made == ""
	if nobodys {
		made = phc(usualCost(), make([]byte, saltBytes), make([]byte, keyBytes))
	}
	if utf8.RuneCountInString(password) > MaxPassword { // nobody's, at the same cost
		password, nobodys = "", true
	}
	c, salt, want, err := parsePHC(made)
	if err != nil {
		return false, err
	}
	got, err := h.key(ctx, password, salt, c)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1 && !nobodys, err
}

// key hashes the normal form of a password (RFC 8265, OpaqueString: NFC), so
// that one keyboard's é is another's.
func (h *Hasher) key(ctx context.Context, password string, salt []byte, c cost) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, hashPatience)
	defer cancel()
	defer h.waiting.Add(-1)
	if h.waiting.Add(1) > mostWaiting {
		return nil, fault.New(fault.Busy, "too many passwords at once")
	}
	select {
	case h.places <- struct{}{}:
		defer func() { <-h.places }()
	case <-ctx.Done():
		return nil, fault.Wrap(fault.Busy, "too many passwords at once", ctx.Err())
	}
	h.made.Add(1)
	return argon2.IDKey(norm.NFC.Bytes([]byte(password)), salt, c.passes, c.memory, c.lanes, keyBytes), nil
}

// phc writes a hash as https://github.com/P-H-C/phc-string-format has it.
func phc(c cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.lanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

func parsePHC(s string) (c cost, salt, key []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, fault.New(fault.Internal, "a stored password is no argon2id hash")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.lanes); err != nil {
		return c, nil, nil, fault.New(fault.Internal, "a stored password's cost cannot be read")
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(key) != keyBytes {
		return c, nil, nil, fault.New(fault.Internal, "a stored password cannot be decoded")
	}
	return c, salt, key, nil
}

// outdated tells whether a hash was made at another cost than we use now.
func outdated(made string) bool {
	c, _, _, err := parsePHC(made)
	return err == nil && c != usualCost()
}
