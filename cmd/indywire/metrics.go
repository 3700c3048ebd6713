package main

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/indywire/indywire/internal/cluster"
	"github.com/indywire/indywire/internal/db"
)

// metrics tells what the process uses, and how the node stands; web adds what it
// serves.
func metrics(pools *db.Pools, reporter *cluster.Reporter) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	gauge := func(name, help string, value func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	of := func(value func(cluster.Node) float64) func() float64 {
		return func() float64 { n, _ := reporter.Last(); return value(n) }
	}
	gauge("indywire_primary_away", "1 while this node knows of no primary.", func() float64 { return one(pools.Away()) })
	gauge("indywire_node_standby", "1 where this node's own PostgreSQL is a standby.", of(func(n cluster.Node) float64 { return one(n.Standby) }))
	gauge("indywire_node_server_away", "1 while this node's own PostgreSQL does not answer it.", of(func(n cluster.Node) float64 { return one(n.ServerAway()) }))
	gauge("indywire_node_lag_seconds", "Since what this node's own PostgreSQL replayed last was committed.", of(func(n cluster.Node) float64 { return n.Lag.Seconds() }))
	gauge("indywire_node_disk_free_bytes", "Free where this node's media are.", of(func(n cluster.Node) float64 { return float64(n.DiskFree) }))
	gauge("indywire_node_disk_size_bytes", "Of that disk, in all.", of(func(n cluster.Node) float64 { return float64(n.DiskSize) }))
	gauge("indywire_node_media_cache_bytes", "Of a bucket's media that this node has.", of(func(n cluster.Node) float64 { return float64(n.CacheBytes) }))
	return r
}

func one(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
