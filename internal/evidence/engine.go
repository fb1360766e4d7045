// Package evidence matches the catalogue's rules against facts. Rules are
// indexed by what they look for, so that the cost grows with the facts and not
// with the rules.
package evidence

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sync"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/readiness"
)

// Engine is a catalogue made ready for matching. It never changes once made,
// so any number of assessments may share it.
type Engine struct {
	catalogue *catalogue.Catalogue
	probes    []probe
	controls  []control // by id
	facets    []facet   // each after those that it builds on
	names     map[facts.Kind]*nameIndex
	files     pathIndex
	contents  pathIndex
	regexps   []expression // of contents, each once
	literals  literals     // of regexps
	commands  literals     // of the regexps of commands
	inCommand *filter
	anyArea   facts.Area                // areas that some probe looks into
	areas     map[facts.Kind]facts.Area // the same, by what it looks for
	linked    []int                     // probes that ask of the links of documents
	anyFile   map[int]bool              // probes that ask only whether there is some file
	compared  facts.Asked               // members of a fact that companions compare with
	imports   map[string]bool           // packages of which some rule asks whether they are imported
}

// probe is one matcher, with what its rule says of it.
type probe struct {
	*catalogue.Matcher
	areas    facts.Area
	every    bool
	once     bool        // one hit is as good as many
	few      int         // of content, how many files with a match are as good as all; 0: all count
	distinct string      // the path of values that its clause counts once each
	compared facts.Asked // members of the fact it accompanies that its conditions compare with
	joins    bool        // there are some
	links    []link      // what ties its hits to the fact that they accompany
	run      *expression // of commands; nil when there is none, or when actions will do
	match    []int       // of regexps: each has to match; those that look at few lines come first
	told     int         // the one of match whose lines are told
	none     []int       // of regexps: none may
	catches  int         // of match, the one that catches names; below 0 when none does
}

// expression is a regexp with the numbers of its literals, and those of its
// alternatives where these are tried instead.
type expression struct {
	*catalogue.Regexp
	literals, lead []int
	needs          [][]int // where Lead is not nil
	alternatives   []expression
}

func newExpression(re *catalogue.Regexp, l *literals) expression {
	x := expression{Regexp: re}
	for _, a := range re.Alternatives {
		x.alternatives = append(x.alternatives, newExpression(a, l))
	}
	if len(x.alternatives) == 0 {
		x.literals, x.lead = l.numbers(re.Literals), l.numbers(re.Lead)
		for _, set := range re.Needs {
			if re.Lead != nil && !slices.ContainsFunc(set, beyondASCII) {
				x.needs = append(x.needs, l.numbers(set))
			}
		}
	}
	return x
}

// held adds the literals of which every match holds one that a filter finds by
// itself; none when nothing is known of them.
func (x *expression) held(e *Engine, out []int) []int {
	before := len(out)
	for i := range x.alternatives {
		had := len(out)
		if out = x.alternatives[i].held(e, out); len(out) == had {
			return out[:before]
		}
	}
	if slices.ContainsFunc(x.literals, func(id int) bool { return isShort(e.literals.texts[id]) }) {
		return out[:before]
	}
	return append(out, x.literals...)
}

// held is the same of all that a probe's content has to match.
func (p *probe) held(e *Engine, out []int) []int {
	before := len(out)
	for _, id := range p.match {
		if out = e.regexps[id].held(e, out); len(out) > before {
			break
		}
	}
	return out
}

// reach is over how many lines a match can go.
func (x *expression) reach() int {
	far := x.Span
	if far < 0 {
		far = math.MaxInt
	}
	for i := range x.alternatives {
		far = max(far, x.alternatives[i].reach())
	}
	return far
}

// mark notes the literals that may be asked for.
func (x *expression) mark(asked numberSet) {
	for i := range x.alternatives {
		x.alternatives[i].mark(asked)
	}
	for _, set := range x.needs {
		asked.add(set)
	}
	asked.add(x.literals)
	asked.add(x.lead)
}

// clause is a catalogue.Clause by its probes.
type clause struct {
	*catalogue.Clause
	any, without []int
	outnumbers   []int
	with         [][]int      // one of each
	facets       []string     // alternatives that are facets
	kinds        []facts.Kind // families of facts that it looks at, files apart; sorted
	settings     []string     // what GitHub would have to answer; sorted
}

