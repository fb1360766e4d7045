package worker

import (
	"context"
	"fmt"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// told says what changed to whoever follows along, and logs regressions.
func (s *subject) told(ctx context.Context, changes []store.Change) {
	for _, c := range changes {
		if c.Regression {
			s.w.Log.InfoContext(ctx, "regression", "repository", s.repo.FullName(), "checklist", c.Checklist, "item", c.Item, "commit", s.head.SHA)
		}
		if c.From == "" || !c.From.Ticked() && !c.To.Ticked() {
			continue
		}
		s.w.Told(line(s.repo.FullName(), c))
	}
	if s.first {
		s.w.Told(fmt.Sprintf("looked at %s@%.7s", s.repo.FullName(), s.head.SHA))
	}
}

// line is one change in a line.
func line(repository string, c store.Change) string {
	switch {
	case c.Regression:
		return fmt.Sprintf("%s: %s lost its proof", repository, c.Item)
	case c.To == readiness.Met:
		at := ""
		for _, e := range c.After {
			if e.Strength == readiness.Proves {
				at = fmt.Sprintf(" by %s:%d", e.Path, e.StartLine)
				break
			}
		}
		return fmt.Sprintf("%s: %s ticked%s", repository, c.Item, at)
	}
	return fmt.Sprintf("%s: %s %s → %s", repository, c.Item, c.From, c.To)
}
