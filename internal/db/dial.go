package db

import (
	"context"
	"net"
	"time"
)

// dial opens a connection that notices a dead peer. A plain pool hung for 52
// seconds without an error when a primary's cable was pulled: an idle
// connection is given up after 5+2*3 seconds, one with unacknowledged bytes
// after 5 (boundUnacknowledged).
func dial(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{
		Timeout: dialTimeout,
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3,
		},
		Control: boundUnacknowledged,
	}
	return d.DialContext(ctx, network, addr)
}
