package server_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// TestBadgeStale sets when a repository was pushed to and last looked at, and
// reads what its badge says of that.
func TestBadgeStale(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	w.fill(1, "acme", nil)
	ok(t, w.store.PutRepository(ctx, store.Repository{ID: 1, InstallationID: 1, Owner: "acme", Name: "api", Visibility: "public"}))
	list := readiness.Checklist{ID: "list", Title: "The list", Items: []readiness.Item{
		{ID: "one", Title: "One", Controls: []string{"c"}}, {ID: "two", Title: "Two", Controls: []string{"d"}},
	}}
	assessment := readiness.Assess(list, map[string]readiness.Finding{"c": {Control: "c", Verdict: readiness.Proven}}, readiness.People{}, w.now)
	ok(t, w.store.Tx(ctx, func(tx pgx.Tx) error {
		_, err := w.store.Record(ctx, tx, store.Recording{Repository: 1, Commit: "old", Complete: true, Assessments: []readiness.Assessment{assessment}})
		return err
	}))
	tests := []struct {
		name           string
		wanted         string // head; it was pushed that long ago
		pushed, looked string
		message, color string
	}{
		{"nothing waits", "old", "30 days", "1 day", "50%", "yellow"},
		{"a push a moment ago", "new", "59 minutes", "2 days", "50%", "yellow"},
		{"a push that long waits", "new", "61 minutes", "2 days", "50% · stale", "lightgrey"},
		{"a look before the week's end", "old", "30 days", "7 days", "50%", "yellow"},
		{"a look too long ago", "old", "30 days", "9 days", "50% · stale", "lightgrey"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := w.store.Pool().Exec(ctx, `
				update repositories set wanted_sha = $1, wanted_at = now() - $2::text::interval, assessed_at = now() - $3::text::interval
				where id = 1`, test.wanted, test.pushed, test.looked)
			ok(t, err)
			var got struct{ Message, Color string }
			ok(t, json.Unmarshal([]byte(w.get("/badge/acme/api.json", "").body), &got))
			if got.Message != test.message || got.Color != test.color {
				t.Errorf("JSON says %q in %s, want %q in %s", got.Message, got.Color, test.message, test.color)
			}
			for _, style := range []string{"", "for-the-badge", "plain"} {
				svg := w.get("/badge/acme/api.svg?style="+style, "").body
				if !strings.Contains(svg, ">"+test.message+"<") {
					t.Errorf("style %q does not say %q: %s", style, test.message, svg)
				}
				if grey := strings.Contains(svg, "#656d76"); grey != (test.color == "lightgrey") {
					t.Errorf("style %q: grey is %t", style, grey)
				}
			}
		})
	}
}
