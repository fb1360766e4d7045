package facts

import "strings"

// named reads an operand that begins with a word.
func (p *program) named(i, depth int) (Value, int) {
	t := p.code[i]
	v := Value{Start: t.line, End: t.end}
	switch t.text {
	case "true", "false", "True", "False":
		v.Kind, v.Text = Bool, strings.ToLower(t.text)
		return v, i + 1
	case "null", "None", "nil", "undefined":
		v.Kind = Null
		return v, i + 1
	case "new":
		return p.newValue(i, depth)
	case "map": // Go's map[K]V{…}
		if p.lang == golang && p.tok(i+1) == "[" {
			j := i + 1
			for j < len(p.code) && p.tok(j) != "]" && j < i+10 {
				j++
			}
			if p.tok(j+1) == "*" {
				j++
			}
			if _, next := p.dotted(j + 1); p.tok(next) == "{" {
				return p.object(next, depth+1)
			}
			return v, i
		}
	case "lambda": // Python's, or what most people import aws-lambda as
		if p.tok(i+1) != "." {
			return v, i
		}
	case "await", "async", "function", "func", "typeof", "if", "not":
		return v, i
	}
	if i+1 < len(p.code) && p.code[i+1].kind == quoted && len(t.text) <= 2 { // f"", r"", @""
		return p.text(i + 1)
	}
	segs, next := p.dotted(i)
	next = p.skipGenerics(next)
	switch {
	case p.tok(next) == "(":
		return p.call(segs, i, next, depth)
	case p.tok(next) == "{" && p.lang == golang && upper(segs[len(segs)-1]):
		return p.object(next, depth+1)
	}
	return p.constant(segs, i, next), next
}

// constant is the value of a name: one bound to a literal, also as a field of
// the object itself, or the member of an enumeration.
func (p *program) constant(segs []string, from, next int) Value {
	last := segs[len(segs)-1]
	v := Value{Kind: String, Text: last, Start: p.code[from].line, End: p.code[from].line}
	if len(segs) == 1 || len(segs) == 2 && (segs[0] == "this" || segs[0] == "self") {
		if known, ok := p.consts[last]; ok {
			p.work += nodesOf(known)
			return known
		}
		return p.unknown(from, next)
	}
	if p.lang == golang {
		if enum, member, ok := strings.Cut(last, "_"); ok && upper(enum) {
			v.Text = member
			return v
		}
		return p.unknown(from, next)
	}
	if upper(segs[len(segs)-2]) && upper(last) {
		return v
	}
	return p.unknown(from, next)
}

// newValue reads new a.B(…), new B { … } and new[] { … }.
func (p *program) newValue(i, depth int) (Value, int) {
	segs, next := p.dotted(i + 1)
	next = p.skipGenerics(next)
	array := p.tok(next) == "[" && p.tok(next+1) == "]"
	if array {
		next += 2
	}
	v := Value{Kind: Map, Start: p.code[i].line, End: p.code[i].line}
	if p.tok(next) == "(" {
		var args []argument
		args, next = p.arguments(next, depth+1)
		v = p.properties(args)
		v.Start = p.code[i].line
	}
	if p.tok(next) == "{" && p.lang != script {
		var init Value
		init, next = p.object(next, depth+1)
		if array || init.Kind == List {
			init.Start = p.code[i].line
			return init, next
		}
		v = mergeInto(v, init)
	}
	v.End = p.code[min(next, len(p.code))-1].end
	if len(segs) > 0 && !propsName(segs[len(segs)-1]) && !strings.HasSuffix(segs[len(segs)-1], "Dictionary") {
		v = v.With("_new", textAt(segs[len(segs)-1], v.Start))
	}
	return v, next
}

