package facts

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"
)

// function works out one of the functions that charts use. The others, and
// those given something that is not known, give an Unknown.
func (e *templateEvaluator) function(name string, args []Value, source parse.Node, depth int) Value {
	for _, a := range args { // large arguments are paid for, so that loops over them end
		*e.steps -= len(a.Text)/256 + (len(a.Items)+len(a.Fields))/16
	}
	if *e.steps < 0 {
		return Value{Kind: Unknown, Text: name}
	}
	v := e.applied(name, args, source, depth)
	if len(v.Text) > maxRenderBytes || len(v.Items) > maxYAMLNodes || len(v.Fields) > maxYAMLNodes {
		return Value{Kind: Unknown, Text: name}
	}
	return v
}

func (e *templateEvaluator) applied(name string, args []Value, source parse.Node, depth int) Value {
	if v, ok := choice(name, args); ok {
		return v
	}
	if v, ok := e.structured(name, args, source, depth); ok {
		return v
	}
	for _, a := range args {
		if a.Kind == Unknown { // what made it unknown is the better explanation
			return a
		}
		if strings.Contains(a.Text, markOpen) {
			return unknownAt(source)
		}
	}
	if v, ok := compared(name, args); ok {
		return v
	}
	if v, ok := shaped(name, args); ok {
		return v
	}
	return unknownAt(source)
}

// templated renders a text that is itself a template.
func (e *templateEvaluator) templated(text, dot Value, depth int) (Value, bool) {
	if !strings.Contains(text.Text, "{{") {
		return text, true
	}
	tree, err := parseTemplate("tpl", text.Text, map[string]*parse.Tree{})
	if *e.steps -= len(text.Text) / 16; err != nil || tree.Root == nil || *e.steps < 0 || e.nested > maxRenderDepth {
		return Value{}, false
	}
	return Str(e.apart(tree.Root, dot, depth)), true
}

func unknownAt(source parse.Node) Value { return Value{Kind: Unknown, Text: source.String()} }

// structured is a function that renders, writes out or puts together values
// of which some may be unknown.
func (e *templateEvaluator) structured(name string, args []Value, source parse.Node, depth int) (Value, bool) {
	switch name {
	case "include":
		if len(args) == 2 && args[0].Kind == String {
			return Str(e.include(args[0].Text, args[1], depth)), true
		}
	case "tpl":
		if len(args) == 2 && args[0].Kind == String {
			return e.templated(args[0], args[1], depth)
		}
	case "nindent", "indent":
		return e.indented(name, args, source), true
	case "toYaml", "toYamlPretty", "toJson", "toPrettyJson", "toRawJson":
		if len(args) == 1 && args[0].Kind != Unknown {
			return Str(written(args[0], e, name[2] == 'Y')), true
		}
	case "dict", "list", "tuple", "set", "merge", "mergeOverwrite", "deepCopy":
		return collected(name, args)
	case "omit", "unset", "pick":
		return chosen(args, name == "pick")
	case "quote", "squote":
		if len(args) == 1 {
			return e.quoted(name, args[0], source), true
		}
	case "trim", "toString":
		if len(args) == 1 && args[0].Kind == String {
			return Str(strings.TrimSpace(args[0].Text)), true
		}
	case "trimPrefix", "trimSuffix":
		return trimmed(name, args)
	}
	return Value{}, false
}

// trimmed takes a known word off the end of a text that may hold marks: the
// word has none, so what it takes is known.
func trimmed(name string, args []Value) (Value, bool) {
	if len(args) != 2 || args[0].Kind != String || args[1].Kind != String || strings.Contains(args[0].Text, markOpen) {
		return Value{}, false
	}
	if word, text := args[0].Text, args[1].Text; name == "trimPrefix" {
		return Str(strings.TrimPrefix(text, word)), true
	} else if !strings.HasSuffix(text, markClose) {
		return Str(strings.TrimSuffix(text, word)), true
	}
	return Value{}, false
}

// choice is a function that picks one of its arguments, some of which may be
// unknown.
func choice(name string, args []Value) (Value, bool) {
	if len(args) == 0 {
		return Value{}, false
	}
	last := args[len(args)-1]
	switch name {
	case "default":
		if truth(last) == no && len(args) == 2 {
			return args[0], true
		}
		return last, true
	case "required", "fail":
		if name == "required" && truth(last) != yes { // whoever runs the chart must give it
			return Value{Kind: Unknown, Text: "required " + args[0].Text}, true
		}
		return last, true
	case "coalesce", "or":
		for _, a := range args {
			if truth(a) != no {
				return a, true
			}
		}
		return last, true
	case "and":
		for _, a := range args {
			if truth(a) == no {
				return a, true
			}
		}
		for _, a := range args {
			if truth(a) == maybe {
				return a, true
			}
		}
		return last, true
	case "not", "empty":
		return triValue([...]tri{maybe: maybe, no: yes, yes: no}[truth(last)]), true
	case "ternary":
		if len(args) == 3 && truth(last) != maybe {
			return args[map[tri]int{yes: 0, no: 1}[truth(last)]], true
		}
		return Value{Kind: Unknown, Text: name}, true
	}
	return Value{}, false
}

