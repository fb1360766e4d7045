package facts

import "strings"

// argument is one argument of a call; name is empty but for keyword arguments.
type argument struct {
	name  string
	value Value
}

// maxValueDepth bounds how deep literals are followed.
const maxValueDepth = 60

// arguments reads (a, b=c) and returns the index behind it.
func (p *program) arguments(open, depth int) (args []argument, next int) {
	if p.tok(open) != "(" {
		return nil, open
	}
	i := open + 1
	for i < len(p.code) && p.tok(i) != ")" {
		var a argument
		if p.isIdent(i) && (p.tok(i+1) == "=" && p.lang == python && p.tok(i+2) != "=" || p.tok(i+1) == ":" && p.lang == csharp) {
			a.name = camel(p.tok(i), python)
			i += 2
		}
		a.value, i = p.expr(i, depth+1)
		args = append(args, a)
		if p.tok(i) != "," {
			break
		}
		i++
	}
	return args, p.behind(i, ")")
}

// behind is the index behind the closing bracket that ought to be at i.
func (p *program) behind(i int, bracket string) int {
	if p.tok(i) == bracket {
		i++
	}
	return min(i, len(p.code))
}

// properties makes the attributes of an object out of its arguments: the
// first text is its name, the first map its properties, the second map its
// options.
func (p *program) properties(args []argument) Value {
	v := Value{Kind: Map}
	var id, options Value
	bags := 0
	for _, a := range args {
		switch {
		case a.name == "opts":
			options = a.value
		case a.name != "":
			v.Fields = append(v.Fields, Field{a.name, a.value})
		case a.value.Kind == String && id.Kind == Absent && a.value.Start > 0:
			id = a.value
		case a.value.Kind == Map && bags == 0 && a.value.Get("_new").Kind == Absent:
			bags++
			v.Fields = append(v.Fields, a.value.Fields...)
		case a.value.Kind == Map && bags == 1:
			bags++
			options = a.value
		}
	}
	if id.Kind != Absent {
		v.Fields = append(v.Fields, Field{"_id", id})
	}
	if options.Kind != Absent {
		v.Fields = append(v.Fields, Field{"_options", options})
	}
	return v
}

// mergeInto adds members to a map; later ones win. In maps larger than anybody
// writes they only stand behind.
func mergeInto(v, more Value) Value {
	if len(v.Fields)+len(more.Fields) > maxConstant {
		v.Fields = append(v.Fields[:len(v.Fields):len(v.Fields)], more.Fields...)
		return v
	}
	for _, f := range more.Fields {
		v = v.With(f.Key, f.Value)
	}
	return v
}

// expr reads a value up to the comma or bracket that ends it. What is not a
// literal to its very end can't be known.
func (p *program) expr(i, depth int) (Value, int) {
	v, next := p.value(i, depth)
	for p.tok(next) == "as" || p.tok(next) == "satisfies" || p.tok(next) == "!" && p.tok(next+1) != "=" { // types
		next++
		if _, after := p.dotted(next); after > next {
			next = p.skipGenerics(after)
		}
	}
	if next > i && p.ends(next) {
		return v, next
	}
	end := p.skip(max(next, i))
	if chosen, ok := p.choice(i, end, depth); ok {
		return chosen, end
	}
	return p.unknown(i, end), end
}

func (p *program) ends(i int) bool {
	if i >= len(p.code) {
		return true
	}
	switch p.tok(i) {
	case ",", ")", "]", "}", ";":
		return true
	}
	return false
}

// skip is the index of the token that ends the expression around i.
func (p *program) skip(i int) int {
	depth := 0
	for ; i < len(p.code); i++ {
		p.work++
		switch p.tok(i) {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth < 0 {
				return i
			}
		case ",", ";":
			if depth == 0 {
				return i
			}
		}
	}
	return i
}

// unknown is a value that only running the program would tell; its text is the
// beginning of the code.
func (p *program) unknown(from, to int) Value {
	if from >= len(p.code) {
		return Value{Kind: Unknown}
	}
	to = min(max(to, from+1), len(p.code))
	var b strings.Builder
	for _, t := range p.code[from:min(to, from+20)] {
		if t.kind == quoted {
			b.WriteString(`"` + t.text + `"`)
		} else {
			b.WriteString(t.text)
		}
		if b.Len() > 80 {
			break
		}
	}
	return Value{Kind: Unknown, Text: b.String(), Start: p.code[from].line, End: p.code[to-1].end}
}

