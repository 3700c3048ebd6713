package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/htmltest"
)

// TestNodesAfterAFailover: the primary there is stands first, the one before is none
// any more, and a node whose PostgreSQL is gone is no standby.
func TestNodesAfterAFailover(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	admin := n.admin(portalHost, "Rede")
	n.exec(`INSERT INTO node VALUES
		('a', false, 'v1', 0, '0', 0, 9, 10, 0, 0, now() - interval '70 seconds'),
		('b', false, 'v1', 0, '0', 0, 9, 10, 0, 0, now()),
		('c', true, 'v1', -1, '0', 0, 9, 10, 0, 0, now())`)
	page := admin.get("/network/nodes").want(t, http.StatusOK).Body
	htmltest.Check(t, page,
		htmltest.In(".notice li", htmltest.HasText("Node a has not replied for 70 s. Last known: primary.")),
		htmltest.In(".notice", htmltest.HasText("The PostgreSQL of node c does not answer it.")),
		htmltest.In(".notice", htmltest.HasText("No standby replies.")),
		htmltest.In(".node.primary h2", htmltest.HasText("b")),
		htmltest.In(".node.primary .label", htmltest.HasText("Primary: takes what is published")),
		htmltest.NotIn(".node.primary.silent"),
		htmltest.In(".node.standby.silent .label", htmltest.HasText("Was a standby")))
	if has(t, page, "Was the primary"); strings.Index(page, "<bdi>a</bdi>") < strings.Index(page, "<bdi>b</bdi>") {
		t.Error("what was the primary stands before the one there is")
	}
	lacks(t, page, "node forget")
	n.exec("UPDATE node SET seen_at = now() - interval '2 hours' WHERE name = 'a'")
	has(t, admin.get("/network/nodes").want(t, http.StatusOK).Body, "indywire node forget NAME")
}
