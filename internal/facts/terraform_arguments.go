package facts

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// maxApart is how many calls of a module that differ are told apart; of more,
// only what they agree on is known.
const maxApart = 12

// maxElements is how many elements of a for_each are told apart.
const maxElements = 6

// instancesOf is a folder with the values that it is called with: once for each
// of a few calls that differ, else once with what all calls agree on; none when
// all of its calls are switched off.
func (j *tfJoin) instancesOf(m *tfModule) []*tfInstance {
	if all, ok := j.instances[m.dir]; ok {
		return all
	}
	j.instances[m.dir] = nil // a cycle of calls ends here
	var all []*tfInstance
	if m.root || len(m.callers) == 0 {
		all = []*tfInstance{j.rootInstance(m)}
	} else {
		all = j.calledInstances(m)
	}
	j.instances[m.dir] = all
	return all
}

func (j *tfJoin) rootInstance(m *tfModule) *tfInstance {
	args, env := j.valuesOf(m)
	for _, site := range m.callers {
		if u := site.unit; u != nil && u.file.dir == m.dir {
			for name, v := range u.arguments() {
				args[name] = v
			}
		}
	}
	in := j.newInstance(m, args)
	in.env, in.group = env, m.dir
	if e := m.workspace(); in.env == "" && e != "" {
		in.env = e
	}
	switch e := environmentOfPath(m.dir); {
	case e != "" && e != j.sole:
		in.env = e
	case e == "" && in.env == "" && j.beforeIt(m.dir):
		in.env = production
	}
	return in
}

// workspace is the environment that the name of an HCP workspace says.
func (m *tfModule) workspace() string {
	for i := range m.blocks {
		b := &m.blocks[i]
		if b.kind != "terraform" || b.body() == nil {
			continue
		}
		for _, in := range b.body().Blocks {
			for _, ws := range in.Body.Blocks {
				inner := tfBlock{file: b.file, tree: ws.Body}
				if env := environmentOf(inner.literal("name")); ws.Type == "workspaces" && env != "" {
					return env
				}
			}
		}
	}
	return ""
}

// arguments are what a module block passes, without lines, with what all
// elements of its for_each agree on; none when its count is zero or its
// for_each empty.
func (in *tfInstance) arguments(b *tfBlock) (tfRepeat, map[string]Value) {
	scope, n := in.repeated(b)
	if n.off {
		return n, nil
	}
	return n, in.passed(b, scope)
}

// passed are the arguments of a module block as one scope sees them.
func (in *tfInstance) passed(b *tfBlock, scope *hclScope) map[string]Value {
	args := make(map[string]Value)
	if b.body() == nil {
		for _, f := range b.json.Fields {
			args[f.Key] = hclUnplaced(scope.json(f.Value))
		}
		return args
	}
	for _, a := range sortedAttributes(b.body(), nil) {
		if !moduleMeta(a.Name) {
			args[a.Name] = hclUnplaced(scope.known(a.Expr))
		}
	}
	return args
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
	each  []tfElement
}

// number is how many a block's count says that there are, by its address.
func (in *tfInstance) number(address string) (int, bool) {
	b := in.mod.made[address]
	if b == nil || !b.sets("count") {
		return 0, false
	}
	v := in.once("count."+address, func() Value {
		_, n := in.repeated(b)
		return Num(n.count)
	})
	n, ok := v.Float()
	return int(n), ok && n >= 0
}

// tfElement is one element of a for_each of a few.
type tfElement struct {
	key   string
	scope *hclScope
}

// elements are the scopes of a block: one for each element of a for_each of a
// few, else one in which each and count are what all agree on; none when there
// are no such blocks at all.
func (in *tfInstance) elements(b *tfBlock) ([]tfElement, tfRepeat) {
	scope, n := in.repeated(b)
	switch {
	case n.off:
		return nil, n
	case n.each != nil:
		return n.each, n
	}
	return []tfElement{{scope: scope}}, n
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
		n.maybe = v.Kind == Unknown && mayBeNone(scope, x.x)
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
		n.maybe = v.Kind == Unknown && mayBeNone(scope, x.x)
		return scope.with("each", Value{Kind: Unknown}), n
	}
	n.count, n.off = len(values), len(values) == 0
	if n.off {
		return scope, n
	}
	if len(values) > 1 && len(values) <= maxElements {
		for i := range values {
			each := joinedElement(v.Kind, keys[i:i+1], values[i:i+1])
			n.each = append(n.each, tfElement{each.Fields[0].Value.Text, scope.with("each", each)})
		}
	}
	return scope.with("each", joinedElement(v.Kind, keys, values)), n
}

// joinedElement is each.key and each.value, as far as all elements of a map or
// set agree.
func joinedElement(of ValueKind, keys, values []Value) Value {
	k, v := keys[0], values[0]
	for i := range values[1:] {
		k = hclJoin(k, keys[i+1], "each.key")
		v = hclJoin(v, values[i+1], "each.value")
	}
	if of == List { // a set: its keys are its values
		k = v
	}
	return Value{Kind: Map, Fields: []Field{{"key", k}, {"value", v}}}
}

// mayBeNone tells whether a count or for_each chooses between something and
// nothing.
func mayBeNone(s *hclScope, e hclsyntax.Expression) bool {
	for {
		p, ok := e.(*hclsyntax.ParenthesesExpr)
		if !ok {
			break
		}
		e = p.Expression
	}
	c, ok := e.(*hclsyntax.ConditionalExpr)
	if !ok {
		if call, ok := e.(*hclsyntax.FunctionCallExpr); ok && len(call.Args) == 1 {
			e = call.Args[0]
		}
		if e == nil {
			return false
		}
		v := s.eval(e)
		return v.Text == "0" || (v.Kind == List || v.Kind == Map) && len(v.Items)+len(v.Fields) == 0
	}
	if on := s.eval(c.Condition); on.Kind == Bool {
		if on.Text == "true" {
			return mayBeNone(s, c.TrueResult)
		}
		return mayBeNone(s, c.FalseResult)
	}
	return mayBeNone(s, c.TrueResult) || mayBeNone(s, c.FalseResult)
}
