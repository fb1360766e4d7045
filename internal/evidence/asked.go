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
		if !members(&p.Where, out) || p.distinct != "" && !member(p.distinct, out) {
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
	return first != "" && first != "*"
}

// compares tells whether conditions compare with the fact that a companion
// belongs to, and notes with which members of it.
func (e *Engine) compares(w *catalogue.Where) bool {
	found := false
	for i := range w.All {
		found = e.comparesIn(&w.All[i].Test) || found
	}
	for _, groups := range [][]catalogue.Where{w.Any, w.None} {
		for i := range groups {
			found = e.compares(&groups[i]) || found
		}
	}
	return found
}

func (e *Engine) comparesIn(t *catalogue.Test) bool {
	if t == nil {
		return false
	}
	if t.SameAs != "" {
		member(t.SameAs, e.compared)
	}
	deeper := t.Where != nil && e.compares(t.Where)
	each, not := e.comparesIn(t.Each), e.comparesIn(t.Not)
	return t.SameAs != "" || deeper || each || not
}
