package worker

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/readyline/readyline/internal/issue"
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
	if t.event.Action == "transferred" {
		return t.issueTransferred(ctx, ours)
	}
	if ours.State == store.IssueDeleted && ours.HomeID != 0 { // moved to where another one is
		return nil
	}
	switch t.event.Action {
	case "edited":
		return t.bodyEdited(ctx, ours)
	case "closed":
		if t.event.Sender.Bot {
			return nil
		}
		return t.store.SetIssueState(ctx, ours.RepositoryID, ours.Checklist, store.IssueClosedByPerson)
	case "reopened":
		if err := t.store.SetIssueState(ctx, ours.RepositoryID, ours.Checklist, store.IssueOpen); err != nil {
			return err
		}
		return t.w.Touch(ctx, t.tx, ours.RepositoryID, forPeople)
	case "deleted":
		return t.store.SetIssueState(ctx, ours.RepositoryID, ours.Checklist, store.IssueDeleted)
	}
	return nil
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
