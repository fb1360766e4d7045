package catalogue

import (
	"fmt"
	"reflect"
	"regexp"

	"go.yaml.in/yaml/v3"

	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/readiness"
)

// Control is a practice with everything needed to recognise it.
type Control struct {
	readiness.Control
	AppliesWhen Applies
	ImpliedBy   []string // controls that, proven, prove this one too
	Rules       []Rule
	Examples    Examples
	File        string
	Line        int
}

// Applies names the facets that make a control concern a repository.
type Applies struct {
	Any, All, None []string
	Firm           bool // what they say stands even where something proves the control
}

// Always tells whether the control concerns every repository.
func (a Applies) Always() bool { return len(a.Any)+len(a.All)+len(a.None) == 0 }

// FacetDef is a fact about a repository, made of clauses: one of Any holds
// (where there are any), all of All, none of None.
type FacetDef struct {
	Name           string
	Means          string // a predicate: "runs on virtual machines"
	Any, All, None []Clause
	File           string
	Line           int
}

// Example is a small tree with what the rules must make of it.
type Example struct {
	Name        string
	Files       map[string]string
	Settings    map[string][]facts.Value // names that are left out are answered with nothing
	Proves      []string
	Suggests    []string
	Contradicts []string
	Nothing     bool
	Verdict     readiness.Verdict
	Line        int
}

// Examples are those of a control. What ships is decoded when somebody asks: a
// scan doesn't.
type Examples struct {
	list    []Example
	encoded string
}

// All lists them.
func (x Examples) All() []Example {
	if x.encoded == "" {
		return x.list
	}
	var out []Example
	d := decoder{rest: x.encoded}
	d.value(reflect.ValueOf(&out).Elem())
	return out
}

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// controlsFile reads a YAML file of controls and facets.
func controlsFile(file string, text []byte, faults *Faults) (controls []*Control, defs []*FacetDef) {
	s := source{file: file, faults: faults}
	root := s.parse(text)
	if root == nil {
		return nil, nil
	}
	o := s.object(root, "file")
	for _, n := range s.items(o.get("controls"), "controls") {
		controls = append(controls, s.control(n))
	}
	if n := o.get("facets"); n != nil {
		f := s.object(n, "facets")
		for i, name := range f.keys {
			f.used[i] = true
			defs = append(defs, s.facet(name, f.vals[i]))
		}
	}
	o.done()
	return controls, defs
}

func (s source) control(n *yaml.Node) *Control {
	o := s.object(n, "control")
	c := &Control{File: s.file, Line: n.Line + s.offset}
	c.ID = o.need("id")
	if c.ID != "" {
		o.what = "control " + c.ID
		if !idForm.MatchString(c.ID) {
			o.fault(o.get("id"), "%s: an id is lower-case letters, digits and dashes", o.what)
		}
	}
	c.Title, c.Meaning, c.Category = o.need("title"), o.need("meaning"), o.text("category")
	c.Scope = readiness.ScopeRepository
	if v := o.oneOf("scope", string(readiness.ScopeRepository), string(readiness.ScopeAccount)); v != "" {
		c.Scope = readiness.Scope(v)
	}
	c.ByHand = o.text("by_hand")
	if n := o.get("applies_when"); n != nil {
		a := s.object(n, o.what+": applies_when")
		c.AppliesWhen = Applies{a.texts("any"), a.texts("all"), a.texts("none"), a.flag("firm")}
		a.done()
	}
	c.ImpliedBy = o.texts("implied_by")
	rules := map[string]bool{}
	for _, n := range s.items(o.get("rules"), o.what+": rules") {
		r := s.rule(n, c.ID)
		if rules[r.ID] && r.ID != "" {
			s.fault(n, "%s: rule %q is there twice", o.what, r.ID)
		}
		rules[r.ID] = true
		c.Rules = append(c.Rules, r)
	}
	switch {
	case len(c.Rules) == 0 && c.ByHand == "" && len(c.ImpliedBy) == 0:
		s.fault(n, "%s: neither rules nor by_hand: say which rules recognise it, or why only a person can know", o.what)
	case len(c.Rules) > 0 && c.ByHand != "":
		s.fault(o.get("by_hand"), "%s: by_hand stands instead of rules", o.what)
	}
	for _, n := range s.items(o.get("examples"), o.what+": examples") {
		c.Examples.list = append(c.Examples.list, s.example(n, c.ID, rules))
	}
	o.done()
	return c
}

