package evidence

import (
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// asked is the members of facts of a kind and name that some rule asks for; nil
// when one asks for any of them.
func (e *Engine) asked(kind facts.Kind, name string) facts.Asked {
	out := facts.Asked{}
	for member := range e.compared {
		out[member] = true
	}
	for _, id := range e.probesFor(kind, name) {
		p := &e.probes[id]
		if !members(&p.Where, out) || !members(&p.Exempt, out) || p.distinct != "" && !member(p.distinct, out) {
			return nil
		}
	}
	return out
}

// members adds what conditions ask for; false: for any member.
func members(w *catalogue.Where, out facts.Asked) bool {
	for i := range w.All {
		if !member(w.All[i].Path, out) {
			return false
		}
	}
	for _, groups := range [][]catalogue.Where{w.Any, w.None} {
		for i := range groups {
			if !members(&groups[i], out) {
				return false
			}
		}
	}
	return true
}

// member adds the first step of a path; false: it can be any.
func member(path string, out facts.Asked) bool {
	first := path
	if strings.ContainsAny(path, ".`") {
		first = facts.SplitPath(path)[0]
	}
	out[first] = true
	return first != "" && !strings.Contains(first, "*")
}

// compared are the members of the fact that a companion belongs to with which
// conditions compare; nil where none do, as in most.
func compared(w *catalogue.Where) facts.Asked {
	out := facts.Asked{}
	if comparedIn(w, out); len(out) == 0 {
		return nil
	}
	return out
}

func comparedIn(w *catalogue.Where, out facts.Asked) {
	var inTest func(t *catalogue.Test)
	inTest = func(t *catalogue.Test) {
		if t == nil {
			return
		}
		if t.SameAs != "" {
			member(t.SameAs, out)
		}
		if t.Where != nil {
			comparedIn(t.Where, out)
		}
		inTest(t.Each)
		inTest(t.Not)
	}
	for i := range w.All {
		inTest(&w.All[i].Test)
	}
	for _, groups := range [][]catalogue.Where{w.Any, w.None} {
		for i := range groups {
			comparedIn(&groups[i], out)
		}
	}
}

// values is how many values a fact has to compare with.
func (p *probe) values(f *facts.Fact) int {
	n := 0
	for i := range f.Value.Fields {
		if m := &f.Value.Fields[i]; p.compared[m.Key] {
			n += 1 + len(m.Value.Items)
		}
	}
	return n
}
