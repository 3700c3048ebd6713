package site

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
	"github.com/indywire/indywire/internal/slug"
)

// topicEdit is the way from the topics a site has to those it is to have.
type topicEdit struct {
	by      modlog.Actor
	site    ID
	had     []Topic
	order   []Topic // what stays, with its names, in its order
	renamed []Topic
	deleted []Topic
	moved   []TopicID
	add     bool
}

// plan finds what is to be done. A row that names no topic of the site is of
// one that was deleted since, or of another site: fault.NotFound, unless it is
// to be deleted anyway.
func (e *topicEdit) plan(c TopicChange) error {
	places := map[TopicID]int{}
	names := map[TopicID]string{}
	for _, row := range c.Rows {
		i := slices.IndexFunc(e.had, func(t Topic) bool { return t.ID == row.ID })
		switch {
		case i < 0 && row.Delete:
		case i < 0:
			return fault.New(fault.NotFound, "topic")
		case row.Delete:
			e.deleted = append(e.deleted, e.had[i])
		default:
			places[row.ID], names[row.ID] = row.Place, row.Name
		}
	}
	kept := slices.DeleteFunc(slices.Clone(e.had), func(t Topic) bool { return slices.Contains(e.deleted, t) })
	e.order = reorder(kept, e.had, places)
	for i, t := range e.order {
		if name, given := names[t.ID]; given && name != t.Name {
			e.order[i].Name = name
			e.renamed = append(e.renamed, e.order[i])
		}
		if t.ID != kept[i].ID {
			e.moved = append(e.moved, t.ID)
		}
	}
	e.add = c.New != "" && !slices.ContainsFunc(e.order, func(t Topic) bool { return t.Name == c.New })
	return nil
}

// reorder puts what was given another place than it had there, and the rest
// around it in the order it had.
func reorder(kept, had []Topic, places map[TopicID]int) []Topic {
	type move struct {
		Topic
		place int
	}
	var moves []move
	var order []Topic
	for _, t := range kept {
		was := slices.IndexFunc(had, func(h Topic) bool { return h.ID == t.ID }) + 1
		if place := places[t.ID]; place > 0 && place != was {
			moves = append(moves, move{t, place})
		} else {
			order = append(order, t)
		}
	}
	slices.SortStableFunc(moves, func(a, b move) int { return cmp.Compare(a.place, b.place) })
	last := -1 // two that were given one place stand one after the other
	for _, m := range moves {
		last = min(max(m.place-1, last+1), len(order))
		order = slices.Insert(order, last, m.Topic)
	}
	return order
}

func (e *topicEdit) idle() bool {
	return len(e.renamed)+len(e.deleted)+len(e.moved) == 0 && !e.add
}

// carryOut writes what was planned, with an entry of the log for each topic.
// Their order is one setting of the site.
func (e *topicEdit) carryOut(ctx context.Context, tx pgx.Tx, name string) error {
	for _, t := range e.deleted {
		if err := deleteTopic(ctx, tx, e.site, t.ID); err != nil {
			return inUse(err)
		}
		if err := e.log(ctx, tx, modlog.Delete, t.ID, ""); err != nil {
			return err
		}
	}
	for _, t := range e.renamed {
		if err := renameTopic(ctx, tx, e.site, t); err != nil {
			return err
		}
		if err := e.log(ctx, tx, modlog.Change, t.ID, "name"); err != nil {
			return err
		}
	}
	if len(e.moved) > 0 {
		if err := orderTopics(ctx, tx, e.site, e.order); err != nil {
			return err
		}
		if err := log(ctx, tx, e.by, e.site, modlog.Change, "topics"); err != nil {
			return err
		}
	}
	if !e.add {
		return nil
	}
	return e.insert(ctx, tx, name)
}

// insert adds a topic after the others. Two names can lead to one address, as
// those do that differ in capitals only.
func (e *topicEdit) insert(ctx context.Context, tx pgx.Tx, name string) error {
	t, added, err := insertTopic(ctx, tx, e.site, slug.Make(name), name)
	if err != nil {
		return err
	}
	if !added {
		return taken("new", fault.New(fault.Conflict, "topic"))
	}
	return e.log(ctx, tx, modlog.Create, t.ID, "")
}

func (e *topicEdit) log(ctx context.Context, tx pgx.Tx, act modlog.Act, id TopicID, reason string) error {
	return modlog.Add(ctx, tx, modlog.Entry{Site: int64(e.site), Actor: e.by, Act: act, Subject: modlog.Topic, SubjectID: int64(id), Reason: reason})
}

// inUse is for a topic that cannot be deleted, for articles refer to it.
func inUse(err error) error {
	if fault.Is(err, fault.Conflict) {
		return &fault.Error{
			Kind: fault.Conflict, Message: "articles are filed under the topic",
			Fields: []fault.Field{{Name: "delete", Message: "error.topic_in_use"}},
		}
	}
	return err
}
