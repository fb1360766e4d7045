package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/readyline/readyline/internal/github"
)

// inboxArgs asks for one stored delivery to be processed.
type inboxArgs struct {
	GUID string `json:"guid"`
}

func (inboxArgs) Kind() string { return "inbox" }

func (inboxArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueInbox, MaxAttempts: 12}
}

// onboardArgs asks for all repositories of an installation.
type onboardArgs struct {
	Installation int64 `json:"installation"`
}

func (onboardArgs) Kind() string { return "onboard" }

func (onboardArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueInbox, Priority: int(inCrowd), UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: alive()}}
}

// lookArgs asks for a look at a repository and the publishing of its issues.
type lookArgs struct {
	Repository int64 `json:"repository"`
}

func (lookArgs) Kind() string { return "look" }

func (lookArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueLooks, MaxAttempts: 25, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: alive()}}
}

// commandArgs asks for the command in a comment to be carried out. The comment
// is read from the stored delivery.
type commandArgs struct {
	GUID string `json:"guid"`
}

func (commandArgs) Kind() string { return "command" }

func (commandArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueInbox, MaxAttempts: 8, Priority: 1, UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

type redeliverArgs struct{}

func (redeliverArgs) Kind() string { return "redeliver" }

func (redeliverArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueSweep, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByState: alive()}}
}

type endingsArgs struct{}

func (endingsArgs) Kind() string { return "endings" }

func (endingsArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueSweep, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByState: alive()}}
}

type sweepArgs struct{}

func (sweepArgs) Kind() string { return "sweep" }

func (sweepArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueSweep, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByState: alive()}}
}

// alive are the states in which a job makes a second one needless. A running
// one counts: it looks again before it ends (see lookJob).
func alive() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}
}

// How often lost deliveries are looked for, statements that end, and
// repositories that no delivery told of.
const (
	redeliverEvery = 5 * time.Minute
	endingsEvery   = time.Hour
	sweepEvery     = 24 * time.Hour
)

func (w *Worker) periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{
		river.NewPeriodicJob(river.PeriodicInterval(max(w.clock().Lasts(wavesEvery), wavesAtMost)),
			func() (river.JobArgs, *river.InsertOpts) { return waveArgs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true}),
		river.NewPeriodicJob(river.PeriodicInterval(redeliverEvery),
			func() (river.JobArgs, *river.InsertOpts) { return redeliverArgs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true}),
		river.NewPeriodicJob(river.PeriodicInterval(endingsEvery),
			func() (river.JobArgs, *river.InsertOpts) { return endingsArgs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true}),
		river.NewPeriodicJob(river.PeriodicInterval(sweepEvery),
			func() (river.JobArgs, *river.InsertOpts) { return sweepArgs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true}),
	}
}

// patience turns an error of GitHub's into what the queue should do about it.
// Limits are waited out without counting as a failure; jitter keeps replicas
// from coming back all at once.
func (w *Worker) patience(installation int64, err error) error {
	var limited *github.Limited
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limited):
		wait := max(time.Until(limited.Until), time.Second)
		return river.JobSnooze(wait + rand.N(wait/10+time.Second))
	case errors.Is(err, github.ErrBadToken):
		if app, e := w.App(); e == nil {
			app.Forget(installation) // the next attempt fetches a new token
		}
		return err
	case errors.Is(err, errNoApp):
		return river.JobSnooze(time.Minute)
	}
	return err
}

// faults notes what went wrong where the people who run the server look.
type faults struct{ w *Worker }

func (f *faults) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.w.Log.WarnContext(f.w.following(ctx, job), "job failed", "attempt", job.Attempt, "of", job.MaxAttempts, "error", err)
	return nil
}

// HandlePanic also notes the panic at what the job was about: it is tried again
// as after an error, and until then somebody is to see it.
func (f *faults) HandlePanic(ctx context.Context, job *rivertype.JobRow, panicVal any, trace string) *river.ErrorHandlerResult {
	f.w.Log.ErrorContext(f.w.following(ctx, job), "job panicked", "panic", fmt.Sprint(panicVal), "stack", trace)
	message := fmt.Sprintf("panic: %v (a bug; the server's log has the stack)", panicVal)
	ctx = context.WithoutCancel(ctx)
	var err error
	switch job.Kind {
	case lookArgs{}.Kind():
		var args lookArgs
		if err = json.Unmarshal(job.EncodedArgs, &args); err == nil {
			err = f.w.Store.Failed(ctx, args.Repository, message)
		}
	case inboxArgs{}.Kind():
		var args inboxArgs
		if err = json.Unmarshal(job.EncodedArgs, &args); err == nil {
			err = f.w.Store.FailDelivery(ctx, args.GUID, message, job.Attempt >= job.MaxAttempts)
		}
	}
	if err != nil {
		f.w.Log.ErrorContext(ctx, "a panic is not noted", "job", job.ID, "error", err)
	}
	return nil
}
