package jobs

import (
	"context"

	"github.com/indywire/indywire/internal/db"
)

// Reclaim puts the jobs that a node was at when it died back into the queue, and
// counts them. A node calls it before its own worker starts: what the queue says
// it is at then, nobody is. Without it such a job would wait until it counts as
// stuck, a quarter of an hour, and so would whoever waits for its photo. A job
// whose tries are used up is left to that end: it may be what kills the server.
func Reclaim(ctx context.Context, q db.Querier, node string) (int64, error) {
	tag, err := q.Exec(ctx, `
		UPDATE river_job SET state = 'available', scheduled_at = now()
		WHERE state = 'running'
		  AND attempt < max_attempts
		  AND starts_with(attempted_by[cardinality(attempted_by)], $1)`, clientPrefix(node))
	return tag.RowsAffected(), db.Fault(err)
}

// PutBack puts jobs back into the queue whose workers are gone.
func PutBack(ctx context.Context, q db.Querier, ids []int64) error {
	_, err := q.Exec(ctx, `
		UPDATE river_job SET state = 'available', scheduled_at = now()
		WHERE id = ANY($1) AND state = 'running'`, ids)
	return db.Fault(err)
}
