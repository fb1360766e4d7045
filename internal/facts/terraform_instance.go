package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// tfInstance is a folder of code with values for its variables. What it is
// asked for is evaluated once, when asked.
type tfInstance struct {
	j      *tfJoin
	mod    *tfModule
	args   map[string]Value // what the call or the tfvars set
	env    string
	group  string
	depth  int  // calls above it
	maybe  bool // whether it is called at all can't be known
	memo   map[string]Value
	busy   map[string]bool
	inside map[string]*tfInstance // by the name of the call
}

func (j *tfJoin) newInstance(m *tfModule, args map[string]Value) *tfInstance {
	return &tfInstance{j: j, mod: m, args: args, memo: map[string]Value{}, busy: map[string]bool{}, inside: map[string]*tfInstance{}}
}

func (in *tfInstance) scope(f *hclFile) *hclScope {
	return &hclScope{run: in.j.run, text: f.text, resolve: in.resolve, call: in.call, number: in.number}
}

// eval is the value of an expression of the module.
func (in *tfInstance) eval(x tfExpr) Value { return evalIn(in.scope(x.file), x) }

func evalIn(s *hclScope, x tfExpr) Value {
	if x.x != nil {
		return s.eval(x.x)
	}
	return s.json(x.json)
}

// once evaluates something by name, at most once; a cycle is unknown.
func (in *tfInstance) once(name string, eval func() Value) Value {
	if v, ok := in.memo[name]; ok {
		return v
	}
	if in.busy[name] || in.j.run.depth > maxHCLNest {
		return hclUnknown(name)
	}
	in.busy[name] = true
	v := eval()
	delete(in.busy, name)
	switch {
	case v.Kind == Absent:
	case !hclFits(v):
		v = hclUnknown(name)
	default:
		v = hclUnplaced(v)
	}
	in.memo[name] = v
	return v
}

// resolve answers what a name of the module stands for.
func (in *tfInstance) resolve(t hcl.Traversal) (Value, int) {
	if len(t) < 2 {
		return Value{Kind: Unknown}, len(t)
	}
	name := hclStep(t[1])
	switch t.RootName() {
	case "var":
		return in.once("var."+name, func() Value { return in.variable(name) }), 2
	case "local":
		if x, ok := in.mod.local(name); ok {
			return in.once("local."+name, func() Value { return in.local(name, x) }), 2
		}
	case "module":
		return in.output(name, t)
	case "data":
		if name == "aws_iam_policy_document" && len(t) > 2 {
			return in.policy(hclStep(t[2]), t)
		}
	case "path":
		if name == "module" || in.depth == 0 {
			return Str("."), 2
		}
	}
	return in.rangeOf(t)
}

// rangeOf is the range of addresses of a network or subnet that the module
// makes. Other attributes are not followed: what refers to a resource is tied
// to it by its address.
func (in *tfInstance) rangeOf(t hcl.Traversal) (Value, int) {
	made := in.mod.made[t.RootName()+"."+hclStep(t[1])]
	if made == nil || len(t) < 3 || !slices.Contains([]string{"cidr_block", "ip_cidr_range", "address_space", "address_prefixes"}, hclStep(t[2])) {
		return Value{Kind: Unknown}, len(t)
	}
	x, ok := made.attr(hclStep(t[2]))
	if !ok {
		return Value{Kind: Unknown}, len(t)
	}
	address := t.RootName() + "." + hclStep(t[1]) + "." + hclStep(t[2])
	if v := in.once(address, func() Value { return in.eval(x) }); v.Kind != Unknown {
		return v, 3
	}
	return Value{Kind: Unknown}, len(t)
}

// local is the value of a local. One that is called after the environment and
// is worked out of what can't be known is the environment's name.
func (in *tfInstance) local(name string, x tfExpr) Value {
	v := in.eval(x)
	if v.Kind == Unknown && hclNamesEnvironment(name) && !hclIsEnvironment(v) {
		return hclUnknown("local." + name)
	}
	return v
}

func hclStep(t hcl.Traverser) string {
	if a, ok := t.(hcl.TraverseAttr); ok {
		return a.Name
	}
	return ""
}

