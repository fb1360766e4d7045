// Package catalogue loads checklists and controls, shipped and an
// organisation's own, into readiness words and compiled rules. Whatever is
// wrong in a file is refused with its file and line.
package catalogue

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/readiness"
)

// Catalogue is every checklist, control and facet that is known. It never
// changes once made.
type Catalogue struct {
	Controls   []*Control            // by id
	Checklists []readiness.Checklist // by id
	Facets     []*FacetDef           // each after those that it builds on
	undefined  []string              // controls that are asked for, and that nothing recognises yet
	controls   map[string]*Control
	checklists map[string]int
	facets     map[string]*FacetDef
}

// TextFile is a file of an organisation's own, by its path in its repository.
type TextFile struct {
	Path string
	Text []byte
}

// Load reads the catalogue that ships: checklists/*.md and controls/*.yaml of
// templates. The error is Faults; the catalogue then holds what is sound.
func Load(templates fs.FS) (*Catalogue, error) {
	l := newLoader(nil)
	var files []TextFile
	err := eachFile(templates, func(name string, text []byte) {
		f := TextFile{"templates/" + name, slices.Clone(text)}
		if strings.HasPrefix(name, "checklists/") {
			l.checklist(f)
		} else {
			files = append(files, f)
		}
	})
	if err != nil {
		return nil, err
	}
	l.controlFiles(files)
	l.define()
	return l.finish()
}

// eachFile reads the files of the catalogue that ships, in their order. The
// text belongs to do only while it runs.
func eachFile(templates fs.FS, do func(name string, text []byte)) error {
	var buf []byte
	for _, dir := range []string{"checklists", "controls"} {
		names, err := fs.Glob(templates, dir+"/*")
		if err != nil {
			return fmt.Errorf("catalogue: %w", err)
		}
		slices.Sort(names)
		for _, name := range names {
			if buf, err = readInto(buf, templates, name); err != nil {
				return fmt.Errorf("catalogue: %w", err)
			}
			do(name, buf)
		}
	}
	return nil
}

// readInto reads a file into buf, grown where it has to be.
func readInto(buf []byte, templates fs.FS, name string) ([]byte, error) {
	f, err := templates.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	buf = slices.Grow(buf[:0], int(info.Size()))[:info.Size()]
	_, err = io.ReadFull(f, buf)
	return buf, err
}

// With is the catalogue and an organisation's own checklists and controls.
// What ships keeps its ids. The error is Faults; the catalogue then holds what
// is sound.
func (c *Catalogue) With(checklists, controls []TextFile) (*Catalogue, error) {
	if len(checklists)+len(controls) == 0 {
		return c, nil
	}
	l := newLoader(c)
	l.controlFiles(controls)
	for _, f := range checklists {
		l.checklist(f)
	}
	l.leave(c.undefined)
	return l.finish()
}

// Control finds a control by id; nil when there is none.
func (c *Catalogue) Control(id string) *Control { return c.controls[id] }

// Facet finds a facet by name; nil when there is none.
func (c *Catalogue) Facet(name string) *FacetDef { return c.facets[name] }

// Checklist finds a checklist by id.
func (c *Catalogue) Checklist(id string) (readiness.Checklist, bool) {
	i, ok := c.checklists[id]
	if !ok {
		return readiness.Checklist{}, false
	}
	return c.Checklists[i], true
}

// Undefined lists the controls that shipped files ask for and no file defines.
// Until one does, only people can attest them.
func (c *Catalogue) Undefined() []string { return slices.Clone(c.undefined) }

// Settings are the names of GitHub's settings and activity that rules look at,
// sorted.
func (c *Catalogue) Settings() []string {
	var out []string
	note := func(ms []Matcher) {
		for _, m := range ms {
			for _, name := range SettingNames() {
				if (m.Kind == "setting" || m.Kind == "activity") && slices.ContainsFunc(m.Names, func(n Name) bool { return n.Match(name) }) {
					out = append(out, name)
				}
			}
		}
	}
	clause := func(cl Clause) { note(cl.Any); note(slices.Concat(cl.With...)); note(cl.Without); note(cl.Outnumbers) }
	for _, ctl := range c.Controls {
		for _, r := range ctl.Rules {
			clause(r.Clause)
		}
	}
	for _, f := range c.Facets {
		for _, cl := range slices.Concat(f.Any, f.All, f.None) {
			clause(cl)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ChecklistID is the id of the checklist in a file: its base name.
func ChecklistID(file string) string {
	return strings.TrimSuffix(path.Base(file), path.Ext(file))
}
