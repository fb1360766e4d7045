package worker

import (
	"context"
	"errors"
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

// skim takes a push over without asking GitHub anything: when it tells all that
// it changed, follows the commit that was looked at last, and changed nothing
// that could matter. What was found then holds for the new head. In doubt it
// does nothing, and the repository is looked at.
func (t told) skim(ctx context.Context, old store.Repository) (bool, error) {
	p := t.event.Push
	if !p.Complete || p.Tree == "" || len(p.Paths) > maxSkimmed || p.Before != old.WantedSHA || old.AssessedSHA != p.Before ||
		old.CatalogueVersion != t.w.Version || old.DefaultBranch != p.Branch {
		return false, nil
	}
	before, err := t.store.Findings(ctx, old.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && (before.Commit != p.Before || !anyFile(before.Found)) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	s := &subject{w: t.w, row: old, repo: asked(old)}
	if watched, err := s.watches(ctx, p.Paths); err != nil || watched {
		return false, err
	}
	return t.store.Advance(ctx, old.ID, p.Before, p.After, p.Tree)
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
	_, own := unbundle(s.row.Config)
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

// leaningOn has those repositories looked at that lean on what a push changed.
func (t told) leaningOn(ctx context.Context, linked github.Repository, paths []string) error {
	ids, err := t.store.LinkedBy(ctx, linked.ID, linked.FullName())
	if err != nil {
		return err
	}
	for _, id := range ids {
		row, err := t.store.Repository(ctx, id)
		if err != nil {
			return err
		}
		s := &subject{w: t.w, row: row, repo: asked(row)}
		leans, err := s.leansOn(ctx, linked, paths)
		if err != nil {
			return err
		}
		if leans {
			if err := t.w.Touch(ctx, t.tx, id); err != nil {
				return err
			}
		}
	}
	return nil
}
