package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/readyline/readyline/internal/store"
)

// A command that is heard late: what was said since stands.
func TestOvertaken(t *testing.T) {
	ctx := context.Background()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	about := store.Statement{RepositoryID: 10, Checklist: "list", Item: "one", By: "ann", Via: store.ViaCommand}
	by := func(kind store.StatementKind, seconds int, comment int64) store.Statement {
		n := about
		n.Kind, n.At, n.CommentID = kind, noon.Add(time.Duration(seconds)*time.Second), comment
		return n
	}
	box := func(seconds int, ticked bool) []store.BoxEdit {
		return []store.BoxEdit{{Item: "one", Ticked: ticked, By: "ben", At: noon.Add(time.Duration(seconds) * time.Second)}}
	}
	tests := []struct {
		name     string
		said     []store.Statement
		restored []store.Statement
		boxes    []store.BoxEdit
		late     store.Statement
		want     bool
	}{
		{name: "nothing since", late: by(store.Waived, 0, 5)},
		{name: "heard before", said: []store.Statement{by(store.Waived, 0, 5)}, late: by(store.Waived, 0, 5), want: true},
		{name: "said before", said: []store.Statement{by(store.Waived, -1, 4)}, late: by(store.Waived, 0, 5)},
		{name: "said since", said: []store.Statement{by(store.Waived, 1, 6)}, late: by(store.Waived, 0, 5), want: true},
		{name: "later in the same second", said: []store.Statement{by(store.Waived, 0, 6)}, late: by(store.Waived, 0, 5), want: true},
		{name: "earlier in the same second", said: []store.Statement{by(store.Waived, 0, 4)}, late: by(store.Waived, 0, 5)},
		{name: "of another kind", said: []store.Statement{by(store.Exempted, 1, 6)}, late: by(store.Waived, 0, 5)},
		{name: "restored since", restored: []store.Statement{by("", 1, 6)}, late: by(store.Waived, 0, 5), want: true},
		{name: "restored before", restored: []store.Statement{by("", -1, 4)}, late: by(store.Waived, 0, 5)},
		{name: "a late restore takes no newer place", restored: []store.Statement{by("", 1, 6), by("", -1, 4)}, late: by(store.Waived, 0, 5), want: true},
		{name: "unticked since", boxes: box(1, false), late: by(store.Waived, 0, 5), want: true},
		{name: "ticked since, which waives nothing back", boxes: box(1, true), late: by(store.Waived, 0, 5)},
		{name: "exempt, ticked since", boxes: box(1, true), late: by(store.Exempted, 0, 5), want: true},
		{name: "exempt, unticked since", boxes: box(1, false), late: by(store.Exempted, 0, 5)},
		{name: "ticked before", boxes: box(-1, false), late: by(store.Attested, 0, 5)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := withRepository(t)
			for _, n := range test.said {
				must[bool](t)(s.Say(ctx, n))
			}
			for _, n := range test.restored {
				ok(t, s.Restore(ctx, n))
			}
			ok(t, s.PutBoxEdits(ctx, 10, "list", test.boxes))
			if got := must[bool](t)(s.Overtaken(ctx, test.late)); got != test.want {
				t.Errorf("overtaken %v, want %v", got, test.want)
			}
		})
	}
}

// What was taken back by a command was said by one.
func TestARestoreIsTheLastWord(t *testing.T) {
	ctx := context.Background()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := withRepository(t)
	n := store.Statement{RepositoryID: 10, Checklist: "list", Item: "one", By: "ann", Kind: store.Waived, Via: store.ViaCommand, At: noon}
	must[bool](t)(s.Say(ctx, n))
	n.At = noon.Add(time.Hour)
	ok(t, s.Restore(ctx, n))
	if at := must[time.Time](t)(s.LastCommanded(ctx, 10, "list", "one")); !at.Equal(n.At) {
		t.Errorf("last said at %s", at)
	}
	if at := must[time.Time](t)(s.LastCommanded(ctx, 10, "list", "two")); !at.IsZero() {
		t.Errorf("of another item at %s", at)
	}
	if left := must[[]store.Statement](t)(s.Statements(ctx, 10, "list")); len(left) != 0 {
		t.Errorf("%d stand", len(left))
	}
}
