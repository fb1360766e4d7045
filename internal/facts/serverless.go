package facts

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

func isServerless(p string) bool {
	base := path.Base(p)
	return strings.HasPrefix(base, "serverless.") && (strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml") || strings.HasSuffix(base, ".json"))
}

// readServerless gives the service, its provider, each function and each
// plugin, and the CloudFormation resources that it brings along. Variables
// are filled in as far as the file tells.
func readServerless(file string, docs []*yaml.Node) []Fact {
	var out []Fact
	for _, doc := range docs {
		if nodeGet(doc, "provider") == nil && nodeGet(doc, "functions") == nil {
			continue
		}
		v := (&nodeReader{tagged: shortForm}).value(doc)
		r := serverlessReader{path: file, root: v, left: 3 * maxYAMLNodes}
		v = r.fill(v, 0)
		out = append(out, r.facts(v)...)
	}
	return out
}

func (r *serverlessReader) facts(v Value) []Fact {
	service := Value{Kind: Map, Start: v.Start, End: v.End}
	var out []Fact
	for _, f := range v.Fields {
		switch f.Key {
		case "provider":
			if f.Value.Kind == String { // provider: aws
				f.Value = Value{Kind: Map, Fields: []Field{{"name", f.Value}}, Start: f.Value.Start, End: f.Value.End}
			}
			out = append(out, r.fact("provider", "", f.Value))
		case "functions":
			for _, functions := range listed(f.Value) {
				for _, fn := range functions.Fields {
					out = append(out, r.fact("function", fn.Key, fn.Value))
				}
			}
		case "resources":
			for _, part := range listed(f.Value) {
				if part.Get("Resources").Kind == Map {
					out = append(out, templateFacts(r.path, part, nil)...)
				}
			}
		default:
			if f.Key == "plugins" {
				out = append(out, r.plugins(f.Value)...)
			}
			service.Fields = append(service.Fields, f)
		}
	}
	name := v.Get("service")
	if name.Kind == Map {
		name = name.Get("name")
	}
	return append([]Fact{r.fact("service", name.Text, service)}, out...)
}

func (r *serverlessReader) plugins(v Value) []Fact {
	if modules := v.Get("modules"); modules.Kind == List {
		v = modules
	}
	var out []Fact
	for _, p := range v.Items {
		out = append(out, r.fact("plugin", "", Value{Kind: Map, Fields: []Field{{"name", p}}, Start: p.Start, End: p.End}))
	}
	return out
}

func (r *serverlessReader) fact(kind, name string, v Value) Fact {
	f := Fact{Kind: Serverless, Name: kind, Path: r.path, Start: v.Start, End: v.End, Value: v}
	if name != "" && v.Kind == Map {
		f.Value = v.With("_name", Str(name))
	}
	return f
}

// listed is a list of what may also stand alone.
func listed(v Value) []Value {
	if v.Kind == List {
		return v.Items
	}
	return []Value{v}
}

// serverlessReader fills ${…} in: what refers to the file itself, and the
// defaults of what comes from outside.
type serverlessReader struct {
	path string
	root Value
	left int // values that may still be made, against files that multiply
}

func (r *serverlessReader) fill(v Value, depth int) Value {
	if r.left--; r.left < 0 || depth > maxYAMLDepth {
		return Value{Kind: Unknown, Text: v.Text, Start: v.Start, End: v.End}
	}
	switch v.Kind {
	case String:
		if strings.Contains(v.Text, "${") {
			got := r.text(v.Text, depth)
			got.Start, got.End = v.Start, v.End
			return got
		}
	case List:
		items := make([]Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = r.fill(item, depth+1)
		}
		v.Items = items
	case Map:
		if name, ok := intrinsic(v); ok && name == "Sub" {
			return v // CloudFormation's own ${…}
		}
		fields := make([]Field, len(v.Fields))
		for i, f := range v.Fields {
			fields[i] = Field{f.Key, r.fill(f.Value, depth+1)}
		}
		v.Fields = fields
	}
	return v
}

// text fills the variables of one text; one that is nothing but a variable
// takes on whatever that stands for.
func (r *serverlessReader) text(text string, depth int) Value {
	unknown := Value{Kind: Unknown, Text: text}
	if depth > maxYAMLDepth/4 {
		return unknown
	}
	var b strings.Builder
	for rest := text; rest != ""; {
		before, after, found := strings.Cut(rest, "${")
		b.WriteString(before)
		if !found {
			break
		}
		end := closingBrace(after)
		if r.left--; end < 0 || r.left < 0 {
			return unknown
		}
		v := r.variable(after[:end], depth+1)
		if before == "" && rest == text && end+1 == len(after) {
			if v.Kind == Unknown || v.Kind == Absent {
				return unknown
			}
			return v
		}
		if !literal(v) {
			return unknown
		}
		r.left -= len(v.Text) / 64
		b.WriteString(v.Text)
		rest = after[end+1:]
	}
	return Str(b.String())
}

func closingBrace(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

// variable is what `self:custom.x, 'default'` stands for; Absent when nothing
// in it is known.
func (r *serverlessReader) variable(text string, depth int) Value {
	if strings.Contains(text, "${") {
		inner := r.text(text, depth)
		if inner.Kind != String {
			return Value{}
		}
		text = inner.Text
	}
	for _, source := range strings.Split(text, ",") {
		source = strings.TrimSpace(source)
		switch {
		case strings.HasPrefix(source, "self:"):
			v := r.root
			for _, seg := range SplitPath(strings.TrimPrefix(source, "self:")) {
				v = v.Get(seg)
			}
			if v.Kind != Absent {
				return r.fill(v, depth+1)
			}
		case source == "sls:stage":
			return Str("dev")
		case len(source) >= 2 && (source[0] == '\'' || source[0] == '"'):
			return Str(source[1 : len(source)-1])
		case source == "true" || source == "false":
			return Value{Kind: Bool, Text: source}
		case source == "":
		default:
			if _, ok := (Value{Kind: Number, Text: source}).Float(); ok {
				return Value{Kind: Number, Text: source}
			}
			if !strings.HasPrefix(source, "opt:") && !strings.HasPrefix(source, "env:") {
				return Value{} // from another file or service: it comes before the default
			}
		}
	}
	return Value{}
}
