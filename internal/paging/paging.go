// Package paging holds the cursors by which lists are read page after page:
// keyset cursors, never OFFSET, so that the last page costs what the first does.
//
// A cursor names the last row that was shown by its id and nothing else. The
// query looks that row's place in the order up:
//
//	WHERE (published_at, id) < (SELECT published_at, id FROM article WHERE id = $1)
//
// A cursor that held the time itself would tell a reader the second of posting,
// which pages cut to the minute to protect whoever posted.
package paging

import "fmt"

// Cursor is the id of the last row of a page; the zero value is the beginning.
type Cursor int64

// IsZero tells whether c is the beginning of the list.
func (c Cursor) IsZero() bool { return c == 0 }

// String writes c for an address: URL-safe, opaque, "" for the beginning.
func (c Cursor) String() string {
	if c.IsZero() {
		return ""
	}
	return seal(kindID, putID(nil, int64(c)))
}

// Parse reads what String wrote; "" is the beginning. Anything else is
// fault.Invalid. A cursor is no secret and no permission: whoever makes one up
// sees a page of what they may see anyway.
func Parse(s string) (Cursor, error) {
	if s == "" {
		return 0, nil
	}
	body, err := open(kindID, s)
	if err != nil {
		return 0, err
	}
	id, err := takeID(body)
	return Cursor(id), err
}

// Page is one page of a list. Next is the cursor of the page after it, "" when
// this is the last one.
type Page[T any] struct {
	Items []T
	Next  string
}

// Cut makes a page of at most size items, size being at least 1, from a query
// that asked for size+1 rows: the row too many only tells that there is more.
// key gives the Cursor or RankCursor of an item.
func Cut[T any, C fmt.Stringer](items []T, size int, key func(T) C) Page[T] {
	if len(items) <= size {
		return Page[T]{Items: items}
	}
	return Page[T]{Items: items[:size:size], Next: key(items[size-1]).String()}
}