type control struct {
	*catalogue.Control
	rules []rule
}

type rule struct {
	*catalogue.Rule
	clause
}

type facet struct {
	*catalogue.FacetDef
	any, all, none []clause
}

// New indexes the rules of a catalogue.
func New(c *catalogue.Catalogue) *Engine {
	e := &Engine{catalogue: c, names: map[facts.Kind]*nameIndex{}, anyFile: map[int]bool{}, areas: map[facts.Kind]facts.Area{}, compared: facts.Asked{}}
	e.probes = make([]probe, 0, matchers(c))
	for _, ctl := range c.Controls {
		own := control{Control: ctl, rules: make([]rule, 0, len(ctl.Rules))}
		for i := range ctl.Rules {
			r := &ctl.Rules[i]
			c := e.clause(&r.Clause)
			e.noteAnywhere(&c)
			e.noteFew(r, &c)
			own.rules = append(own.rules, rule{r, c})
		}
		e.controls = append(e.controls, own)
	}
	for _, d := range c.Facets {
		f := facet{FacetDef: d}
		for _, part := range []struct {
			from []catalogue.Clause
			to   *[]clause
		}{{d.Any, &f.any}, {d.All, &f.all}, {d.None, &f.none}} {
			*part.to = make([]clause, 0, len(part.from))
			for i := range part.from {
				c := e.clause(&part.from[i])
				e.noteAnyFile(&c)
				e.noteOnce(&c)
				*part.to = append(*part.to, c)
			}
		}
		e.facets = append(e.facets, f)
	}
	e.index()
	e.imports = e.imported()
	return e
}

// matchers counts those of a catalogue.
func matchers(c *catalogue.Catalogue) int {
	n := 0
	count := func(c *catalogue.Clause) {
		n += len(c.Any) + len(c.Without) + len(c.Outnumbers)
		for _, one := range c.With {
			n += len(one)
		}
	}
	for _, ctl := range c.Controls {
		for i := range ctl.Rules {
			count(&ctl.Rules[i].Clause)
		}
	}
	for _, f := range c.Facets {
		for _, clauses := range [][]catalogue.Clause{f.Any, f.All, f.None} {
			for i := range clauses {
				count(&clauses[i])
			}
		}
	}
	return n
}

// index makes the probes found by what they look for. A command waits for it,
// so the parts are made beside each other.
func (e *Engine) index() {
	var g sync.WaitGroup
	g.Go(func() { e.files.index(e.probes, catalogue.File) })
	g.Go(func() { e.contents.index(e.probes, catalogue.Content) })
	g.Go(e.indexContents)
	g.Go(e.indexCommands)
	for id := range e.probes {
		if p := &e.probes[id]; p.Kind == catalogue.File && asks(&p.Where, "dead_links") {
			e.linked = append(e.linked, id)
		}
		if m := e.probes[id].Matcher; m.Kind != catalogue.File && m.Kind != catalogue.Content {
			e.nameIndex(m.Kind).add(m, id)
		}
	}
	g.Wait()
}

// indexContents numbers the expressions that content is matched with, and their
// literals.
func (e *Engine) indexContents() {
	known := map[*catalogue.Regexp]int{}
	e.literals.open(len(e.probes))
	for id := range e.probes {
		p := &e.probes[id]
		if p.Kind != catalogue.Content {
			continue
		}
		p.match, p.none = e.regexpIDs(p.Match, known), e.regexpIDs(p.None, known)
		if len(p.match) > 0 {
			p.told = p.match[0]
		}
		if p.catches = slices.IndexFunc(p.Match, (*catalogue.Regexp).Catches); p.catches >= 0 {
			p.catches = p.match[p.catches]
		}
		slices.SortStableFunc(p.match, func(a, b int) int { return cmp.Compare(e.regexps[a].reach(), e.regexps[b].reach()) })
	}
	e.literals.close()
}