// variable is what a variable was set to, else its default.
func (in *tfInstance) variable(name string) Value {
	decl := in.mod.variables[name]
	v, set := in.args[name]
	if decl == nil {
		if set {
			return v
		}
		return Value{Kind: Unknown}
	}
	if nullable, ok := decl.attr("nullable"); ok && v.Kind == Null && in.eval(nullable).Text == "false" {
		set = false
	}
	if !set {
		def, ok := decl.attr("default")
		if !ok {
			return Value{Kind: Unknown, Text: "var." + name, Given: tfOneValue(decl)}
		}
		v = in.eval(def)
	}
	if t, ok := decl.attr("type"); ok && t.x != nil {
		v = in.scope(t.file).typed(t.x, v)
	}
	return v
}

// output is module.name.output, or module.name[key].output.
func (in *tfInstance) output(name string, t hcl.Traversal) (Value, int) {
	at := 2
	if len(t) > at {
		if _, ok := t[at].(hcl.TraverseIndex); ok {
			at++
		}
	}
	if len(t) <= at {
		return Value{Kind: Unknown}, len(t)
	}
	child, out := in.child(name), hclStep(t[at])
	if child == nil {
		return in.known(name, t)
	}
	if child.mod.outputs[out] == nil {
		return Value{Kind: Unknown}, len(t)
	}
	v := child.once("output."+out, func() Value {
		x, ok := child.mod.outputs[out].attr("value")
		if !ok {
			return Value{Kind: Unknown}
		}
		return child.eval(x)
	})
	if v.Kind == Unknown { // the caller's own words say more than the module's
		return Value{Kind: Unknown}, len(t)
	}
	return v, at + 1
}

// child is the module that a call calls, with that call's arguments.
func (in *tfInstance) child(name string) *tfInstance {
	if c, ok := in.inside[name]; ok {
		return c
	}
	in.inside[name] = nil // a module that calls itself
	b := in.mod.calls[name]
	if b == nil || in.depth > 8 {
		return nil
	}
	m := in.j.called(in.mod, b)
	if m == nil {
		return nil
	}
	_, args := in.arguments(b)
	c := in.j.newInstance(m, args)
	c.depth = in.depth + 1
	in.inside[name] = c
	return c
}

// called is the folder that a module block calls, nil when it is elsewhere.
func (j *tfJoin) called(from *tfModule, b *tfBlock) *tfModule {
	source := b.literal("source")
	if !besideCaller(source) {
		return j.ownByAddress(b, source)
	}
	return j.modules[path.Join(from.dir, source)]
}

// besideCaller tells a source that is a path from one that is an address.
func besideCaller(source string) bool {
	return strings.HasPrefix(source, "./") || strings.HasPrefix(source, "../") || source == "." || source == ".."
}

// folderOfAddress is the folder that an address names inside a git repository,
// empty when it names none.
func folderOfAddress(source string) string {
	if !strings.HasPrefix(source, "git") {
		return ""
	}
	source, _, _ = strings.Cut(source, "?")
	if _, rest, ok := strings.Cut(source, "://"); ok {
		source = rest
	}
	_, dir, ok := strings.Cut(source, "//")
	if !ok {
		return ""
	}
	return path.Clean(dir)
}

// ownByAddress is the folder of this repository that a module block calls by
// the repository's address, as those do that pin their own modules to a tag
// (git::https://example.com/acme/infra.git//modules/dns?ref=dns-3). The files
// don't say what the repository is called, so the call has to fit: a folder of
// that path, no argument that is not a variable there, each variable without a
// default given.
func (j *tfJoin) ownByAddress(b *tfBlock, source string) *tfModule {
	m := j.modules[folderOfAddress(source)]
	if m == nil || b.body() == nil {
		return nil
	}
	given := 0
	for name := range b.body().Attributes {
		if moduleMeta(name) {
			continue
		}
		given++
		if m.variables[name] == nil {
			return nil
		}
	}
	for name, v := range m.variables {
		if !v.sets("default") && b.body().Attributes[name] == nil {
			return nil
		}
	}
	if given == 0 {
		return nil
	}
	return m
}

// literal is an attribute that has to be written out, such as a module's source.
func (b *tfBlock) literal(name string) string {
	if text, plain, found := b.member(name); !found || plain {
		return text
	}
	x, ok := b.attr(name)
	if !ok {
		return ""
	}
	if x.x == nil {
		return x.json.Text
	}
	v := (&hclScope{run: &hclRun{}, text: b.file.text}).eval(x.x)
	if v.Kind != String {
		return ""
	}
	return v.Text
}
