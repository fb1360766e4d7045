package evidence

import (
	"cmp"
	"path"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/snapshot"
)

// Source is a tree whose files count as evidence. Repository and Commit are
// empty for the assessed repository itself.
type Source struct {
	Repository string
	Commit     string
	*Reading
}

// hit is a fact, or a file, that a probe selected by name.
// There may be a hundred thousand.
type hit struct {
	path   string
	fact   *facts.Fact // nil for files
	caught []caught    // names, and where; nil where the probe catches none
	why    string      // why it can be no more than a hint
	source int32
	start  int32
	end    int32
	places int32 // where it caught names that its companions caught too; 0: it is about none
	truth  truth // of the probe's conditions
	vague  bool  // what it was selected by can't be known: not even a hint
	unsaid bool  // it stands for more than is shown, and what is asked for is not
}

// key tells things apart: two probes that select the same thing agree on it.
type key struct {
	source int32
	path   string
	fact   *facts.Fact
}

func (h hit) key() key { return key{h.source, h.path, h.fact} }

// sameBlock tells whether two facts come from one block of Terraform's, made by
// several calls of its module.
func (h hit) sameBlock(o hit) bool {
	a, b := h.fact, o.fact
	return a != nil && b != nil && a.Kind == facts.Terraform && b.Kind == facts.Terraform &&
		h.source == o.source && a.Start == b.Start && h.path == o.path && a.Name == b.Name
}

// group is what the fact belongs to; empty where there is none.
func (h hit) group() string {
	if h.fact == nil {
		return ""
	}
	return h.fact.Group
}

// url is where GitHub shows what it answered; empty of files.
func (h hit) url() string {
	if h.fact == nil || h.fact.Kind != facts.Setting && h.fact.Kind != facts.Activity {
		return ""
	}
	return cmp.Or(h.fact.Value.Get("_url").Text, h.fact.Value.Get("html_url").Text)
}

// certain tells whether the hit can prove.
func (h hit) certain() bool { return h.truth == yes && h.why == "" }

func (h hit) compare(o hit) int {
	return cmp.Or(cmp.Compare(h.source, o.source), cmp.Compare(h.path, o.path), cmp.Compare(h.start, o.start), cmp.Compare(h.end, o.end))
}

// assessment is one run of all probes over all sources.
type assessment struct {
	engine   *Engine
	sources  []Source
	settings snapshot.Settings
	hits     [][]hit // by probe, in the order of the sources
	facets   map[string]truth
	warned   map[facts.Kind]*unreadFiles // outside of areas that prove nothing
	keep     bool                        // keep what failed its conditions, for Explain
	spelt    *spelling                   // of the fact at hand
	pairs    int                         // that the clause at hand looked at
	allPairs int                         // and all of them together
	cut      bool                        // the clause at hand gave up
	seekers  int                         // hits of the clause at hand, which companions are looked for
	byKey    map[int]map[string][]int32  // by probe of the clause at hand, where among its hits companions of what has a key are
}

func (e *Engine) assess(sources []Source, settings snapshot.Settings, keep bool) *assessment {
	a := &assessment{engine: e, sources: sources, settings: settings, keep: keep,
		spelt: newSpelling(e), hits: make([][]hit, len(e.probes)), facets: map[string]truth{}, byKey: map[int]map[string][]int32{}, warned: map[facts.Kind]*unreadFiles{}}
	for i := range sources {
		a.matchTree(i)
		a.warnings(i)
	}
	a.matchSettings()
	for i := range e.facets {
		a.facets[e.facets[i].Name] = a.facet(&e.facets[i])
	}
	return a
}

