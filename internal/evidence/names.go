package evidence

import (
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// nameIndex finds the probes that select facts of one kind by their name.
type nameIndex struct {
	exact   map[string][]int
	begins  map[string][]namedProbe // by what stands before the first wildcard
	lengths []int                   // of the keys of begins, each once
	others  []int                   // that any name may be selected by
}

// namedProbe is a probe with one of its names, which has a wildcard.
type namedProbe struct {
	name  catalogue.Name
	probe int
}

func (e *Engine) nameIndex(k facts.Kind) *nameIndex {
	x := e.names[k]
	if x == nil {
		x = &nameIndex{exact: map[string][]int{}, begins: map[string][]namedProbe{}}
		e.names[k] = x
	}
	return x
}

func (x *nameIndex) add(m *catalogue.Matcher, id int) {
	if m.Kind == facts.Workflow || len(m.Names) == 0 {
		x.others = append(x.others, id)
		return
	}
	for _, n := range m.Names {
		text, exact := n.Exact()
		switch {
		case m.Kind == facts.Kubernetes && !strings.Contains(text, "."): // a kind, of whatever group
			if n := len(x.others); n == 0 || x.others[n-1] != id {
				x.others = append(x.others, id)
			}
		case exact:
			x.exact[text] = append(x.exact[text], id)
		default:
			begin := text[:strings.IndexAny(text, "*?")]
			x.begins[begin] = append(x.begins[begin], namedProbe{n, id})
			if !slices.Contains(x.lengths, len(begin)) {
				x.lengths = append(x.lengths, len(begin))
			}
		}
	}
}

// probesFor lists the probes that select facts of a name, sorted.
func (e *Engine) probesFor(kind facts.Kind, name string) []int {
	x := e.names[kind]
	if x == nil {
		return nil
	}
	out := slices.Clone(x.exact[name])
	for _, n := range x.lengths {
		if n > len(name) {
			continue
		}
		for _, p := range x.begins[name[:n]] {
			if p.name.Match(name) {
				out = append(out, p.probe)
			}
		}
	}
	for _, id := range x.others {
		if selects(e.probes[id].Matcher, name) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// probesOf lists the probes that select facts by their whole name: those that
// are about whatever there is of a family mean its files.
func (e *Engine) probesOf(kind facts.Kind, name string) []int {
	if x := e.names[kind]; x != nil {
		return x.exact[name]
	}
	return nil
}

// selects tells whether a matcher is about facts of this name.
func selects(m *catalogue.Matcher, name string) bool {
	if m.Kind == facts.Workflow {
		if m.Run != nil || len(m.Uses) == 0 {
			return true
		}
		return slices.ContainsFunc(m.Uses, func(n catalogue.Name) bool { return isAction(n, name) })
	}
	if len(m.Names) == 0 {
		return true
	}
	return slices.ContainsFunc(m.Names, func(n catalogue.Name) bool {
		if n.Match(name) {
			return true
		}
		if m.Kind == facts.Kubernetes && !strings.Contains(n.String(), ".") { // a kind, of whatever group
			kind, _, _ := strings.Cut(name, ".")
			return n.Match(kind)
		}
		return false
	})
}

// isAction tells whether an action is the one named, or lies in a folder of it.
func isAction(n catalogue.Name, uses string) bool {
	if n.Match(uses) {
		return true
	}
	for i := range len(uses) {
		if uses[i] == '/' && n.Match(uses[:i]) {
			return true
		}
	}
	return false
}
