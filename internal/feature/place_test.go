package feature_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/db/dbtest"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/media"
)

func TestPlace(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	ids := r.writePlaced("a", "b", "c", "d")
	a, b, c, d := ids[0], ids[1], ids[2], ids[3]
	e := r.write(draft("e"))
	r.wantOrder("as placed", a, b, c, d)
	for _, tt := range []struct {
		what     string
		id       feature.ID
		position int
		want     []feature.ID
	}{
		{"up by one", c, 2, []feature.ID{a, c, b, d}},
		{"up to the lead", d, 1, []feature.ID{d, a, c, b}},
		{"down by one", d, 2, []feature.ID{a, d, c, b}},
		{"down to the end", a, 4, []feature.ID{d, c, b, a}},
		{"past the end", d, 99, []feature.ID{c, b, a, d}},
		{"where it is", d, 4, []feature.ID{c, b, a, d}},
		{"another as the lead", e, 1, []feature.ID{e, c, b, a, d}},
	} {
		if err := feature.Place(t.Context(), r.db, r.act(tt.id), tt.position); err != nil {
			t.Fatalf("%s: %v", tt.what, err)
		}
		r.wantOrder(tt.what, tt.want...)
	}
	if got := r.logged(d); got != "write, place 4, place 1, place 2, place 4" {
		t.Errorf("logged: %s", got)
	}
	if err := feature.Unplace(t.Context(), r.db, r.act(b)); err != nil {
		t.Fatal(err)
	}
	r.wantOrder("one taken off", e, c, a, d)
	if f := r.feature(b); f.Position != nil || r.logged(b) != "write, place 2, unplace" {
		t.Errorf("%+v, logged: %s", f, r.logged(b))
	}
	for _, position := range []int{0, -1} {
		if err := feature.Place(t.Context(), r.db, r.act(b), position); faultAt(err, "position") != "error.position" {
			t.Errorf("in place %d: %v", position, err)
		}
	}
}

// TestSameActAgainChangesNothing repeats each act, with the version that it was
// done with first, as a form does that is sent twice.
func TestSameActAgainChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	ids := r.writePlaced("a", "b")
	for _, do := range []func(act feature.Act) error{
		func(act feature.Act) error { return feature.Place(t.Context(), r.db, act, 1) },
		func(act feature.Act) error { return feature.Unplace(t.Context(), r.db, act) },
		func(act feature.Act) error { return feature.Discard(t.Context(), r.db, r.queue, act) },
	} {
		act := r.act(ids[1])
		act.Version = r.feature(ids[1]).Version
		if err := do(act); err != nil {
			t.Fatal(err)
		}
		logged, version := r.logged(ids[1]), r.version()
		if err := do(act); err != nil || r.logged(ids[1]) != logged || r.version() != version {
			t.Errorf("again: %v, logged %s after %s", err, r.logged(ids[1]), logged)
		}
	}
}

