//go:build linux

package drill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Event is something that befalls the network, and after a while is mended.
type Event struct {
	Name string
	// prepare, where there is one, is not yet part of it.
	prepare func(context.Context, *Service) error
	// strike does it, waits for what has to come of it, and gives what mends it.
	strike func(context.Context, *Service) (mend func(context.Context) error, err error)
}

// afterwards is how long a network goes on wounded before it is mended, once it has a primary.
const afterwards = 10 * time.Second

// Events are all of them, in the order of a drill.
func Events() []Event {
	return []Event{
		{Name: "kill -9 of all on the primary's node", strike: killPrimary},
		CablePulled(),
		{Name: "cable pulled, back, pulled again, then the new primary killed", strike: cableAgain},
		{Name: "planned switchover", strike: switchover},
		{Name: "a standby's node killed", strike: killStandby},
		{Name: "Indywire alone killed on the primary's node, back after 5 s", strike: killIndywire},
		{Name: "two of three etcd killed for 45 s", strike: killEtcd},
		{Name: "the one store killed for 20 s", strike: killStore},
		{Name: "the disk of the primary's node full for 30 s", prepare: leadOnSmallDisk, strike: fillDisk},
		{Name: "links of 200 ms there and back that lose 2 % each way, for 30 s", strike: slowLinks},
	}
}

// CablePulled is the event of the short drill.
func CablePulled() Event { return Event{Name: "the primary's cable pulled", strike: pullPrimary} }

func killPrimary(ctx context.Context, s *Service) (func(context.Context) error, error) {
	victim, err := s.Primary(ctx)
	if err == nil {
		err = victim.Kill(ctx)
	}
	if err != nil {
		return nil, err
	}
	return func(context.Context) error { return s.Return(victim) }, s.settle(ctx, victim)
}

func pullPrimary(ctx context.Context, s *Service) (func(context.Context) error, error) {
	victim, err := s.Primary(ctx)
	if err == nil {
		err = victim.Unplug(ctx)
	}
	if err != nil {
		return nil, err
	}
	return victim.Plug, s.settle(ctx, victim)
}

// cableAgain takes a second primary when the first has just come back.
func cableAgain(ctx context.Context, s *Service) (func(context.Context) error, error) {
	first, err := s.Primary(ctx)
	if err != nil {
		return nil, err
	}
	for range 2 {
		if err := first.Unplug(ctx); err != nil {
			return nil, err
		}
		if !pause(ctx, 2*time.Second) {
			return nil, ctx.Err()
		}
		if _, err := s.NewPrimary(ctx, first); err != nil {
			return nil, err
		}
		if err := first.Plug(ctx); err != nil {
			return nil, err
		}
		pause(ctx, 3*time.Second)
	}
	if err := s.Cluster.Whole(ctx); err != nil {
		return nil, err
	}
	return killPrimary(ctx, s)
}

func switchover(ctx context.Context, s *Service) (func(context.Context) error, error) {
	from, err := s.Primary(ctx)
	if err == nil {
		err = s.handOver(ctx, from, "")
	}
	if err != nil {
		return nil, err
	}
	return nothing, s.settle(ctx, from)
}

// handOver has Patroni make another the primary, in order: the one that is named, or any.
func (s *Service) handOver(ctx context.Context, from *Host, to string) error {
	body, err := json.Marshal(map[string]string{"leader": from.Name, "candidate": to})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+from.IP+":8008/switchover", strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	patient := s.Network.Client.browser(2*time.Second, time.Minute) // it answers when it is done
	answer, err := patient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the switchover is refused: %s", answer.Status)
	}
	return nil
}

func nothing(context.Context) error { return nil }

// standbys are the hosts besides the primary.
func (s *Service) standbys(ctx context.Context) ([]*Host, error) {
	primary, err := s.Primary(ctx)
	var others []*Host
	for _, h := range s.Hosts {
		if h != primary {
			others = append(others, h)
		}
	}
	return others, err
}

func killStandby(ctx context.Context, s *Service) (func(context.Context) error, error) {
	others, err := s.standbys(ctx)
	if err == nil {
		err = others[0].Kill(ctx)
	}
	if err != nil {
		return nil, err
	}
	pause(ctx, 2*afterwards)
	return func(context.Context) error { return s.Return(others[0]) }, ctx.Err()
}

func killIndywire(ctx context.Context, s *Service) (func(context.Context) error, error) {
	victim, err := s.Primary(ctx)
	if err != nil {
		return nil, err
	}
	victim.KillProgram("indywire")
	pause(ctx, 5*time.Second)
	return func(context.Context) error { return s.Serve(victim) }, ctx.Err()
}

func killEtcd(ctx context.Context, s *Service) (func(context.Context) error, error) {
	victims, err := s.standbys(ctx)
	if err != nil {
		return nil, err
	}
	for _, h := range victims {
		h.KillProgram("etcd")
	}
	pause(ctx, 45*time.Second)
	return func(context.Context) error {
		var failed error
		for _, h := range victims {
			failed = errors.Join(failed, startEtcd(h, s.Hosts, s.tools))
		}
		return failed
	}, ctx.Err()
}

func killStore(ctx context.Context, s *Service) (func(context.Context) error, error) {
	s.store.KillProgram("store")
	pause(ctx, 20*time.Second)
	return func(context.Context) error { return s.startStore() }, ctx.Err()
}

// leadOnSmallDisk has the host whose disk has an end be the primary.
func leadOnSmallDisk(ctx context.Context, s *Service) error {
	primary, err := s.Primary(ctx)
	if err != nil || primary == s.small() {
		return err
	}
	if err := s.handOver(ctx, primary, s.small().Name); err != nil {
		return err
	}
	if _, err := s.NewPrimary(ctx, primary); err != nil {
		return err
	}
	return s.Whole(ctx)
}

// fillDisk leaves no room for the primary, whatever it tidies away. What of the database ends for want of room is started
// again afterwards.
func fillDisk(ctx context.Context, s *Service) (func(context.Context) error, error) {
	victim := s.small()
	for range 30 {
		if err := victim.Fill(); err != nil {
			return nil, err
		}
		pause(ctx, time.Second)
	}
	return func(context.Context) error { return errors.Join(victim.Empty(), s.revive(victim)) }, ctx.Err()
}

// slowLinks has what a node sends wait for 100 ms, so that an answer takes 200.
func slowLinks(ctx context.Context, s *Service) (func(context.Context) error, error) {
	for _, h := range s.Hosts {
		if err := h.Slow(ctx, "100ms", "2%"); err != nil {
			return nil, NotHere{"no netem in this kernel"}
		}
	}
	pause(ctx, 30*time.Second)
	return func(ctx context.Context) error {
		var failed error
		for _, h := range s.Hosts {
			failed = errors.Join(failed, h.Quicken(ctx))
		}
		return failed
	}, ctx.Err()
}

// NotHere is the error of an event that this machine cannot make.
type NotHere struct{ Why string }

func (e NotHere) Error() string { return e.Why }

// settle waits for another primary, and a while longer.
func (s *Service) settle(ctx context.Context, before *Host) error {
	if _, err := s.NewPrimary(ctx, before); err != nil {
		return err
	}
	pause(ctx, afterwards)
	return ctx.Err()
}
