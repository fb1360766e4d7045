package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/testdb"
)

func push(guid string) store.Delivery {
	return store.Delivery{GUID: guid, Event: "push", InstallationID: 1, RepositoryID: 10,
		Payload: []byte(`{"ref":"refs/heads/main","filler":"` + strings.Repeat("webhook ", 100) + `"}`)}
}

func jobOf(d store.Delivery) store.Job {
	return store.Job{Kind: "inbox", Queue: "inbox", Priority: 2, MaxAttempts: 12, Args: `{"guid": "` + d.GUID + `"}`, Metadata: `{}`}
}

func TestAcceptOutcomes(t *testing.T) {
	s, ctx := testdb.Open(t), context.Background()
	accept := func(guids ...string) []store.Outcome {
		t.Helper()
		var ds []store.Delivery
		for _, g := range guids {
			ds = append(ds, push(g))
		}
		return must[[]store.Outcome](t)(s.Accept(ctx, ds, nil))
	}
	const (
		fresh, seen, again = store.New, store.Seen, store.Requeued
	)
	steps := []struct {
		name   string
		before func() error
		guids  []string
		want   []store.Outcome
	}{
		{"new ones, one twice", nil, []string{"b", "a", "b"}, []store.Outcome{fresh, fresh, seen}},
		{"one known", nil, []string{"a", "c"}, []store.Outcome{seen, fresh}},
		{"processed", func() error { return s.FinishDelivery(ctx, "a", store.Processed) }, []string{"a"}, []store.Outcome{seen}},
		{"more attempts follow", func() error { return s.FailDelivery(ctx, "b", "boom", false) }, []string{"b"}, []store.Outcome{seen}},
		{"given up", func() error { return s.FailDelivery(ctx, "b", "boom", true) }, []string{"b"}, []store.Outcome{again}},
		{"waiting again", nil, []string{"b"}, []store.Outcome{seen}},
		{"nothing", nil, nil, []store.Outcome{}},
	}
	for _, step := range steps {
		if step.before != nil {
			ok(t, step.before())
		}
		if diff := cmp.Diff(step.want, accept(step.guids...)); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
	}
	if got := must[store.Delivery](t)(s.Delivery(ctx, "a")); !bytes.Equal(got.Payload, push("a").Payload) || got.State != store.Processed {
		t.Errorf("stored %s %q", got.State, got.Payload)
	}
}

func TestAcceptEnqueuesOrNothing(t *testing.T) {
	s, ctx := testdb.Open(t), context.Background()
	_, err := s.Accept(ctx, []store.Delivery{push("a")}, func(store.Delivery) store.Job {
		return store.Job{Kind: "inbox", Queue: "inbox", Priority: 9, MaxAttempts: 3, Args: `{}`, Metadata: `{}`} // there are four
	})
	if err == nil {
		t.Error("a job that can't be queued is no error")
	}
	if _, err := s.Delivery(ctx, "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a delivery without its job is stored: %v", err)
	}
}

func TestInboxTogether(t *testing.T) {
	s, ctx := testdb.Open(t), context.Background()
	in := store.NewInbox(s, "inbox", jobOf)
	const guids, times = 100, 3
	var mu sync.Mutex
	var wg sync.WaitGroup
	counts := map[store.Outcome]int{}
	for i := range guids * times {
		wg.Go(func() {
			outcome, err := in.Accept(ctx, push(fmt.Sprint("guid-", i%guids)))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			counts[outcome]++
		})
	}
	wg.Wait()
	in.Close()
	want := map[store.Outcome]int{store.New: guids, store.Seen: guids * (times - 1)}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Error(diff)
	}
	var jobs, distinct int
	ok(t, s.Pool().QueryRow(ctx, `select count(*), count(distinct args ->> 'guid') from river_job where state = 'available'`).Scan(&jobs, &distinct))
	if jobs != guids || distinct != guids {
		t.Errorf("%d jobs for %d deliveries, want %d", jobs, distinct, guids)
	}
	if _, err := in.Accept(ctx, push("late")); !errors.Is(err, store.ErrInboxClosed) {
		t.Errorf("closed inbox: %v", err)
	}
}

func TestInboxPoison(t *testing.T) {
	s, ctx := testdb.Open(t), context.Background()
	in := store.NewInbox(s, "", nil)
	defer in.Close()
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() {
			d := push(fmt.Sprint("guid-", i))
			if i == 7 {
				d.Action = "nul\x00" // Postgres takes it in no text
			}
			_, errs[i] = in.Accept(ctx, d)
		})
	}
	wg.Wait()
	for i, err := range errs {
		if (err != nil) != (i == 7) {
			t.Errorf("delivery %d: %v", i, err)
		}
	}
}

func TestInboxOutlivesClient(t *testing.T) {
	s := testdb.Open(t)
	in := store.NewInbox(s, "", nil)
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	// Whether Accept still took it or not, what is stored is whole.
	_, err := in.Accept(gone, push("a"))
	in.Close()
	d, stored := s.Delivery(context.Background(), "a")
	if stored == nil && !bytes.Equal(d.Payload, push("a").Payload) {
		t.Errorf("stored %q", d.Payload)
	}
	if err == nil && stored != nil {
		t.Errorf("accepted, not stored: %v", stored)
	}
}

func BenchmarkInbox(b *testing.B) {
	s, ctx := testdb.Open(b), context.Background()
	in := store.NewInbox(s, "", nil)
	defer in.Close()
	b.SetParallelism(16) // times GOMAXPROCS: 32 connections on two cores
	var mu sync.Mutex
	n := 0
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			mu.Lock()
			n++
			guid := fmt.Sprint("bench-", n)
			mu.Unlock()
			if _, err := in.Accept(ctx, push(guid)); err != nil {
				b.Error(err)
			}
		}
	})
}
