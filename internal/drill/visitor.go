//go:build linux

package drill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// What people's browsers put up with. No connection: the next of the addresses, by itself, after as long as RFC 8305 lets
// pass at most. Silence under a form that was sent: Chromium's ping on HTTP/2 gives a machine up after 10 s, and a server
// that lives may hold a post for 40. Silence under a page: somebody reloads.
const (
	patienceToConnect = 2 * time.Second
	patienceToRead    = 5 * time.Second
	patienceToPost    = 50 * time.Second
)

// visitor is somebody at a browser. Every node will do.
type visitor struct {
	hosts            []*Host
	reading, sending *http.Client
	cookies          []*http.Cookie
	record           *record
}

func newVisitor(s *Service, r *record) *visitor {
	client := s.Network.Client
	return &visitor{
		hosts:   s.Hosts,
		reading: client.browser(patienceToConnect, patienceToRead),
		sending: client.browser(patienceToConnect, patienceToPost),
		record:  r,
	}
}

type reply struct {
	status int
	header http.Header
	body   string
}

type request struct {
	what         string // for the record
	method, path string
	header       map[string]string
	body         string
}

// named is a failure of it, with the page where a server has given it.
func (q request) named(err error) string {
	var said status
	if errors.As(err, &said) {
		return q.what + " " + q.path + ": " + inShort(err)
	}
	return q.what + ": " + inShort(err)
}

// posted is a form as a browser sends it.
func posted(w work, path string, fields url.Values) request {
	header := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	return request{what: string(w), method: http.MethodPost, path: path, header: header, body: fields.Encode()}
}

// status is the error of an answer that is not the one that was asked for.
type status int

func (s status) Error() string { return fmt.Sprintf("status %d", int(s)) }

// send asks the nth node, counted around, and as long as there is no connection the next one, once each: a browser does so
// by itself with the addresses of a name. It gives an error where nothing came, or a server's own failure.
func (v *visitor) send(ctx context.Context, n int, q request) (reply, error) {
	var got reply
	err := errors.New("no addresses")
	for i := range v.hosts {
		if i > 0 {
			v.record.add(sentAgain, time.Now(), q.what+": "+inShort(err))
		}
		got, err = v.ask(ctx, v.hosts[(n+i)%len(v.hosts)], q)
		if !unreached(err) || ctx.Err() != nil {
			break
		}
	}
	return got, err
}

// unreached tells whether no connection came about, so that nothing was sent.
func unreached(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) && network.Op == "dial"
}

func (v *visitor) ask(ctx context.Context, h *Host, q request) (reply, error) {
	r, err := http.NewRequestWithContext(ctx, q.method, "http://"+h.IP+":8080"+q.path, strings.NewReader(q.body))
	if err != nil {
		return reply{}, err
	}
	r.Host = siteHost
	for name, value := range q.header {
		r.Header.Set(name, value)
	}
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	client := v.sending
	if q.method == http.MethodGet {
		client = v.reading
	}
	answer, err := client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && (answer.StatusCode >= http.StatusInternalServerError || answer.StatusCode == http.StatusRequestTimeout) {
		err = status(answer.StatusCode)
	}
	return reply{answer.StatusCode, answer.Header, string(body)}, err
}

// show asks for a page and, where none comes, once more from the next node. What a server says instead of the page is seen.
func (v *visitor) show(ctx context.Context, n int, path string) (reply, error) {
	q := request{what: "page", method: http.MethodGet, path: path}
	defer v.record.begin()()
	begun := time.Now()
	got, err := v.send(ctx, n, q)
	if err != nil && ctx.Err() == nil {
		v.record.add(ofRetry(err), begun, q.named(err))
		got, err = v.send(ctx, n+1, q)
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		v.record.add(readFailed, begun, "")
		v.record.add(errorSeen, begun, q.named(err))
	default:
		v.record.add(readDone, begun, "")
	}
	return got, err
}

func decode(r io.Reader, into any) error { return json.NewDecoder(r).Decode(into) }
