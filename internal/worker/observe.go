package worker

import (
	"time"

	"github.com/riverqueue/river"
)

// Ended is a job that ended, for now or for good.
type Ended struct {
	Kind    string
	Outcome string        // completed, failed, snoozed or cancelled
	Waited  time.Duration // from when it could have begun
	Took    time.Duration
}

// Observe tells of every job that this worker ends, until stop is called. Call
// it before Start, and stop after Stop.
func (w *Worker) Observe(tell func(Ended)) (stop func()) {
	if !w.Work {
		return func() {}
	}
	outcomes := map[river.EventKind]string{
		river.EventKindJobCompleted: "completed", river.EventKindJobFailed: "failed",
		river.EventKindJobSnoozed: "snoozed", river.EventKindJobCancelled: "cancelled",
	}
	events, cancel := w.river.Subscribe(
		river.EventKindJobCompleted, river.EventKindJobFailed, river.EventKindJobSnoozed, river.EventKindJobCancelled)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e := range events {
			if e.Job == nil || e.JobStats == nil {
				continue
			}
			tell(Ended{Kind: e.Job.Kind, Outcome: outcomes[e.Kind], Waited: e.JobStats.QueueWaitDuration, Took: e.JobStats.RunDuration})
		}
	}()
	return func() {
		cancel()
		<-done
	}
}
