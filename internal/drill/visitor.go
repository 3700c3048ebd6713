//go:build linux

package drill

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// How long somebody waits for an answer: a server may hold a post for up to 40 s. A machine that is silent is given up
// before, after about 10 s, by the probes of its connection.
const (
	patienceToRead = 10 * time.Second
	patienceToPost = 50 * time.Second
)

// visitor is somebody at a browser. Every node will do.
type visitor struct {
	hosts   []*Host
	client  *http.Client
	cookies []*http.Cookie
}

func newVisitor(s *Service, patience time.Duration) *visitor {
	return &visitor{hosts: s.Hosts, client: s.Network.Client.browser(2*time.Second, patience)}
}

type reply struct {
	status int
	header http.Header
	body   string
}

type request struct {
	method, path string
	header       map[string]string
	body         string
}

// posted is a form as a browser sends it.
func posted(path string, fields url.Values) request {
	header := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	return request{method: http.MethodPost, path: path, header: header, body: fields.Encode()}
}

func page(path string) request { return request{method: http.MethodGet, path: path} }

// send gives an error where nothing came, or a server's own failure. It asks the nth node, counted around.
func (v *visitor) send(ctx context.Context, n int, q request) (reply, error) {
	h := v.hosts[n%len(v.hosts)]
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
	answer, err := v.client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusInternalServerError {
		err = fmt.Errorf("status %d", answer.StatusCode)
	}
	return reply{answer.StatusCode, answer.Header, string(body)}, err
}

// twice asks a node and, where that fails, once the next, as a browser does that knows several addresses.
func (v *visitor) twice(ctx context.Context, n int, q request) (reply, error) {
	got, err := v.send(ctx, n, q)
	if err != nil {
		got, err = v.send(ctx, n+1, q)
	}
	return got, err
}

func decode(r io.Reader, into any) error { return json.NewDecoder(r).Decode(into) }
