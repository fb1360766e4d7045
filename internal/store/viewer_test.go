package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/testdb"
)

func TestApp(t *testing.T) {
	s, ctx := testdb.Open(t), context.Background()
	if _, err := s.App(ctx); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no App yet: %v", err)
	}
	app := store.App{ID: 1, Slug: "readyline", Name: "Readyline", Owner: "acme", URL: "u", ClientID: "Iv1", Sealed: []byte{1}}
	for i, want := range []bool{true, false} {
		app.ID = int64(1 + i)
		if stored := must[bool](t)(s.RegisterApp(ctx, app)); stored != want {
			t.Errorf("registered: %v, want %v", stored, want)
		}
	}
	got := must[store.App](t)(s.App(ctx))
	app.ID = 1
	if diff := cmp.Diff(app, got, cmpopts.IgnoreFields(store.App{}, "CreatedAt")); diff != "" {
		t.Error(diff)
	}
}

func TestSessionsAndTokens(t *testing.T) {
	s, ctx := testdb.Open(t), context.Background()
	ok(t, s.PutViewer(ctx, store.Viewer{ID: 7, Login: "ada", Name: "Ada", Sealed: []byte("old")}))
	ok(t, s.SealToken(ctx, 7, []byte("new")))
	now := time.Now()
	later, earlier := now.Add(time.Hour), now.Add(-time.Hour)
	ok(t, s.AddSession(ctx, []byte("live"), 7, later))
	ok(t, s.AddSession(ctx, []byte("over"), 7, earlier))
	ok(t, s.AddSession(ctx, []byte("ended"), 7, later))
	ok(t, s.EndSession(ctx, []byte("ended")))
	must[int64](t)(s.AddToken(ctx, []byte("for ever"), 7, "ci", nil))
	must[int64](t)(s.AddToken(ctx, []byte("expired"), 7, "old", &earlier))
	revoked := must[int64](t)(s.AddToken(ctx, []byte("revoked"), 7, "lost", &later))
	ok(t, s.RevokeToken(ctx, 7, revoked))
	if err := s.RevokeToken(ctx, 8, revoked); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another viewer's token: %v", err)
	}
	tests := []struct {
		name string
		find func(context.Context, []byte) (store.Viewer, error)
		hash string
		ok   bool
	}{
		{"session", s.SessionViewer, "live", true},
		{"session that is over", s.SessionViewer, "over", false},
		{"session that was ended", s.SessionViewer, "ended", false},
		{"token as session", s.SessionViewer, "for ever", false},
		{"token", s.TokenViewer, "for ever", true},
		{"expired token", s.TokenViewer, "expired", false},
		{"revoked token", s.TokenViewer, "revoked", false},
		{"session as token", s.TokenViewer, "live", false},
	}
	for _, test := range tests {
		v, err := test.find(ctx, []byte(test.hash))
		if test.ok && (err != nil || v.Login != "ada" || string(v.Sealed) != "new") {
			t.Errorf("%s: %+v %v", test.name, v, err)
		}
		if !test.ok && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", test.name, err)
		}
	}
	tokens := must[[]store.Token](t)(s.Tokens(ctx, 7))
	if len(tokens) != 3 || tokens[0].RevokedAt == nil || tokens[2].LastUsedAt == nil {
		t.Errorf("tokens: %+v", tokens)
	}
	if n := must[int64](t)(s.PruneSessions(ctx)); n != 1 {
		t.Errorf("pruned %d sessions, want 1", n)
	}
	ok(t, s.RemoveViewer(ctx, 7))
	if _, err := s.TokenViewer(ctx, []byte("for ever")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("token of a removed viewer: %v", err)
	}
}

func TestAccess(t *testing.T) {
	s, ctx := testdb.Open(t), context.Background()
	ok(t, s.PutViewer(ctx, store.Viewer{ID: 7, Login: "ada", Sealed: []byte{}}))
	ids := func(since time.Time) (got []int64) {
		for _, a := range must[[]store.Access](t)(s.AccessOf(ctx, 7, since)) {
			got = append(got, a.RepositoryID)
		}
		return got
	}
	check := func(what string, got []int64, want ...int64) {
		t.Helper()
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	var ever time.Time
	check("at first", ids(ever))
	ok(t, s.SetAccess(ctx, 7, []store.Access{{RepositoryID: 1, Permission: "read"}, {RepositoryID: 2, Permission: "admin"}}))
	ok(t, s.AddAccess(ctx, 7, []store.Access{{RepositoryID: 3, Permission: "none"}, {RepositoryID: 4, Permission: "write"}}))
	check("set and added", ids(ever), 1, 2, 4)
	check("not checked lately", ids(time.Now().Add(time.Hour)))
	ok(t, s.SetAccess(ctx, 7, []store.Access{{RepositoryID: 2, Permission: "read"}}))
	check("set anew", ids(ever), 2)
	if a := must[store.Access](t)(s.AccessTo(ctx, 7, 2, ever)); a.Permission != "read" {
		t.Errorf("access %+v", a)
	}
	if _, err := s.AccessTo(ctx, 7, 3, ever); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown access: %v", err)
	}
	ok(t, s.DropAccess(ctx, 0, 0)) // of nobody to nothing
	check("nothing dropped", ids(ever), 2)
	ok(t, s.DropAccess(ctx, 0, 2))
	check("dropped", ids(ever))
	ok(t, s.SetAccess(ctx, 7, nil))
}

