package media

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/indywire/indywire/internal/jobs"
)

// RescueArgs asks for a look at who is at work.
type RescueArgs struct{}

// Kind names the job.
func (RescueArgs) Kind() string { return "media_rescue" }

// lostAge is for how long a server that prepares a file may give no sign of life
// before another one begins anew: several pulses, so that a busy database is no
// death.
const lostAge = 60 * time.Second

// Rescuer gives the files of servers that died in the middle to others. It runs
// every half minute; the queue itself would wait for as long as a film may take.
type Rescuer struct {
	river.WorkerDefaults[RescueArgs]
	DB *pgxpool.Pool
}

// Work implements river.Worker.
func (r *Rescuer) Work(ctx context.Context, _ *river.Job[RescueArgs]) error {
	ids, err := lost(ctx, r.DB, lostAge)
	if err != nil || len(ids) == 0 {
		return err
	}
	return jobs.PutBack(ctx, r.DB, ids)
}
