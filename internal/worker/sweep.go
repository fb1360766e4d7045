package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
)

// redeliverJob asks GitHub again for deliveries that it could not hand over.
// GitHub itself never tries twice.
type redeliverJob struct {
	river.WorkerDefaults[redeliverArgs]
	w *Worker
}

// lookBack is how far back lost deliveries are looked for: GitHub keeps them
// for three days.
const lookBack = 72 * time.Hour

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
// have not stored. It returns how many it asked for.
func (w *Worker) redeliver(ctx context.Context, app *github.App) (int, error) {
	since := w.Now().Add(-lookBack)
	arrived := map[string]bool{}
	failed := map[string]int64{} // newest attempt
	var order []string
	err := app.Deliveries(ctx, func(d github.Delivery) bool {
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
	for i := len(order) - 1; i >= 0; i-- { // oldest first
		if guid := order[i]; !arrived[guid] && !known[guid] {
			if err := app.Redeliver(ctx, failed[guid]); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

// sweepJob finds what no delivery told: installations and repositories that we
// don't know, heads that moved, answers that grew old.
type sweepJob struct {
	river.WorkerDefaults[sweepArgs]
	w *Worker
}

// answersFor is how long an answer about settings is good when no webhook
// makes it old.
const answersFor = 7 * 24 * time.Hour

func (j *sweepJob) Work(ctx context.Context, job *river.Job[sweepArgs]) error {
	if _, err := j.w.App(); errors.Is(err, errNoApp) {
		return nil
	}
	var faults []error
	if err := j.w.installations(ctx); err != nil {
		faults = append(faults, err)
	}
	if err := j.w.upkeep(ctx); err != nil {
		faults = append(faults, err)
	}
	known, err := j.w.Store.Installations(ctx)
	if err != nil {
		return errors.Join(append(faults, err)...)
	}
	for _, in := range known { // each by itself, so that one that fails or waits keeps no others
		if in.SuspendedAt != nil {
			continue
		}
		if err := j.w.queueNow(ctx, sweepPartArgs{Installation: in.ID}); err != nil {
			faults = append(faults, fmt.Errorf("sweep %s: %w", in.AccountLogin, err))
		}
	}
	return errors.Join(faults...)
}

// Timeout allows for the upkeep of a large database.
func (j *sweepJob) Timeout(*river.Job[sweepArgs]) time.Duration { return time.Hour }

// sweepPartArgs asks for a part of an installation's repositories to be swept:
// those that follow one. The first part lists them all.
type sweepPartArgs struct {
	Installation int64 `json:"installation"`
	After        int64 `json:"after"`
}

func (sweepPartArgs) Kind() string { return "sweep_part" }

func (sweepPartArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{
		Queue: queueSweep, MaxAttempts: 5, Priority: int(someday), UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: alive()},
	}
}

// partOfSweep is how many repositories are swept by one job.
const partOfSweep = 100

type sweepPartJob struct {
	river.WorkerDefaults[sweepPartArgs]
	w *Worker
}

func (j *sweepPartJob) Work(ctx context.Context, job *river.Job[sweepPartArgs]) error {
	client, err := j.w.client(job.Args.Installation)
	if err == nil && job.Args.After == 0 {
		err = j.w.list(ctx, client, j.w.fresh)
	}
	if err != nil {
		return j.w.patience(job.Args.Installation, err)
	}
	repos, err := j.w.Store.RepositoriesOfAfter(ctx, job.Args.Installation, job.Args.After, partOfSweep)
	if err != nil || len(repos) == 0 {
		return err
	}
	for _, r := range repos {
		if err := j.w.sweepRepository(ctx, client, r); err != nil {
			var limited *github.Limited
			if errors.As(err, &limited) {
				return j.w.patience(job.Args.Installation, err)
			}
			j.w.Log.WarnContext(ctx, "sweep", "repository", r.FullName(), "error", err)
		}
	}
	next := sweepPartArgs{Installation: job.Args.Installation, After: repos[len(repos)-1].ID}
	err = j.w.queueNow(ctx, next)
	return err
}

// Timeout allows for the hundred pages of a very large organisation.
func (j *sweepPartJob) Timeout(*river.Job[sweepPartArgs]) time.Duration { return time.Hour }

// installations takes over installations that no delivery told of.
func (w *Worker) installations(ctx context.Context) error {
	app, err := w.App()
	if err != nil {
		return err
	}
	list, err := app.Installations(ctx)
	if err != nil {
		return err
	}
	for _, i := range list {
		_, err := w.Store.Installation(ctx, i.ID)
		fresh := errors.Is(err, store.ErrNotFound)
		if err != nil && !fresh {
			return err
		}
		if err := w.Store.PutInstallation(ctx, storedInstallation(i)); err != nil {
			return err
		}
		if fresh {
			if err := w.queueNow(ctx, onboardArgs{Installation: i.ID}); err != nil {
				return err
			}
		}
	}
	return nil
}

// sweptFor is how long a repository is left alone after a sweep: replicas that
// start again do not sweep everything again.
const sweptFor = 20 * time.Hour

// sweepRepository looks whether the head moved while nobody told us, and which
// answers have grown old.
func (w *Worker) sweepRepository(ctx context.Context, client *github.Client, r store.Repository) error {
	if r.Archived || r.Fork || r.AssessedAt == nil {
		return nil
	}
	aged, err := w.aged(ctx, r)
	if err != nil {
		return err
	}
	moved := false
	if r.SweptAt == nil || w.Now().Sub(*r.SweptAt) >= sweptFor {
		if moved, err = w.moved(ctx, client, r); err != nil {
			return err
		}
	}
	if !moved && !aged {
		return nil
	}
	return w.TouchNow(ctx, r.ID, someday)
}

// moved tells whether the tip is another than we think, and has it asked for
// again by the look: a push may come meanwhile.
func (w *Worker) moved(ctx context.Context, client *github.Client, r store.Repository) (bool, error) {
	head, err := client.Head(ctx, asked(r), r.DefaultBranch)
	if errors.Is(err, github.ErrEmpty) || errors.Is(err, github.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if r.WantedSHA != head.SHA {
		return true, w.Store.WantTip(ctx, r.ID)
	}
	return false, w.Store.Swept(ctx, r.ID)
}

// aged forgets the answers that are too old, and tells whether there were any.
func (w *Worker) aged(ctx context.Context, r store.Repository) (bool, error) {
	old, err := w.Store.Answers(ctx, r.ID)
	if err != nil {
		return false, err
	}
	var names []string
	for _, a := range old {
		if w.Now().Sub(a.FetchedAt) > answersFor {
			names = append(names, a.Name)
		}
	}
	if len(names) == 0 {
		return false, nil
	}
	return true, w.Store.DropAnswers(ctx, r.ID, names...)
}
