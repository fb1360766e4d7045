package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/readyline/readyline/internal/github"
)

// redeliverJob asks GitHub again for deliveries that it could not hand over.
// GitHub itself never tries twice.
type redeliverJob struct {
	river.WorkerDefaults[redeliverArgs]
	w *Worker
}

// How far back lost deliveries are looked for: GitHub keeps them for three days.
// What came before the newest that a whole round saw, by GitHub's clock, is not
// read again, but for a little: an attempt shows once it has ended. Each attempt
// is an entry of its own, so one that failed again is newer.
const (
	lookBack = 72 * time.Hour
	lateness = 10 * time.Minute
)

func (j *redeliverJob) Work(ctx context.Context, job *river.Job[redeliverArgs]) error {
	app, err := j.w.App()
	if errors.Is(err, errNoApp) {
		return nil // nothing is lost before there is one
	}
	if err != nil {
		return err
	}
	n, err := j.w.redeliver(ctx, app)
	if n > 0 {
		j.w.Log.InfoContext(ctx, "asked GitHub for lost deliveries", "count", n)
	}
	var limited *github.Limited
	if errors.As(err, &limited) {
		return nil // the next round comes soon enough
	}
	return err
}

// redeliver asks for every delivery of which no attempt succeeded and which we
// have not stored. It returns how many it asked for. One that can't be asked for
// keeps no other waiting; the next round reads as far back as this one.
func (w *Worker) redeliver(ctx context.Context, app *github.App) (int, error) {
	until, err := w.Store.Redelivered(ctx)
	if err != nil {
		return 0, err
	}
	since, newest := w.Now().Add(-lookBack), until
	if read := until.Add(-lateness); read.After(since) {
		since = read
	}
	arrived := map[string]bool{}
	failed := map[string]int64{} // newest attempt
	var order []string
	err = app.Deliveries(ctx, func(d github.Delivery) bool {
		if d.At.After(newest) {
			newest = d.At
		}
		switch {
		case d.At.Before(since):
			return false
		case d.OK():
			arrived[d.GUID] = true
		case failed[d.GUID] == 0:
			failed[d.GUID] = d.ID
			order = append(order, d.GUID)
		}
		return true
	})
	if err != nil {
		return 0, err
	}
	known, err := w.Store.KnownDeliveries(ctx, order)
	if err != nil {
		return 0, err
	}
	n := 0
	var faults []error
	for i := len(order) - 1; i >= 0; i-- { // oldest first
		guid := order[i]
		if arrived[guid] || known[guid] {
			continue
		}
		err := app.Redeliver(ctx, failed[guid])
		var limited *github.Limited
		if errors.As(err, &limited) {
			return n, err
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("ask for delivery %s again: %w", guid, err))
			continue
		}
		n++
	}
	if len(faults) > 0 || !newest.After(until) {
		return n, errors.Join(faults...)
	}
	return n, w.Store.SetRedelivered(ctx, newest)
}
