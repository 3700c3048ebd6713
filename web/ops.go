package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/indywire/indywire/internal/db"
)

// readiness is what /readyz answers.
type readiness struct {
	Node       string `json:"node"`
	Role       string `json:"role"` // of this node's own server: primary or standby
	LagBytes   int64  `json:"lag_bytes"`
	Primary    bool   `json:"primary"` // reachable
	Publishing bool   `json:"publishing"`
}

// Ops answers the operator, on an address that is never public.
func (s *Server) Ops() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// ready answers 200 when this node can serve readers, whether or not the
// primary can be reached: else a failover would empty the DNS.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	state := readiness{Node: s.Node}
	status := http.StatusOK
	var standby bool
	if err := standing(ctx, s.Pools.Replica, &standby, &state.LagBytes); err != nil {
		status = http.StatusServiceUnavailable
	}
	state.Role = "primary"
	if standby {
		state.Role = "standby"
	}
	var elsewhere bool
	var lag int64
	state.Primary = standing(ctx, s.Pools.Primary, &elsewhere, &lag) == nil && !elsewhere
	state.Publishing = state.Primary
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(state)
}

// standing asks a server for its role and how many bytes of what it received
// it has not replayed yet.
func standing(ctx context.Context, q db.Querier, standby *bool, lag *int64) error {
	return q.QueryRow(ctx, `
		SELECT pg_is_in_recovery(),
		       CASE WHEN pg_is_in_recovery()
		            THEN coalesce(pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), 0)::bigint
		            ELSE 0 END`).Scan(standby, lag)
}
