package cluster

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/indywire/indywire/internal/db"
)

// MarkLife is for how long somebody who wrote is shown nothing older. A standby
// that lags by more has left the network's quorum for as long.
const MarkLife = 30 * time.Second

// Marker turns a position of the primary's log into a mark that somebody who
// wrote carries to whichever node answers next, and back. A mark says nothing of
// who carries it, and none can be made up: one of the future would have the
// primary asked for everything.
type Marker struct{ key []byte }

// NewMarker makes a Marker from a secret that all nodes share.
func NewMarker(secret []byte) Marker {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("indywire wal"))
	return Marker{key: mac.Sum(nil)}
}

const (
	positionSize = 8
	checkSize    = 16 // bytes of the check that a mark carries
)

// Mark is the position as it is carried.
func (m Marker) Mark(at db.LSN) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(at))
	return base64.RawURLEncoding.EncodeToString(append(b, m.check(b)...))
}

// Read gives the position of a mark; none for what no node has made.
func (m Marker) Read(mark string) (at db.LSN, genuine bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(mark)
	if err != nil || len(b) != positionSize+checkSize || !hmac.Equal(b[positionSize:], m.check(b[:positionSize])) {
		return 0, false
	}
	return db.LSN(binary.BigEndian.Uint64(b)), true
}

func (m Marker) check(position []byte) []byte {
	mac := hmac.New(sha256.New, m.key)
	mac.Write(position)
	return mac.Sum(nil)[:checkSize]
}
