package worker

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// ask asks a replica's budget and says what keeps the request back.
func ask(t *testing.T, b *budget, a github.Ask, answer *github.Told) (held *github.Limited) {
	t.Helper()
	ctx := context.Background()
	if a.Urgent {
		ctx = github.Urgent(ctx)
	}
	leave, err := b.enter(ctx, a)
	if err == nil {
		leave(answer)
		return nil
	}
	if !errors.As(err, &held) {
		t.Fatal(err)
	}
	return held
}

func TestBudgetIsShared(t *testing.T) {
	s := testdb.Open(t)
	var log strings.Builder
	out := slog.New(slog.NewTextHandler(&log, nil))
	one, two := newBudget(s, out, 1), newBudget(s, slog.New(slog.DiscardHandler), 1)
	read := func(installation int64) github.Ask {
		return github.Ask{Installation: installation, Resource: "core", Points: 1}
	}
	people := func(a github.Ask) github.Ask { a.Urgent = true; return a }
	fine := &github.Told{Limit: 5000, Remaining: 4000, Reset: time.Now().Add(time.Hour)}

	// The hourly limit: what is kept is for people, and for them to the last few.
	low := &github.Told{Limit: 5000, Remaining: 500, Reset: time.Now().Add(time.Hour)}
	if held := ask(t, one, read(1), low); held != nil {
		t.Errorf("the first: %v", held)
	}
	if held := ask(t, one, read(1), low); held == nil || time.Until(held.Until) < 59*time.Minute {
		t.Errorf("into the reserve: %v", held)
	}
	if held := ask(t, two, read(1), low); held == nil {
		t.Error("the other replica does not know")
	}
	if held := ask(t, two, people(read(1)), &github.Told{Limit: 5000, Remaining: 99, Reset: low.Reset}); held != nil {
		t.Errorf("a person waits: %v", held)
	}
	if held := ask(t, two, people(read(1)), low); held == nil {
		t.Error("to the very last")
	}

	// A pause holds for all.
	if held := ask(t, one, read(2), &github.Told{Wait: time.Hour, Reason: "secondary"}); held != nil {
		t.Errorf("before the pause: %v", held)
	}
	for _, b := range []*budget{one, two} {
		if held := ask(t, b, people(read(2)), fine); held == nil || !strings.Contains(held.Error(), "secondary") {
			t.Errorf("in the pause: %v", held)
		}
	}
	for _, want := range []string{"requests wait", "installation=2", "reason=secondary", "for=core"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, log.String())
		}
	}

	// Pauses of a length that GitHub does not tell grow.
	for _, want := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
		ask(t, one, read(3), &github.Told{Wait: -1})
		a := one.account(3)
		if left := time.Until(a.paused); left > want || left < want-10*time.Second {
			t.Errorf("a pause of %s, want %s", left, want)
		}
		a.paused = time.Time{}
		if _, err := s.Pool().Exec(t.Context(), `delete from budget_pauses`); err != nil {
			t.Fatal(err)
		}
	}
}

