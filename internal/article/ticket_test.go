package article_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
)

var now = time.Date(2026, 11, 22, 14, 52, 0, 0, time.UTC)

func TestTicketIsGoodOnAnyNodeFor48Hours(t *testing.T) {
	t.Parallel()
	here, there := article.TicketKey("key"), article.TicketKey("key")
	ticket := here.Mint(7, now)
	got, err := there.Parse(7, now.Add(48*time.Hour), ticket.String())
	if err != nil {
		t.Fatal(err)
	}
	if got.Receipt() != ticket.Receipt() || !bytes.Equal(got.Hash(), ticket.Hash()) {
		t.Error("the ticket led elsewhere after its way through a form")
	}
	if late, err := there.Parse(7, now.Add(48*time.Hour+2*time.Second), ticket.String()); !errors.Is(err, article.ErrTicketExpired) || late.Receipt() != ticket.Receipt() {
		t.Errorf("after 48 h: %v", err)
	}
}

func TestTicketOfOthersIsForged(t *testing.T) {
	t.Parallel()
	key := article.TicketKey("key")
	good := key.Mint(7, now).String()
	flipped := []byte(good)
	flipped[30] ^= 2
	for name, s := range map[string]string{
		"empty": "", "cut": good[:40], "longer": good + "AAAA", "flipped": string(flipped), "padded": good + "=", "another key": article.TicketKey("other").Mint(7, now).String(),
		"another site": key.Mint(8, now).String(),
	} {
		if got, err := key.Parse(7, now, s); !errors.Is(err, article.ErrTicketForged) || !got.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReceiptComesFromTheTicketAlone(t *testing.T) {
	t.Parallel()
	key := article.TicketKey("key")
	seen := map[article.Receipt]bool{}
	for range 100 {
		ticket := key.Mint(7, now)
		r := ticket.Receipt()
		if seen[r] {
			t.Fatal("two tickets lead to one receipt")
		}
		seen[r] = true
		if len(r) != 26 || strings.ContainsAny(string(r), "ILOU") {
			t.Fatalf("receipt %q", r)
		}
		typed := strings.ReplaceAll(strings.ToLower(r.String()), "0", "o")
		typed = strings.ReplaceAll(typed, "1", "l")
		if got, err := article.ParseReceipt(" " + typed + " "); err != nil || got != r {
			t.Fatalf("typed as %q: %q, %v", typed, got, err)
		}
		if bytes.Contains(r.Hash(), []byte(r)) || bytes.Equal(r.Hash(), ticket.Hash()) {
			t.Fatal("the hash gives something away")
		}
	}
	for _, s := range []string{"", "abc", strings.Repeat("U", 26), strings.Repeat("0", 27), strings.Repeat("9", 5000)} {
		if _, err := article.ParseReceipt(s); !fault.Is(err, fault.NotFound) {
			t.Errorf("ParseReceipt(%.30q) = %v", s, err)
		}
	}
}

func TestTicketKeyIsMadeByTheFirstMigration(t *testing.T) {
	t.Parallel()
	a, err := article.TicketKeyOf(t.Context(), dbtest.Tx(t))
	if err != nil || len(a) != 32 {
		t.Fatalf("key of %d bytes, %v", len(a), err)
	}
	b, err := article.TicketKeyOf(t.Context(), dbtest.Tx(t))
	if err != nil || !bytes.Equal(a, b) {
		t.Error("two connections read two keys")
	}
}

func TestContentMACTellsContentsApart(t *testing.T) {
	t.Parallel()
	ticket := article.TicketKey("key").Mint(7, now)
	base := article.Draft{Title: "ab", Summary: "c", Body: "d"}
	changed := []article.Draft{
		{Title: "a", Summary: "bc", Body: "d"}, {Title: "ab", Body: "cd"}, {Title: "ab", Summary: "c", Body: "d", Author: "e"},
		{Title: "ab", Summary: "c", Body: "d", Topics: []string{"x"}}, {Title: "ab", Summary: "c", Body: "d", FileSums: [][]byte{{1}}, Files: oneFile("")},
		{Title: "ab", Summary: "c", Body: "d", Files: oneFile("")},
	}
	macs := map[string]bool{string(base.ContentMAC(ticket)): true}
	for _, d := range changed {
		macs[string(d.ContentMAC(ticket))] = true
	}
	if len(macs) != len(changed)+1 {
		t.Errorf("%d different sums for %d contents", len(macs), len(changed)+1)
	}
	other := article.TicketKey("key").Mint(7, now)
	if bytes.Equal(base.ContentMAC(ticket), base.ContentMAC(other)) {
		t.Error("the sum can be compared without the ticket")
	}
}
