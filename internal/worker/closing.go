package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// closeAt100 closes an issue whose boxes are all ticked, where that is
// configured. One that a person opened again stays open until it has been less.
func (s *subject) closeAt100(ctx context.Context, was store.Issue) error {
	if s.config.CloseAt100 == nil || !*s.config.CloseAt100 {
		return nil
	}
	kept, err := s.w.Store.Assessments(ctx, s.row.ID) // with what people have ticked just now
	if err != nil {
		return err
	}
	i := slices.IndexFunc(kept, func(k store.Assessment) bool { return k.Checklist == was.Checklist })
	switch {
	case i < 0, kept[i].Score < 100 && !was.KeptOpen:
		return nil
	case kept[i].Score < 100:
		return s.w.Store.MayClose(ctx, s.row.ID, was.Checklist)
	}
	row, err := s.w.Store.Issue(ctx, s.row.ID, was.Checklist)
	if err != nil || row.State != store.IssueOpen || row.KeptOpen {
		return err
	}
	// Noted first: whoever ends in between must not take it for a person's doing.
	if err := s.w.Store.SetIssueState(ctx, s.row.ID, row.Checklist, store.IssueClosedByApp); err != nil {
		return err
	}
	s.w.Told(fmt.Sprintf("closed the %s issue of %s at 100%%", row.Checklist, s.repo.FullName()))
	return s.setState(ctx, row, "closed")
}

// reopen opens an issue that we had closed when what is required is ticked no
// more, or when it was put to rest and is wanted again.
func (s *subject) reopen(ctx context.Context, row store.Issue, a readiness.Assessment) (store.Issue, error) {
	if row.State != store.IssueClosedByApp || a.Ready && !issue.Resting(row.BodyWritten) {
		return row, nil
	}
	if err := s.setState(ctx, row, "open"); err != nil {
		return row, err
	}
	if err := s.w.Store.SetIssueState(ctx, s.row.ID, row.Checklist, store.IssueOpen); err != nil {
		return row, err
	}
	if err := s.w.Store.MayClose(ctx, s.row.ID, row.Checklist); err != nil {
		return row, err
	}
	return s.w.Store.Issue(ctx, s.row.ID, row.Checklist)
}

// setState closes or opens an issue; one that is gone is noted as such when its
// body is read.
func (s *subject) setState(ctx context.Context, row store.Issue, state string) error {
	_, err := s.client.SetState(ctx, s.at, row.Number, state)
	if errors.Is(err, github.ErrMoved) {
		if err := s.revisit(ctx); err != nil {
			return err
		}
		_, err = s.client.SetState(ctx, s.at, row.Number, state)
	}
	if errors.Is(err, github.ErrGone) || errors.Is(err, github.ErrNotFound) {
		return nil
	}
	return err
}
