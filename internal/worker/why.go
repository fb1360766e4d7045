package worker

import (
	"context"
	"path"

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
	x := issue.Explained{State: it.State, Reason: it.Reason}
	for _, id := range it.Controls {
		e := issue.ExplainedControl{Finding: found[id]}
		if c := cat.Control(id); c != nil {
			e.Meaning, e.ByHand = c.Meaning, c.ByHand
			for _, r := range c.Rules {
				if r.Strength == readiness.Proves {
					e.Looked = append(e.Looked, r.Summary)
				}
			}
			e.Example = example(c, found[id])
		}
		x.Controls = append(x.Controls, e)
	}
	return x
}

// example is files that prove a control: of the kind of file that came nearest,
// where there is one, and the shortest.
func example(c *catalogue.Control, found readiness.Finding) map[string]string {
	var kind string
	for _, e := range found.Evidence {
		if e.Path != "" {
			kind = path.Ext(e.Path)
			break
		}
	}
	var best map[string]string
	least := 0
	for _, ex := range c.Examples {
		if len(ex.Proves) == 0 {
			continue
		}
		size := 0
		near := false
		for name, text := range ex.Files {
			size += len(text)
			near = near || kind != "" && path.Ext(name) == kind
		}
		if !near {
			size += 1 << 20 // any of the right kind is shorter
		}
		if best == nil || size < least {
			best, least = ex.Files, size
		}
	}
	return best
}
