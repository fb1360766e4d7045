package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/evidence"
	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/snapshot"
	"github.com/readyline/readyline/internal/store"
)

// effective is what holds for one repository: its own file over its
// organisation's.
type effective struct {
	catalogue.Configuration
	catalogue  *catalogue.Catalogue
	checklists []readiness.Checklist
	faults     []store.Fault
}

func (e effective) mode(in store.Installation) store.Mode {
	if in.Mode != "" && in.Mode != store.ModeIssue {
		return in.Mode
	}
	if e.Mode == "" {
		return store.ModeIssue
	}
	return store.Mode(e.Mode)
}

// notices are what a reader of the issue should know of the configuration.
func (e effective) notices() []string {
	var out []string
	for _, f := range e.faults[:min(len(e.faults), 3)] {
		out = append(out, fmt.Sprintf("%s:%d: %s. The last good configuration holds.", f.Path, f.Line, f.Message))
	}
	return out
}

// configured works out what holds for the repository. With a snapshot, its own
// file is read from there and kept; without, what is kept holds.
func (s *subject) configured(ctx context.Context, snap *snapshot.Snapshot) error {
	if snap != nil {
		if err := s.keepConfig(ctx, snap); err != nil {
			return err
		}
	}
	own, ownFiles := catalogue.OpenBundle(s.row.Config)
	organisation, orgFiles, err := s.organisation(ctx)
	if err != nil {
		return err
	}
	if s.row.Name == ".github" {
		organisation, orgFiles, own, ownFiles = own, ownFiles, nil, nil
	}
	s.config = s.effective(own, ownFiles, organisation, orgFiles)
	return nil
}

// effective is what would hold for the repository under two files, each with
// the files that it names.
func (s *subject) effective(own *catalogue.Configuration, ownFiles map[string]string, organisation *catalogue.Configuration, orgFiles map[string]string) effective {
	out := effective{faults: s.row.ConfigFaults}
	out.Configuration, out.catalogue = s.w.Catalogue.Under(own, ownFiles, organisation, orgFiles, catalogue.Repository{
		Name: s.row.Name, Topics: s.row.Topics, Visibility: s.row.Visibility,
	})
	out.checklists, _ = out.catalogue.Choose(out.Configuration, catalogue.ConfigurationPath)
	return out
}

// organisation is the configuration in the organisation's .github repository.
func (s *subject) organisation(ctx context.Context) (*catalogue.Configuration, map[string]string, error) {
	if s.row.Name == ".github" {
		return nil, nil, nil
	}
	org, err := s.w.Store.RepositoryByName(ctx, s.row.Owner, ".github")
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil || org.InstallationID != s.row.InstallationID || org.RemovedAt != nil {
		return nil, nil, err
	}
	if unread(org) {
		return nil, nil, errOrganisationFirst
	}
	s.above = org.Config
	c, files := catalogue.OpenBundle(org.Config)
	return c, files, nil
}

// errOrganisationFirst says that the organisation's configuration was not read
// yet: without it, an issue might be opened where it wants none.
var errOrganisationFirst = errors.New("the organisation's configuration is read first")

// unread tells whether an organisation's repository is still to be looked at
// for the first time. One where that fails keeps nobody waiting.
func unread(org store.Repository) bool {
	return org.AssessedAt == nil && org.SkipReason == "" && org.LastError == "" && !org.Archived && !org.Fork && !org.Empty
}

// keepConfig reads the repository's configuration and keeps it if it is good;
// if not, it keeps what is wrong and the last good one holds.
func (s *subject) keepConfig(ctx context.Context, snap *snapshot.Snapshot) error {
	entry, ok := snap.Entry(catalogue.ConfigurationPath)
	if !ok || !entry.Mode.IsFile() {
		if len(s.row.Config) == 0 && s.row.ConfigSHA == "" {
			return nil
		}
		s.row.Config, s.row.ConfigFaults = nil, nil
		return s.w.Store.DropConfig(ctx, s.row.ID)
	}
	text, err := snap.Read(ctx, catalogue.ConfigurationPath)
	if err != nil {
		return err
	}
	b := catalogue.Bundle{Text: string(text), Files: map[string]string{}}
	faults := s.w.gather(&b, func(path string) ([]byte, error) { return snap.Read(ctx, path) })
	var raw json.RawMessage
	if len(faults) == 0 {
		if raw, err = json.Marshal(b); err != nil {
			return err
		}
		s.row.Config = raw
	}
	s.row.ConfigFaults = faults
	if err := s.w.Store.PutConfig(ctx, s.row.ID, entry.SHA.String(), raw, faults); err != nil {
		return err
	}
	if s.row.Name == ".github" && s.row.ConfigSHA != entry.SHA.String() && raw != nil {
		return s.touchAll(ctx)
	}
	return nil
}

