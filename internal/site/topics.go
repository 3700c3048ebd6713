package site

import (
	"cmp"
	"context"
	"slices"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/markup"
	"github.com/indywire/indywire/internal/modlog"
)

// Bounds of topics: the length of a name in characters, and how many a site may
// be given by hand. What was imported may bring more.
const (
	MaxTopicName = 60
	MaxTopics    = 60
)

// TopicsSeal stands for a site's topics in a form.
func TopicsSeal(topics []Topic) Seal { return SealOf("topics", topics) }

// TopicChange is what a form about all topics of a site asks for.
type TopicChange struct {
	Rows []TopicRow
	New  string // name of one more; empty: none
}

// TopicRow is what becomes of one topic. Place is where it is to stand, from 1
// on; 0: where it stands among the others.
type TopicRow struct {
	ID     TopicID
	Name   string
	Place  int
	Delete bool
}

func (c TopicChange) clean() TopicChange {
	c.New, c.Rows = markup.Line(c.New), slices.Clone(c.Rows)
	for i := range c.Rows {
		c.Rows[i].Name = markup.Line(c.Rows[i].Name)
	}
	return c
}

func topicFaults(field string, names []string) (bad []fault.Field) {
	for _, name := range names {
		if name == "" || utf8.RuneCountInString(name) > MaxTopicName {
			return []fault.Field{{Name: field, Message: "error.topic_name", Args: map[string]any{"Max": MaxTopicName}}}
		}
	}
	return bad
}

// Check says what of a cleaned change is at fault: fault.Invalid.
func (c TopicChange) check(present int) error {
	var names []string
	for _, row := range c.Rows {
		if row.Delete {
			present--
			continue
		}
		names = append(names, row.Name)
	}
	bad := topicFaults("name", names)
	if c.New != "" {
		bad = append(bad, topicFaults("new", []string{c.New})...)
		if present >= MaxTopics {
			bad = append(bad, fault.Field{Name: "new", Message: "error.too_many_topics", Args: map[string]any{"Max": MaxTopics}})
		}
	}
	return fault.InvalidFields(bad...)
}

// ChangeTopics renames, orders, deletes and adds topics of a site in one go.
// Their addresses stay. fault.Invalid for a name that is none; fault.Conflict
// where a topic is to be deleted under which articles are filed, where the new
// one is there already, or where they have changed since they were read as seal
// says. What is as it is wanted already changes nothing.
func ChangeTopics(ctx context.Context, b db.Beginner, by modlog.Actor, id ID, seal Seal, c TopicChange) error {
	c = c.clean()
	return db.InTx(ctx, b, func(tx pgx.Tx) error {
		had, err := lockTopics(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := c.check(len(had)); err != nil {
			return err
		}
		e := topicEdit{by: by, site: id, had: had}
		if err := e.plan(c); err != nil {
			return cmp.Or(seal.Check(TopicsSeal(had)), err) // one may have been deleted since
		}
		if e.idle() {
			return nil
		}
		if err := seal.Check(TopicsSeal(had)); err != nil {
			return err
		}
		if err := e.carryOut(ctx, tx, c.New); err != nil {
			return err
		}
		return Bump(ctx, tx, id)
	})
}

// AddTopic files a topic under a site after those it has; one that is there
// already stays as it is, and is not logged.
func AddTopic(ctx context.Context, tx pgx.Tx, by modlog.Actor, id ID, slug, name string) (Topic, error) {
	t, added, err := insertTopic(ctx, tx, id, slug, name)
	if err != nil || !added {
		return t, err
	}
	e := topicEdit{by: by, site: id}
	if err := e.log(ctx, tx, modlog.Create, t.ID, ""); err != nil {
		return t, err
	}
	return t, Bump(ctx, tx, id)
}
