package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/evidence"
	"github.com/readyline/readyline/templates"
)

type lintCommand struct {
	Paths []string `arg:"" name:"path" help:"Files, or folders: there, Markdown with a task list, readyline.yml, and YAML with controls."`
}

// Help shows examples.
func (lintCommand) Help() string {
	return `Checks checklists (.md), controls with their examples, and configurations (readyline.yml).

Examples:
  readyline lint .github/readyline.yml .github/readyline/
  readyline lint controls.yaml`
}

// linted is what the files on the command line turned out to be.
type linted struct {
	checklists, controls []catalogue.TextFile
	faults               catalogue.Faults
	configurations       int
}

// Run prints every fault, and how many files are fine.
func (c lintCommand) Run(ctx context.Context, at console) error {
	var in linted
	for _, p := range c.Paths {
		if err := in.gather(p); err != nil {
			return err
		}
	}
	shipped, err := catalogue.Load(withoutFiles{templates.FS, in.controls})
	if faults := in.unlessTheirs(err); faults != nil {
		return fmt.Errorf("the shipped catalogue has faults:\n%w", faults)
	}
	cat, err := shipped.With(in.ownChecklists(shipped), in.controls)
	var faults catalogue.Faults
	if err != nil && !errors.As(err, &faults) {
		return err
	}
	faults = append(in.faults, faults...)
	if err := in.examples(ctx, cat, &faults); err != nil {
		return err
	}
	for _, f := range faults {
		fmt.Fprintln(at.out, f)
	}
	files := len(in.checklists) + len(in.controls) + in.configurations
	if len(faults) > 0 {
		return failed("%s in %s", count(len(faults), "fault", "faults"), count(files, "file", "files"))
	}
	fmt.Fprintf(at.out, "%s, no fault\n", count(files, "file", "files"))
	return nil
}

// gather reads a file, or the files of a folder.
func (in *linted) gather(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("lint: %w", err)
	}
	if !info.IsDir() {
		return in.read(path, func([]byte) bool { return true })
	}
	return filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("lint: %w", err)
		}
		if d.IsDir() {
			return nil
		}
		switch filepath.Ext(p) {
		case ".md":
			return in.read(p, taskList.Match)
		case ".yml", ".yaml":
			return in.read(p, func(text []byte) bool {
				return strings.HasPrefix(d.Name(), "readyline.y") || controlsKey.Match(text)
			})
		}
		return nil
	})
}

// A folder may hold files that are none of ours; these tell ours from others.
var (
	taskList    = regexp.MustCompile(`(?m)^\s*[-*+]\s+\[[ xX]\]\s`)
	controlsKey = regexp.MustCompile(`(?m)^(controls|facets):`)
)

// read takes a file in, if it is one of ours.
func (in *linted) read(path string, ours func(text []byte) bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("lint: %w", err)
	}
	if !ours(text) {
		return nil
	}
	f := catalogue.TextFile{Path: filepath.ToSlash(path), Text: text}
	switch base := filepath.Base(path); {
	case filepath.Ext(path) == ".md":
		in.checklists = append(in.checklists, f)
	case base == "readyline.yml" || base == "readyline.yaml":
		in.configurations++
		_, err := catalogue.ParseConfiguration(f.Path, text)
		var faults catalogue.Faults
		if errors.As(err, &faults) {
			in.faults = append(in.faults, faults...)
		}
	default:
		in.controls = append(in.controls, f)
	}
	return nil
}

// ownChecklists leaves out files that are what ships: their ids are theirs.
func (in *linted) ownChecklists(shipped *catalogue.Catalogue) []catalogue.TextFile {
	return slices.DeleteFunc(slices.Clone(in.checklists), func(f catalogue.TextFile) bool {
		text, err := fs.ReadFile(templates.FS, "checklists/"+filepath.Base(f.Path))
		return err == nil && bytes.Equal(text, f.Text)
	})
}

// unlessTheirs is the shipped files' faults, without those that only say that
// the files under the magnifier are not there.
func (in *linted) unlessTheirs(err error) error {
	var faults catalogue.Faults
	if len(in.controls) == 0 || !errors.As(err, &faults) {
		return err
	}
	return nil
}

// examples runs the examples of the controls in the files.
func (in *linted) examples(ctx context.Context, cat *catalogue.Catalogue, faults *catalogue.Faults) error {
	engine := evidence.New(cat)
	for _, c := range cat.Controls {
		if !slices.ContainsFunc(in.controls, func(f catalogue.TextFile) bool { return f.Path == c.File }) {
			continue
		}
		for _, x := range c.Examples.All() {
			wrong, err := engine.CheckExample(ctx, c, x)
			if err != nil {
				return err
			}
			if len(wrong) > 0 {
				*faults = append(*faults, catalogue.Fault{File: c.File, Line: x.Line,
					Message: fmt.Sprintf("control %s: example %q: %s", c.ID, x.Name, strings.Join(wrong, "\n    "))})
			}
		}
	}
	return nil
}

// withoutFiles is the shipped files without those under the magnifier, so that
// a shipped file can be checked while it is written.
type withoutFiles struct {
	fs.FS
	files []catalogue.TextFile
}

// Glob leaves out files of the same name and folder.
func (w withoutFiles) Glob(pattern string) ([]string, error) {
	names, err := fs.Glob(w.FS, pattern)
	return slices.DeleteFunc(names, func(name string) bool {
		return slices.ContainsFunc(w.files, func(f catalogue.TextFile) bool {
			return strings.HasSuffix(f.Path, "templates/"+name)
		})
	}), err
}
