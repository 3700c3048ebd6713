package middleware

import (
	"io"
	"net/http"
	"time"
)

// patience is how long a connection may stand still in the middle of a body,
// either way. A slow one that moves may take as long as it needs.
const patience = time.Minute

// piece is how much of a file is handed to the connection at once: little enough
// for a very slow reader to take within patience.
const piece = 64 << 10

// Moving ends connections that stand still: each read of a body, and each write
// of an answer, gets patience anew.
func Moving(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		if r.Body != nil {
			r.Body = &movingBody{ReadCloser: r.Body, c: c}
		}
		next.ServeHTTP(movingWriter{ResponseWriter: w, c: c}, r)
	})
}

type movingBody struct {
	io.ReadCloser
	c    *http.ResponseController
	last time.Time // when patience was given
}

// Read implements io.Reader. A fast body is given its patience not for each of
// its thousands of pieces but every second.
func (b *movingBody) Read(p []byte) (int, error) {
	if now := time.Now(); now.Sub(b.last) > time.Second {
		_ = b.c.SetReadDeadline(now.Add(patience)) // a test's recorder has no connection
		b.last = now
	}
	return b.ReadCloser.Read(p)
}

type movingWriter struct {
	http.ResponseWriter
	c *http.ResponseController
}

// WriteHeader begins an answer, which may have no body: on a connection that was
// idle the deadline of the answer before would have passed.
func (w movingWriter) WriteHeader(status int) {
	_ = w.c.SetWriteDeadline(time.Now().Add(patience))
	w.ResponseWriter.WriteHeader(status)
}

func (w movingWriter) Write(p []byte) (int, error) {
	_ = w.c.SetWriteDeadline(time.Now().Add(patience))
	return w.ResponseWriter.Write(p)
}

// ReadFrom implements io.ReaderFrom, by which net/http has the system send a
// file. It looks for the file in at most one io.LimitedReader, so that of the
// caller is taken apart here rather than put into another.
func (w movingWriter) ReadFrom(r io.Reader) (sent int64, err error) {
	left, all := int64(0), true
	if limited, ok := r.(*io.LimitedReader); ok {
		r, left, all = limited.R, limited.N, false
	}
	for all || left > 0 {
		next := int64(piece)
		if !all {
			next = min(next, left)
		}
		_ = w.c.SetWriteDeadline(time.Now().Add(patience))
		n, err := io.Copy(w.ResponseWriter, &io.LimitedReader{R: r, N: next})
		sent, left = sent+n, left-n
		if err != nil || n < next {
			return sent, err
		}
	}
	return sent, nil
}

// Unwrap lets http.ResponseController reach the connection.
func (w movingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
