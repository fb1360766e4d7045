// Package worker does what webhooks ask for: it onboards installations, looks
// at repositories, publishes their issues, and finds again what was lost on
// the way. Its jobs live in Postgres (River), so that they survive a crash and
// are shared by replicas.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/events"
	"github.com/readyline/readyline/internal/evidence"
	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/tracing"
)

// Options is what a Worker needs.
type Options struct {
	Store     *store.Store
	Catalogue *catalogue.Catalogue
	Version   string // of catalogue and rules: a change looks at everything again
	PublicURL string // of the dashboard, without a slash at its end; may be empty
	Log       *slog.Logger
	Now       func() time.Time // nil: time.Now
	Tracing   *tracing.Tracing // nil: none

	// Work is false for a replica that only takes webhooks and shows pages.
	Work bool

	// IssuesPerHour is how many issues an installation that says nothing else
	// opens in an hour; 0: the store's default.
	IssuesPerHour int

	// HistoryMonths is how long changes are kept; 0: for ever.
	HistoryMonths int

	// Pace is how many of GitHub's hours pass in one of ours: 1 when 0. Only an
	// emulator has another.
	Pace int

	// Events tells other systems what changed; nil: nobody is told.
	Events *events.Sender

	// Told is called once for each thing that happened, for the demo's log.
	Told func(line string)
}

// Worker runs the jobs.
type Worker struct {
	Options
	app    atomic.Pointer[github.App]
	river  *river.Client[pgx.Tx]
	budget *budget
	inbox  crowds // what deliveries tell
	looks  crowds // what they cause
	pulse  *pulse
	alarm  *alarm
	waves  seldom // what the log told of them

	reading reading

	engine *evidence.Engine // of the shipped catalogue, compiled once
	asks   []string         // what its rules ask of settings
}

// errNoApp says that no GitHub App is registered yet.
var errNoApp = errors.New("no GitHub App is registered yet; open /setup")

// InboxQueue is where the jobs of deliveries wait; see InboxJob.
const InboxQueue = queueInbox

// Queues: people's commands and what GitHub told come before sweeps.
const (
	queueInbox  = "inbox"
	queueLooks  = "looks"
	queueSweep  = "sweep"
	queueEvents = "events"
)

// queues says how many jobs of each are at work at a time.
func queues() map[string]river.QueueConfig {
	return map[string]river.QueueConfig{
		queueInbox: {MaxWorkers: 8}, queueLooks: {MaxWorkers: 8}, queueSweep: {MaxWorkers: 3}, queueEvents: {MaxWorkers: 4},
	}
}

// Whoever makes a job wakes its queue (see store.Wake), so that it begins at once.
// Two looks into a queue have some time between them, so that a burst is fetched
// together; without any notice, one comes every few seconds, for what could not be
// told of because the connection was lost.
const (
	fetchPause = 5 * time.Millisecond
	fetchEvery = 5 * time.Second
)

// New prepares a worker. Start begins to work.
func New(o Options) (*Worker, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Told == nil {
		o.Told = func(string) {}
	}
	if o.Events == nil {
		o.Events = &events.Sender{}
	}
	w := &Worker{Options: o, engine: evidence.New(o.Catalogue), asks: o.Catalogue.Settings(), budget: newBudget(o.Store, o.Log, o.Pace)}
	w.pulse, w.alarm = newPulse(w), &alarm{w: w}
	config := &river.Config{Logger: quieter(o.Log), Middleware: []rivertype.Middleware{&follow{w: w}}, ID: w.pulse.id}
	if o.Work {
		config.Hooks = []rivertype.Hook{w.pulse}
		config.Workers = river.NewWorkers()
		river.AddWorker(config.Workers, &inboxJob{w: w})
		river.AddWorker(config.Workers, &onboardJob{w: w})
		river.AddWorker(config.Workers, &lookJob{w: w})
		river.AddWorker(config.Workers, &commandJob{w: w})
		river.AddWorker(config.Workers, &previewJob{w: w})
		river.AddWorker(config.Workers, &twinJob{w: w})
		river.AddWorker(config.Workers, &leaveJob{w: w})
		river.AddWorker(config.Workers, &policyJob{w: w})
		river.AddWorker(config.Workers, &redeliverJob{w: w})
		river.AddWorker(config.Workers, &endingsJob{w: w})
		river.AddWorker(config.Workers, &sweepJob{w: w})
		river.AddWorker(config.Workers, &sweepPartJob{w: w})
		river.AddWorker(config.Workers, &waveJob{w: w})
		river.AddWorker(config.Workers, &eventJob{w: w})
		config.Queues = queues()
		config.PeriodicJobs = w.periodic()
		config.FetchCooldown = fetchPause
		config.FetchPollInterval = fetchEvery
		config.JobTimeout = 10 * time.Minute
		config.ErrorHandler = &faults{w: w}
		config.ReindexerIndexNames = store.QueueIndexes()
	}
	client, err := river.NewClient(riverpgxv5.New(o.Store.Pool()), config)
	if err != nil {
		return nil, fmt.Errorf("job queue: %w", err)
	}
	w.river = client
	return w, nil
}

