package worker

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/tracing"
)

// origin is what a job remembers of where it came from, among what the queue
// keeps about it.
type origin struct {
	Delivery    string `json:"readyline_delivery,omitempty"`
	TraceParent string `json:"readyline_trace,omitempty"`
}

// follow hands down from job to job where they came from, and makes each a span
// of the same trace. Log lines of a job say both.
type follow struct {
	river.MiddlewareDefaults
	w *Worker
}

// InsertMany notes the origin of jobs that a job or a request asks for.
func (f *follow) InsertMany(ctx context.Context, jobs []*rivertype.JobInsertParams, do func(context.Context) ([]*rivertype.JobInsertResult, error)) ([]*rivertype.JobInsertResult, error) {
	from := origin{tracing.Said(ctx, "delivery"), tracing.Parent(ctx)}
	if from != (origin{}) {
		for _, j := range jobs {
			if len(j.Metadata) == 0 || string(j.Metadata) == "{}" {
				j.Metadata = from.encoded()
			}
		}
	}
	made, err := do(ctx)
	for _, m := range made { // of many at once the queue tells nothing
		if m != nil && m.Job != nil && m.UniqueSkippedAsDuplicate { // one that waits or runs does this as well
			tracing.Of(ctx).Event("joined a job that is under way",
				tracing.String("readyline.job.kind", m.Job.Kind), tracing.Int("readyline.job", m.Job.ID))
		}
	}
	return made, err
}

func (o origin) encoded() []byte {
	text, err := json.Marshal(o)
	if err != nil { // two strings
		panic(err)
	}
	return text
}

// Work runs a job as part of the trace that it came from.
func (f *follow) Work(ctx context.Context, job *rivertype.JobRow, do func(context.Context) error) (err error) {
	ctx = f.w.following(ctx, job)
	ctx, span := f.w.Tracing.Begin(ctx, "job "+job.Kind,
		tracing.Int("readyline.job", job.ID), tracing.String("readyline.job.kind", job.Kind), tracing.Int("readyline.job.attempt", int64(job.Attempt)))
	if guid := tracing.Said(ctx, "delivery"); guid != "" {
		span.Note(tracing.String("readyline.delivery", guid))
	}
	ended := false
	defer func() {
		if !ended { // a panic, which goes on up
			span.Fail("panic")
			span.End(nil)
		}
	}()
	err = do(ctx)
	ended = true
	span.End(err)
	f.w.Log.DebugContext(ctx, "job ended", "attempt", job.Attempt, "error", err)
	return err
}

// following is the context of a job: log lines name the job, the delivery that
// it came from, and its repository.
func (w *Worker) following(ctx context.Context, job *rivertype.JobRow) context.Context {
	var from origin
	var about struct {
		GUID         string `json:"guid"`
		Repository   int64  `json:"repository"`
		Installation int64  `json:"installation"`
	}
	_ = json.Unmarshal(job.Metadata, &from) // the zero origin is one that nobody noted
	_ = json.Unmarshal(job.EncodedArgs, &about)
	ctx = tracing.With(tracing.Continue(ctx, from.TraceParent), slog.Int64("job", job.ID), slog.String("kind", job.Kind))
	if guid := cmp.Or(about.GUID, from.Delivery); guid != "" {
		ctx = tracing.With(ctx, slog.String("delivery", guid))
	}
	if about.Installation != 0 {
		ctx = tracing.With(ctx, slog.Int64("installation", about.Installation))
	}
	if about.Repository != 0 {
		ctx = tracing.With(ctx, slog.String("repository", fmt.Sprint(about.Repository)))
	}
	return ctx
}

// InboxJob is the job of a delivery, in the trace of the request that brought it.
// The store puts it into the queue, in the statement that stores the delivery.
func (w *Worker) InboxJob(d store.Delivery) store.Job {
	args := inboxArgs{GUID: d.GUID}
	text, err := json.Marshal(args)
	if err != nil { // a string
		panic(err)
	}
	o := args.InsertOpts()
	return store.Job{
		Kind: args.Kind(), Queue: o.Queue, Priority: int16(w.inbox.hurryOf(d)), MaxAttempts: int16(o.MaxAttempts), //nolint:gosec // a dozen
		Args: string(text), Metadata: string(origin{TraceParent: d.TraceParent}.encoded()),
	}
}
