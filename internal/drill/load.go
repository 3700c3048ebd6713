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
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	heldFor = 40 * time.Second // a post that takes longer has failed, though it may come through later
	givenUp = 90 * time.Second // nobody tries for longer

	// pauseBeforeRetry is that of the page's script where no answer came. Editors, who have to do it themselves, take no longer.
	pauseBeforeRetry = 2 * time.Second
)

// Crowd is how many come, and how long each rests after something that took no time.
type Crowd struct {
	Readers, Reporters int
	Rest               time.Duration
	Film               int64 // bytes
}

// Load is the people at the client: they read, post, moderate and send a film until they are stopped.
type Load struct {
	service *Service
	record  *record
	upload  *upload
	stop    context.CancelFunc
	people  sync.WaitGroup
}

// StartLoad signs somebody in, and sets everybody to work.
func StartLoad(ctx context.Context, s *Service, c Crowd) (*Load, error) {
	l := &Load{service: s, record: newRecord()}
	editor := newVisitor(s, l.record)
	if err := editor.signIn(ctx); err != nil {
		return nil, err
	}
	l.upload = &upload{service: s, visitor: newVisitor(s, l.record), size: c.Film, record: l.record}
	ctx, l.stop = context.WithCancel(ctx)
	for i := range c.Readers {
		l.people.Go(func() { l.read(ctx, i, c.Rest) })
	}
	for i := range c.Reporters {
		l.people.Go(func() { l.report(ctx, i, 2*c.Rest) })
	}
	l.people.Go(func() { l.stayIn(ctx, editor) })
	l.people.Go(func() { l.moderate(ctx, editor) })
	l.people.Go(func() { l.upload.run(ctx) })
	l.people.Go(func() { l.lookAfter(ctx) })
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

// read begins with the same node each time.
func (l *Load) read(ctx context.Context, i int, rest time.Duration) {
	v := newVisitor(l.service, l.record)
	for n := 0; pause(ctx, rest); n++ {
		_, _ = v.show(ctx, i, []string{"/", "/newswire"}[n%2]) // how it went is recorded
	}
}

func (l *Load) report(ctx context.Context, i int, rest time.Duration) {
	v := newVisitor(l.service, l.record)
	for n := 0; pause(ctx, rest); n++ {
		ticket, err := v.ticket(ctx, n+i)
		if err != nil {
			continue // recorded as a page that was not shown
		}
		title := fmt.Sprintf("Drill %d %d", i, n)
		q := posted(post, "/publish", url.Values{"ticket": {ticket}, "title": {title}, "body": {"What was seen at the harbour."}, "action": {"publish"}})
		l.insist(context.WithoutCancel(ctx), v, n+i, post, title, q)
	}
}

// insist sends a form until it is acknowledged, the next time to the next node: with the same ticket, or the same act.
func (l *Load) insist(ctx context.Context, v *visitor, n int, w work, name string, q request) {
	defer l.record.begin()()
	l.record.note(w, name, false)
	begun, taken := time.Now(), false
	for tries := 0; !taken && time.Since(begun) < givenUp; tries++ {
		got, err := v.send(ctx, n+tries, q)
		if err == nil && got.status != http.StatusSeeOther {
			err = status(got.status)
		}
		if taken = err == nil; taken {
			l.record.note(w, name, true)
			l.record.add(w.done(), begun, "")
			break
		}
		l.record.add(w.ofRetry(err), begun, q.what+": "+inShort(err))
		pause(ctx, got.wait()<<tries)
	}
	if !taken || time.Since(begun) > heldFor {
		l.record.add(w.failed(), begun, "")
	}
}

// wait is how long the page's script waits before it sends a form for the second time; it doubles that each time.
func (r reply) wait() time.Duration {
	if asked, err := strconv.Atoi(r.header.Get("Retry-After")); err == nil {
		return time.Duration(asked) * time.Second
	}
	return pauseBeforeRetry
}

var ticketField = regexp.MustCompile(`name="ticket" value="([^"]+)"`)

// ticket opens the form.
func (v *visitor) ticket(ctx context.Context, n int) (string, error) {
	got, err := v.show(ctx, n, "/publish")
	if err != nil {
		return "", err
	}
	found := ticketField.FindStringSubmatch(got.body)
	if found == nil {
		return "", fmt.Errorf("%w and no ticket", status(got.status))
	}
	return found[1], nil
}

// inShort tells kinds of failures apart, so that they can be counted.
func inShort(err error) string {
	var unreachable *net.OpError
	switch {
	case unreached(err) && !errors.Is(err, syscall.ECONNREFUSED):
		return "no connection"
	case os.IsTimeout(err) || errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.As(err, &unreachable) || strings.HasSuffix(err.Error(), "EOF"):
		return "connection lost"
	}
	return err.Error()
}