// value reads one operand.
func (p *program) value(i, depth int) (Value, int) {
	if p.work++; i >= len(p.code) || depth > maxValueDepth || p.work > maxWork {
		return Value{Kind: Unknown}, i
	}
	t := p.code[i]
	v := Value{Start: t.line, End: t.end}
	switch {
	case t.kind == quoted:
		return p.text(i)
	case t.kind == number:
		v.Kind, v.Text = Number, strings.TrimRight(strings.ReplaceAll(t.text, "_", ""), "LlFfDdMmn")
		return v, i + 1
	case t.text == "-" && i+1 < len(p.code) && p.code[i+1].kind == number:
		v, next := p.value(i+1, depth+1)
		v.Text = "-" + v.Text
		return v, next
	case t.text == "{" && p.lang != java:
		return p.object(i, depth)
	case t.text == "[":
		return p.list(i, depth)
	case t.text == "&" || t.text == "*" || t.text == "@" || t.text == "$":
		return p.value(i+1, depth+1)
	case t.kind == ident:
		return p.named(i, depth)
	}
	return v, i
}

// text reads a string, or several that stand side by side in Python.
func (p *program) text(i int) (Value, int) {
	t := p.code[i]
	v := Value{Kind: String, Text: t.text, Start: t.line, End: t.end}
	open := t.open
	for i++; p.lang == python && i < len(p.code) && p.code[i].kind == quoted; i++ {
		v.Text += p.code[i].text
		v.End = p.code[i].end
		open = open || p.code[i].open
		if len(v.Text) > maxNesting*100 {
			break
		}
	}
	if open {
		v.Kind = Unknown
	}
	return v, i
}

// object reads {a: b}, {"a": b}, { A = b } and { ["a"] = b }; a bare list in
// braces becomes a list.
func (p *program) object(i, depth int) (Value, int) {
	v := Value{Kind: Map, Start: p.code[i].line}
	var items []Value
	for i++; i < len(p.code) && p.tok(i) != "}" && p.work < maxWork; {
		if p.tok(i) == "." && p.tok(i+1) == "." { // ...spread
			from := i
			for p.tok(i) == "." {
				i++
			}
			var inner Value
			inner, i = p.expr(i, depth+1)
			if inner.Kind == Map {
				v = mergeInto(v, inner)
			} else {
				v = v.With("_dynamic", p.unknown(from, i))
			}
		} else if key, at := p.key(i); at > i {
			var member Value
			member, i = p.expr(at, depth+1)
			v.Fields = append(v.Fields, Field{key, member})
		} else {
			from := i
			var item Value
			item, i = p.expr(i, depth+1)
			if p.isIdent(from) && i == from+1 && p.lang == script { // shorthand
				v.Fields = append(v.Fields, Field{p.tok(from), item})
			} else {
				items = append(items, item)
			}
		}
		if p.tok(i) != "," {
			break
		}
		i++
	}
	if len(items) > 0 && len(v.Fields) == 0 {
		v.Kind, v.Items = List, items
	}
	i = p.close(i)
	v.End = p.code[min(i, len(p.code))-1].end
	return v, i
}

// close skips to the closing bracket of the literal around i, where reading
// has stopped early, and steps over it.
func (p *program) close(i int) int {
	for i < len(p.code) {
		switch p.tok(i) {
		case "}", "]", ")":
			return i + 1
		case ",", ";":
			i++
		default:
			i = max(p.skip(i), i)
		}
		if p.work++; p.work > maxWork {
			return i
		}
	}
	return i
}

// key reads the key of a member and returns where its value begins; the same
// index means that there is none.
func (p *program) key(i int) (string, int) {
	if p.tok(i) == "[" && i+3 < len(p.code) && p.code[i+1].kind == quoted && p.tok(i+2) == "]" { // ["a"]
		if p.tok(i+3) == ":" || p.tok(i+3) == "=" {
			return p.code[i+1].text, i + 4
		}
	}
	if i+1 >= len(p.code) {
		return "", i
	}
	sep := p.tok(i + 1)
	if sep != ":" && !(sep == "=" && p.lang == csharp && p.tok(i+2) != ">" && p.tok(i+2) != "=") {
		return "", i
	}
	switch t := p.code[i]; t.kind {
	case quoted, number:
		return t.text, i + 2
	case ident:
		if p.lang == python {
			return t.text, i + 2
		}
		return camel(t.text, p.lang), i + 2
	}
	return "", i
}

// list reads [a, b]; in Go, the type []T with its {a, b}.
func (p *program) list(i, depth int) (Value, int) {
	if p.lang == golang {
		for i < len(p.code) && (p.tok(i) == "[" || p.tok(i) == "]" || p.tok(i) == "*" || p.code[i].kind == number) {
			i++
		}
		_, next := p.dotted(i)
		if p.tok(next) == "{" {
			v, end := p.object(next, depth+1)
			if v.Kind == Map && len(v.Fields) == 0 {
				v.Kind = List
			}
			return v, end
		}
		return Value{}, next
	}
	v := Value{Kind: List, Start: p.code[i].line}
	for i++; i < len(p.code) && p.tok(i) != "]" && p.work < maxWork; {
		for p.tok(i) == "." {
			i++
		}
		var item Value
		item, i = p.expr(i, depth+1)
		v.Items = append(v.Items, item)
		if p.tok(i) != "," {
			break
		}
		i++
	}
	i = p.close(i)
	v.End = p.code[min(i, len(p.code))-1].end
	return v, i
}
