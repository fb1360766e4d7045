package worker

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/readyline/readyline/internal/store"
)

// warnBefore is how long before a statement ends people are told.
const warnBefore = 7 * 24 * time.Hour

// endingsJob warns of statements that are about to end, and has repositories
// looked at in which one has ended.
type endingsJob struct {
	river.WorkerDefaults[endingsArgs]
	w *Worker
}

func (j *endingsJob) Work(ctx context.Context, job *river.Job[endingsArgs]) error {
	return j.w.endings(ctx)
}

func (w *Worker) endings(ctx context.Context) error {
	now := w.Now()
	for {
		list, err := w.Store.Ending(ctx, now.Add(warnBefore), warnBefore, 100)
		if err != nil {
			return err
		}
		for _, e := range list {
			if err := w.warn(ctx, e, now); err != nil {
				return err
			}
		}
		if len(list) == 0 {
			break
		}
	}
	ended, err := w.Store.Ended(ctx, now)
	if err != nil {
		return err
	}
	for _, id := range ended {
		if err := w.TouchNow(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// warn keeps a notice that a statement is about to end, once. There is none of
// what has ended already: the server was down for the week before.
func (w *Worker) warn(ctx context.Context, e store.Ending, now time.Time) error {
	return w.Store.Tx(ctx, func(tx pgx.Tx) error {
		in := w.Store.With(tx)
		if err := in.Warned(ctx, e.ID); err != nil || !now.Before(e.EndsAt) {
			return err
		}
		n := store.Notice{
			RepositoryID: e.RepositoryID, Checklist: e.Checklist, Kind: store.NoticeExpiry,
			Item: e.Item, Actor: e.By, Detail: "attestation", Until: &e.EndsAt,
		}
		if e.Kind == store.Waived { // its last day, not the moment after it
			n.Detail, n.Until = "waiver", e.Until
		}
		if err := in.PutNotice(ctx, n); err != nil {
			return err
		}
		return w.Touch(ctx, tx, e.RepositoryID)
	})
}