// touchAll has every repository looked at that an organisation's file is about.
func (s *subject) touchAll(ctx context.Context) error {
	all, err := s.w.Store.RepositoriesOf(ctx, s.row.InstallationID)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.ID != s.row.ID && r.Owner == s.row.Owner {
			if err := s.w.TouchNow(ctx, r.ID, someday); err != nil {
				return err
			}
		}
	}
	return nil
}

// gather reads the files that a configuration names, and finds every fault.
func (w *Worker) gather(b *catalogue.Bundle, open func(path string) ([]byte, error)) []store.Fault {
	c, err := catalogue.ParseConfiguration(catalogue.ConfigurationPath, []byte(b.Text))
	if err != nil {
		return faultsOf(err)
	}
	var out []store.Fault
	read := func(refs []catalogue.Reference) (files []catalogue.TextFile) {
		for _, r := range refs {
			if r.Path == "" {
				continue
			}
			text, err := open(path.Clean(r.Path))
			if err != nil {
				out = append(out, store.Fault{Path: catalogue.ConfigurationPath, Line: r.Line, Message: fmt.Sprintf("%s can't be read", r.Path)})
				continue
			}
			b.Files[r.Path] = string(text)
			files = append(files, catalogue.TextFile{Path: r.Path, Text: text})
		}
		return files
	}
	with, err := w.Catalogue.With(read(c.Checklists), read(c.Controls))
	if err != nil {
		out = append(out, faultsOf(err)...)
	}
	if with != nil {
		if _, err := with.Choose(*c, catalogue.ConfigurationPath); err != nil {
			out = append(out, faultsOf(err)...)
		}
	}
	return out
}

func faultsOf(err error) []store.Fault {
	var faults catalogue.Faults
	if !errors.As(err, &faults) {
		return []store.Fault{{Path: catalogue.ConfigurationPath, Message: err.Error()}}
	}
	out := make([]store.Fault, len(faults))
	for i, f := range faults {
		out[i] = store.Fault{Path: f.File, Line: f.Line, Message: f.Message}
	}
	return out
}

// engineOf is the compiled rules for a configuration: the shipped ones unless
// it brings controls of its own.
func (w *Worker) engineOf(c effective) *evidence.Engine {
	if c.catalogue == w.Catalogue {
		return w.engine
	}
	return evidence.New(c.catalogue)
}

// findings has the rules look at a snapshot and at what is linked to it.
func (s *subject) findings(ctx context.Context, snap *snapshot.Snapshot, links []linked) ([]readiness.Finding, error) {
	engine := s.w.engineOf(s.config)
	reading, err := s.read(ctx, engine, snap, "")
	if err != nil {
		return nil, err
	}
	sources := []evidence.Source{{Reading: reading}}
	for _, l := range links {
		source, err := s.source(ctx, engine, l)
		if err != nil {
			return nil, err
		}
		sources = append(sources, source)
	}
	found := engine.Find(sources, snap.Settings)
	s.discreet(found, links)
	return found, nil
}

// read reads what lies under a folder of a snapshot as the rules want it.
func (s *subject) read(ctx context.Context, engine *evidence.Engine, snap *snapshot.Snapshot, folder string) (*evidence.Reading, error) {
	reading, err := engine.Read(ctx, snap.Tree(folder), facts.Options{Ignore: ignore(s.config.Ignore)})
	if err == nil && snap.Partial {
		reading.CutOff(engine)
	}
	return reading, err
}

func ignore(globs []*catalogue.Path) func(string) bool {
	if len(globs) == 0 {
		return nil
	}
	return func(p string) bool {
		return slices.ContainsFunc(globs, func(g *catalogue.Path) bool { return g.Match(p) })
	}
}