// indexCommands numbers the literals of what commands are matched with.
func (e *Engine) indexCommands() {
	e.commands.open(len(e.probes))
	for id := range e.probes {
		if p := &e.probes[id]; p.Kind != catalogue.Content && p.Run != nil {
			x := newExpression(p.Run, &e.commands)
			p.run = &x
		}
	}
	e.inCommand = newFilter(&e.commands, e.commands.all())
	e.commands.close()
}

// noteOnce notes of what only facets look for that one hit is enough: nobody
// asks more of a facet's clause than whether it is true.
func (e *Engine) noteOnce(c *clause) {
	if c.Every || c.AtLeast > 1 || len(c.With)+len(c.Without)+len(c.Outnumbers) > 0 {
		return
	}
	for _, id := range c.any {
		e.probes[id].once, e.probes[id].few = true, 1
	}
}

// noteAnywhere notes the same of files that go with something, or must not,
// wherever they are.
func (e *Engine) noteAnywhere(c *clause) {
	if c.Same != "" {
		return
	}
	for _, id := range append(slices.Concat(c.with...), c.without...) {
		if p := &e.probes[id]; p.Kind == catalogue.File || p.Kind == catalogue.Content {
			p.once, p.few = true, 1
		}
	}
}

// noteFew notes of what hints by itself that the files shown are enough, and one
// more tells that there are others.
func (e *Engine) noteFew(r *catalogue.Rule, c *clause) {
	if r.Strength != readiness.Suggests || c.Every || c.Distinct != "" || len(c.with)+len(c.without)+len(c.outnumbers) > 0 {
		return
	}
	for _, id := range c.any {
		if p := &e.probes[id]; p.Kind == catalogue.Content {
			p.few = max(keepBest, c.AtLeast) + 1
		}
	}
}

func (e *Engine) clause(c *catalogue.Clause) clause {
	out := clause{Clause: c}
	for i := range c.Any {
		if c.Any[i].Kind == catalogue.Facet {
			out.facets = append(out.facets, c.Any[i].Facet)
			continue
		}
		out.any = append(out.any, e.probe(&c.Any[i], c, c.Every))
	}
	for _, one := range c.With {
		var ids []int
		for i := range one {
			ids = append(ids, e.probe(&one[i], c, false))
		}
		out.with = append(out.with, ids)
	}
	for i := range c.Without {
		out.without = append(out.without, e.probe(&c.Without[i], c, false))
	}
	for i := range c.Outnumbers {
		out.outnumbers = append(out.outnumbers, e.probe(&c.Outnumbers[i], c, false))
	}
	out.kinds, out.settings = e.kinds(out), e.settings(out)
	return out
}

// probe numbers a matcher.
func (e *Engine) probe(m *catalogue.Matcher, c *catalogue.Clause, every bool) int {
	id := len(e.probes)
	p := probe{Matcher: m, areas: c.Areas, every: every, compared: compared(&m.Where), distinct: c.Distinct}
	p.joins, p.links = len(p.compared) > 0, links(&m.Where)
	maps.Copy(e.compared, p.compared)
	e.anyArea |= c.Areas
	e.areas[m.Kind] |= c.Areas
	e.probes = append(e.probes, p)
	return id
}

func (e *Engine) regexpIDs(res []*catalogue.Regexp, known map[*catalogue.Regexp]int) []int {
	var out []int
	for _, re := range res {
		id, ok := known[re]
		if !ok {
			id = len(e.regexps)
			known[re] = id
			e.regexps = append(e.regexps, newExpression(re, &e.literals))
		}
		out = append(out, id)
	}
	return out
}

// Catalogue is what the engine was made of.
func (e *Engine) Catalogue() *catalogue.Catalogue { return e.catalogue }

func (e *Engine) kinds(c clause) []facts.Kind {
	var out []facts.Kind
	for _, id := range slices.Concat(c.any, slices.Concat(c.with...), c.without, c.outnumbers) {
		out = append(out, e.probes[id].Kind)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (e *Engine) settings(c clause) []string {
	var out []string
	for _, id := range slices.Concat(c.any, slices.Concat(c.with...)) {
		p := &e.probes[id]
		if p.Kind != facts.Setting && p.Kind != facts.Activity {
			continue
		}
		for _, name := range catalogue.SettingNames() {
			if selects(p.Matcher, name) {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
