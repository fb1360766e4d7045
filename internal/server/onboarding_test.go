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
		{"all", owner, 0, false, []string{"1 repository waits for its first look", "16 issues wait for their wave", "about 4 minutes at least", "Skipped: archived", "1 repository"}, nil},
		{"slow waves", owner, 2, false, []string{"about 8 hours at least"}, nil},
		{"paused", owner, 2, true, []string{"paused by an administrator"}, []string{"at least"}},
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
