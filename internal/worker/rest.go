package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// Why an issue is put to rest.
const (
	restOff     = "Readyline is switched off for this repository: nothing here is kept up to date any more. Switched on again, it goes on with what people have said."
	restObserve = "Readyline only observes this repository now: where it stands is on its dashboard, and nothing here is kept up to date any more."
	restRemoved = "This checklist is none of this repository's any more: nothing here is kept up to date. Asked for again, it goes on with what people have said."
)

// rest closes the open issues of checklists that the configuration wants no issue
// of any more, once: who opens one again has an old list, and knows.
func (s *subject) rest(ctx context.Context, mode store.Mode, wanted []readiness.Assessment) error {
	why := restRemoved
	switch mode {
	case store.ModeOff:
		why = restOff
	case store.ModeObserve:
		why = restObserve
	}
	all, err := s.w.Store.Issues(ctx, s.row.ID)
	if err != nil {
		return err
	}
	for _, row := range all {
		if row.State != store.IssueOpen || issue.Resting(row.BodyWritten) ||
			slices.ContainsFunc(wanted, func(a readiness.Assessment) bool { return a.Checklist.ID == row.Checklist }) {
			continue
		}
		there, err := s.visit(ctx, row)
		if err == nil && there {
			err = s.restOne(ctx, row, why)
		}
		if err != nil {
			return fmt.Errorf("issue %s of %s: %w", row.Checklist, s.repo.FullName(), err)
		}
	}
	return nil
}

// restOne writes why into an issue and closes it. What people did to its boxes
// and was not heard yet will be, should the issue come back: the base of the
// merge gets the same line.
func (s *subject) restOne(ctx context.Context, row store.Issue, why string) error {
	ctx, done, err := s.w.budget.book(ctx, s.row.InstallationID)
	if err != nil {
		return err
	}
	defer done()
	now, err := s.client.Issue(ctx, s.at, row.Number)
	switch {
	case errors.Is(err, github.ErrGone), errors.Is(err, github.ErrNotFound):
		return s.w.Store.SetIssueState(ctx, s.row.ID, row.Checklist, store.IssueDeleted)
	case err != nil:
		return err
	case row.GitHubID != 0 && now.ID != row.GitHubID:
		return s.redirected(ctx, row, now)
	case now.State == "closed" && !issue.Resting(now.Body):
		return s.w.Store.SetIssueState(ctx, s.row.ID, row.Checklist, store.IssueClosedByPerson)
	}
	if body := issue.Rest(now.Body, why); !issue.Equal(body, now.Body) {
		if err := s.w.Store.IntendWrite(ctx, s.row.ID, row.Checklist, body, now.Body); err != nil {
			return err
		}
		if _, err := s.write(ctx, row.Number, body); err != nil {
			return err
		}
	}
	if err := s.setState(ctx, row, "closed"); err != nil {
		return err
	}
	s.w.Told(fmt.Sprintf("put the %s issue of %s to rest", row.Checklist, s.repo.FullName()))
	row.BodyWritten, row.State = issue.Rest(row.BodyWritten, why), store.IssueClosedByApp
	return s.w.Store.Tx(ctx, func(tx pgx.Tx) error {
		in := s.w.Store.With(tx)
		if err := in.PutIssue(ctx, row); err != nil {
			return err
		}
		return in.WriteDone(ctx, s.row.ID, row.Checklist)
	})
}
