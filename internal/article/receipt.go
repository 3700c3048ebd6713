package article

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"github.com/indywire/indywire/internal/fault"
)

// crockford is Crockford's base 32: no I, L, O, U.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Receipt is the secret code by which an unsigned reporter comes back: 26
// characters of Crockford's base 32, which hold 128 bits.
type Receipt string

const receiptLength = 26

func encodeReceipt(bits []byte) Receipt { return Receipt(crockford.EncodeToString(bits)) }

// ParseReceipt reads a code as people type it: case, hyphens and spaces do not
// matter, O is 0, I and L are 1. fault.NotFound for what cannot be a code, just
// as for a code that nobody has.
func ParseReceipt(s string) (Receipt, error) {
	if len(s) > 100 {
		return "", fault.New(fault.NotFound, "receipt")
	}
	s = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
	if b, err := crockford.DecodeString(s); err != nil || len(s) != receiptLength || len(b) != 16 {
		return "", fault.New(fault.NotFound, "receipt")
	}
	return Receipt(s), nil
}

// String is the code in groups, as it is shown and stands in its address.
func (r Receipt) String() string {
	if len(r) != receiptLength {
		return string(r)
	}
	return strings.Join([]string{string(r[:5]), string(r[5:10]), string(r[10:15]), string(r[15:20]), string(r[20:])}, "-")
}

// Hash is what the database knows the receipt by.
func (r Receipt) Hash() []byte {
	sum := sha256.Sum256([]byte("indywire receipt " + string(r)))
	return sum[:]
}
