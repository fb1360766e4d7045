package catalogue

import (
	"cmp"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/readyline/readyline/internal/readiness"
)

// loader gathers what files hold before anything is checked across them.
type loader struct {
	base      *Catalogue // what ships, when own files are loaded
	faults    Faults
	controls  map[string]*Control
	facets    map[string]*FacetDef
	lists     map[string]list
	undefined []string
}

// list is a checklist with the file that its faults are told of.
type list struct {
	readiness.Checklist
	file string
}

func newLoader(base *Catalogue) *loader {
	l := &loader{base: base, controls: map[string]*Control{}, facets: map[string]*FacetDef{}, lists: map[string]list{}}
	if base != nil {
		maps.Copy(l.controls, base.controls)
		maps.Copy(l.facets, base.facets)
		for _, c := range base.Checklists {
			l.lists[c.ID] = list{Checklist: c}
		}
		for _, id := range base.undefined {
			delete(l.controls, id)
		}
	}
	return l
}

// parsed is what one file of controls holds.
type parsed struct {
	controls []*Control
	facets   []*FacetDef
	faults   Faults
}

// controlFiles reads files beside each other, and takes them in in their order.
func (l *loader) controlFiles(files []TextFile) {
	all := make([]parsed, len(files))
	next := make(chan int)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range next {
				p := &all[i]
				p.controls, p.facets = controlsFile(files[i].Path, files[i].Text, &p.faults)
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	group.Wait()
	for _, p := range all {
		l.take(p)
	}
}

// take notes what a file holds, and what of it is there already.
func (l *loader) take(p parsed) {
	l.faults = append(l.faults, p.faults...)
	for _, c := range p.controls {
		if old := l.controls[c.ID]; old != nil && c.ID != "" {
			l.faults.add(c.File, c.Line, "control %s: the id is taken (%s)", c.ID, l.place(old.File, old.Line))
			continue
		}
		l.controls[c.ID] = c
	}
	for _, d := range p.facets {
		if old := l.facets[d.Name]; old != nil {
			l.faults.add(d.File, d.Line, "facet %s: the name is taken (%s)", d.Name, l.place(old.File, old.Line))
			continue
		}
		l.facets[d.Name] = d
	}
}

func (l *loader) checklist(f TextFile) {
	c := readChecklist(f.Path, f.Text, &l.faults)
	if old, ok := l.lists[c.ID]; ok {
		where := old.file
		if where == "" {
			where = "it ships with Readyline; rename the file"
		}
		l.faults.add(f.Path, 0, "checklist %s: the id is taken (%s)", c.ID, where)
		return
	}
	l.lists[c.ID] = list{c, f.Path}
}

func (l *loader) place(file string, line int) string {
	if l.base != nil && strings.HasPrefix(file, "templates/") {
		return "it ships with Readyline"
	}
	return Fault{File: file, Line: line, Message: "there"}.String()
}

// define makes controls of the ids that shipped files ask for and none defines.
func (l *loader) define() {
	ask := func(id string) {
		if id != "" && l.controls[id] == nil {
			l.undefined = append(l.undefined, id)
		}
	}
	for _, c := range l.lists {
		for _, item := range c.Items {
			for _, id := range item.Controls {
				ask(id)
			}
		}
	}
	for _, c := range l.controls {
		for _, id := range c.references() {
			ask(id)
		}
	}
	l.leave(l.undefined)
}

// leave makes controls that only a person can attest of those ids that no file
// defines.
func (l *loader) leave(ids []string) {
	l.undefined = nil
	for _, id := range ids {
		if l.controls[id] == nil {
			l.undefined = append(l.undefined, id)
			l.controls[id] = &Control{Control: readiness.Control{ID: id, Title: id, ByHand: "no rule recognises it yet, so a person attests it"}}
		}
	}
	slices.Sort(l.undefined)
}

// references are the other controls that a control names.
func (c *Control) references() []string {
	out := slices.Clone(c.ImpliedBy)
	for _, r := range c.Rules {
		out = append(out, r.Needs...)
	}
	return out
}

// finish checks what names something else, and puts everything in order.
func (l *loader) finish() (*Catalogue, error) {
	for _, c := range l.controls {
		l.checkControl(c)
	}
	for _, c := range l.lists {
		for _, item := range c.Items {
			for _, id := range item.Controls {
				if l.controls[id] == nil {
					l.faults.add(c.file, item.Line, "item %s: there is no control %q%s", item.ID, id, l.perhaps(id))
				}
			}
		}
	}
	out := &Catalogue{controls: l.controls, facets: l.facets, checklists: map[string]int{}, undefined: l.undefined}
	out.Controls = slices.SortedFunc(maps.Values(l.controls), func(a, b *Control) int { return cmp.Compare(a.ID, b.ID) })
	for _, id := range slices.Sorted(maps.Keys(l.lists)) {
		out.checklists[id] = len(out.Checklists)
		out.Checklists = append(out.Checklists, l.lists[id].Checklist)
	}
	out.Facets = l.orderFacets()
	return out, l.faults.err()
}

func (l *loader) checkControl(c *Control) {
	for _, name := range slices.Concat(c.AppliesWhen.Any, c.AppliesWhen.All, c.AppliesWhen.None) {
		if l.facets[name] == nil {
			l.faults.add(c.File, c.Line, "control %s: applies_when: there is no facet %q", c.ID, name)
		}
	}
	for _, id := range c.references() {
		if l.controls[id] == nil {
			l.faults.add(c.File, c.Line, "control %s: there is no control %q%s", c.ID, id, l.perhaps(id))
		}
	}
}

// orderFacets puts each facet after those that it builds on.
func (l *loader) orderFacets() []*FacetDef {
	var out []*FacetDef
	const open, done = 1, 2
	state := map[string]int{}
	var visit func(name string)
	visit = func(name string) {
		d := l.facets[name]
		state[name] = open
		for _, on := range d.builtOn() {
			switch {
			case l.facets[on] == nil:
				l.faults.add(d.File, d.Line, "facet %s: there is no facet %q", name, on)
			case state[on] == open:
				l.faults.add(d.File, d.Line, "facet %s: is made of itself, by way of %s", name, on)
			case state[on] != done:
				visit(on)
			}
		}
		state[name] = done
		out = append(out, d)
	}
	for _, name := range slices.Sorted(maps.Keys(l.facets)) {
		if state[name] != done {
			visit(name)
		}
	}
	return out
}

func (d *FacetDef) builtOn() []string {
	var out []string
	for _, c := range slices.Concat(d.Any, d.All, d.None) {
		for _, m := range c.Any {
			if m.Kind == Facet {
				out = append(out, m.Facet)
			}
		}
	}
	return out
}