// SetApp gives the worker its App, at start or once /setup has registered one.
func (w *Worker) SetApp(a *github.App) {
	a.Guard(w.budget.enter)
	w.app.Store(a)
}

// App is the registered App; an error when there is none yet.
func (w *Worker) App() (*github.App, error) {
	if a := w.app.Load(); a != nil {
		return a, nil
	}
	return nil, errNoApp
}

// Start begins to work. It returns at once.
func (w *Worker) Start(ctx context.Context) error {
	if !w.Work {
		return nil
	}
	if err := w.pulse.start(ctx); err != nil {
		return err
	}
	w.alarm.start(ctx)
	return w.river.Start(ctx)
}

// Stop lets running jobs end, and stops waiting for them when ctx ends; what
// is not finished then is taken up again by whoever starts next.
func (w *Worker) Stop(ctx context.Context) error {
	if !w.Work {
		return nil
	}
	err := w.river.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = w.river.StopAndCancel(hard)
	}
	w.alarm.stop()
	return errors.Join(err, w.pulse.stop(context.WithoutCancel(ctx)))
}

// Enqueue has a delivery processed that is stored already.
func (w *Worker) Enqueue(ctx context.Context, tx pgx.Tx, d store.Delivery) error {
	if err := w.Store.With(tx).PutJobs(ctx, w.InboxJob(d)); err != nil {
		return err
	}
	return w.Store.With(tx).Wake(ctx, queueInbox)
}

// client is the client of an installation.
func (w *Worker) client(installation int64) (*github.Client, error) {
	app, err := w.App()
	if err != nil {
		return nil, err
	}
	return app.Installation(installation), nil
}

// quieter keeps the queue's own chatter out of the log at the level of our own.
func quieter(log *slog.Logger) *slog.Logger {
	return slog.New(&atLeast{log.Handler(), slog.LevelWarn})
}

// atLeast is a handler from a level on.
type atLeast struct {
	slog.Handler
	level slog.Level
}

// Handle drops what the queue says of contexts and connections that end when it
// is stopped, be it an error or the text of one.
func (a *atLeast) Handle(ctx context.Context, r slog.Record) error {
	stopping := strings.HasSuffix(r.Message, "Error unlistening on topic")
	r.Attrs(func(at slog.Attr) bool {
		err, ok := at.Value.Any().(error)
		stopping = stopping || ok && errors.Is(err, context.Canceled) || at.Key == "error" && at.Value.String() == context.Canceled.Error()
		return !stopping
	})
	if stopping {
		return nil
	}
	return a.Handler.Handle(ctx, r)
}

// WithAttrs keeps the level.
func (a *atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &atLeast{a.Handler.WithAttrs(attrs), a.level}
}

// WithGroup keeps the level.
func (a *atLeast) WithGroup(name string) slog.Handler {
	return &atLeast{a.Handler.WithGroup(name), a.level}
}

// Enabled tells whether a record of the level is wanted.
func (a *atLeast) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= a.level && a.Handler.Enabled(ctx, l)
}
