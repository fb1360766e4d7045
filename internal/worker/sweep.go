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
		Queue: queueSweep, MaxAttempts: 25, Priority: int(someday), UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: alive()},
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
	tips, err := j.w.tips(ctx, client, repos)
	if err != nil {
		return j.w.patience(job.Args.Installation, err)
	}
	for _, r := range repos {
		if err := j.w.sweepRepository(ctx, r, tips); err != nil {
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

// swept tells whether a repository is looked at in sweeps.
func swept(r store.Repository) bool { return !r.Archived && !r.Fork && r.AssessedAt != nil }

// tips asks, in one query, for the tips of those repositories that are due.
func (w *Worker) tips(ctx context.Context, client *github.Client, repos []store.Repository) (map[int64]string, error) {
	var due []github.Repository
	for _, r := range repos {
		if swept(r) && (r.SweptAt == nil || w.Now().Sub(*r.SweptAt) >= sweptFor) {
			due = append(due, asked(r))
		}
	}
	if len(due) == 0 {
		return nil, nil
	}
	return client.Tips(ctx, due)
}

// sweepRepository looks whether the tip moved while nobody told us, and which
// answers have grown old.
func (w *Worker) sweepRepository(ctx context.Context, r store.Repository, tips map[int64]string) error {
	if !swept(r) {
		return nil
	}
	old, err := w.aged(ctx, r)
	if err != nil {
		return err
	}
	tip, known := tips[r.ID] // not there: swept before, empty, or out of sight
	moved := known && tip != r.WantedSHA
	switch {
	case moved: // the look asks again, as a push may come meanwhile
		err = w.Store.WantTip(ctx, r.ID)
	case known:
		err = w.Store.Swept(ctx, r.ID)
	}
	// One whose looks were given up is tried again each day.
	if behind := r.LastError != "" || r.WantedSHA != r.AssessedSHA; err != nil || !moved && !old && !behind {
		return err
	}
	return w.TouchNow(ctx, r.ID, someday)
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
