package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/readyline/readyline/internal/store"
)

// waveArgs asks for the issues whose turn it is to be opened.
type waveArgs struct{}

func (waveArgs) Kind() string { return "wave" }

func (waveArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueSweep, MaxAttempts: 1, Priority: int(asTold), UniqueOpts: river.UniqueOpts{ByState: alive()}}
}

// wavesEvery is how often it is looked whose turn it is.
const wavesEvery = 20 * time.Second

// waveJob has the next issues opened. Repositories that wait for it cost
// nothing, however many there are.
type waveJob struct {
	river.WorkerDefaults[waveArgs]
	w *Worker
}

func (j *waveJob) Work(ctx context.Context, job *river.Job[waveArgs]) error {
	waiting, err := j.w.Store.WaitingInstallations(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, id := range waiting {
		if err := j.w.nextWave(ctx, id); err != nil { // one that fails does not keep others waiting
			faults = append(faults, fmt.Errorf("wave of installation %d: %w", id, err))
		}
	}
	return errors.Join(faults...)
}

func (w *Worker) nextWave(ctx context.Context, installation int64) error {
	in, err := w.Store.Installation(ctx, installation)
	if err != nil || in.WavePaused || in.SuspendedAt != nil || in.RemovedAt != nil {
		return err
	}
	free, err := w.Store.WaveFree(ctx, in.ID, w.waves(in)...)
	if err != nil || free <= 0 {
		return err
	}
	next, err := w.Store.NextOpenings(ctx, in.ID, min(free, mostPerMinute))
	if err != nil {
		return err
	}
	for _, id := range next {
		if err := w.TouchNow(ctx, id, someday); err != nil {
			return err
		}
	}
	return nil
}

// waves are the limits of an installation for new issues.
func (w *Worker) waves(in store.Installation) []store.Wave {
	now, pace := w.Now(), time.Duration(max(w.Pace, 1))
	perHour, perDay := in.Wave(w.IssuesPerHour)
	return []store.Wave{{Since: now.Add(-time.Hour / pace), Most: perHour}, {Since: now.Add(-24 * time.Hour / pace), Most: perDay}}
}

// turn tells whether the issue of a checklist may be opened now. If not, it is
// told when it may.
func (s *subject) turn(ctx context.Context, in store.Installation, checklist string) (bool, error) {
	if in.WavePaused {
		return false, nil
	}
	return s.w.Store.GrantOpening(ctx, in.ID, s.row.ID, checklist, s.w.waves(in)...)
}
