package web

import (
	"bytes"
	"context"
	"net/http"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/web/form"
)

// held answers what somebody sends, or reads as one who is signed in, while
// servers change their roles: an attempt that met the primary's absence is made
// again when there is another, as if the same had been sent twice, which is safe
// of everything that can be sent. What one attempt read of the body the next
// finds in the context. Who only reads waits for nobody: the next attempt reads
// from this node's own server.
func (s *Server) held(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, hold := db.Held(r.Context(), s.HoldPatience)
		body := &readBody{again: true}
		r = r.WithContext(context.WithValue(ctx, readKey{}, body))
		for tries := 1; ; tries++ {
			if writes(r) {
				s.Pools.Await(ctx)
			}
			a := attempt{header: w.Header().Clone()}
			body.failures = nil
			next.ServeHTTP(&a, r)
			switch {
			case hold.Met() && a.failed(r) && s.again(r, tries):
			case body.unread && body.again: // what was written has to come back
				body.again = false
			default:
				body.again = false
				for _, failure := range body.failures {
					s.logFailure(r, failure)
				}
				a.send(w)
				return
			}
		}
	})
}

// unlessDone is err, but for an end of something that an earlier attempt has ended:
// nothing is found any more then.
func unlessDone(r *http.Request, err error) error {
	if fault.Is(err, fault.NotFound) && db.Tried(r.Context()) {
		return nil
	}
	return err
}

func writes(r *http.Request) bool { return r.Method != http.MethodGet && r.Method != http.MethodHead }

// again tells whether there is a point in one more attempt, and waits until then.
func (s *Server) again(r *http.Request, tries int) bool {
	if writes(r) {
		return s.Pools.Again(r.Context())
	}
	return tries == 1
}

// attempt is an answer that may yet be made again.
type attempt struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *attempt) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *attempt) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements http.ResponseWriter.
func (a *attempt) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// failed tells whether an attempt that met the primary's absence may fail for that
// reason. What somebody sends is refused also where what they want has been done
// without our knowing, and is no more as they saw it.
func (a *attempt) failed(r *http.Request) bool {
	return a.status == http.StatusServiceUnavailable || writes(r) && a.status >= http.StatusBadRequest
}

func (a *attempt) send(w http.ResponseWriter) {
	h := w.Header()
	clear(h)
	for name, values := range a.header {
		h[name] = values
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = a.body.WriteTo(w) // the sender may have gone
}

type readKey struct{}

// readBody is what an earlier attempt read of a request's body.
type readBody struct {
	reception *reception
	values    *form.Values
	err       error
	failures  []error // of the attempt that is made, to be told of where it is the last
	again     bool    // there may be another attempt
	unread    bool    // it was left unread for that
}

func readBodyOf(r *http.Request) *readBody {
	if b, ok := r.Context().Value(readKey{}).(*readBody); ok {
		return b
	}
	return &readBody{}
}

// readForm reads a form that has no files, once.
func readForm(r *http.Request) (form.Values, error) {
	b := readBodyOf(r)
	if b.values == nil {
		v, err := form.Read(r, nil)
		b.values, b.err = &v, err
	}
	return *b.values, b.err
}