// matchFacts tries some facts against the probes that select their names.
func (a *assessment) matchFacts(source, from, to int) {
	type name struct {
		kind facts.Kind
		name string
		made bool
	}
	memo := map[name][]int{}
	all := a.sources[source].All[from:to]
	for i := range all {
		f := &all[i]
		n := name{f.Kind, f.Name, f.Made}
		probes, ok := memo[n]
		if !ok {
			if probes = a.engine.probesFor(f.Kind, f.Name); f.Made {
				probes = a.engine.probesOf(f.Kind, f.Name)
			}
			memo[n] = probes
		}
		a.spelt.of(f)
		for _, id := range probes {
			if f.Area&^a.engine.probes[id].areas == 0 {
				a.try(id, source, f)
			}
		}
	}
}

// try tests a fact and notes the hit.
func (a *assessment) try(id, source int, f *facts.Fact) {
	p := &a.engine.probes[id]
	if a.enough(id) {
		return
	}
	if p.run != nil && len(p.Uses) == 0 && !a.spelt.any(p.run) {
		return // no command of it can match
	}
	h, selected := testFact(p, f, nil, a.spelt)
	if !selected || h.truth == no && !p.every && !a.keep {
		return
	}
	h.source = int32(source)
	a.hits[id] = append(a.hits[id], h)
}

// enough tells whether there is a hit already, and another would say no more.
func (a *assessment) enough(id int) bool {
	hits := a.hits[id]
	return a.engine.probes[id].once && len(hits) > 0 && hits[len(hits)-1].truth != no && !hits[len(hits)-1].unsaid
}

// testFact tests a fact against a probe; selected is false when the probe is
// not about it at all. self is the fact that a companion belongs to, and spelt
// what f runs; both may be nil.
func testFact(p *probe, f, self *facts.Fact, spelt *spelling) (h hit, selected bool) {
	h = hit{path: f.Path, start: int32(f.Start), end: int32(f.End), fact: f, truth: yes, why: f.Hint}
	switch p.Kind {
	case facts.Workflow, facts.WorkflowJob, facts.CI:
		if !started(p, f, &h) || !runs(p, f, spelt, &h) {
			return h, false
		}
		if p.Soft && facts.Tolerated(h.why) {
			h.why = ""
		}
	case facts.Dependency:
		if !p.Dev && f.Value.Get("dev").Text == "true" {
			return h, false
		}
	}
	exempt := answer{truth: no}
	if !p.Exempt.Empty() {
		if exempt = where(&p.Exempt, f.Value, self); exempt.truth == yes {
			return h, false
		}
	}
	if p.Where.Empty() {
		return h, true
	}
	got := where(&p.Where, f.Value, self)
	if exempt.truth == unknown && got.truth == no {
		got = exempt
	}
	h.unsaid = f.Open && got.truth == unknown && (self != nil || !p.joins)
	h.truth, h.vague = got.truth, got.truth == unknown && got.vague
	if got.truth == unknown && h.why == "" {
		h.why = got.why
	}
	if got.at.Start > 0 {
		h.start, h.end = int32(got.at.Start), int32(max(got.at.Start, got.at.End))
	}
	return h, true
}

// matchSettings tries what GitHub answered. It belongs to the first source.
func (a *assessment) matchSettings() {
	for _, name := range catalogue.SettingNames() {
		for _, v := range a.settings[name].Facts {
			for _, kind := range []facts.Kind{facts.Setting, facts.Activity} {
				f := &facts.Fact{Kind: kind, Name: name, Value: v}
				for _, id := range a.engine.probesFor(kind, name) {
					a.try(id, 0, f)
				}
			}
		}
	}
}

// inScope tells whether a companion lies where the clause wants it.
func inScope(scope catalogue.Scope, h, o hit) bool {
	switch scope {
	case catalogue.SameFile:
		return h.source == o.source && h.path == o.path
	case catalogue.SameDir:
		return h.source == o.source && path.Dir(h.path) == path.Dir(o.path)
	case catalogue.SameTwin:
		return h.source == o.source && h.path != o.path && facts.AnyEnvironment(h.path) == facts.AnyEnvironment(o.path)
	case catalogue.SameName:
		return o.caught == nil || h.shares(o)
	case catalogue.SameGroup:
		return h.source == o.source && h.group() != "" && h.group() == o.group()
	}
	return true
}
