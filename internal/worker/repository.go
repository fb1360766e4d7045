package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/readyline/readyline/internal/store"
)

// repositoryChanged follows renames, transfers, visibility, archiving and the
// default branch. Everything is keyed by GitHub's id, so that history stays.
func (t told) repositoryChanged(ctx context.Context) error {
	r := t.event.Repository
	if r == nil {
		return fmt.Errorf("event repository.%s without a repository", t.event.Action)
	}
	if t.event.Action == "deleted" {
		return t.store.RemoveRepositories(ctx, []int64{r.ID})
	}
	if t.event.Installation == nil {
		return nil
	}
	_, err := t.store.Installation(ctx, t.event.Installation.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil // an installation we were not told of yet: listing it tells all
	}
	if err != nil {
		return err
	}
	if _, err := t.putRepository(ctx, *r); err != nil {
		return err
	}
	if t.event.Action == "privatized" {
		// Whoever knew the public badge must not go on reading it.
		if err := t.store.SetBadgeToken(ctx, r.ID, ""); err != nil {
			return err
		}
	}
	return t.w.Touch(ctx, t.tx, r.ID, t.hurry())
}

// skipReason says why a repository gets no issue; empty when it gets one.
func skipReason(r store.Repository) string {
	switch {
	case r.Archived:
		return "archived"
	case r.Fork:
		return "a fork"
	case r.Empty:
		return "empty: no commits on the default branch"
	case !r.HasIssues:
		return "issues are switched off"
	}
	return ""
}
