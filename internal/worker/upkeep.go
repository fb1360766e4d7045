package worker

import (
	"context"
	"errors"
	"time"
)

// How long things are kept that are of no use for ever.
const (
	keepDeliveries = 14 * 24 * time.Hour // GitHub could hand them over again for three or seven days
	keepBlobs      = 90 * 24 * time.Hour
	keepRemoved    = 30 * 24 * time.Hour // of repositories and installations that are gone
	keepWrites     = 8 * 24 * time.Hour  // while GitHub could still tell what a write replaced
	keepEvents     = 30 * 24 * time.Hour // sent, or given up
	pruneAtOnce    = 1000
)

// upkeep makes room: history's coming partitions, and what has served its time.
func (w *Worker) upkeep(ctx context.Context) error {
	now := w.Now()
	_, ended := w.Store.PruneSessions(ctx)
	errs := []error{ended, w.Store.EnsurePartitions(ctx, now, now.AddDate(0, 3, 0))}
	if w.HistoryMonths > 0 {
		n, err := w.Store.DropHistory(ctx, now.AddDate(0, -w.HistoryMonths, 0))
		if n > 0 {
			w.Log.InfoContext(ctx, "dropped history", "months", n)
		}
		errs = append(errs, err)
	}
	for _, prune := range []struct {
		keep time.Duration
		do   func(context.Context, time.Time, int) (int64, error)
	}{
		{keepDeliveries, w.Store.PruneDeliveries},
		{keepBlobs, w.Store.PruneBlobs},
		{keepRemoved, w.Store.PurgeRemoved},
		{keepWrites, w.Store.PruneIssueWrites},
		{keepWrites, w.Store.PruneBoxEdits},
		{keepEvents, w.Store.PruneOutgoing},
	} {
		for {
			n, err := prune.do(ctx, now.Add(-prune.keep), pruneAtOnce)
			if err != nil || n < pruneAtOnce {
				errs = append(errs, err)
				break
			}
		}
	}
	return errors.Join(errs...)
}
