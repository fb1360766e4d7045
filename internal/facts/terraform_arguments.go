package facts

import (
	"sort"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// instance is a folder with the values that everything which calls it agrees
// on, nil when all of its calls are switched off.
func (j *tfJoin) instance(m *tfModule) *tfInstance {
	if in, ok := j.instances[m.dir]; ok {
		return in
	}
	j.instances[m.dir] = nil // a cycle of calls ends here
	var in *tfInstance
	if m.root || len(m.callers) == 0 {
		args, env := j.valuesOf(m)
		for _, site := range m.callers {
			if u := site.unit; u != nil && u.file.dir == m.dir {
				for name, v := range u.arguments() {
					args[name] = v
				}
			}
		}
		in = j.newInstance(m, args)
		in.env, in.group = env, m.dir
		if e := m.workspace(); in.env == "" && e != "" {
			in.env = e
		}
		if e := environmentOfPath(m.dir); e != "" {
			in.env = e
		}
	} else {
		in = j.joinedInstance(m)
	}
	j.instances[m.dir] = in
	return in
}

// workspace is the environment that the name of an HCP workspace says.
func (m *tfModule) workspace() string {
	for i := range m.blocks {
		b := &m.blocks[i]
		if b.kind != "terraform" || b.body == nil {
			continue
		}
		for _, in := range b.body.Blocks {
			for _, ws := range in.Body.Blocks {
				inner := tfBlock{file: b.file, body: ws.Body}
				if env := environmentOf(inner.literal("name")); ws.Type == "workspaces" && env != "" {
					return env
				}
			}
		}
	}
	return ""
}

// tfCall is a call that is switched on, with its arguments.
type tfCall struct {
	args  map[string]Value
	env   string
	group string
	depth int
	maybe bool // its count can't be known and may be zero
}

// joinedInstance gives a module the arguments that its calls agree on:
// production's calls where there are any, else all of them.
func (j *tfJoin) joinedInstance(m *tfModule) *tfInstance {
	var all, prod []tfCall
	for _, site := range m.callers {
		c, ok := j.siteCall(site)
		if !ok {
			continue
		}
		all = append(all, c)
		if c.env == production {
			prod = append(prod, c)
		}
	}
	if len(all) == 0 {
		if m.hint == "" {
			return nil
		}
		all = []tfCall{{group: m.dir}} // calls that are dead themselves switch nothing off
	}
	calls := all
	if len(prod) > 0 {
		calls = prod
	}
	in := j.newInstance(m, j.joinArguments(m, calls))
	in.env, in.group, in.depth, in.maybe = calls[0].env, calls[0].group, calls[0].depth+1, calls[0].maybe
	for _, c := range calls[1:] {
		in.maybe = in.maybe && c.maybe
		if c.env != in.env {
			in.env = ""
		}
	}
	return in
}

func (j *tfJoin) siteCall(site tfSite) (tfCall, bool) {
	if u := site.unit; u != nil {
		return tfCall{args: u.arguments(), env: u.env, group: u.file.dir}, !u.off
	}
	caller := j.instance(site.from)
	if caller == nil {
		return tfCall{}, false
	}
	n, args := caller.arguments(site.call)
	env := environmentOf(site.call.label(0))
	if env == "" {
		env = caller.env
	}
	return tfCall{args: args, env: env, group: caller.group, depth: caller.depth, maybe: caller.maybe || n.maybe}, !n.off
}

func (j *tfJoin) joinArguments(m *tfModule, calls []tfCall) map[string]Value {
	if len(calls) == 1 {
		return calls[0].args
	}
	names := make(map[string]bool)
	for _, c := range calls {
		for name := range c.args {
			names[name] = true
		}
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	defaults := j.newInstance(m, nil)
	args := make(map[string]Value, len(sorted))
	for _, name := range sorted {
		for i, c := range calls {
			v, ok := c.args[name]
			if !ok {
				v = defaults.variable(name)
			}
			if i == 0 {
				args[name] = v
			} else {
				args[name] = hclJoin(args[name], v, "var."+name)
			}
		}
	}
	return args
}

// arguments are what a module block passes, without lines; none when its count
// is zero or its for_each empty.
func (in *tfInstance) arguments(b *tfBlock) (tfRepeat, map[string]Value) {
	scope, n := in.repeated(b)
	if n.off {
		return n, nil
	}
	args := make(map[string]Value)
	if b.body == nil {
		for _, f := range b.json.Fields {
			args[f.Key] = hclUnplaced(scope.json(f.Value))
		}
		return n, args
	}
	for _, a := range sortedAttributes(b.body) {
		if !moduleMeta(a.Name) {
			args[a.Name] = hclUnplaced(scope.known(a.Expr))
		}
	}
	return n, args
}

func moduleMeta(name string) bool {
	switch name {
	case "source", "version", "count", "for_each", "providers", "depends_on":
		return true
	}
	return false
}

// tfRepeat is what count or for_each says of a block.
type tfRepeat struct {
	off   bool
	maybe bool // it may be none at all
	count int  // -1 when it can't be known or is not said
}

// repeated is the scope of a block, with each and count bound.
func (in *tfInstance) repeated(b *tfBlock) (*hclScope, tfRepeat) {
	scope := in.scope(b.file)
	n := tfRepeat{count: -1}
	if x, ok := b.attr("count"); ok {
		v := evalIn(scope, x)
		if f, known := v.Float(); known {
			n.count, n.off = int(min(f, 1e6)), f < 1
		}
		n.maybe = v.Kind == Unknown && mayBeNone(x)
		index := Value{Kind: Unknown}
		if n.count == 1 {
			index = Num(0)
		}
		return scope.with("count", Value{Kind: Map, Fields: []Field{{"index", index}}}), n
	}
	x, ok := b.attr("for_each")
	if !ok {
		return scope, n
	}
	v := evalIn(scope, x)
	keys, values, known := hclElements(v)
	if !known {
		n.maybe = v.Kind == Unknown && mayBeNone(x)
		return scope.with("each", Value{Kind: Unknown}), n
	}
	n.count, n.off = len(values), len(values) == 0
	if n.off {
		return scope, n
	}
	each := joinedElement(keys, values)
	if v.Kind == List { // a set: its keys are its values
		each.Fields[0].Value = each.Fields[1].Value
	}
	return scope.with("each", each), n
}

// joinedElement is each.key and each.value, as far as all elements agree.
func joinedElement(keys, values []Value) Value {
	k, v := keys[0], values[0]
	for i := range values[1:] {
		k = hclJoin(k, keys[i+1], "each.key")
		v = hclJoin(v, values[i+1], "each.value")
	}
	return Value{Kind: Map, Fields: []Field{{"key", k}, {"value", v}}}
}

// mayBeNone tells whether a count or for_each chooses between something and
// nothing.
func mayBeNone(x tfExpr) bool {
	e := x.x
	for {
		p, ok := e.(*hclsyntax.ParenthesesExpr)
		if !ok {
			break
		}
		e = p.Expression
	}
	c, ok := e.(*hclsyntax.ConditionalExpr)
	if !ok {
		return false
	}
	s := &hclScope{run: &hclRun{}, text: x.file.text}
	for _, branch := range []hclsyntax.Expression{c.TrueResult, c.FalseResult} {
		if call, ok := branch.(*hclsyntax.FunctionCallExpr); ok && len(call.Args) == 1 {
			branch = call.Args[0]
		}
		v := s.eval(branch)
		if v.Text == "0" || (v.Kind == List || v.Kind == Map) && len(v.Items)+len(v.Fields) == 0 {
			return true
		}
	}
	return false
}
