package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/indywire/indywire/internal/db"
)

// readinessJSON is what programs may rely on.
type readinessJSON struct {
	Role                string
	LagBytes            int64 `json:"lag_bytes"`
	Primary, Publishing bool
}

// ready asks a node that is beside a standby, and holds that it serves readers.
func (n *network) ready() (is readinessJSON) {
	n.t.Helper()
	answer := httptest.NewRecorder()
	n.ops.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if err := json.Unmarshal(answer.Body.Bytes(), &is); err != nil || answer.Code != http.StatusOK || is.Role != "standby" {
		n.t.Fatalf("/readyz answers %d with %s, %v", answer.Code, answer.Body, err)
	}
	return is
}

// TestReadyzOfAStandbyThatIsCutOff tells how far the primary has gone without it,
// as far as that is known, and that the node serves readers all the same.
func TestReadyzOfAStandbyThatIsCutOff(t *testing.T) {
	t.Parallel()
	n, pair := besideStandby(t)
	if is := n.ready(); !is.Primary || !is.Publishing {
		t.Errorf("beside a primary: %+v", is)
	}
	pair.Cut()
	before := n.ready().LagBytes
	n.exec("UPDATE site SET tagline = 'Longe'")
	far := n.ready()
	if far.LagBytes <= before || !far.Primary {
		t.Errorf("cut off from what was written: %+v, before it %d bytes", far, before)
	}
	pair.StopPrimary()
	if err := n.pools.Primary.Ping(t.Context()); err == nil {
		t.Fatal("there is a primary")
	}
	if is := n.ready(); is.LagBytes < far.LagBytes || is.Primary || is.Publishing {
		t.Errorf("without a primary: %+v, want no less than %d bytes", is, far.LagBytes)
	}
}

// TestReadyzWhereTheOwnServerIsGone tells of that server, while others answer the
// node's readers.
func TestReadyzWhereTheOwnServerIsGone(t *testing.T) {
	t.Parallel()
	n, pair := besideStandby(t)
	pools, err := db.Open(t.Context(), db.Settings{Primary: pair.Both(), Replica: pair.Both()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	n.pools = pools
	n.serve()
	before := n.ready().LagBytes
	pair.StopStandby()
	n.exec("UPDATE site SET tagline = 'Longe'")
	if is := n.ready(); is.LagBytes <= before || !is.Primary {
		t.Errorf("its own server is gone: %+v, before that %d bytes", is, before)
	}
	n.get("/").want(t, http.StatusOK)
}
