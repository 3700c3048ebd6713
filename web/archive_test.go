package web_test

import (
	"net/http"
	"testing"
	"time"
)

// TestMonthsThatNeverWere answers 404 for months before the first article and
// after this one, and not for an empty month between.
func TestMonthsThatNeverWere(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	n.now = func() time.Time { return time.Date(2026, 6, 30, 23, 30, 0, 0, time.UTC) } // July in Lisbon
	n.publish("Em março")
	n.exec("UPDATE article SET published_at = '2026-03-31 22:59:59+00'") // its last second in Lisbon
	for month, status := range map[string]int{
		"2026/02": http.StatusNotFound, "2026/03": http.StatusOK, "2026/04": http.StatusOK, "2026/07": http.StatusOK,
		"2026/08": http.StatusNotFound, "1026/03": http.StatusNotFound, "9999/12": http.StatusNotFound, "0000/01": http.StatusNotFound,
	} {
		n.get("/archive/"+month).want(t, status)
	}
	n.exec("UPDATE article SET published_at = '2027-01-15' ") // an import may be ahead of the clock
	n.get("/archive/2027/01").want(t, http.StatusOK)
	n.exec("UPDATE article SET state = 'hidden'")
	n.get("/archive/2026/07").want(t, http.StatusOK)
	n.get("/archive/2026/06").want(t, http.StatusNotFound)
}
