package worker

import (
	"context"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// why tells what is known of an item, from what was found at the last look.
func (w *Worker) why(ctx context.Context, ours store.Issue, it store.Item) (reply, error) {
	found, err := w.Store.Findings(ctx, ours.RepositoryID)
	if err != nil {
		return reply{}, err
	}
	byControl := map[string]readiness.Finding{}
	for _, f := range found.Found {
		byControl[f.Control] = f
	}
	row, err := w.Store.Repository(ctx, ours.RepositoryID)
	if err != nil {
		return reply{}, err
	}
	app, err := w.App()
	if err != nil {
		return reply{}, err
	}
	s := &subject{w: w, row: row, repo: asked(row)}
	if err := s.configured(ctx, nil); err != nil {
		return reply{}, err
	}
	x := explained(s.config.catalogue, it, byControl)
	x.Title = issue.TitleIn(ours.BodyWritten, it.Item)
	return reply{true, issue.Why(x, issue.Page{
		Repository: row.FullName(), Commit: found.Commit, WebURL: app.Host.Web.String(), PublicURL: w.PublicURL,
	})}, nil
}

// explained joins what is known of each control of an item.
func explained(cat *catalogue.Catalogue, it store.Item, found map[string]readiness.Finding) issue.Explained {
	x := issue.Explained{Item: it.Item, State: it.State, Reason: it.Reason}
	for _, id := range it.Controls {
		e := issue.ExplainedControl{Finding: found[id]}
		if c := cat.Control(id); c != nil {
			e.Meaning, e.ByHand = c.Meaning, c.ByHand
			e.Looked, e.Example = wouldProve(c, found[id])
		}
		x.Controls = append(x.Controls, e)
	}
	return x
}
