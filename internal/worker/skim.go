package worker

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// maxSkimmed is how many changed paths are gone through to save a look.
const maxSkimmed = 3000

// skimmed is what is known of a push before its transaction begins: inside, no
// second connection is to be waited for.
type skimmed struct {
	holds   bool    // it changes nothing that could matter
	leaning []int64 // repositories that lean on what it changes
}

// skim finds out whether a push can be taken over without asking GitHub
// anything: when it tells all that it changed, follows the commit that was
// looked at last, and changed nothing that could matter. What was found then
// holds for the new head. In doubt, the repository is looked at.
func (w *Worker) skim(ctx context.Context, e github.Event) (out skimmed, err error) {
	p := e.Push
	if p == nil || e.Repository == nil || !p.Complete || p.Tree == "" || len(p.Paths) > maxSkimmed {
		return out, nil
	}
	old, err := w.Store.Repository(ctx, e.Repository.ID)
	if errors.Is(err, store.ErrNotFound) {
		return out, nil
	}
	if err != nil || p.Before != old.WantedSHA || old.AssessedSHA != p.Before || old.CatalogueVersion != w.Version || old.DefaultBranch != p.Branch {
		return out, err
	}
	before, err := w.Store.Findings(ctx, old.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && (before.Commit != p.Before || !anyFile(before.Found)) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	s := &subject{w: w, row: old, repo: asked(old)}
	if watched, err := s.watches(ctx, p.Paths); err != nil || watched {
		return out, err
	}
	out.holds = true
	out.leaning, err = w.leaningOn(ctx, *e.Repository, p.Paths)
	return out, err
}

// anyFile tells whether findings show a file of the repository's own: it is
// watched, so a push that changes no watched path leaves some file in the tree.
func anyFile(found []readiness.Finding) bool {
	return slices.ContainsFunc(found, func(f readiness.Finding) bool {
		return slices.ContainsFunc(f.Evidence, func(e readiness.Evidence) bool { return e.Path != "" && e.Repository == "" })
	})
}

// watches tells whether a change of one of these paths could change what is
// found in a repository, or how it is configured.
func (s *subject) watches(ctx context.Context, paths []string) (bool, error) {
	if err := s.configured(ctx, nil); err != nil {
		return true, err
	}
	if len(s.row.ConfigFaults) > 0 { // which files would mend them is not known
		return true, nil
	}
	named := append([]string{catalogue.ConfigurationPath}, codeowners[:]...)
	_, own := catalogue.OpenBundle(s.row.Config)
	for p := range own {
		named = append(named, path.Clean(p))
	}
	if slices.ContainsFunc(paths, func(p string) bool { return slices.Contains(named, p) }) {
		return true, nil
	}
	return s.reads(paths, ""), nil
}

// reads tells whether the rules that hold here look at one of these paths below
// a folder.
func (s *subject) reads(paths []string, folder string) bool {
	engine, ignored := s.w.engineOf(s.config), ignore(s.config.Ignore)
	if folder = strings.Trim(folder, "/"); folder != "" {
		folder += "/"
	}
	return slices.ContainsFunc(paths, func(p string) bool {
		return strings.HasPrefix(p, folder) && (ignored == nil || !ignored(p)) && engine.Watches(p)
	})
}

// leansOn tells whether a push to a linked repository could change what is found
// here: in the folder whose files count as evidence, or in a file that somebody
// named.
func (s *subject) leansOn(ctx context.Context, linked github.Repository, paths []string) (bool, error) {
	if err := s.configured(ctx, nil); err != nil {
		return true, err
	}
	links, err := s.w.Store.Links(ctx, s.row.ID)
	if err != nil {
		return true, err
	}
	for _, l := range links {
		if l.LinkedRepositoryID != linked.ID && !strings.EqualFold(l.LinkedName, linked.FullName()) {
			continue
		}
		if l.Via == store.ViaCommand {
			if slices.Contains(paths, l.PathPrefix) {
				return true, nil
			}
			continue
		}
		if l.LinkedRepositoryID == 0 || s.reads(paths, l.PathPrefix) { // 0: it was not visible, and now may be
			return true, nil
		}
	}
	return false, nil
}

// leaningOn are the repositories that lean on what a push changed.
func (w *Worker) leaningOn(ctx context.Context, linked github.Repository, paths []string) (out []int64, err error) {
	ids, err := w.Store.LinkedBy(ctx, linked.ID, linked.FullName())
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		row, err := w.Store.Repository(ctx, id)
		if err != nil {
			return nil, err
		}
		s := &subject{w: w, row: row, repo: asked(row)}
		leans, err := s.leansOn(ctx, linked, paths)
		if err != nil {
			return nil, err
		}
		if leans {
			out = append(out, id)
		}
	}
	return out, nil
}

// takeOver takes a push over that changes nothing that could matter. It tells
// whether that still holds.
func (t told) takeOver(ctx context.Context) (bool, error) {
	p, r := t.event.Push, t.event.Repository
	if !t.skimmed.holds {
		return false, nil
	}
	done, err := t.store.Advance(ctx, r.ID, p.Before, p.After, p.Tree)
	if err != nil || !done {
		return false, err
	}
	t.w.Told(fmt.Sprintf("push to %s: %.7s by %s changes nothing that matters", r.FullName(), p.After, p.Author))
	for _, id := range t.skimmed.leaning {
		if err := t.w.Touch(ctx, t.tx, id, t.hurry()); err != nil {
			return true, err
		}
	}
	return true, t.store.WantedBy(ctx, r.ID, p.Author)
}
