package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/readyline/readyline/internal/events"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// eventArgs asks for an event to be sent.
type eventArgs struct {
	ID int64 `json:"id"`
}

func (eventArgs) Kind() string { return "event" }

// Ten attempts are about a day: 1 s, 4 s, 16 s … 8 h.
func (eventArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueEvents, MaxAttempts: 10}
}

// eventJob sends one event to one endpoint.
type eventJob struct {
	river.WorkerDefaults[eventArgs]
	w *Worker
}

func (j *eventJob) Work(ctx context.Context, job *river.Job[eventArgs]) error {
	o, err := j.w.Store.Outgoing(ctx, job.Args.ID)
	if errors.Is(err, store.ErrNotFound) {
		return river.JobCancel(err)
	}
	if err != nil || o.State != store.OutgoingWaiting {
		return err
	}
	err = j.w.Events.Send(ctx, o.Endpoint, o.Event, []byte(o.Body), j.w.Now())
	if err == nil {
		return j.w.Store.TriedOutgoing(ctx, o.ID, store.OutgoingSent, "")
	}
	if ctx.Err() != nil { // we are being stopped: this was no fault of theirs
		return err
	}
	state := store.OutgoingWaiting
	if job.Attempt >= job.MaxAttempts || errors.Is(err, events.ErrGone) {
		state = store.OutgoingDead
	}
	if e := j.w.Store.TriedOutgoing(ctx, o.ID, state, err.Error()); e != nil {
		return errors.Join(err, e)
	}
	if state == store.OutgoingDead {
		return river.JobCancel(err)
	}
	return err
}

// NextRetry waits four times as long after each attempt, eight hours at most.
func (j *eventJob) NextRetry(job *river.Job[eventArgs]) time.Time {
	return time.Now().Add(min(time.Second<<(2*min(job.Attempt-1, 10)), 8*time.Hour))
}

// Resend has a dead event sent anew; store.ErrNotFound where it is not dead.
func (w *Worker) Resend(ctx context.Context, id int64) error {
	return w.Store.Tx(ctx, func(tx pgx.Tx) error {
		if err := w.Store.With(tx).ReviveOutgoing(ctx, id); err != nil {
			return err
		}
		_, err := w.queue(ctx, tx, eventArgs{ID: id}, nil)
		return err
	})
}

// eventRepository is what every event says of where it happened.
type eventRepository struct {
	ID         int64  `json:"id"`
	Owner      string `json:"owner"`
	Name       string `json:"name"`
	Visibility string `json:"visibility"`
	URL        string `json:"url"`
}

// itemEvent is the data of a change of an item.
type itemEvent struct {
	Repository eventRepository      `json:"repository"`
	Checklist  string               `json:"checklist"`
	Item       string               `json:"item"`
	Required   bool                 `json:"required"`
	From       readiness.State      `json:"from"`
	To         readiness.State      `json:"to"`
	Reason     string               `json:"reason"`
	Evidence   []readiness.Evidence `json:"evidence"`
	Commit     string               `json:"commit"`
	Actor      string               `json:"actor"`
	ActorKind  store.ActorKind      `json:"actor_kind"`
}

// readinessEvent is the data of a change of a checklist as a whole.
type readinessEvent struct {
	Repository eventRepository `json:"repository"`
	Checklist  string          `json:"checklist"`
	Title      string          `json:"title"`
	Before     *eventStanding  `json:"before"` // null: assessed for the first time
	After      eventStanding   `json:"after"`
	Commit     string          `json:"commit"`
}

type eventStanding struct {
	Score        int  `json:"score"`
	Ready        bool `json:"ready"`
	RequiredLeft int  `json:"required_left"`
}

// emit keeps, in the transaction of a recording, what others are to be told of
// it: changes of items, but not those of a first look; changes of readiness.
func (s *subject) emit(ctx context.Context, tx pgx.Tx, before []store.Assessment, changes []store.Change, now []readiness.Assessment, by store.ActorKind, actor string) error {
	repo := eventRepository{s.row.ID, s.row.Owner, s.row.Name, s.row.Visibility, s.w.PublicURL + "/repos/" + s.row.FullName()}
	source := s.w.PublicURL
	if source == "" {
		source = "/" // a source is never empty
	}
	at := s.w.Now()
	var all []events.Event
	for _, c := range changes {
		if c.From == "" {
			continue
		}
		data := itemEvent{repo, c.Checklist, c.Item, c.Required, c.From, c.To, c.Reason, append([]readiness.Evidence{}, c.After...), s.head.SHA, actor, by}
		all = append(all, events.New(events.ItemChanged, source, s.row.FullName(), at, data))
		if c.Regression && c.Required {
			all = append(all, events.New(events.RequiredRegression, source, s.row.FullName(), at, data))
		}
	}
	for _, a := range now {
		data := readinessEvent{repo, a.Checklist.ID, a.Checklist.Title, nil, eventStanding{a.Score, a.Ready, a.RequiredLeft}, s.head.SHA}
		for _, b := range before {
			if b.Checklist == a.Checklist.ID {
				data.Before = &eventStanding{b.Score, b.Ready, b.RequiredLeft}
			}
		}
		if data.Before == nil || *data.Before != data.After {
			all = append(all, events.New(events.ReadinessChanged, source, s.row.FullName(), at, data))
		}
	}
	return s.w.emit(ctx, tx, all)
}

// emit keeps events for every endpoint, and has them sent once tx is committed.
func (w *Worker) emit(ctx context.Context, tx pgx.Tx, all []events.Event) error {
	in := w.Store.With(tx)
	var jobs []river.InsertManyParams
	for _, e := range all {
		body, err := e.Body()
		if err != nil {
			return err
		}
		for _, endpoint := range w.Events.Endpoints {
			id, err := in.PutOutgoing(ctx, store.Outgoing{Event: e.ID, Type: e.Type, Endpoint: endpoint, Body: string(body)})
			if err != nil {
				return err
			}
			jobs = append(jobs, river.InsertManyParams{Args: eventArgs{ID: id}})
		}
	}
	if jobs == nil {
		return nil
	}
	made, err := w.river.InsertManyTx(ctx, tx, jobs)
	if err != nil {
		return fmt.Errorf("queue %d events: %w", len(jobs), err)
	}
	ids := make([]int64, len(made))
	for i, m := range made {
		ids[i] = m.Job.ID
	}
	return in.Wake(ctx, queueEvents, ids...)
}