// call reads the value of f(…): wrappers are taken off, collections opened,
// builders followed. Duration.days(7) is {days: 7}.
func (p *program) call(segs []string, from, open, depth int) (Value, int) {
	args, next := p.arguments(open, depth+1)
	name := strings.Join(segs, ".")
	last := segs[len(segs)-1]
	place := func(v Value) Value {
		v.Start, v.End = p.code[from].line, p.code[max(min(next, len(p.code))-1, from)].end
		return v
	}
	switch name {
	case "jsii.String", "jsii.Number", "jsii.Bool", "pulumi.String", "pulumi.Int", "pulumi.Bool", "pulumi.Float64",
		"pulumi.StringPtr", "pulumi.IntPtr", "pulumi.BoolPtr", "pulumi.output", "pulumi.Output.of", "Output.of":
		if len(args) == 1 {
			return args[0].value, next
		}
	case "List.of", "Arrays.asList", "Collections.singletonList", "Set.of", "jsii.Strings", "jsii.Numbers":
		v := Value{Kind: List}
		for _, a := range args {
			v.Items = append(v.Items, a.value)
		}
		return place(v), next
	case "Map.of":
		v := Value{Kind: Map}
		for i := 0; i+1 < len(args); i += 2 {
			v.Fields = append(v.Fields, Field{args[i].value.Text, args[i+1].value})
		}
		return place(v), next
	}
	switch {
	case p.lang == java && (last == "builder" || last == "create") && p.tok(next) == ".":
		v, end := p.chain(place(p.properties(args)), next, depth)
		return v, end
	case p.lang == python && upper(last):
		v := place(p.properties(args))
		if !propsName(last) {
			v = v.With("_new", textAt(last, v.Start))
		}
		return v, next
	case len(segs) > 1 && upper(segs[len(segs)-2]), p.lang == golang && strings.Contains(last, "_"):
		return place(p.static(last, args)), next
	}
	return p.unknown(from, next), next
}

// static is the value of Class.method(…), by the name of the method.
func (p *program) static(method string, args []argument) Value {
	if _, m, ok := strings.Cut(method, "_"); ok && p.lang == golang {
		method = m
	}
	method = camel(method, p.lang)
	v := Value{Kind: Map}
	var list []Value
	for _, a := range args {
		if a.name != "" {
			v.Fields = append(v.Fields, Field{a.name, a.value})
			continue
		}
		list = append(list, a.value)
	}
	switch len(list) {
	case 0:
		v.Fields = append(v.Fields, Field{method, Boolean(true)})
	case 1:
		v.Fields = append(v.Fields, Field{method, list[0]})
	default:
		v.Fields = append(v.Fields, Field{method, Value{Kind: List, Items: list, Start: list[0].Start, End: list[len(list)-1].End}})
	}
	return v
}

// chain follows .multiAz(true).port(1).build() onto a map.
func (p *program) chain(v Value, i, depth int) (Value, int) {
	for p.tok(i) == "." && p.isIdent(i+1) && p.tok(i+2) == "(" && p.work < maxWork {
		method := p.tok(i + 1)
		var args []argument
		args, i = p.arguments(i+2, depth+1)
		if method == "build" {
			break
		}
		switch len(args) {
		case 0:
		case 1:
			v.Fields = append(v.Fields, Field{method, args[0].value})
		default:
			v.Fields = append(v.Fields, Field{method, p.static(method, args).Get(method)})
		}
	}
	v.End = p.code[min(i, len(p.code))-1].end
	return v, i
}

// constants learns the names that are bound once, at the top of a block, to a
// literal. A name that is bound twice is nobody's constant.
func (p *program) constants() {
	depth := 0
	bound := map[string]bool{}
	for i := range p.code {
		switch p.tok(i) {
		case "(", "[":
			depth++
		case ")", "]":
			depth = max(depth-1, 0)
		case "=":
			if depth > 0 || i == 0 || p.tok(i+1) == "=" || p.tok(i+1) == ">" || strings.Contains("=!<>", p.tok(i-1)) && p.tok(i-1) != "" {
				continue
			}
			name := p.assigned(i + 1)
			if name == "" || bound[name] {
				delete(p.consts, name)
				continue
			}
			bound[name] = true
			v, next := p.value(i+1, 0)
			if next > i+1 && p.statementEnds(next) && v.Kind != Unknown && v.Kind != Absent && nodesOf(v) <= maxConstant {
				p.consts[name] = v
			}
		}
	}
}

// maxConstant bounds, in nodes, a literal that is put in wherever it is named:
// names of names of names must not grow without end.
const maxConstant = 500

// nodesOf counts the nodes of a value, up to just above maxConstant.
func nodesOf(v Value) int {
	n := 1
	for _, x := range v.Items {
		if n += nodesOf(x); n > maxConstant {
			return n
		}
	}
	for _, f := range v.Fields {
		if n += nodesOf(f.Value); n > maxConstant {
			return n
		}
	}
	return n
}

// statementEnds tells whether a statement may end before the token at i.
func (p *program) statementEnds(i int) bool {
	if i >= len(p.code) || p.ends(i) {
		return true
	}
	t := p.code[i]
	return t.line > p.code[i-1].end && (t.kind != punct || t.text == "@" || t.text == "*")
}
