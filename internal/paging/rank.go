package paging

import (
	"encoding/binary"
	"math"

	"github.com/indywire/indywire/internal/fault"
)

// RankCursor is the place of the last row of a page of search results, best
// first: its rank as PostgreSQL's ts_rank gave it (a real, never negative) and
// its id. The zero value is the beginning.
//
// The rank travels along because it depends on the words that were searched
// for; it tells nothing but how well they fit. Compare it as float4:
//
//	WHERE (ts_rank(document, query), id) < (@rank::float4, @id)
type RankCursor struct {
	Rank float32
	ID   int64
}

// IsZero tells whether c is the beginning of the list.
func (c RankCursor) IsZero() bool { return c == RankCursor{} }

// String writes c for an address: URL-safe, opaque, "" for the beginning.
func (c RankCursor) String() string {
	if c.IsZero() {
		return ""
	}
	bits := binary.BigEndian.AppendUint32(nil, math.Float32bits(c.Rank))
	return seal(kindRank, putID(bits, c.ID))
}

// ParseRank reads what RankCursor.String wrote, the rank bit by bit the same;
// "" is the beginning. Anything else is fault.Invalid.
func ParseRank(s string) (RankCursor, error) {
	if s == "" {
		return RankCursor{}, nil
	}
	body, err := open(kindRank, s)
	if err != nil {
		return RankCursor{}, err
	}
	if len(body) < 4 {
		return RankCursor{}, fault.New(fault.Invalid, "cursor too short")
	}
	bits := binary.BigEndian.Uint32(body)
	// Infinity, not-a-number and all negatives have greater bits than the
	// greatest finite number, so one comparison keeps them from the query.
	if bits > math.Float32bits(math.MaxFloat32) {
		return RankCursor{}, fault.New(fault.Invalid, "cursor without a rank")
	}
	id, err := takeID(body[4:])
	if err != nil {
		return RankCursor{}, err
	}
	return RankCursor{Rank: math.Float32frombits(bits), ID: id}, nil
}
