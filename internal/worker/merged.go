package worker

import (
	"context"
	"errors"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/snapshot"
)

// merged is what the default branch would be with a pull request merged: what is
// there now, and of what the request changes its own. Its head alone would blame
// it for all that has come to the default branch since it began. Where it is not
// known what it changes, its head has to do.
func (s *subject) merged(ctx context.Context, base string, number int) (*snapshot.Snapshot, error) {
	// First what is kept: asking for the head puts its tree in that one's place.
	onto, _, err := s.w.tree(ctx, s.client, s.repo, github.Commit{SHA: base})
	known := err == nil && !onto.Partial && number != 0
	if err != nil && !errors.Is(err, github.ErrNotFound) { // pushed away meanwhile
		return nil, err
	}
	head, _, err := s.w.tree(ctx, s.client, s.repo, s.head)
	if err != nil || !known || head.Partial {
		return head, err
	}
	changed, all, err := s.client.PullRequestFiles(ctx, s.repo, number)
	if errors.Is(err, github.ErrForbidden) || err == nil && !all {
		return head, nil
	}
	if err != nil {
		return nil, err
	}
	its := make(map[string]bool, len(changed))
	for _, p := range changed {
		its[p] = true
	}
	var entries []snapshot.Entry
	for _, e := range onto.Entries {
		if !its[e.Path] {
			entries = append(entries, e)
		}
	}
	for _, e := range head.Entries {
		if its[e.Path] {
			entries = append(entries, e)
		}
	}
	return s.w.snapshot(s.client, s.repo, s.head, entries), nil
}