// TestActOnAnOldVersion holds that whoever acts on an order that is not what
// they saw is told so, even where only others were moved past.
func TestActOnAnOldVersion(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	ids := r.writePlaced("a", "b", "c")
	act := r.act(ids[2])
	act.Version = r.feature(ids[2]).Version
	e := r.write(draft("e"))
	r.place(e)
	for name, err := range map[string]error{
		"place":   feature.Place(t.Context(), r.db, act, 2),
		"unplace": feature.Unplace(t.Context(), r.db, act),
		"discard": feature.Discard(t.Context(), r.db, r.queue, act),
	} {
		if !fault.Is(err, fault.Conflict) || faultAt(err, "version") == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	r.wantOrder("the front page", e, ids[0], ids[1], ids[2])
	if got := r.logged(ids[2]); got != "write, place 3" {
		t.Errorf("logged: %s", got)
	}
}

func TestFrontPageIsBounded(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	titles := make([]string, feature.MaxPlaced)
	for i := range titles {
		titles[i] = fmt.Sprint("n", i)
	}
	ids := r.writePlaced(titles...)
	more := r.write(draft("Um a mais"))
	err := feature.Place(t.Context(), r.db, r.act(more), 1)
	if !fault.Is(err, fault.Conflict) || faultAt(err, "position") != "error.front_full" {
		t.Errorf("%v, %v", err, fault.Fields(err))
	}
	r.wantOrder("the front page", ids...)
	if err := feature.Place(t.Context(), r.db, r.act(ids[11]), 1); err != nil {
		t.Errorf("moving one on a full page: %v", err)
	}
	if err := feature.Unplace(t.Context(), r.db, r.act(ids[0])); err != nil {
		t.Fatal(err)
	}
	if err := feature.Place(t.Context(), r.db, r.act(more), feature.MaxPlaced); err != nil {
		t.Error(err)
	}
	if got := r.order(); len(got) != feature.MaxPlaced || got[11] != more {
		t.Errorf("%v", got)
	}
}

// TestDiscard leaves nothing behind but the log.
func TestDiscard(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	ids := r.writePlaced("a", "b", "c")
	ticket, d := []byte("um bilhete"), draft("b")
	d.Files, d.Articles = []media.Chosen{{ID: r.upload(ticket, media.Complete), Alt: "Um cartaz"}}, []article.ID{r.article(r.st, "Um")}
	if err := r.edit(r.act(ids[1]), ticket, d); err != nil {
		t.Fatal(err)
	}
	picture := *r.feature(ids[1]).Picture
	if err := feature.Discard(t.Context(), r.db, r.queue, r.act(ids[1])); err != nil {
		t.Fatal(err)
	}
	r.wantOrder("the front page", ids[0], ids[2])
	if _, err := feature.ByID(t.Context(), r.db, r.st.ID, ids[1]); !fault.Is(err, fault.Gone) {
		t.Errorf("what was discarded: %v", err)
	}
	if _, err := feature.ByID(t.Context(), r.db, r.st.ID, 1<<40); !fault.Is(err, fault.NotFound) {
		t.Errorf("what never was: %v", err)
	}
	if _, err := media.Find(t.Context(), r.db, r.st.ID, picture, "480.jpg"); !fault.Is(err, fault.Gone) {
		t.Errorf("the address of its picture: %v", err)
	}
	if n := r.count("SELECT count(*) FROM river_job WHERE kind = 'media_erase' AND args->>'media' = $1", picture); n != 1 {
		t.Errorf("%d jobs delete the picture", n)
	}
	if got := r.logged(ids[1]); got != "write, place 2, edit, discard" {
		t.Errorf("logged: %s", got)
	}
	if err := r.edit(r.act(ids[1]), nil, draft("De volta")); !fault.Is(err, fault.Gone) {
		t.Errorf("edit: %v", err)
	}
}

// TestOrderIsNeverTorn has several editors move, take off and discard at once.
// Whatever comes of it, the positions are 1 to n, none of them twice.
func TestOrderIsNeverTorn(t *testing.T) {
	t.Parallel()
	r := roomIn(t, dbtest.New(t).Primary)
	var ids []feature.ID
	for i := range feature.MaxPlaced + 4 {
		ids = append(ids, r.write(draft(fmt.Sprint("n", i))))
	}
	r.place(ids[:8]...)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for range 25 {
				act := r.act(ids[rand.N(len(ids)-2)])
				var err error
				switch rand.N(5) {
				case 0:
					err = feature.Unplace(t.Context(), r.db, act)
				case 1:
					err = r.edit(act, nil, draft(fmt.Sprint("título ", rand.N(9))))
				default:
					err = feature.Place(t.Context(), r.db, act, 1+rand.N(feature.MaxPlaced))
				}
				if err != nil && faultAt(err, "position") != "error.front_full" {
					t.Error(err)
				}
			}
		})
	}
	for _, id := range ids[len(ids)-2:] {
		all.Go(func() {
			if err := feature.Place(t.Context(), r.db, r.act(id), 1); err != nil && faultAt(err, "position") == "" {
				t.Error(err)
			}
			if err := feature.Discard(t.Context(), r.db, r.queue, r.act(id)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := r.order(); len(got) != r.count("SELECT count(*) FROM feature WHERE position IS NOT NULL") {
		t.Errorf("the front page shows %v", got)
	}
}

// TestTwoEditorsMoveOneFeature at once, having seen the same: one of them is
// told that the other was first.
func TestTwoEditorsMoveOneFeature(t *testing.T) {
	t.Parallel()
	r := roomIn(t, dbtest.New(t).Primary)
	ids := r.writePlaced("a", "b", "c", "d")
	act := r.act(ids[3])
	act.Version = r.feature(ids[3]).Version
	errs := make([]error, 3)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { errs[i] = feature.Place(t.Context(), r.db, act, i+1) })
	}
	all.Wait()
	done := 0
	for i, err := range errs {
		if err == nil {
			done++
			if r.order()[i] != ids[3] {
				t.Errorf("moved to %d, but the order is %v", i+1, r.order())
			}
		} else if !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("%d of them did it", done)
	}
}
