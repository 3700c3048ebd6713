//go:build linux

package drill

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"
)

func (v *visitor) signIn(ctx context.Context) error {
	q := posted("sign-in", "/sign-in", url.Values{"email": {email}, "password": {password}})
	got, err := v.send(ctx, 0, q)
	if err != nil {
		return err
	}
	v.cookies = (&http.Response{Header: got.header}).Cookies()
	if got.status != http.StatusSeeOther || len(v.cookies) == 0 {
		return fmt.Errorf("the editor cannot sign in: %w", status(got.status))
	}
	return nil
}

// stayIn goes from node to node with the session that was begun on the first. A node that answers with anything but the
// newsroom does not know it.
func (l *Load) stayIn(ctx context.Context, v *visitor) {
	for n := 0; pause(ctx, 500*time.Millisecond); n++ {
		begun := time.Now()
		got, err := v.show(ctx, n, "/newsroom")
		switch {
		case err != nil: // recorded as a page that was not shown
		case got.status != http.StatusOK:
			l.record.add(sessionLost, begun, "session: "+status(got.status).Error())
		default:
			l.record.add(sessionSeen, begun, "")
		}
	}
}

var inNewsroom = regexp.MustCompile(`/newsroom/articles/(\d+)`)

// moderate ranks what is new in the newsroom, each article once.
func (l *Load) moderate(ctx context.Context, v *visitor) {
	ranked := map[string]bool{}
	for n := 0; pause(ctx, 500*time.Millisecond); n++ {
		got, err := v.show(ctx, n, "/newsroom")
		if err != nil {
			continue // recorded as a page that was not shown
		}
		for _, found := range inNewsroom.FindAllStringSubmatch(got.body, -1) {
			if id := found[1]; !ranked[id] {
				ranked[id] = true
				q := posted(act, "/newsroom/articles/"+id+"/rank", url.Values{"rank": {"local"}})
				l.insist(context.WithoutCancel(ctx), v, n, act, id, q)
				break
			}
		}
	}
}
