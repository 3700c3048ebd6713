package db_test

import (
	"context"
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/indywire/indywire/internal/db"
)

// TestConnectionsNoticeACableThatIsPulled: the system gives up a peer that says
// nothing more. Left to itself it waits for a quarter of an hour. The drill pulls one.
func TestConnectionsNoticeACableThatIsPulled(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	pools, err := db.Open(t.Context(), db.Settings{Primary: "postgres://u@" + ln.Addr().String() + "/d"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pools.Close)
	conn, err := pools.Primary.Config().ConnConfig.DialFunc(context.Background(), "tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	raw, err := conn.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct{ level, option, most int }{
		"TCP_USER_TIMEOUT": {unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, 5000}, "SO_KEEPALIVE": {unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
		"TCP_KEEPIDLE": {unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 5}, "TCP_KEEPINTVL": {unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 2}, "TCP_KEEPCNT": {unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 3},
	} {
		var got int
		var failed error
		err := raw.Control(func(fd uintptr) { got, failed = unix.GetsockoptInt(int(fd), want.level, want.option) })
		if err != nil || failed != nil || got < 1 || got > want.most {
			t.Errorf("%s is %d, want up to %d; %v, %v", name, got, want.most, err, failed)
		}
	}
}
