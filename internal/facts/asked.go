package facts

import (
	"slices"
	"strings"
	"sync"
)

// Asked is the members of a fact that anybody asks for; nil is all of them.
type Asked map[string]bool

// has tells whether a member is to be worked out and kept. One that begins with
// an underscore is said of every fact of its kind, and always is.
func (a Asked) has(member string) bool {
	return a == nil || strings.HasPrefix(member, "_") || a[member]
}

// asking answers what is asked of facts, once for each name.
type asking struct {
	of   func(k Kind, name string) Asked
	lock sync.Mutex
	memo map[Kind]map[string]Asked
}

func newAsking(of func(k Kind, name string) Asked) *asking {
	return &asking{of: of, memo: map[Kind]map[string]Asked{}}
}

// about is what is asked of facts of a kind and name.
func (a *asking) about(k Kind, name string) Asked {
	if a.of == nil || readLater(k, name) {
		return nil
	}
	a.lock.Lock()
	defer a.lock.Unlock()
	names := a.memo[k]
	if names == nil {
		names = map[string]Asked{}
		a.memo[k] = names
	}
	asked, ok := names[name]
	if !ok {
		asked = a.of(k, name)
		names[name] = asked
	}
	return asked
}

// readLater tells of facts that other facts are made of once all are there:
// charts that Terraform installs, objects that it hands a cluster, builds that
// templates carry, templates that stacks nest.
func readLater(k Kind, name string) bool {
	return k == Terraform && (makesRelease(name) || holdsObjects(name)) || carriesBuild(k, name) || nestsStack(k, name)
}

// trim drops what nobody asks for of facts of some kinds.
func (a *asking) trim(facts []Fact, kinds ...Kind) {
	for i := range facts {
		f := &facts[i]
		if !slices.Contains(kinds, f.Kind) {
			continue
		}
		asked := a.about(f.Kind, f.Name)
		unasked := func(m Field) bool { return !asked.has(m.Key) }
		if asked != nil && slices.ContainsFunc(f.Value.Fields, unasked) {
			f.Value.Fields = slices.Clip(slices.DeleteFunc(slices.Clone(f.Value.Fields), unasked))
		}
	}
}
