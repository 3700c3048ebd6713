package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/site"
	"github.com/indywire/indywire/web/middleware"
)

// Names of the session's cookie. Over TLS a prefix makes browsers hold it to this
// host, the whole of it and TLS (RFC 6265bis, section 4.1.3).
const (
	plainCookie  = "session"
	secureCookie = "__Host-session"
)

// sessions are those of everybody who signed in, one manager for each kind of
// cookie. They are loaded only for addresses that need to know who asks.
type sessions struct{ plain, secure *scs.SessionManager }

func newSessions(store account.Sessions, fail func(http.ResponseWriter, *http.Request, error)) sessions {
	manager := func(cookie string) *scs.SessionManager {
		m := scs.New()
		m.Store, m.Codec, m.HashTokenInStore = store, sessionCodec{}, true
		m.Lifetime = account.SessionLife // the store has the idle limit, which would write at each request here
		m.Cookie.Name, m.Cookie.Secure = cookie, cookie == secureCookie
		m.Cookie.Persist = false // it ends with the browser, on borrowed computers too
		m.ErrorFunc = fail
		return m
	}
	return sessions{plain: manager(plainCookie), secure: manager(secureCookie)}
}

// of is the manager for the way a request came.
func (s sessions) of(r *http.Request) *scs.SessionManager {
	if middleware.Scheme(r) == "https" {
		return s.secure
	}
	return s.plain
}

// begin begins a session of the account under a new token, whatever token came
// with the request: on signing in and on every rise of rights.
func (s sessions) begin(r *http.Request, a account.Account) error {
	m := s.of(r)
	if err := m.RenewToken(r.Context()); err != nil {
		return err
	}
	m.Put(r.Context(), sessionAccount, account.SessionData{Account: a.ID, Epoch: a.Epoch, Host: site.NormalHost(r.Host)})
	_, _, err := m.Commit(r.Context()) // here, where a failure can still be answered
	return err
}

// read is the session of a request. One that was begun on another host is none.
func (s sessions) read(r *http.Request) (account.SessionData, bool) {
	d, found := s.of(r).Get(r.Context(), sessionAccount).(account.SessionData)
	return d, found && d.Host == site.NormalHost(r.Host)
}

// sessionAccount is the one thing that a session holds.
const sessionAccount = "account"

// sessionCodec writes a session as the store takes it.
type sessionCodec struct{}

// Encode implements scs.Codec.
func (sessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	d, _ := values[sessionAccount].(account.SessionData) // without one the store refuses it
	d.Deadline = deadline
	return json.Marshal(d)
}

// Decode implements scs.Codec.
func (sessionCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var d account.SessionData
	if err := json.Unmarshal(b, &d); err != nil {
		return time.Time{}, nil, err
	}
	return d.Deadline, map[string]any{sessionAccount: d}, nil
}

type viewerKey struct{}

// withViewer notes who asks. Only web reads it; the domain is told as an argument.
func withViewer(r *http.Request, v account.Viewer) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), viewerKey{}, v))
}

// viewerOf is who asks: nobody on addresses that are open to everyone, for there
// no session is looked at.
func viewerOf(r *http.Request) account.Viewer {
	v, _ := r.Context().Value(viewerKey{}).(account.Viewer)
	return v
}
