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

// Starting answers the operator before there is a Server: the process lives, and
// serves nobody yet.
func Starting(node string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		readiness{Node: node, Role: "standby"}.send(w, http.StatusServiceUnavailable)
	})
	return mux
}

// ready answers 200 when this node can serve readers, whether or not the
// primary can be reached: else a failover would empty the DNS.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	status := http.StatusOK
	if _, err := s.Pools.Replica.Exec(ctx, "SELECT 1"); err != nil {
		status = http.StatusServiceUnavailable
	}
	var primary db.Querier
	if !s.Pools.Away() {
		primary = s.Pools.Primary
	}
	standing := s.gauge.Measure(ctx, s.Pools.Own(), primary)
	state := readiness{Node: s.Node, Role: "primary", LagBytes: standing.LagBytes, Primary: standing.Primary, Publishing: standing.Primary}
	if standing.Standby {
		state.Role = "standby"
	}
	state.send(w, status)
}

func (r readiness) send(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(r)
}
