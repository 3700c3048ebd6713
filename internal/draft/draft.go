// Package draft keeps what somebody is still writing, so that a page that was
// reloaded has it again: on the server, sealed with what only the ticket of the
// open form holds, and never in the browser's storage.
package draft

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
)

// MaxBytes bounds what is kept for one ticket. It is more than all fields of a
// form may have, so that a text over its own limit is kept too.
const MaxBytes = 1 << 20

// Fields are the fields of a form as they were filled in, by name.
type Fields map[string][]string

// names are the fields that are kept. What a ticket or a button sends is not.
func names() []string {
	return []string{"title", "summary", "body", "format", "author", "language", "topic", "contact", "alt", "upload"}
}

// Several tells whether a field may be there more than once.
func Several(name string) bool { return slices.Contains([]string{"topic", "alt", "upload"}, name) }

// Pick takes from a form the fields that are kept.
func Pick(form map[string][]string) Fields {
	picked := Fields{}
	for _, name := range names() {
		if values, sent := form[name]; sent {
			picked[name] = values
		}
	}
	return picked
}

// seal makes the fields unreadable to everybody without the ticket. The site
// goes into the seal, so that a draft cannot be moved to another.
func seal(st site.ID, t article.Ticket, f Fields) ([]byte, error) {
	plain, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("draft: %w", err)
	}
	if len(plain) > MaxBytes {
		return nil, fault.New(fault.TooLarge, "draft")
	}
	box, err := sealer(t)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, box.NonceSize(), box.NonceSize()+padded(len(plain))+box.Overhead())
	_, _ = rand.Read(nonce) // never fails (crypto/rand)
	return box.Seal(nonce, nonce, pad(plain), bound(st)), nil
}

func unseal(st site.ID, t article.Ticket, sealed []byte) (Fields, error) {
	box, err := sealer(t)
	if err != nil {
		return nil, err
	}
	if len(sealed) < box.NonceSize() {
		return nil, fault.New(fault.NotFound, "draft")
	}
	plain, err := box.Open(nil, sealed[:box.NonceSize()], sealed[box.NonceSize():], bound(st))
	if err != nil { // not one of this ticket's
		return nil, fault.Wrap(fault.NotFound, "draft", err)
	}
	var f Fields
	if err := json.Unmarshal(bytes.TrimRight(plain, " "), &f); err != nil {
		return nil, fmt.Errorf("draft: %w", err)
	}
	return f, nil
}

func sealer(t article.Ticket) (cipher.AEAD, error) {
	key, err := t.DraftKey()
	if err != nil {
		return nil, fmt.Errorf("key of a draft: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("key of a draft: %w", err)
	}
	return cipher.NewGCM(block)
}

func bound(st site.ID) []byte { return fmt.Appendf(nil, "draft of site %d", st) }

// step is what the length of a draft is rounded up to: how much somebody has
// written, letter by letter, is nothing the database needs to know either.
const step = 1024

func padded(length int) int { return (length + step - 1) / step * step }

func pad(plain []byte) []byte {
	return append(plain, bytes.Repeat([]byte(" "), padded(len(plain))-len(plain))...)
}
