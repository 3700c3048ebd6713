package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/indywire/indywire/internal/logging"
)

// Bounds of a connection. There is none for a whole request or answer: a large
// upload over a slow line takes an hour, and web sees to it that it moves on.
const (
	headerTimeout  = 10 * time.Second
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 64 << 10
	// requests that are being answered when the server stops get this long
	graceTime = 6 * time.Second
)

// listen takes an address before anything else is begun, so that one in use is
// told at once. flag is what to correct.
func listen(ctx context.Context, flag, address string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, failure(address + " is in use: stop what listens there, or choose another address with " + flag)
	case errors.Is(err, syscall.EACCES):
		return nil, failure("this user may not listen on " + address + ": choose a port from 1024 on with " + flag)
	}
	return nil, wrongUsage(flag + ": " + oneLine(err.Error()))
}

// httpServer answers on one listener.
type httpServer struct {
	listener net.Listener
	handler  http.Handler
	log      *slog.Logger
	broke    context.CancelCauseFunc // told when it cannot go on
	release  func()                  // lets go of requests that wait; nil: there are none

	server *http.Server
	done   sync.WaitGroup
}

// Start begins to answer.
func (h *httpServer) Start(context.Context) error {
	h.server = &http.Server{
		Handler:           h.handler,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          logging.HTTPErrorLog(h.log),
	}
	h.done.Go(func() {
		if err := h.server.Serve(h.listener); !errors.Is(err, http.ErrServerClosed) {
			h.broke(err)
		}
	})
	return nil
}

// Stop takes no new connection, waits for what is being answered, and cuts what
// takes too long.
func (h *httpServer) Stop() {
	if h.release != nil {
		h.release()
	}
	ctx, cancel := context.WithTimeout(context.Background(), graceTime)
	defer cancel()
	if err := h.server.Shutdown(ctx); err != nil {
		_ = h.server.Close() // the listener is closed by now, and nothing is lost that was not cut anyway
	}
	h.done.Wait()
}
