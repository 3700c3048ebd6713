package paging

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"math"
	"strings"

	"github.com/indywire/indywire/internal/fault"
)

// kind goes into the check sum, so that a cursor of one sort of list is refused
// by the other instead of leading somewhere by chance.
type kind byte

const (
	kindID   kind = 'i'
	kindRank kind = 'r'
)

// maxText bounds what open looks at: 4 bytes of rank, 10 of id, 2 of check.
const maxText = 22

// checkLen is the length of the check sum in bytes.
const checkLen = 2

// seal writes body with a check sum at its end. The sum tells a cursor from
// typed nonsense; it is no signature and protects nothing.
func seal(k kind, body []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(body, check(k, body)...))
}

// open undoes seal.
func open(k kind, s string) ([]byte, error) {
	if len(s) > maxText {
		return nil, fault.New(fault.Invalid, "cursor too long")
	}
	// Strict and without the line breaks that base64 skips, so that each place
	// in a list has one address only.
	if strings.ContainsAny(s, "\r\n") {
		return nil, fault.New(fault.Invalid, "cursor is not of our making")
	}
	all, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(all) <= checkLen {
		return nil, fault.New(fault.Invalid, "cursor is not of our making")
	}
	body, sum := all[:len(all)-checkLen], all[len(all)-checkLen:]
	if string(sum) != string(check(k, body)) {
		return nil, fault.New(fault.Invalid, "cursor fails its check")
	}
	return body, nil
}

func check(k kind, body []byte) []byte {
	sum := crc32.Update(crc32.ChecksumIEEE([]byte{byte(k)}), crc32.IEEETable, body)
	return binary.BigEndian.AppendUint16(nil, uint16(sum)) // the low half is what is wanted
}

// putID appends a row's id; ids are positive.
func putID(b []byte, id int64) []byte {
	return binary.AppendUvarint(b, uint64(id)) // a negative id comes back as an error, not as another id
}

// takeID reads an id that fills b entirely, in its shortest form.
func takeID(b []byte) (int64, error) {
	id, n := binary.Uvarint(b)
	if n <= 0 || n != len(b) || id == 0 || id > math.MaxInt64 || n > 1 && b[n-1] == 0 {
		return 0, fault.New(fault.Invalid, "cursor without an id")
	}
	return int64(id), nil
}
