package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestReadyzOfAStandbyThatIsCutOff tells how far the primary has gone without it,
// as far as that is known, and that the node serves readers all the same.
func TestReadyzOfAStandbyThatIsCutOff(t *testing.T) {
	t.Parallel()
	n, pair := besideStandby(t)
	type readiness struct {
		Role                string
		LagBytes            int64 `json:"lag_bytes"`
		Primary, Publishing bool
	}
	ready := func() (is readiness) {
		t.Helper()
		answer := httptest.NewRecorder()
		n.ops.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		if err := json.Unmarshal(answer.Body.Bytes(), &is); err != nil || answer.Code != http.StatusOK || is.Role != "standby" {
			t.Fatalf("/readyz answers %d with %s, %v", answer.Code, answer.Body, err)
		}
		return is
	}
	if is := ready(); !is.Primary || !is.Publishing {
		t.Errorf("beside a primary: %+v", is)
	}
	pair.Cut()
	before := ready().LagBytes
	n.exec("UPDATE site SET tagline = 'Longe'")
	far := ready()
	if far.LagBytes <= before || !far.Primary {
		t.Errorf("cut off from what was written: %+v, before it %d bytes", far, before)
	}
	pair.StopPrimary()
	if err := n.pools.Primary.Ping(t.Context()); err == nil {
		t.Fatal("there is a primary")
	}
	if is := ready(); is.LagBytes < far.LagBytes || is.Primary || is.Publishing {
		t.Errorf("without a primary: %+v, want no less than %d bytes", is, far.LagBytes)
	}
}
