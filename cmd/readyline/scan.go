package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/evidence"
	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/snapshot"
	"github.com/readyline/readyline/templates"
)

type scanCommand struct {
	Path      string   `arg:"" optional:"" default:"." help:"The checkout to assess; the current one when left out."`
	Checklist []string `help:"Checklist to assess: an id, or all. May be given several times. Default: what .github/readyline.yml says, else gruntwork-aws." placeholder:"ID"`
	Format    string   `help:"${enum}." enum:"text,json,markdown,sarif" default:"text"`
	FailUnder int      `help:"Leave with 1 when a checklist scores less." placeholder:"N"`
	Worktree  bool     `help:"Assess the files as they lie, committed or not, git or not."`
	Verbose   bool     `short:"v" help:"Show items that do not apply, and all evidence."`
}

// Help shows examples.
func (scanCommand) Help() string {
	return `Examples:
  readyline scan
  readyline scan ~/src/shop --checklist gruntwork-aws --checklist aws-deployment
  readyline scan --format sarif > readiness.sarif
  readyline scan --checklist all --fail-under 60 --format json`
}

// scan is a finished assessment, for every format to show.
type scan struct {
	*snapshot.Snapshot
	assessments []readiness.Assessment
	findings    []readiness.Finding
	warnings    []facts.Warning
}

// Run assesses and reports.
func (c scanCommand) Run(ctx context.Context, at console) error {
	if c.FailUnder < 0 || c.FailUnder > 100 {
		return fmt.Errorf("--fail-under %d: a percentage from 0 to 100 is wanted", c.FailUnder)
	}
	defer collectSeldom()()
	ready := sync.OnceValues(shippedRules)
	go func() { _, _ = ready() }() // while git lists the files
	s, err := c.snapshot(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	shipped, err := ready()
	if err != nil {
		return err
	}
	done, err := c.assess(ctx, s, shipped, at.err)
	if err != nil {
		return err
	}
	if err := c.write(at.out, done); err != nil {
		return outside(fmt.Errorf("write the report: %w", err))
	}
	var low []string
	for _, a := range done.assessments {
		if a.Score < c.FailUnder {
			low = append(low, fmt.Sprintf("%s scores %d%%", a.Checklist.ID, a.Score))
		}
	}
	if len(low) > 0 {
		return failed("%s, less than the %d%% asked for", strings.Join(low, ", "), c.FailUnder)
	}
	return nil
}

func (c scanCommand) write(w io.Writer, s *scan) error {
	switch c.Format {
	case "json":
		return writeJSON(w, s)
	case "markdown":
		return writeMarkdown(w, s)
	case "sarif":
		return writeSARIF(w, s)
	}
	return writeText(w, s, c.Verbose)
}

func (c scanCommand) snapshot(ctx context.Context) (*snapshot.Snapshot, error) {
	if c.Worktree {
		return snapshot.Worktree(ctx, c.Path)
	}
	s, err := snapshot.Checkout(ctx, c.Path)
	switch {
	case errors.Is(err, snapshot.ErrNoCheckout):
		return nil, fmt.Errorf("%w: give the path of one, or --worktree to assess the files as they lie", err)
	case errors.Is(err, snapshot.ErrNoCommit):
		return nil, fmt.Errorf("%w: commit something, or give --worktree to assess the files as they lie", err)
	case err != nil:
		return nil, err
	}
	if abs, err := filepath.Abs(c.Path); err == nil && c.Path != "." && abs != s.Folder {
		_ = s.Close()
		return nil, fmt.Errorf("%s is a folder of the checkout %s: give that, or --worktree to assess the folder's files alone", c.Path, s.Folder)
	}
	return s, nil
}

// rules are a catalogue and the engine that it makes.
type rules struct {
	catalogue *catalogue.Catalogue
	engine    *evidence.Engine
}

func shippedRules() (rules, error) {
	cat, err := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	if err != nil {
		return rules{}, fmt.Errorf("the shipped catalogue has faults:\n%w", err)
	}
	return rules{cat, evidence.New(cat)}, nil
}

// assess reads the snapshot once and decides every checklist.
func (c scanCommand) assess(ctx context.Context, s *snapshot.Snapshot, shipped rules, stderr io.Writer) (*scan, error) {
	cfg, cat, err := configure(ctx, s, shipped.catalogue)
	if err != nil {
		return nil, err
	}
	lists, err := c.choose(cat, cfg)
	if err != nil {
		return nil, err
	}
	engine := shipped.engine
	if cat != shipped.catalogue {
		engine = evidence.New(cat)
	}
	bar := newProgress(stderr)
	read, err := engine.Read(ctx, s.Tree(""), facts.Options{Ignore: ignore(cfg), Progress: bar.update})
	bar.end()
	if err != nil {
		return nil, fmt.Errorf("scan %s: %w", c.Path, err)
	}
	out := &scan{Snapshot: s, warnings: append(notes(cat, cfg), read.Warnings...)}
	out.findings = engine.Find([]evidence.Source{{Reading: read}}, s.Settings)
	byID := make(map[string]readiness.Finding, len(out.findings))
	for _, f := range out.findings {
		byID[f.Control] = f
	}
	now := s.Time
	if now.IsZero() {
		now = time.Now()
	}
	for _, list := range lists {
		out.assessments = append(out.assessments, readiness.Assess(list, byID, cfg.People(list), now))
	}
	return out, nil
}

// choose is the checklists asked for on the command line, else by the
// configuration.
func (c scanCommand) choose(cat *catalogue.Catalogue, cfg catalogue.Configuration) ([]readiness.Checklist, error) {
	if len(c.Checklist) == 0 {
		return cat.Choose(cfg, catalogue.ConfigurationPath)
	}
	if slices.Contains(c.Checklist, "all") {
		return cat.Checklists, nil
	}
	var out []readiness.Checklist
	for _, id := range c.Checklist {
		list, ok := cat.Checklist(id)
		if !ok {
			return nil, fmt.Errorf("--checklist %s: there is no such checklist; there are %s", id, strings.Join(checklistIDs(cat), ", "))
		}
		out = append(out, list)
	}
	return out, nil
}

func checklistIDs(cat *catalogue.Catalogue) []string {
	var out []string
	for _, l := range cat.Checklists {
		out = append(out, l.ID)
	}
	return out
}

func ignore(cfg catalogue.Configuration) func(string) bool {
	if len(cfg.Ignore) == 0 {
		return nil
	}
	return cfg.Ignored
}
