//go:build linux

package drill

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	readers   = 6
	reporters = 3
	heldFor   = 40 * time.Second // a post that takes longer has failed, though it may come through later
	givenUp   = 90 * time.Second // nobody tries for longer
)

// Load is the people at the client: they read, post, moderate and send a film until they are stopped.
type Load struct {
	service *Service
	record  *record
	upload  *upload
	stop    context.CancelFunc
	people  sync.WaitGroup
}

// StartLoad signs somebody in, and sets everybody to work. bytes is the size of the film.
func StartLoad(ctx context.Context, s *Service, bytes int64) (*Load, error) {
	editor := newVisitor(s, patienceToRead)
	if err := editor.signIn(ctx); err != nil {
		return nil, err
	}
	l := &Load{service: s, record: newRecord()}
	l.upload = &upload{service: s, visitor: newVisitor(s, patienceToPost), size: bytes, record: l.record}
	ctx, l.stop = context.WithCancel(ctx)
	for i := range readers {
		l.people.Go(func() { l.read(ctx, i) })
	}
	for i := range reporters {
		l.people.Go(func() { l.report(ctx, i) })
	}
	l.people.Go(func() { l.stayIn(ctx, editor) })
	l.people.Go(func() {
		l.moderate(ctx, &visitor{hosts: editor.hosts, client: newVisitor(s, patienceToPost).client, cookies: editor.cookies})
	})
	l.people.Go(func() { l.upload.run(ctx) })
	return l, nil
}

// Stop sends everybody home. A post that is on its way is waited for.
func (l *Load) Stop() {
	l.stop()
	l.people.Wait()
}

// pause waits, and tells whether to go on.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// read stays with one node while it answers, as a browser does.
func (l *Load) read(ctx context.Context, i int) {
	v := newVisitor(l.service, patienceToRead)
	for n := 0; pause(ctx, 100*time.Millisecond); n++ {
		begun := time.Now()
		got, err := v.twice(ctx, i, page([]string{"/", "/newswire"}[n%2]))
		if err == nil && got.status != http.StatusOK {
			err = fmt.Errorf("status %d", got.status)
		}
		switch {
		case ctx.Err() != nil:
		case err != nil:
			l.record.add(readFailed, begun, "")
			l.record.add(errorSeen, begun, "read: "+inShort(err))
		default:
			l.record.add(readDone, begun, "")
		}
	}
}

func (l *Load) report(ctx context.Context, i int) {
	v := newVisitor(l.service, patienceToPost)
	for n := 0; pause(ctx, 200*time.Millisecond); n++ {
		ticket, err := v.ticket(ctx, n+i)
		if err != nil {
			if ctx.Err() == nil {
				l.record.add(errorSeen, time.Now(), "open form: "+inShort(err))
			}
			continue
		}
		title := fmt.Sprintf("Drill %d %d", i, n)
		q := posted("/publish", url.Values{"ticket": {ticket}, "title": {title}, "body": {"What was seen at the harbour."}, "action": {"publish"}})
		l.insist(context.WithoutCancel(ctx), v, n+i, post, title, q)
	}
}

// insist sends a form until it is acknowledged, the next time to the next node: with the same ticket, or the same act.
func (l *Load) insist(ctx context.Context, v *visitor, n int, w work, name string, q request) {
	l.record.note(w, name, false)
	begun := time.Now()
	for ; time.Since(begun) < givenUp; n++ {
		got, err := v.send(ctx, n, q)
		if err == nil && got.status != http.StatusSeeOther {
			err = fmt.Errorf("status %d", got.status)
		}
		if err == nil {
			l.record.note(w, name, true)
			l.record.add(w.done(), begun, "")
			break
		}
		l.record.add(errorSeen, begun, string(w)+": "+inShort(err))
		pause(ctx, time.Second)
	}
	if time.Since(begun) > heldFor {
		l.record.add(w.failed(), begun, "")
	}
}

var ticketField = regexp.MustCompile(`name="ticket" value="([^"]+)"`)

// ticket opens the form.
func (v *visitor) ticket(ctx context.Context, n int) (string, error) {
	got, err := v.twice(ctx, n, page("/publish"))
	if err != nil {
		return "", err
	}
	found := ticketField.FindStringSubmatch(got.body)
	if found == nil {
		return "", fmt.Errorf("status %d and no ticket", got.status)
	}
	return found[1], nil
}

func (v *visitor) signIn(ctx context.Context) error {
	got, err := v.send(ctx, 0, posted("/sign-in", url.Values{"email": {email}, "password": {password}}))
	if err != nil {
		return err
	}
	v.cookies = (&http.Response{Header: got.header}).Cookies()
	if got.status != http.StatusSeeOther || len(v.cookies) == 0 {
		return fmt.Errorf("the editor cannot sign in: status %d", got.status)
	}
	return nil
}

// stayIn goes from node to node with the session that was begun on the first.
func (l *Load) stayIn(ctx context.Context, v *visitor) {
	for n := 0; pause(ctx, 500*time.Millisecond); n++ {
		begun := time.Now()
		got, err := v.twice(ctx, n, page("/newsroom"))
		if err == nil && got.status != http.StatusOK {
			err = fmt.Errorf("status %d", got.status)
		}
		switch {
		case ctx.Err() != nil:
		case err != nil:
			l.record.add(sessionLost, begun, "session: "+inShort(err))
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
		got, err := v.twice(ctx, n, page("/newsroom"))
		if err != nil {
			continue // stayIn counts it
		}
		for _, found := range inNewsroom.FindAllStringSubmatch(got.body, -1) {
			if id := found[1]; !ranked[id] {
				ranked[id] = true
				l.insist(context.WithoutCancel(ctx), v, n, act, id, posted("/newsroom/articles/"+id+"/rank", url.Values{"rank": {"local"}}))
				break
			}
		}
	}
}

// inShort tells kinds of failures apart, so that they can be counted.
func inShort(err error) string {
	var unreachable *net.OpError
	switch {
	case os.IsTimeout(err) || errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.As(err, &unreachable) || strings.HasSuffix(err.Error(), "EOF"):
		return "connection lost"
	}
	return err.Error()
}