func triValue(t tri) Value {
	if t == maybe {
		return Value{Kind: Unknown, Text: "a condition"}
	}
	return Boolean(t == yes)
}

// indented is what nindent and indent make of a text. What is not known is
// set as deep as if it were.
func (e *templateEvaluator) indented(name string, args []Value, source parse.Node) Value {
	if len(args) != 2 {
		return unknownAt(source)
	}
	n, ok := args[0].Float()
	if !ok || n < 0 || n > 200 {
		return unknownAt(source)
	}
	pad := strings.Repeat(" ", int(n))
	text := e.printed(args[1], source)
	if int(n)*strings.Count(text, "\n") > maxRenderBytes {
		return unknownAt(source)
	}
	text = pad + strings.ReplaceAll(text, "\n", "\n"+pad)
	if name == "nindent" {
		text = "\n" + text
	}
	return Str(text)
}

func (e *templateEvaluator) quoted(name string, v Value, source parse.Node) Value {
	if v.Kind == Absent || v.Kind == Null {
		return Value{}
	}
	text := e.printed(v, source)
	if name == "squote" {
		return Str("'" + strings.ReplaceAll(text, "'", "''") + "'")
	}
	return Str(jsonText(text))
}

// collected makes and merges maps and lists.
func collected(name string, args []Value) (Value, bool) {
	switch {
	case name == "list" || name == "tuple":
		return Value{Kind: List, Items: slices.Clone(args)}, true
	case name == "dict" && len(args)%2 == 0:
		out := Value{Kind: Map}
		for i := 0; i < len(args); i += 2 {
			out.Fields = append(out.Fields, Field{args[i].Text, args[i+1]})
		}
		out.Fields = lastOfEach(out.Fields)
		return out, true
	case name == "set" && len(args) == 3 && args[0].Kind == Map:
		return args[0].With(args[1].Text, args[2]), true
	case name == "deepCopy" && len(args) == 1:
		return args[0], true
	case len(args) > 0 && strings.HasPrefix(name, "merge"):
		out := args[0]
		for _, a := range args[1:] {
			if a.Kind == Unknown || out.Kind == Unknown || weight(a, maxYAMLNodes) < 0 {
				return Value{}, false
			}
			if name == "merge" {
				out = mergeValues(a, out)
			} else {
				out = mergeValues(out, a)
			}
		}
		return out, true
	}
	return Value{}, false
}

// chosen is a map with the members that the other arguments name, or without
// them.
func chosen(args []Value, named bool) (Value, bool) {
	if len(args) == 0 || args[0].Kind != Map {
		return Value{}, false
	}
	names := map[string]bool{}
	for _, a := range args[1:] {
		if a.Kind != String || strings.Contains(a.Text, markOpen) {
			return Value{}, false
		}
		names[a.Text] = true
	}
	out := args[0]
	out.Fields = slices.DeleteFunc(slices.Clone(out.Fields), func(f Field) bool { return names[f.Key] != named })
	return out, true
}

// weight takes the number of values in a tree from a budget; what is shared
// counts as often as it occurs. Negative when there are more.
func weight(v Value, budget int) int {
	budget--
	for i := 0; i < len(v.Items) && budget >= 0; i++ {
		budget = weight(v.Items[i], budget)
	}
	for i := 0; i < len(v.Fields) && budget >= 0; i++ {
		budget = weight(v.Fields[i].Value, budget)
	}
	return budget
}

// written is a value as YAML: the outermost map or list a member a line, what
// is inside of it in JSON without spaces, as it is to be part of a plain text
// too: - --parameters={{ toJson . }}.
func written(v Value, e *templateEvaluator, block bool) string {
	var b strings.Builder
	switch {
	case block && v.Kind == Map && len(v.Fields) > 0:
		for i, f := range v.Fields {
			if i > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(jsonText(f.Key) + ": ")
			writeJSON(&b, f.Value, e)
		}
	case block && v.Kind == List && len(v.Items) > 0:
		for i, item := range v.Items {
			if i > 0 {
				b.WriteByte('\n')
			}
			b.WriteString("- ")
			writeJSON(&b, item, e)
		}
	default:
		writeJSON(&b, v, e)
	}
	return b.String()
}

func writeJSON(b *strings.Builder, v Value, e *templateEvaluator) {
	if *e.steps -= 1 + len(v.Text)/64; *e.steps < 0 || b.Len() > maxRenderBytes {
		b.WriteString("null")
		return
	}
	switch v.Kind {
	case Map:
		b.WriteByte('{')
		for i, f := range v.Fields {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(jsonText(f.Key) + ":")
			writeJSON(b, f.Value, e)
		}
		b.WriteByte('}')
	case List:
		b.WriteByte('[')
		for i, item := range v.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, item, e)
		}
		b.WriteByte(']')
	case Number, Bool:
		b.WriteString(v.Text)
	case String:
		b.WriteString(jsonText(v.Text))
	case Unknown:
		b.WriteString(jsonText(e.out.mark(v.Text)))
	default:
		b.WriteString("null")
	}
}

// jsonText is a text in the quotes that JSON and YAML share.
func jsonText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < 0x20:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
