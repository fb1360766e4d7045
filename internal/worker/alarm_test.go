package worker

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/testdb"
	"github.com/readyline/readyline/templates"
)

// TestEveryJobWakesItsQueue makes jobs quickly one after the other, as jobs and
// requests do, and listens to what replicas are told of each.
func TestEveryJobWakesItsQueue(t *testing.T) {
	ctx := context.Background()
	url := testdb.New(t)
	s, err := store.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	cat, err := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	if err != nil {
		t.Fatal(err)
	}
	w, err := New(Options{Store: s, Catalogue: cat, Version: "1", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.PutInstallation(ctx, store.Installation{ID: 1, AccountLogin: "acme"}); err != nil {
		t.Fatal(err)
	}
	for id := range int64(3) {
		r := store.Repository{ID: id + 1, InstallationID: 1, Owner: "acme", Name: fmt.Sprint("r", id+1), Visibility: "public"}
		if err := s.PutRepository(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	inbox := store.NewInbox(s, InboxQueue, w.InboxJob)
	defer inbox.Close()
	alarm := &alarm{w: w}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, `listen "public.river_insert"`); err != nil {
		t.Fatal(err)
	}
	accept := func(guid string) func() error {
		return func() error {
			_, err := inbox.Accept(ctx, store.Delivery{GUID: guid, Event: "push", Payload: []byte(`{}`)})
			return err
		}
	}
	tests := []struct {
		name, queue string
		do          func() error
	}{
		{"a look", queueLooks, func() error { return w.TouchNow(ctx, 1, someday) }},
		{"the next at once", queueLooks, func() error { return w.TouchNow(ctx, 2, someday) }},
		{"one that waits already", queueLooks, func() error { return w.TouchNow(ctx, 1, someday) }},
		{"that is hastened", queueLooks, func() error { return w.TouchNow(ctx, 1, forPeople) }},
		{"a delivery", queueInbox, accept("a")},
		{"the next", queueInbox, accept("b")},
		{"one that is processed again", queueInbox, func() error {
			return s.Tx(ctx, func(tx pgx.Tx) error { return w.Enqueue(ctx, tx, store.Delivery{GUID: "a"}) })
		}},
		{"a sweep", queueSweep, func() error { return w.queueNow(ctx, sweepPartArgs{Installation: 1}) }},
		{"a job that was put off", queueEvents, func() error { alarm.set(ctx, queueEvents, time.Now()); return nil }},
	}
	for _, test := range tests {
		if err := test.do(); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		within, cancel := context.WithTimeout(ctx, time.Minute)
		n, err := conn.WaitForNotification(within)
		cancel()
		if want := fmt.Sprintf(`{"queue": %q}`, test.queue); err != nil || n.Payload != want {
			t.Fatalf("%s: told %+v, %v; want %s", test.name, n, err, want)
		}
	}
	alarm.done.Wait()
	ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	if n, err := conn.WaitForNotification(ctx); err == nil {
		t.Errorf("told twice: %+v", n)
	}
}