func TestContentIsKeptBack(t *testing.T) {
	s := testdb.Open(t)
	b := newBudget(s, slog.New(slog.DiscardHandler), 1)
	write := github.Ask{Installation: 1, Resource: "core", Points: 5, Content: true}
	n := 0
	var held *github.Limited
	for ; n < 100 && held == nil; n++ {
		held = ask(t, b, write, &github.Told{})
	}
	if n-1 != 60 || held == nil || time.Until(held.Until) > 70*time.Second { // 80 % of 76
		t.Errorf("%d writes in a minute, then %v", n-1, held)
	}
	next := ask(t, b, write, nil)
	if next == nil || !next.Until.After(held.Until) {
		t.Errorf("the next comes not later: %v, %v", held, next)
	}
	urgent := write
	urgent.Urgent = true
	for range 10 {
		if held := ask(t, b, urgent, &github.Told{}); held != nil {
			t.Errorf("a person waits: %v", held)
		}
	}
	ctx := github.Urgent(context.Background())
	booked, done, err := b.book(ctx, 1)
	if err != nil || useBooking(ctx) || !useBooking(booked) || useBooking(booked) {
		t.Errorf("booking: %v", err)
	}
	done()
	before := spent(t, b)
	_, done, err = b.book(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if during := spent(t, b); during != before+1 {
		t.Errorf("%d spent, want %d", during, before+1)
	}
	done()
	if after := spent(t, b); after != before {
		t.Errorf("%d spent after giving back, want %d", after, before)
	}
}

func spent(t *testing.T, b *budget) int {
	t.Helper()
	all, err := b.store.Spent(t.Context(), "content-hour", time.Hour)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return all[0].Used
}

// In the steady state requests do not ask the database each time.
func TestLeasesSpareTheDatabase(t *testing.T) {
	s := testdb.Open(t)
	b := newBudget(s, slog.New(slog.DiscardHandler), 1)
	a := b.account(1)
	leases, last := 0, time.Time{}
	for range 200 {
		ask(t, b, github.Ask{Installation: 1, Resource: "graphql", Points: 1}, &github.Told{})
		if l := a.leases["graphql"]; !l.until.Equal(last) {
			leases, last = leases+1, l.until
		}
	}
	if leases > 20 {
		t.Errorf("%d leases for 200 requests", leases)
	}
	a.running = mostAtOnce
	if held := ask(t, b, github.Ask{Installation: 1, Resource: "core", Points: 1, Urgent: true}, nil); held == nil {
		t.Error("more requests at a time than are allowed")
	}
}

func TestCrowdsStandBehind(t *testing.T) {
	var c crowds
	now := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	got := map[hurry]int{}
	for range 100 {
		got[c.hurry(1, now)]++
	}
	if got[asTold] != crowdFrom || got[inCrowd] != 100-crowdFrom {
		t.Errorf("a crowd: %v", got)
	}
	if h := c.hurry(2, now); h != asTold {
		t.Errorf("a quiet one: %v", h)
	}
	if h := c.hurry(1, now.Add(time.Minute)); h != inCrowd {
		t.Errorf("the crowd a minute later: %v", h)
	}
	if h := c.hurry(1, now.Add(time.Hour)); h != asTold {
		t.Errorf("an hour later: %v", h)
	}
}

// What GitHub said while the database was away is told once it is back.
func TestAPauseIsToldAfterAnOutage(t *testing.T) {
	s := testdb.Open(t)
	failed := make(chan struct{}, 100)
	one, two := newBudget(s, slog.New(slog.NewTextHandler(each(failed), nil)), 1), newBudget(s, slog.New(slog.DiscardHandler), 1)
	read := github.Ask{Installation: 1, Resource: "core", Points: 1}
	leave, err := one.enter(t.Context(), read)
	if err != nil {
		t.Fatal(err)
	}
	rename := func(from, to string) {
		t.Helper()
		if _, err := s.Pool().Exec(t.Context(), "alter table "+from+" rename to "+to); err != nil {
			t.Fatal(err)
		}
	}
	rename("budget_pauses", "away")
	told := make(chan struct{})
	go func() {
		defer close(told)
		leave(&github.Told{Wait: time.Hour, Reason: "secondary"})
	}()
	<-failed
	rename("away", "budget_pauses")
	<-told
	if held := ask(t, two, read, nil); held == nil || !strings.Contains(held.Error(), "secondary") {
		t.Errorf("the other replica goes on: %v", held)
	}
}

// Whoever could not ask the database lets others tell first what they were told
// while it was away.
func TestAfterAnOutageOthersTellFirst(t *testing.T) {
	s := testdb.Open(t)
	b := newBudget(s, slog.New(slog.DiscardHandler), 1)
	read := github.Ask{Installation: 1, Resource: "core", Points: 1}
	if _, err := s.Pool().Exec(t.Context(), "alter table budget_pauses rename to away"); err != nil {
		t.Fatal(err)
	}
	var limited *github.Limited
	if _, err := b.enter(t.Context(), read); err == nil || errors.As(err, &limited) {
		t.Fatalf("without the database: %v", err)
	}
	if _, err := s.Pool().Exec(t.Context(), "alter table away rename to budget_pauses"); err != nil {
		t.Fatal(err)
	}
	if held := ask(t, b, read, nil); held == nil || !strings.Contains(held.Error(), "away") || time.Until(held.Until) > time.Second {
		t.Errorf("at once after the outage: %v", held)
	}
	if held := ask(t, b, read, &github.Told{}); held != nil {
		t.Errorf("then: %v", held)
	}
}

// each tells of every line that is logged about a pause not told.
type each chan struct{}

func (e each) Write(line []byte) (int, error) {
	if strings.Contains(string(line), "not told") {
		e <- struct{}{}
	}
	return len(line), nil
}

// Thousands that wait for the same moment come back one after the other, and a
// person at that moment.
func TestThoseWhoWaitComeInTurns(t *testing.T) {
	b := newBudget(testdb.Open(t), slog.New(slog.DiscardHandler), 1)
	read := github.Ask{Installation: 1, Resource: "core", Points: 1}
	ask(t, b, read, &github.Told{Wait: time.Minute, Reason: "secondary"})
	paused := b.account(1).paused
	last := paused.Add(-1)
	for range 1000 {
		held := ask(t, b, read, nil)
		if held == nil || !held.Until.After(last) {
			t.Fatalf("after %v comes %v", last, held)
		}
		last = held.Until
	}
	if over := last.Sub(paused); over < 4*time.Minute || over > 5*time.Minute {
		t.Errorf("the last of a thousand comes %s after the first", over) // 672 points a minute, three for each
	}
	read.Urgent = true
	if held := ask(t, b, read, nil); held == nil || !held.Until.Equal(paused) {
		t.Errorf("a person comes at %v, not %v", held, paused)
	}
	read.Urgent = false
	for range 20_000 {
		if held := ask(t, b, read, nil); held.Until.Sub(paused) > longestTurn+time.Second {
			t.Fatalf("somebody is sent away until %v, %s too long", held.Until, held.Until.Sub(paused))
		}
	}
}
