package account

import (
	"testing"

	"golang.org/x/crypto/argon2"
)

// HashAt is a hash as an earlier version of the program made it, at another cost.
func HashAt(t *testing.T, password string, memory uint32) string {
	t.Helper()
	c, salt := usualCost(), make([]byte, saltBytes)
	c.memory = memory
	return phc(c, salt, argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.lanes, keyBytes))
}
