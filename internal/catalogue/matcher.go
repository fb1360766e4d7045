package catalogue

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/readyline/readyline/internal/facts"
)

// The families that look at files rather than at facts read from them, and the
// one that stands for a facet.
const (
	File    facts.Kind = "file"
	Content facts.Kind = "content"
	Facet   facts.Kind = "facet"
)

// When narrows steps and jobs by what starts them. The zero value is anything
// but a person.
type When string

const (
	WhenCI       When = "ci"
	WhenDeploy   When = "deploy"
	WhenSchedule When = "schedule"
	WhenManual   When = "manual"
	WhenAny      When = "any"
)

// Matcher selects facts of one family by name (Names, Uses, Run, When, Dev,
// Soft, Paths, Exempt) and tests what it selected (Where, Match, None, NotEmpty).
type Matcher struct {
	Kind     facts.Kind
	Names    []Name // any name when empty
	Uses     []Name // of actions, without their ref
	Run      *Regexp
	When     When
	Dev      bool // development dependencies too
	Soft     bool // steps whose failure is passed over, too: what only tells
	Where    Where
	Exempt   Where // what is none of the rule's, of facts of that name
	Paths    []*Path
	Globs    []string // the paths as somebody wrote them, where braces stand for several
	NotEmpty bool
	Match    []*Regexp // each matches somewhere in the text
	None     []*Regexp // none does
	Facet    string
	Pipeline bool // half of a matcher of pipelines of every kind: GitHub's, or the others'
	Line     int
}

// families maps each matcher to the keys that select by name. A prefix keeps
// apart what one family knows under several keys.
var families = map[string][]nameKey{
	"workflow":       nil,
	"workflow_job":   nil,
	"ci":             {{key: "system"}},
	"pipeline":       nil,
	"terraform":      {{key: "type"}, {key: "module", prefix: "module:"}},
	"cloudformation": {{key: "type"}},
	"bicep":          {{key: "type"}, {key: "module", prefix: "module:"}},
	"serverless":     {{key: "type"}},
	"kubernetes":     {{key: "kind"}},
	"helm":           {{key: "type"}},
	"dockerfile":     {{key: "type"}},
	"compose":        nil,
	"packer":         nil,
	"platform":       {{key: "name"}},
	"ansible":        {{key: "module"}},
	"construct":      {{key: "type"}},
	"dependency":     {{key: "package"}},
	"file":           nil,
	"content":        nil,
	"setting":        {{key: "name"}},
	"activity":       {{key: "name"}},
	"facet":          nil,
}

type nameKey struct{ key, prefix string }

// catches tells of a content matcher whose pattern catches names.
func (m Matcher) catches() bool { return slices.ContainsFunc(m.Match, (*Regexp).Catches) }

// matcherKeys are the keys of o that name a family.
func (o *object) matcherKeys() []string {
	var out []string
	for _, k := range o.keys {
		if _, ok := families[k]; ok {
			out = append(out, k)
		}
	}
	return out
}

// matchers reads the one family key of o; facet only where it may stand. It is
// one matcher, two for pipelines of every kind, none where there is a fault.
func (o *object) matchers(facetToo bool) []Matcher {
	keys := o.matcherKeys()
	if !facetToo {
		keys = slices.DeleteFunc(keys, func(k string) bool { return k == "facet" })
	}
	switch len(keys) {
	case 0:
		o.fault(o.node, "%s: no matcher (workflow, terraform, file, …)", o.what)
		return nil
	case 1:
	default:
		for _, k := range keys {
			o.get(k)
		}
		o.fault(o.node, "%s: one matcher is wanted, not %s (alternatives go under any:)", o.what, strings.Join(keys, " and "))
		return nil
	}
	n := o.get(keys[0])
	switch keys[0] {
	case "facet":
		return []Matcher{{Kind: Facet, Facet: o.scalar(n, o.what+": facet"), Line: n.Line + o.offset}}
	case "pipeline":
		return o.pipeline(n)
	}
	return []Matcher{o.family(keys[0], n)}
}

// pipeline reads what is asked of GitHub's workflows and of other CI systems
// alike.
func (s source) pipeline(n *yaml.Node) []Matcher {
	o := s.object(n, "pipeline")
	m := Matcher{Kind: facts.Workflow, Pipeline: true, Run: o.regexp("run"), When: o.when(), Soft: o.boolean("soft"), Line: n.Line + s.offset}
	if where := o.get("where"); where != nil {
		m.Where = s.where(where, "pipeline: where")
	}
	o.done()
	other := m
	other.Kind = facts.CI
	return []Matcher{m, other}
}

