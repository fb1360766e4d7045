package server_test

import (
	"context"
	"html"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/store"
)

// TestOnboarding reads what an organisation's page says is still to come, to
// somebody who sees all of it and to somebody who sees a part.
func TestOnboarding(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	w.fill(1, "acme", richFleet())
	for id := int64(1); id <= 5; id++ {
		ok(t, w.store.PutIssue(ctx, store.Issue{RepositoryID: id, Checklist: catalogue.DefaultChecklist, Number: 1}))
	}
	ok(t, w.store.SetHeld(ctx, 6, nil, store.ModeObserve))
	all := map[int64]string{}
	for n := range richFleet() {
		all[int64(n+1)] = "read"
	}
	owner := w.signIn(1, "ada", all)
	member := w.signIn(2, "bob", map[int64]string{1: "read", 7: "read"})
	tests := []struct {
		name         string
		cookie       string
		perHour      int
		paused       bool
		says, hushes []string
	}{
		{"all", owner, 0, false, []string{"1 repository waits for its first look", "16 issues wait for their wave", "5 of 22 issues opened", "a minute at least", "Skipped: archived", "1 repository"}, nil},
		{"slow waves", owner, 2, false, []string{"about 9 hours at least"}, nil},
		{"paused", owner, 2, true, []string{"5 of 22 issues opened", "paused by an administrator"}, []string{"at least"}},
		{"a part", member, 1, false, []string{"1 issue waits for its wave", "about 60 minutes at least"}, []string{"first look", "Skipped", "archived"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ok(t, w.store.SetWave(ctx, 1, store.ModeIssue, test.perHour, 0, test.paused))
			page := html.UnescapeString(w.get("/orgs/acme", test.cookie).body)
			_, card, _ := strings.Cut(page, `id="onboarding-h"`)
			card, _, _ = strings.Cut(card, "</section>")
			for _, words := range test.says {
				if !strings.Contains(card, words) {
					t.Errorf("it does not say %q: %s", words, card)
				}
			}
			for _, words := range test.hushes {
				if strings.Contains(card, words) {
					t.Errorf("it says %q: %s", words, card)
				}
			}
		})
	}
	ok(t, w.store.SetWave(ctx, 1, store.ModeObserve, 0, 0, false))
	if page := w.get("/orgs/acme", member).body; strings.Contains(page, "onboarding-h") {
		t.Error("issues wait where none are opened")
	}
}

// TestSetWaves lets those who administer an installation pause, resume and
// change its waves, and nobody else.
func TestSetWaves(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	w.fill(1, "acme", richFleet()[:2])
	w.fill(2, "globex", []spec{{Repository: store.Repository{ID: 90, Name: "core", Visibility: "private"}}})
	owner, writer := w.signIn(1, "ada", map[int64]string{1: "admin", 2: "admin"}), w.signIn(2, "grace", map[int64]string{1: "admin", 2: "write"})
	stranger := w.signIn(3, "globe", map[int64]string{90: "admin"})
	type set struct {
		perHour, perDay int
		paused          bool
	}
	for _, test := range []struct {
		who, cookie, form string
		status            int
		want              set
	}{
		{"nobody", "", "do=pause", 404, set{}},
		{"who administers only some of it", writer, "do=pause", 404, set{}},
		{"who administers another one", stranger, "do=pause", 404, set{}},
		{"the owner, without saying what", owner, "do=x", 400, set{}},
		{"the owner, with less than none", owner, "do=set&per_hour=-1&per_day=3", 400, set{}},
		{"the owner, without a number", owner, "do=set&per_hour=5", 400, set{}},
		{"the owner, changing", owner, "do=set&per_hour=20&per_day=200", 303, set{20, 200, false}},
		{"the owner, pausing", owner, "do=pause&per_hour=1&per_day=1", 303, set{20, 200, true}},
		{"the owner, resuming", owner, "do=resume", 303, set{20, 200, false}},
		{"the owner, with the usual", owner, "do=set&per_hour=0&per_day=0", 303, set{}},
	} {
		if got := w.send("POST", "/admin/waves", "installation=1&"+test.form, "Cookie", test.cookie); got.status != test.status {
			t.Errorf("%s: status %d, want %d", test.who, got.status, test.status)
		}
		in := must[store.Installation](t)(w.store.Installation(ctx, 1))
		if got := (set{in.IssuesPerHour, in.IssuesPerDay, in.WavePaused}); got != test.want || in.Mode != store.ModeIssue {
			t.Errorf("after %s: %+v, want %+v", test.who, got, test.want)
		}
	}
	if got := w.send("POST", "/admin/waves", "installation=2&do=pause", "Cookie", owner); got.status != 404 {
		t.Errorf("another installation's waves: status %d", got.status)
	}
	page := html.UnescapeString(w.get("/admin", owner).body)
	for _, words := range []string{"300 an hour, 3000 a day", "0 is the server's own: 300 an hour, 3000 a day", `value="pause"`} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
}