func TestBudgets(t *testing.T) {
	s, ctx := testdb.Open(t), context.Background()
	reset := time.Now().Add(time.Hour).Truncate(time.Second)
	observe := func(remaining int, at time.Time) {
		ok(t, s.ObserveBudget(ctx, store.Budget{InstallationID: 1, Resource: "core", Quota: 5000, Remaining: remaining, ResetAt: at}))
	}
	remaining := func() int { return must[[]store.Budget](t)(s.Budgets(ctx))[0].Remaining }
	steps := []struct {
		name string
		do   func()
		want int
	}{
		{"first", func() { observe(100, reset) }, 100},
		{"lower", func() { observe(90, reset) }, 90},
		{"an answer overtaken", func() { observe(95, reset) }, 90},
		{"of a window gone by", func() { observe(10, reset.Add(-time.Hour)) }, 90},
		{"the next window", func() { observe(5000, reset.Add(time.Hour)) }, 5000},
	}
	for _, step := range steps {
		step.do()
		if got := remaining(); got != step.want {
			t.Errorf("%s: %d remain, want %d", step.name, got, step.want)
		}
	}
	ok(t, s.Pause(ctx, 1, time.Now().Add(time.Hour), "retry-after"))
	ok(t, s.Pause(ctx, 1, time.Now().Add(time.Minute), "shorter"))
	left, why, err := s.Paused(ctx, 1)
	if err != nil || left < 50*time.Minute || why != "retry-after" {
		t.Errorf("paused %s %q %v", left, why, err)
	}
	if left, _, err := s.Paused(ctx, 2); err != nil || left != 0 {
		t.Errorf("another installation is paused %s %v", left, err)
	}
}

func TestSpendTogether(t *testing.T) {
	s, ctx := testdb.Open(t), context.Background()
	limits := []store.Limit{{Kind: "content-hour", Window: time.Hour, Max: 500}, {Kind: "content-minute", Window: time.Minute, Max: 20}}
	var mu sync.Mutex
	var wg sync.WaitGroup
	spent := 0
	for range 50 {
		wg.Go(func() {
			wait, err := s.Spend(ctx, 1, 1, limits...)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if wait == 0 {
				spent++
			} else if wait > 2*time.Minute {
				t.Errorf("waits %s for a minute's window", wait)
			}
		})
	}
	wg.Wait()
	if spent != 20 {
		t.Errorf("spent %d of 20", spent)
	}
	if wait := must[time.Duration](t)(s.Spend(ctx, 2, 1, limits...)); wait != 0 {
		t.Errorf("another installation waits %s", wait)
	}
	// What was spent a window ago counts no more.
	_, err := s.Pool().Exec(ctx, `update budget_spent set slice = slice - interval '67 seconds'`)
	ok(t, err)
	if wait := must[time.Duration](t)(s.Spend(ctx, 1, 20, limits...)); wait != 0 {
		t.Errorf("waits %s after the window", wait)
	}
	if wait := must[time.Duration](t)(s.Spend(ctx, 1, 1, limits...)); wait == 0 {
		t.Error("spent more than the window has")
	}
}

func TestIssuesAndAnswers(t *testing.T) {
	s, ctx := withRepository(t), context.Background()
	seen := at(1)
	issue := store.Issue{RepositoryID: 10, Checklist: "list", Number: 5, GitHubID: 55, NodeID: "I_5", State: store.IssueOpen,
		BodyWritten: "body", BodySeenHash: "hash", UpdatedAtSeen: &seen, OpenedAt: at(0)}
	ok(t, s.PutIssue(ctx, issue))
	again := issue
	again.OpenedAt = time.Time{}
	ok(t, s.PutIssue(ctx, again))
	ok(t, s.SetIssueState(ctx, 10, "list", store.IssueClosedByPerson))
	issue.State = store.IssueClosedByPerson
	if diff := cmp.Diff(issue, must[store.Issue](t)(s.IssueByNumber(ctx, 10, 5))); diff != "" {
		t.Error(diff)
	}
	for since, want := range map[time.Time]int{at(0): 1, at(1): 2} {
		if n := must[int](t)(s.WaveFree(ctx, 1, store.Wave{Since: since, Most: 2})); n != want {
			t.Errorf("free since %s: %d, want %d", since, n, want)
		}
	}
	ok(t, s.DropIssue(ctx, 10, "list"))
	if _, err := s.Issue(ctx, 10, "list"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a dropped issue: %v", err)
	}

	put := func(name, facts, unknown string, hour int) {
		ok(t, s.PutAnswers(ctx, 10, []store.Answer{{Name: name, Facts: json.RawMessage(facts), Unknown: unknown, FetchedAt: at(hour)}}))
	}
	put("protection", `{"reviews": 1}`, "", 1)
	put("protection", `{"reviews": 9}`, "", 0) // older
	put("runs", `null`, "no permission", 1)
	want := []store.Answer{
		{Name: "protection", Facts: json.RawMessage(`{"reviews": 1}`), FetchedAt: at(1)},
		{Name: "runs", Facts: json.RawMessage(`null`), Unknown: "no permission", FetchedAt: at(1)},
	}
	if diff := cmp.Diff(want, must[[]store.Answer](t)(s.Answers(ctx, 10))); diff != "" {
		t.Error(diff)
	}
	ok(t, s.DropAnswers(ctx, 10, "runs"))
	ok(t, s.DropAnswers(ctx, 10, "no such"))
	if left := must[[]store.Answer](t)(s.Answers(ctx, 10)); len(left) != 1 {
		t.Errorf("left %+v", left)
	}
	ok(t, s.DropAnswers(ctx, 10))
	if left := must[[]store.Answer](t)(s.Answers(ctx, 10)); len(left) != 0 {
		t.Errorf("left %+v", left)
	}
}