// family reads what stands under a family's key.
func (s source) family(family string, n *yaml.Node) Matcher {
	m := Matcher{Kind: facts.Kind(family), Line: n.Line + s.offset}
	o := s.object(n, family)
	for _, nk := range families[family] {
		for _, name := range o.texts(nk.key) {
			m.Names = append(m.Names, NewNames(nk.prefix+name)...)
		}
	}
	switch m.Kind {
	case facts.Workflow:
		m.Uses, m.Run, m.When, m.Soft = o.uses(), o.regexp("run"), o.when(), o.boolean("soft")
		m.Where.All = o.inputs()
	case facts.WorkflowJob:
		m.When = o.when()
	case facts.CI:
		m.Run, m.When, m.Soft = o.regexp("run"), o.when(), o.boolean("soft")
	case facts.Dependency:
		m.Dev = o.boolean("dev")
		o.packages(m.Names)
	case facts.Packer:
		m.Names = o.packer()
	case facts.Setting, facts.Activity:
		o.settings()
	case File:
		m.Paths, m.Globs = o.paths()
		m.NotEmpty = o.boolean("not_empty")
	case Content:
		m.Paths, m.Globs = o.paths()
		m.Match = append(o.regexps("match"), o.regexps("all")...)
		m.None = o.regexps("none")
		if len(m.Match)+len(m.None) == 0 {
			o.fault(n, "content: match, all or none is missing; for a path alone there is file:")
		}
	}
	if n := o.get("where"); n != nil && m.Kind != Content {
		w := s.where(n, family+": where")
		w.All = append(m.Where.All, w.All...)
		m.Where = w
	}
	if n := o.get("exempt"); n != nil && m.Kind != Content && m.Kind != File {
		m.Exempt = s.where(n, family+": exempt")
	}
	o.done()
	return m
}

func (o *object) uses() []Name {
	var out []Name
	for _, u := range o.texts("uses") {
		if strings.Contains(u, "@") {
			o.fault(o.get("uses"), "%s: uses: %q: leave the ref out; where: {ref: …} tests it", o.what, u)
		}
		out = append(out, NewNames(u)...)
	}
	return out
}

func (o *object) when() When {
	return When(o.oneOf("when", string(WhenCI), string(WhenDeploy), string(WhenSchedule), string(WhenManual), string(WhenAny)))
}

// inputs reads the conditions on an action's inputs.
func (o *object) inputs() []Condition {
	n := o.get("with")
	if n == nil {
		return nil
	}
	in := o.object(n, o.what+": with")
	var out []Condition
	for i, key := range in.keys {
		in.used[i] = true
		out = append(out, Condition{"with.`" + key + "`", o.test(in.vals[i], in.what+": "+key)})
	}
	return out
}

// packer joins the type of a part and its name, as facts have them:
// "source:amazon-ebs", "build".
func (o *object) packer() []Name {
	names := o.texts("name")
	if len(names) == 0 {
		names = []string{"*"}
	}
	types := o.texts("type")
	if len(types) == 0 {
		types = []string{"*"}
	}
	var out []Name
	for _, t := range types {
		if !o.has("name") {
			out = append(out, NewNames(t)...)
		}
		for _, n := range names {
			out = append(out, NewNames(t+":"+n)...)
		}
	}
	return out
}

func (o *object) packages(names []Name) {
	for _, n := range names {
		ecosystem, _, ok := strings.Cut(n.Pattern, ":")
		if !ok || !slices.Contains([]string{"npm", "go", "pypi", "maven", "gem", "nuget", "crate", "composer", "hex", "pub", "swift", "maven-plugin", "gradle-plugin", "*"}, ecosystem) {
			o.fault(o.get("package"), "%s: package: %q wants its ecosystem first (npm:, go:, pypi:, maven:, gem:, nuget:, crate:, composer:, hex:, pub:, swift:, maven-plugin:, gradle-plugin:)", o.what, n.Pattern)
		}
	}
}

func (o *object) settings() {
	names := o.texts("name")
	if len(names) == 0 {
		o.fault(o.node, "%s: name is missing", o.what)
	}
	for _, name := range names {
		if _, ok := Permission(name); !ok {
			o.fault(o.get("name"), "%s: nothing is called %q; there are %s", o.what, name, strings.Join(SettingNames(), ", "))
		}
	}
}

func (o *object) paths() (out []*Path, globs []string) {
	texts := o.texts("path")
	for _, text := range texts {
		paths, err := NewPath(text)
		if err != nil {
			o.fault(o.get("path"), "%s: path: %v", o.what, err)
		}
		out = append(out, paths...)
	}
	if len(out) == 0 && !o.has("path") {
		o.fault(o.node, "%s: path is missing", o.what)
	}
	if len(out) > len(texts) {
		globs = texts
	}
	return out, globs
}

// Written is matchers as they are written: pipelines of every kind are one.
func Written(all []Matcher) []Matcher {
	return slices.DeleteFunc(slices.Clone(all), func(m Matcher) bool { return m.Pipeline && m.Kind == facts.CI })
}

// Spelled is what the matcher selects by, names and paths, as somebody wrote them.
func (m Matcher) Spelled() []string {
	var out []string
	for _, n := range slices.Concat(m.Names, m.Uses) {
		out = append(out, n.Written())
	}
	out = slices.Compact(out)
	if m.Globs != nil {
		return append(out, m.Globs...)
	}
	for _, p := range m.Paths {
		out = append(out, p.String())
	}
	return out
}

// Describe is the matcher in a few words: the family and the names it is about.
func (m Matcher) Describe() string {
	names := m.Spelled()
	if m.Run != nil {
		names = append(names, "commands like "+m.Run.String())
	}
	out := string(m.Kind)
	if m.Pipeline {
		out = "pipeline"
	}
	if len(names) > 0 {
		out += " " + strings.Join(names, ", ")
	}
	return out
}
