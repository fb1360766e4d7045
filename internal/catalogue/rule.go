package catalogue

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/readiness"
)

// Weakens is the strength of a rule that turns the proofs of its control into
// hints. It is never the strength of evidence.
const Weakens readiness.Strength = "weakens"

// Scope narrows where the companions of a fact have to lie.
type Scope string

const (
	Anywhere  Scope = "" // in the repository
	SameFile  Scope = "file"
	SameDir   Scope = "dir"
	SameGroup Scope = "group" // the job of a step, the root of a resource
	SameTwin  Scope = "twin"  // the path but for the name of the environment
	SameName  Scope = "name"  // a word that the group names of each content pattern caught
)

// Clause is a match and what has to go with it.
type Clause struct {
	Any        []Matcher   // alternatives, at least one
	Every      bool        // each fact that is selected must satisfy its tests
	AtLeast    int         // so many facts; 0 and 1 are the same
	Distinct   string      // count different values at this path instead of facts
	With       [][]Matcher // one of each
	Without    []Matcher   // none
	Outnumbers []Matcher   // their facts are fewer
	Same       Scope
	Areas      facts.Area // places that count though they are not production
}

// Rule recognises evidence of a control.
type Rule struct {
	ID       string
	Strength readiness.Strength
	Summary  string
	Clause
	Needs []string // controls
	Line  int
}

// areas are the words for places that prove nothing unless a rule says so.
var areas = []struct {
	word string
	area facts.Area
}{
	{"test", facts.AreaTest}, {"example", facts.AreaExample}, {"docs", facts.AreaDocs}, {"vendored", facts.AreaVendored},
	{"generated", facts.AreaGenerated}, {"deprecated", facts.AreaDeprecated}, {"template", facts.AreaTemplate}, {"dev", facts.AreaDev},
}

// AreaWords names the areas in a set.
func AreaWords(set facts.Area) []string {
	var out []string
	for _, a := range areas {
		if set&a.area != 0 {
			out = append(out, a.word)
		}
	}
	return out
}

func (s source) rule(n *yaml.Node, control string) Rule {
	o := s.object(n, control+": rule")
	r := Rule{Line: n.Line + s.offset, ID: o.need("id")}
	if r.ID != "" {
		o.what = control + "/" + r.ID
	}
	o.need("strength")
	r.Strength = readiness.Strength(o.oneOf("strength", string(readiness.Proves), string(readiness.Suggests),
		string(readiness.Contradicts), string(Weakens)))
	r.Summary = o.need("summary")
	r.Needs = o.texts("needs")
	r.Clause = o.clause(false)
	if len(r.Needs) > 0 && r.Strength != readiness.Proves {
		o.fault(o.get("needs"), "%s: needs only makes sense with strength: proves", o.what)
	}
	o.done()
	return r
}

// clause reads the matcher of o, or its alternatives, and what goes with it.
func (o *object) clause(facetToo bool) Clause {
	c := Clause{
		Every: o.boolean("every"), AtLeast: o.integer("at_least", 1), Distinct: o.text("distinct"),
		Same: Scope(o.oneOf("same", string(SameFile), string(SameDir), string(SameGroup), string(SameTwin), string(SameName))),
	}
	if any := o.get("any"); any != nil {
		for _, item := range o.items(any, o.what+": any") {
			c.Any = append(c.Any, o.alone(item, o.what+": any")...)
		}
		if keys := o.matcherKeys(); len(keys) > 0 {
			o.get(keys[0])
			o.fault(o.node, "%s: either %s or any:, not both", o.what, keys[0])
		}
	} else {
		c.Any = o.matchers(facetToo)
	}
	c.With, c.Without = o.companions("with"), slices.Concat(o.companions("without")...)
	c.Outnumbers = slices.Concat(o.companions("outnumbers")...)
	c.Areas = o.areas()
	o.checkClause(c)
	return c
}

func (o *object) checkClause(c Clause) {
	if c.Every && (c.AtLeast > 1 || c.Distinct != "") {
		o.fault(o.node, "%s: every and at_least don't go together", o.what)
	}
	if c.Distinct != "" && c.AtLeast < 2 {
		o.fault(o.node, "%s: distinct wants at_least: 2 or more", o.what)
	}
	if c.Same != Anywhere && len(c.With)+len(c.Without) == 0 {
		o.fault(o.node, "%s: same narrows with and without, and there is neither", o.what)
	}
	if c.Same == SameName && !slices.ContainsFunc(slices.Concat(append(slices.Clone(c.With), c.Without)...), Matcher.catches) {
		o.fault(o.node, "%s: same: name wants a content matcher with a group (?P<names>…) in with or without", o.what)
	}
	for _, m := range c.Any {
		if c.Same == SameName && !m.catches() {
			o.fault(o.node, "%s: same: name wants a group (?P<names>…) in each pattern", o.what)
		}
		if c.Every && m.Where.Empty() && m.Kind != Content && !m.NotEmpty && len(c.With)+len(c.Without) == 0 {
			o.fault(o.node, "%s: every wants something to hold (where, with or without)", o.what)
		}
		if !c.Every && !m.Exempt.Empty() {
			o.fault(o.node, "%s: exempt is for every: true; otherwise where: {none: [...]} says it", o.what)
		}
	}
}

// companions reads a list of matchers, or of alternatives.
func (o *object) companions(key string) [][]Matcher {
	n := o.get(key)
	if n == nil {
		return nil
	}
	nodes := []*yaml.Node{n}
	if n.Kind != yaml.MappingNode {
		nodes = o.items(n, o.what+": "+key)
	}
	var out [][]Matcher
	for _, item := range nodes {
		if got := o.alternatives(item, o.what+": "+key); len(got) > 0 {
			out = append(out, got)
		}
	}
	return out
}

// alternatives reads a matcher, or those under any: and nothing else.
func (s source) alternatives(n *yaml.Node, what string) []Matcher {
	o := s.object(n, what)
	any := o.get("any")
	if any == nil {
		return s.alone(n, what)
	}
	var out []Matcher
	for _, item := range o.items(any, what+": any") {
		out = append(out, s.alone(item, what+": any")...)
	}
	o.done()
	return out
}

// alone reads a mapping that is a matcher and nothing else.
func (s source) alone(n *yaml.Node, what string) []Matcher {
	o := s.object(n, what)
	if len(o.keys) == 0 {
		return nil
	}
	out := o.matchers(false)
	o.done()
	return out
}

func (o *object) areas() facts.Area {
	var set facts.Area
next:
	for _, word := range o.texts("areas") {
		for _, a := range areas {
			if a.word == word {
				set |= a.area
				continue next
			}
		}
		o.fault(o.get("areas"), "%s: areas: %q is none of %s", o.what, word, strings.Join(AreaWords(^facts.Area(0)), ", "))
	}
	return set
}
