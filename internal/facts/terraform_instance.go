package facts

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
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
	return &hclScope{run: in.j.run, text: f.text, resolve: in.resolve, call: in.call}
}

// eval is the value of an expression of the module.
func (in *tfInstance) eval(x tfExpr) Value { return evalIn(in.scope(x.file), x) }

func evalIn(s *hclScope, x tfExpr) Value {
	if x.x != nil {
		return s.eval(x.x)
	}
	return s.json(x.json)
}

// json is the value of a JSON member: its texts are templates.
func (s *hclScope) json(v Value) Value {
	switch v.Kind {
	case List:
		items := make([]Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = s.json(item)
		}
		v.Items = items
	case Map:
		fields := make([]Field, len(v.Fields))
		for i, f := range v.Fields {
			fields[i] = Field{f.Key, s.json(f.Value)}
		}
		v.Fields = fields
	case String:
		return s.jsonText(v)
	}
	return v
}

func (s *hclScope) jsonText(v Value) Value {
	if !strings.Contains(v.Text, "${") && !strings.Contains(v.Text, "%{") || len(v.Text) > 64<<10 {
		return v
	}
	out, ok := s.parseTemplate(v.Text)
	if !ok || out.Kind == Absent {
		out = hclUnknown(v.Text)
	}
	out = hclUnplaced(out)
	out.Start, out.End = v.Start, v.End
	return out
}

// parseTemplate evaluates a text as a template of its own.
func (s *hclScope) parseTemplate(text string) (Value, bool) {
	tokens, _ := hclsyntax.LexTemplate([]byte(text), "", hcl.InitialPos)
	if hclTokensTooDeep(tokens) > 0 {
		return Value{}, false
	}
	x, diags := hclsyntax.ParseTemplate([]byte(text), "", hcl.InitialPos)
	if diags.HasErrors() {
		return Value{}, false
	}
	in := *s
	in.text = text
	return in.eval(x), true
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
		if x, ok := in.mod.locals[name]; ok {
			return in.once("local."+name, func() Value { return in.eval(x) }), 2
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
	return Value{Kind: Unknown}, len(t)
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
			return hclUnknown("var." + name)
		}
		v = in.eval(def)
	}
	if t, ok := decl.attr("type"); ok && t.x != nil {
		v = in.scope(t.file).typed(t.x, v)
	}
	return v
}

// typed fills in what an object type says of members left out.
func (s *hclScope) typed(t hclsyntax.Expression, v Value) Value {
	call, ok := t.(*hclsyntax.FunctionCallExpr)
	if !ok || len(call.Args) == 0 || hclOpen(v) {
		return v
	}
	switch {
	case call.Name == "optional":
		return s.typed(call.Args[0], v)
	case call.Name == "object" && v.Kind == Map:
		object, ok := call.Args[0].(*hclsyntax.ObjectConsExpr)
		if !ok {
			return v
		}
		out := Value{Kind: Map, Fields: append([]Field(nil), v.Fields...)}
		for _, item := range object.Items {
			if key, ok := s.objectKey(item.KeyExpr); ok {
				out.Fields = s.typedMember(out.Fields, key, item.ValueExpr)
			}
		}
		return out
	case v.Kind == List || v.Kind == Map && call.Name == "map":
		out := Value{Kind: v.Kind}
		for _, item := range v.Items {
			out.Items = append(out.Items, s.typed(call.Args[0], item))
		}
		for _, f := range v.Fields {
			out.Fields = append(out.Fields, Field{f.Key, s.typed(call.Args[0], f.Value)})
		}
		return out
	}
	return v
}

func (s *hclScope) typedMember(fields []Field, key string, t hclsyntax.Expression) []Field {
	v := (Value{Kind: Map, Fields: fields}).Get(key)
	if call, ok := t.(*hclsyntax.FunctionCallExpr); ok && call.Name == "optional" {
		if (v.Kind == Absent || v.Kind == Null) && len(call.Args) > 1 {
			v = s.known(call.Args[1])
		}
		if v.Kind == Absent {
			v = Value{Kind: Null}
		}
	}
	if v.Kind == Absent {
		return fields
	}
	return hclSet(fields, key, s.typed(t, v))
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
	if child == nil || child.mod.outputs[out] == nil {
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
	if !strings.HasPrefix(source, "./") && !strings.HasPrefix(source, "../") && source != "." && source != ".." {
		return nil
	}
	return j.modules[path.Join(from.dir, source)]
}

// literal is an attribute that has to be written out, such as a module's source.
func (b *tfBlock) literal(name string) string {
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

// call holds the functions that read files beside the code.
func (in *tfInstance) call(name string, args []Value) (Value, bool) {
	if name != "file" && name != "templatefile" || len(args) == 0 {
		return Value{}, false
	}
	if args[0].Kind != String || path.IsAbs(args[0].Text) {
		return Value{Kind: Unknown}, true
	}
	text, ok := in.j.text(path.Join(in.mod.dir, args[0].Text))
	switch {
	case !ok || len(text) > 64<<10:
		return Value{Kind: Unknown}, true
	case name == "file":
		return Str(string(text)), true
	}
	return in.templateFile(string(text), args[1:]), true
}

// templateFile fills a file in that is JSON, such as container definitions. Any
// other is left unknown: which file a script comes from says more than its text.
func (in *tfInstance) templateFile(text string, args []Value) Value {
	if len(args) != 1 || args[0].Kind != Map || !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") &&
		!strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "[") {
		return Value{Kind: Unknown}
	}
	s := &hclScope{run: in.j.run, text: text}
	for _, f := range args[0].Fields {
		s = s.with(f.Key, f.Value)
	}
	v, ok := s.parseTemplate(text)
	if ok && v.Kind == String {
		v, ok = hclParseJSON(v.Text)
	}
	if !ok || v.Kind != Map && v.Kind != List {
		return Value{Kind: Unknown}
	}
	return hclUnplaced(v)
}
