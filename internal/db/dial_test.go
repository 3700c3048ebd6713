package db

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"
)

// mute is an address where connections are neither taken nor refused, as behind a
// pulled cable; speak has it take them.
func mute(t *testing.T) (addr string, speak func()) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		t.Cleanup(func() { _ = syscall.Close(fd) })
		err = syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	}
	if err == nil {
		err = syscall.Listen(fd, 0) // a queue of one
	}
	if err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	addr = (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: name.(*syscall.SockaddrInet4).Port}).String()
	first, err := net.Dial("tcp", addr) // fills it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = first.Close() })
	return addr, func() {
		taken, _, err := syscall.Accept(fd)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = syscall.Close(taken) })
	}
}

// TestSilentAddressesArePassedOver for a moment, and tried again after it.
func TestSilentAddressesArePassedOver(t *testing.T) {
	t.Parallel()
	addr, speak := mute(t)
	d := newDialer()
	d.skip = time.Hour
	if _, err := d.dial(t.Context(), "tcp", addr); err == nil || errors.Is(err, errSilent) || !unreachable(err) {
		t.Fatalf("the first try: %v", err)
	}
	if _, err := d.dial(t.Context(), "tcp", addr); !errors.Is(err, errSilent) || !away(t.Context(), err) {
		t.Errorf("the second try: %v", err)
	}
	if d.isSilent("127.0.0.1:1") {
		t.Error("another address is passed over, too")
	}
	speak()
	d.silent[addr] = time.Now() // the moment is over
	c, err := d.dial(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatalf("it answers again: %v", err)
	}
	_ = c.Close()
}
