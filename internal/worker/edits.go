package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// issueChanged follows what people do to an issue of ours.
func (t told) issueChanged(ctx context.Context) error {
	i, r := t.event.Issue, t.event.Repository
	if i == nil || r == nil {
		return nil
	}
	known, err := t.known(ctx)
	if err != nil || !known {
		return err
	}
	if t.event.Action == "opened" {
		return t.issueOpened(ctx)
	}
	ours, err := t.store.IssueByNumber(ctx, r.ID, i.Number)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	switch t.event.Action {
	case "edited":
		return t.bodyEdited(ctx, ours)
	case "closed":
		if t.event.Sender.Bot {
			return nil
		}
		return t.store.SetIssueState(ctx, r.ID, ours.Checklist, store.IssueClosedByPerson)
	case "reopened":
		if err := t.store.SetIssueState(ctx, r.ID, ours.Checklist, store.IssueOpen); err != nil {
			return err
		}
		return t.w.Touch(ctx, t.tx, r.ID, forPeople)
	case "deleted":
		return t.store.SetIssueState(ctx, r.ID, ours.Checklist, store.IssueDeleted)
	case "transferred":
		return t.issueTransferred(ctx, ours)
	}
	return nil
}

// issueTransferred follows an issue that somebody moved: it is no longer this
// repository's, and a repository without its issue gets a new one only when
// somebody asks for it.
func (t told) issueTransferred(ctx context.Context, ours store.Issue) error {
	return t.store.SetIssueState(ctx, ours.RepositoryID, ours.Checklist, store.IssueDeleted)
}

// bodyEdited keeps who changed which boxes, and has the body read. Our own
// write tells something else: which body it replaced. When that is not the one
// we had read, somebody edited in between, and what they did is kept.
func (t told) bodyEdited(ctx context.Context, ours store.Issue) error {
	before, after := t.event.BodyBefore, t.event.Issue.Body
	if before == nil {
		return nil // the title
	}
	if !t.event.Sender.Bot {
		at := t.event.Issue.UpdatedAt
		edits := boxEdits(issue.Edits(*before, after), t.event.Sender.Login, at, false)
		if issue.Broken(*before, after) { // no box: the body is to be read and written
			edits = append(edits, store.BoxEdit{By: t.event.Sender.Login, At: at})
		}
		if err := t.store.PutBoxEdits(ctx, ours.RepositoryID, ours.Checklist, edits); err != nil {
			return err
		}
		return t.w.Touch(ctx, t.tx, ours.RepositoryID, forPeople)
	}
	writes, err := t.store.WritesUntold(ctx, ours.RepositoryID, ours.Checklist, after)
	if err != nil || len(writes) == 0 {
		return err // no write of ours
	}
	if i := slices.IndexFunc(writes, func(w store.Write) bool { return issue.Equal(w.BodyRead, *before) }); i >= 0 {
		return t.store.WriteTold(ctx, writes[i].ID) // it replaced what it had read
	}
	if err := t.store.WriteTold(ctx, writes[0].ID); err != nil {
		return err
	}
	read := writes[0].BodyRead
	edits := boxEdits(issue.Edits(read, *before), "", t.event.Issue.UpdatedAt, true)
	if err := t.store.PutBoxEdits(ctx, ours.RepositoryID, ours.Checklist, edits); err != nil {
		return err
	}
	if err := t.store.PutOverwrittenBody(ctx, ours.RepositoryID, ours.Checklist, read, *before); err != nil {
		return err
	}
	return t.w.Touch(ctx, t.tx, ours.RepositoryID, forPeople)
}

func boxEdits(edits []issue.Edit, by string, at time.Time, overwritten bool) []store.BoxEdit {
	out := make([]store.BoxEdit, len(edits))
	for i, e := range edits {
		out[i] = store.BoxEdit{Item: e.Item, Ticked: e.Ticked, By: by, At: at, Overwritten: overwritten}
	}
	return out
}

