package worker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// takeEdits turns what people did to the boxes of a body into statements:
// those that stand in the body, and those that our own write replaced. It
// returns who it was, and whether there were any.
func (w *Worker) takeEdits(ctx context.Context, row store.Issue, theirs string, h heard, states map[string]readiness.ItemState) (who string, any bool, err error) {
	err = w.Store.Tx(ctx, func(tx pgx.Tx) error {
		who, any, err = w.takeEditsIn(ctx, w.Store.With(tx), row, theirs, h, states)
		return err
	})
	return who, any, err
}

func (w *Worker) takeEditsIn(ctx context.Context, s *store.Store, row store.Issue, theirs string, h heard, states map[string]readiness.ItemState) (string, bool, error) {
	edits, err := lastWords(ctx, s, row, theirs, h)
	if err != nil {
		return "", false, err
	}
	for _, e := range issue.Edits(row.BodyWritten, theirs) {
		if slices.ContainsFunc(edits, func(o store.BoxEdit) bool { return o.Item == e.Item }) {
			continue
		}
		by, at := attribute(h.hints, e.Item, e.Ticked)
		if at.IsZero() {
			at = w.Now()
		}
		edits = append(edits, store.BoxEdit{Item: e.Item, Ticked: e.Ticked, By: by, At: at})
	}
	var who []string
	for _, e := range edits {
		if err := w.takeEdit(ctx, s, row, e, states[e.Item]); err != nil {
			return "", false, fmt.Errorf("edit of %s: %w", e.Item, err)
		}
		if e.By != "" && !slices.Contains(who, e.By) {
			who = append(who, e.By)
		}
	}
	told := make([]int64, len(h.hints))
	for i, e := range h.hints {
		told[i] = e.ID
	}
	return strings.Join(who, ", "), len(edits) > 0, s.TakeBoxEdits(ctx, told)
}

// lastWords are what people did last to each box of which deliveries told. The
// body may not show it: a write of ours that had not seen it replaced it. Then
// GitHub's own log of the body knows; without one, the newest that was told is
// taken for it. A command that came later has the last word.
func lastWords(ctx context.Context, s *store.Store, row store.Issue, theirs string, h heard) ([]store.BoxEdit, error) {
	all, err := newest(ctx, s, row, theirs, h.hints)
	if err != nil {
		return nil, err
	}
	var out []store.BoxEdit
	for _, n := range all {
		e, ok := store.BoxEdit{}, false
		if !n.plain {
			e, ok = lastOf(h.log, n.Item)
		}
		if !ok {
			e = n.BoxEdit
			if e.By == "" {
				e.By, _ = attribute(h.hints, e.Item, e.Ticked)
			}
		}
		commanded, err := s.LastCommanded(ctx, row.RepositoryID, row.Checklist, e.Item)
		if err != nil {
			return nil, err
		}
		// GitHub's times are whole seconds: within one, the edit counts.
		if !commanded.Truncate(time.Second).After(e.At) {
			out = append(out, e)
		}
	}
	return out, nil
}

// newestEdit is the newest edit of a box that was told. It is plain when the
// body says the same and no write of ours came between.
type newestEdit struct {
	store.BoxEdit
	plain bool
}

// newest are the newest edits of the boxes of which hints tell. A box is left
// out when its newest edit was taken before, and nothing speaks against it.
func newest(ctx context.Context, s *store.Store, row store.Issue, theirs string, hints []store.BoxEdit) ([]newestEdit, error) {
	boxes := issue.Boxes(theirs)
	fresh := func(e store.BoxEdit) bool {
		return slices.ContainsFunc(hints, func(h store.BoxEdit) bool { return h.ID == e.ID })
	}
	var out []newestEdit
	seen := map[string]bool{}
	for _, h := range hints {
		if h.Item == "" || seen[h.Item] {
			continue
		}
		seen[h.Item] = true
		told, err := s.BoxEditsOf(ctx, row.RepositoryID, row.Checklist, h.Item)
		if err != nil {
			return nil, err
		}
		if len(told) == 0 { // known of GitHub's log alone
			continue
		}
		last := told[len(told)-1]
		replaced := slices.ContainsFunc(told, func(e store.BoxEdit) bool { return e.Overwritten && fresh(e) })
		ticked, there := boxes[h.Item]
		if replaced || fresh(last) {
			out = append(out, newestEdit{last, !replaced && there && ticked == last.Ticked})
		}
	}
	return out, nil
}

