package server_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/server"
	"github.com/readyline/readyline/internal/store"
)

// TestBadgeOfReplicas has two servers on one Postgres keep a badge in memory,
// changes what it may say, and reads it from both.
func TestBadgeOfReplicas(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	other := server.New(server.Options{Store: w.store, Catalogue: w.cat, PublicURL: w.server.PublicURL, Log: w.server.Log})
	both := []*server.Server{w.server, other}
	for _, s := range both {
		watching, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() { defer close(ended); s.Watch(watching) }()
		t.Cleanup(func() { stop(); <-ended })
	}
	w.fill(1, "acme", nil)
	repo := store.Repository{ID: 1, InstallationID: 1, Owner: "acme", Name: "api", Visibility: "public"}
	ok(t, w.store.PutRepository(ctx, repo))
	record := func(verdicts map[string]readiness.Finding) {
		t.Helper()
		list := readiness.Checklist{ID: "list", Title: "The list", Items: []readiness.Item{
			{ID: "one", Title: "One", Controls: []string{"c"}}, {ID: "two", Title: "Two", Controls: []string{"d"}},
		}}
		assessment := readiness.Assess(list, verdicts, readiness.People{}, w.now)
		ok(t, w.store.Tx(ctx, func(tx pgx.Tx) error {
			_, err := w.store.Record(ctx, tx, store.Recording{Repository: 1, Commit: "c", Complete: true, Assessments: []readiness.Assessment{assessment}})
			return err
		}))
	}
	proven := func(names ...string) map[string]readiness.Finding {
		out := map[string]readiness.Finding{}
		for _, n := range names {
			out[n] = readiness.Finding{Control: n, Verdict: readiness.Proven}
		}
		return out
	}
	record(proven("c"))
	says := func(s *server.Server, path string) string {
		t.Helper()
		answer := httptest.NewRecorder()
		s.Handler().ServeHTTP(answer, httptest.NewRequest("GET", path, nil))
		var got struct{ Message string }
		ok(t, json.Unmarshal(answer.Body.Bytes(), &got))
		return got.Message
	}
	until := func(what string, done func() bool) {
		t.Helper()
		for began := time.Now(); !done(); time.Sleep(5 * time.Millisecond) {
			if time.Since(began) > time.Minute {
				t.Fatalf("waited in vain until %s", what)
			}
		}
	}
	exec := func(sql string) func() {
		return func() { _ = must[any](t)(w.store.Pool().Exec(ctx, sql)) }
	}
	const api = "/badge/Acme/api.json"
	steps := []struct {
		name string
		do   func()
		path string
		want string
	}{
		{"as it is", func() {}, api, "50%"},
		{"another score", func() { record(proven("c", "d")) }, api, "100%"},
		{"private", func() { r := repo; r.Visibility = "private"; ok(t, w.store.PutRepository(ctx, r)) }, api, "unknown"},
		{"without its token", func() { ok(t, w.store.SetBadgeToken(ctx, 1, "secret")) }, api, "unknown"},
		{"with its token", func() {}, api + "?token=secret", "100%"},
		{"with a token taken away", func() { ok(t, w.store.SetBadgeToken(ctx, 1, "")) }, api + "?token=secret", "unknown"},
		{"public", func() { ok(t, w.store.PutRepository(ctx, repo)) }, api, "100%"},
		{"renamed", func() { r := repo; r.Name = "new"; ok(t, w.store.PutRepository(ctx, r)) }, api, "100%"},
		{"another took the name", func() { r := repo; r.ID = 2; ok(t, w.store.PutRepository(ctx, r)) }, api, "unknown"},
		{"by its new name", func() {}, "/badge/acme/new.json", "100%"},
		{"long not looked at", exec(`update repositories set assessed_at = now() - interval '30 days' where id = 1`), "/badge/acme/new.json", "100% · stale"},
		{"of another checklist", func() {}, "/badge/acme/new.json?checklist=none", "unknown"},
		{"removed", func() { ok(t, w.store.RemoveRepositories(ctx, []int64{1})) }, "/badge/acme/new.json", "unknown"},
		{"purged", exec(`delete from repositories where id = 1`), "/badge/acme/new.json", "unknown"},
	}
	for _, step := range steps {
		// Both have kept what they say before it changes.
		for _, s := range both {
			until("a badge is kept", func() bool {
				says(s, "/badge/acme/api.json")
				says(s, "/badge/acme/new.json")
				return s.BadgesKept() > 0
			})
		}
		step.do()
		for n, s := range both {
			last := ""
			until("server says what is true: "+step.name, func() bool { last = says(s, step.path); return last == step.want })
			if again := says(s, step.path); again != step.want {
				t.Errorf("%s: server %d says %q after %q", step.name, n, again, last)
			}
		}
	}
}

// TestBadgeWithoutNews: when the connection is lost on which Postgres tells of
// changes, nothing that was in memory is shown any more.
func TestBadgeWithoutNews(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	watching, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); w.server.Watch(watching) }()
	defer func() { stop(); <-ended }()
	w.fill(1, "acme", nil)
	ok(t, w.store.PutRepository(ctx, store.Repository{ID: 1, InstallationID: 1, Owner: "acme", Name: "api", Visibility: "private"}))
	ok(t, w.store.SetBadgeToken(ctx, 1, "secret"))
	for began := time.Now(); w.server.BadgesKept() == 0; time.Sleep(5 * time.Millisecond) {
		w.get("/badge/acme/api.svg?token=secret", "")
		if time.Since(began) > time.Minute {
			t.Fatal("no badge is kept")
		}
	}
	// The connection ends, and there is a change that nobody is told of.
	_, err := w.store.Pool().Exec(ctx, `alter table repositories disable trigger badge_changed`)
	ok(t, err)
	_, err = w.store.Pool().Exec(ctx, `
		select pg_terminate_backend(pid) from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid() and query = 'listen readyline_badge'`)
	ok(t, err)
	for began := time.Now(); w.server.BadgesKept() > 0; time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > time.Minute {
			t.Fatal("badges are kept without news of them")
		}
	}
	_, err = w.store.Pool().Exec(ctx, `update repositories set badge_token = 'another' where id = 1`)
	ok(t, err)
	if got := w.get("/badge/acme/api.json?token=secret", "").body; !strings.Contains(got, "unknown") {
		t.Errorf("the old token is shown %s", got)
	}
}
