package worker

import (
	"context"
	"errors"
	"fmt"
	"sync"
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

// How often it is looked whose turn it is, and how often the log tells how far
// an installation is; an emulator's faster clock makes both more often.
const (
	wavesEvery   = 20 * time.Second
	wavesAtMost  = 500 * time.Millisecond // apart at least, whatever the clock
	progressTold = time.Minute
)

// clock is how fast issues are opened.
func (w *Worker) clock() store.Clock { return store.Clock{PerHour: w.IssuesPerHour, Pace: w.Pace} }

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
	if err != nil || in.SuspendedAt != nil || in.RemovedAt != nil {
		return err
	}
	if err := w.tellWave(ctx, in); err != nil || in.WavePaused {
		return err
	}
	free, err := w.Store.WaveFree(ctx, in.ID, in.Waves(w.Now(), w.clock())...)
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

// turn tells whether the issue of a checklist may be opened now. If not, it is
// told when it may.
func (s *subject) turn(ctx context.Context, in store.Installation, checklist string) (bool, error) {
	if in.WavePaused {
		return false, nil
	}
	return s.w.Store.GrantOpening(ctx, in.ID, s.row.ID, checklist, in.Waves(s.w.Now(), s.w.clock())...)
}

// tellWave logs, now and then, how far the opening of an installation's issues
// is and when it will be done.
func (w *Worker) tellWave(ctx context.Context, in store.Installation) error {
	if !w.waves.due(in.ID, time.Now(), max(w.clock().Lasts(progressTold), time.Second)) {
		return nil
	}
	p, err := w.Store.Progress(ctx, in, w.Now(), w.clock())
	if err != nil {
		return err
	}
	perHour, perDay := in.Wave(w.clock())
	about := []any{
		"installation", in.ID, "account", in.AccountLogin, "open", p.Issues, "waiting", p.Waiting, "first_looks", p.FirstLooks,
		"per_hour", perHour, "per_day", perDay,
	}
	if in.WavePaused {
		w.Log.InfoContext(ctx, "new issues are paused", about...)
		return nil
	}
	w.Log.InfoContext(ctx, "new issues come in waves", append(about, "last_at", p.By.UTC().Format(time.RFC3339))...)
	return nil
}

// seldom keeps what is told again and again from being told too often.
type seldom struct {
	mu   sync.Mutex
	last map[int64]time.Time
}

func (h *seldom) due(id int64, now time.Time, apart time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last == nil {
		h.last = map[int64]time.Time{}
	}
	if now.Sub(h.last[id]) < apart {
		return false
	}
	h.last[id] = now
	return true
}