// lastOf finds what a person did last to a box in a log of bodies.
func lastOf(log []github.BodyEdit, item string) (store.BoxEdit, bool) {
	for i := len(log) - 1; i > 0; i-- {
		e := log[i]
		if e.By.Bot || e.Body == "" || log[i-1].Body == "" {
			continue
		}
		for _, x := range issue.Edits(log[i-1].Body, e.Body) {
			if x.Item == item {
				return store.BoxEdit{Item: item, Ticked: x.Ticked, By: e.By.Login, At: e.At}, true
			}
		}
	}
	return store.BoxEdit{}, false
}

// attribute finds who last changed a box to what it is.
func attribute(hints []store.BoxEdit, item string, ticked bool) (string, time.Time) {
	for i := len(hints) - 1; i >= 0; i-- {
		if h := hints[i]; h.Item == item && h.Ticked == ticked && !h.Overwritten {
			return h.By, h.At
		}
	}
	return "", time.Time{}
}

// takeEdit is what one tick or untick says.
func (w *Worker) takeEdit(ctx context.Context, s *store.Store, row store.Issue, e store.BoxEdit, state readiness.ItemState) error {
	if state.Item.ID == "" {
		return nil // the item has left the checklist
	}
	n := store.Statement{RepositoryID: row.RepositoryID, Checklist: row.Checklist, Item: e.Item, By: e.By, At: e.At, Via: store.ViaTick}
	who := e.By
	if who == "" {
		who = "somebody"
	}
	w.Told(fmt.Sprintf("%s %s %q", who, map[bool]string{true: "ticked", false: "unticked"}[e.Ticked], state.Item.Title))
	if e.Ticked {
		for _, kind := range []store.StatementKind{store.Contested, store.Exempted} {
			if _, err := s.Withdraw(ctx, row.RepositoryID, row.Checklist, e.Item, kind, e.By); err != nil {
				return err
			}
		}
		if state.Disputed || state.State == readiness.Met {
			return nil // the evidence ticks it again
		}
		n.Kind = store.Attested
		return sayOnce(ctx, s, n)
	}
	for _, kind := range []store.StatementKind{store.Attested, store.Waived} {
		if _, err := s.Withdraw(ctx, row.RepositoryID, row.Checklist, e.Item, kind, e.By); err != nil {
			return err
		}
	}
	if !provenByRules(state) {
		return nil
	}
	n.Kind, n.Fingerprint = store.Contested, state.Fingerprint
	return sayOnce(ctx, s, n)
}

// sayOnce keeps a statement that stands already when nobody is known to have
// made the new one: a body read twice must not take a person's name away.
func sayOnce(ctx context.Context, s *store.Store, n store.Statement) error {
	if n.By == "" {
		standing, err := s.Statements(ctx, n.RepositoryID, n.Checklist)
		if err != nil {
			return err
		}
		for _, o := range standing {
			if o.Item == n.Item && o.Kind == n.Kind && o.Fingerprint == n.Fingerprint {
				return nil
			}
		}
	}
	_, err := s.Say(ctx, n)
	return err
}

// provenByRules tells whether evidence alone ticks the item, whatever a person
// said of it.
func provenByRules(s readiness.ItemState) bool {
	return s.Progress[1] > 0 && s.Progress[0] == s.Progress[1] && s.Fingerprint != readiness.Fingerprint(nil)
}
