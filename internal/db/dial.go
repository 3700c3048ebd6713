package db

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// dialer opens connections that notice a dead peer. A plain pool hung for 52
// seconds without an error when a primary's cable was pulled: an idle
// connection is given up after 5+2*3 seconds, one with unacknowledged bytes
// after 5 (boundUnacknowledged).
//
// It keeps which addresses have just said nothing at all. The driver tries hosts
// strictly in the order they are named, so that one whose cable is pulled would
// cost each new connection, and each look for a primary, the whole patience.
type dialer struct {
	mu     sync.Mutex
	silent map[string]time.Time // until when an address is passed over
	skip   time.Duration
}

// silence is for how long an address that said nothing is passed over: short, for
// it may be the only one, and its cable back.
const silence = 2 * time.Second

var errSilent = errors.New("said nothing a moment ago")

func newDialer() *dialer { return &dialer{silent: map[string]time.Time{}, skip: silence} }

func (d *dialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if d.isSilent(addr) {
		return nil, &net.OpError{Op: "dial", Net: network, Err: errSilent}
	}
	way := net.Dialer{
		Timeout: dialTimeout,
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3,
		},
		Control: boundUnacknowledged,
	}
	c, err := way.DialContext(ctx, network, addr)
	timeout, ok := errors.AsType[net.Error](err)
	d.note(addr, ok && timeout.Timeout() && ctx.Err() == nil) // else whoever asked was the impatient one
	return c, err
}

func (d *dialer) isSilent(addr string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Before(d.silent[addr])
}

func (d *dialer) note(addr string, silent bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if silent {
		d.silent[addr] = time.Now().Add(d.skip)
	} else {
		delete(d.silent, addr)
	}
}
