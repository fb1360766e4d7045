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
		// What ends in one repository is told of at once, in one comment.
		together := map[int64][]store.Ending{}
		for _, e := range list {
			together[e.RepositoryID] = append(together[e.RepositoryID], e)
		}
		for repository, all := range together {
			if err := w.warn(ctx, repository, all, now); err != nil {
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
		if err := w.TouchNow(ctx, id, someday); err != nil {
			return err
		}
	}
	return nil
}

// warn keeps notices that statements of one repository are about to end, once.
// There is none of what has ended already: the server was down for the week
// before.
func (w *Worker) warn(ctx context.Context, repository int64, all []store.Ending, now time.Time) error {
	return w.Store.Tx(ctx, func(tx pgx.Tx) error {
		in := w.Store.With(tx)
		told := false
		for _, e := range all {
			if err := in.Warned(ctx, e.ID); err != nil {
				return err
			}
			if !now.Before(e.EndsAt) {
				continue
			}
			told = true
			if err := in.PutNotice(ctx, ending(e)); err != nil {
				return err
			}
		}
		if !told {
			return nil
		}
		return w.Touch(ctx, tx, repository, someday)
	})
}

func ending(e store.Ending) store.Notice {
	n := store.Notice{
		RepositoryID: e.RepositoryID, Checklist: e.Checklist, Kind: store.NoticeExpiry,
		Item: e.Item, Actor: e.By, Detail: "attestation", Until: &e.EndsAt,
	}
	if e.Kind == store.Waived { // its last day, not the moment after it
		n.Detail, n.Until = "waiver", e.Until
	}
	return n
}