// takeEdits turns what people did to the boxes of a body into statements:
// those that stand in the body, and those that our own write replaced. It
// returns who it was, and whether there were any.
func (w *Worker) takeEdits(ctx context.Context, row store.Issue, theirs string, states map[string]readiness.ItemState) (who string, any bool, err error) {
	err = w.Store.Tx(ctx, func(tx pgx.Tx) error {
		who, any, err = w.takeEditsIn(ctx, w.Store.With(tx), row, theirs, states)
		return err
	})
	return who, any, err
}

func (w *Worker) takeEditsIn(ctx context.Context, s *store.Store, row store.Issue, theirs string, states map[string]readiness.ItemState) (string, bool, error) {
	hints, err := s.BoxEdits(ctx, row.RepositoryID, row.Checklist)
	if err != nil {
		return "", false, err
	}
	var edits []store.BoxEdit
	now := w.Now()
	for _, e := range issue.Edits(row.BodyWritten, theirs) {
		by, at := attribute(hints, e.Item, e.Ticked)
		if at.IsZero() {
			at = now
		}
		edits = append(edits, store.BoxEdit{Item: e.Item, Ticked: e.Ticked, By: by, At: at})
	}
	late, err := lateEdits(ctx, s, row, hints, edits, issue.Boxes(theirs))
	if err != nil {
		return "", false, err
	}
	edits = append(edits, late...)
	told := make([]int64, len(hints))
	for i, h := range hints {
		told[i] = h.ID
		if !h.Overwritten {
			continue
		}
		old, err := superseded(ctx, s, row, h)
		if err != nil {
			return "", false, err
		}
		if !old {
			h.By, _ = attribute(hints, h.Item, h.Ticked)
			edits = append(edits, h)
		}
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
	return strings.Join(who, ", "), len(edits) > 0, s.TakeBoxEdits(ctx, told)
}

// superseded tells whether people have said something else of the box since an
// edit that our write replaced: GitHub's word on it may come days late. GitHub
// tells times in seconds; within one, what was told first was first.
func superseded(ctx context.Context, s *store.Store, row store.Issue, lost store.BoxEdit) (bool, error) {
	told, err := s.BoxEditsOf(ctx, row.RepositoryID, row.Checklist, lost.Item)
	if err != nil {
		return false, err
	}
	otherwise := false
	for _, e := range told {
		if !e.Overwritten && (e.At.After(lost.At) || e.At.Equal(lost.At) && e.ID > lost.ID) {
			otherwise = e.Ticked != lost.Ticked // else it may be the lost one itself
		}
	}
	if otherwise {
		return true, nil
	}
	last, err := s.LastCommanded(ctx, row.RepositoryID, row.Checklist, lost.Item)
	// GitHub's times are whole seconds: within one, the lost edit counts.
	return last.Truncate(time.Second).After(lost.At), err
}

// lateEdits are edits of which we hear only now, and that came after one that
// our write had replaced and that we have put back since: in the body, that one
// stands.
func lateEdits(ctx context.Context, s *store.Store, row store.Issue, hints, known []store.BoxEdit, boxes map[string]bool) ([]store.BoxEdit, error) {
	newest := map[string]store.BoxEdit{}
	var items []string
	for _, h := range hints {
		if h.Overwritten || h.Item == "" {
			continue
		}
		if _, seen := newest[h.Item]; !seen {
			items = append(items, h.Item)
		}
		newest[h.Item] = h
	}
	var out []store.BoxEdit
	for _, item := range items {
		h := newest[item]
		if ticked, there := boxes[item]; !there || ticked == h.Ticked || slices.ContainsFunc(known, func(e store.BoxEdit) bool { return e.Item == item }) {
			continue
		}
		told, err := s.BoxEditsOf(ctx, row.RepositoryID, row.Checklist, item)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(told, func(e store.BoxEdit) bool { return e.ID == h.ID }); i == len(told)-1 && i > 0 && told[i-1].Overwritten && told[i-1].Ticked != h.Ticked {
			out = append(out, h)
		}
	}
	return out, nil
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