func (s source) facet(name string, n *yaml.Node) *FacetDef {
	o := s.object(n, "facet "+name)
	d := &FacetDef{Name: name, File: s.file, Line: n.Line + s.offset, Means: o.need("means")}
	if !idForm.MatchString(name) {
		s.fault(n, "%s: a name is lower-case letters, digits and dashes", o.what)
	}
	d.Any, d.All, d.None = o.clauses("any"), o.clauses("all"), o.clauses("none")
	if len(d.Any)+len(d.All)+len(d.None) == 0 {
		s.fault(n, "%s: neither any, all nor none", o.what)
	}
	o.done()
	return d
}

func (o *object) clauses(key string) []Clause {
	var out []Clause
	for _, n := range o.items(o.get(key), o.what+": "+key) {
		c := o.object(n, o.what+": "+key)
		if len(c.keys) == 0 {
			continue
		}
		out = append(out, c.clause(true))
		c.done()
	}
	return out
}

func (s source) example(n *yaml.Node, control string, rules map[string]bool) Example {
	o := s.object(n, control+": example")
	e := Example{Line: n.Line + s.offset, Name: o.need("name"), Files: map[string]string{}, Nothing: o.boolean("nothing")}
	o.what = fmt.Sprintf("%s: example %q", control, e.Name)
	e.Proves, e.Suggests, e.Contradicts = o.texts("proves"), o.texts("suggests"), o.texts("contradicts")
	e.Verdict = readiness.Verdict(o.oneOf("verdict", string(readiness.Proven), string(readiness.Suggested), string(readiness.Contradicted),
		string(readiness.None), string(readiness.UnknownYet), string(readiness.NotApplicable)))
	if n := o.get("files"); n != nil {
		f := s.object(n, o.what+": files")
		for i, path := range f.keys {
			f.used[i] = true
			if f.vals[i].Kind != yaml.ScalarNode {
				s.fault(f.vals[i], "%s: files: %s: text is wanted, not %s", o.what, path, describe(f.vals[i]))
			}
			e.Files[path] = f.vals[i].Value
		}
	}
	e.Settings = o.settingFacts()
	for _, list := range [][]string{e.Proves, e.Suggests, e.Contradicts} {
		for _, id := range list {
			if !rules[id] {
				s.fault(n, "%s: there is no rule %q", o.what, id)
			}
		}
	}
	if len(e.Proves)+len(e.Suggests)+len(e.Contradicts) == 0 && !e.Nothing && e.Verdict == "" {
		s.fault(n, "%s: says nothing of what must come out (proves, suggests, contradicts, nothing or verdict)", o.what)
	}
	o.done()
	return e
}

// settingFacts reads what GitHub is to answer in an example.
func (o *object) settingFacts() map[string][]facts.Value {
	n := o.get("settings")
	if n == nil {
		return nil
	}
	out := map[string][]facts.Value{}
	answers := o.object(n, o.what+": settings")
	for i, name := range answers.keys {
		answers.used[i] = true
		if _, ok := Permission(name); !ok {
			o.fault(answers.vals[i], "%s: nothing is called %q", answers.what, name)
		}
		nodes := []*yaml.Node{answers.vals[i]}
		if answers.vals[i].Kind == yaml.SequenceNode {
			nodes = answers.vals[i].Content
		}
		out[name] = []facts.Value{}
		for _, v := range nodes {
			out[name] = append(out[name], plainValue(v))
		}
	}
	return out
}

// plainValue is a YAML node as GitHub's JSON would say it.
func plainValue(n *yaml.Node) facts.Value {
	switch n.Kind {
	case yaml.SequenceNode:
		v := facts.Value{Kind: facts.List}
		for _, c := range n.Content {
			v.Items = append(v.Items, plainValue(c))
		}
		return v
	case yaml.MappingNode:
		v := facts.Value{Kind: facts.Map}
		for i := 0; i+1 < len(n.Content); i += 2 {
			v.Fields = append(v.Fields, facts.Field{Key: n.Content[i].Value, Value: plainValue(n.Content[i+1])})
		}
		return v
	}
	switch n.Tag {
	case "!!null":
		return facts.Value{Kind: facts.Null}
	case "!!bool":
		return facts.Value{Kind: facts.Bool, Text: n.Value}
	case "!!int", "!!float":
		return facts.Value{Kind: facts.Number, Text: n.Value}
	}
	return facts.Str(n.Value)
}
