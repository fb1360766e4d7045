package facts

import (
	"slices"
	"strings"
)

// maxBicepText bounds, in bytes, a text that is put together.
const maxBicepText = 1 << 14

// bicepScope is where expressions of one file get their values from: what its
// caller gives it, its own defaults and variables, and the variables of loops.
type bicepScope struct {
	names map[string]*bicepExpr // of params and vars
	param map[string]bool
	asked map[string]bool // params that whoever deploys has to give, of one value each
	given map[string]Value
	loops map[string]Value
	busy  map[string]bool
	memo  map[string]Value
	left  *int // how many more steps the whole repository may take
}

func newBicepScope(statements []bicepStatement, given map[string]Value, left *int) *bicepScope {
	s := &bicepScope{names: map[string]*bicepExpr{}, param: map[string]bool{}, asked: map[string]bool{}, given: given,
		loops: map[string]Value{}, busy: map[string]bool{}, memo: map[string]Value{}, left: left}
	for _, st := range statements {
		if st.word == "param" || st.word == "var" {
			s.names[st.name] = st.body
			s.param[st.name] = st.word == "param"
			s.asked[st.name] = st.word == "param" && st.body == nil && (st.of == "string" || st.of == "int")
		}
	}
	return s
}

func bicepUnknown(x bicepExpr) Value {
	return Value{Kind: Unknown, Text: bicepSource(x), Start: x.start, End: x.end}
}

// bicepSource writes a reference as it was written; other expressions have no
// short form that says anything.
func bicepSource(x bicepExpr) string {
	switch x.op {
	case "name":
		return x.text
	case "member":
		if of := bicepSource(x.parts[0]); of != "" {
			return of + "." + x.text
		}
	case "index":
		return bicepSource(x.parts[0])
	case "text":
		return x.text
	}
	return ""
}

// value is what an expression comes to; Unknown where that can't be told.
func (s *bicepScope) value(x bicepExpr) Value {
	if *s.left--; *s.left < 0 {
		return bicepUnknown(x)
	}
	switch x.op {
	case "":
		return x.value
	case "name":
		return s.named(x)
	case "text":
		return s.text(x)
	case "object":
		return s.object(x)
	case "list":
		out := Value{Kind: List, Start: x.start, End: x.end}
		for _, part := range x.parts {
			out.Items = append(out.Items, s.value(part))
		}
		return out
	case "for":
		return s.loop(x)
	case "if":
		return s.value(x.parts[1])
	case "?":
		return s.choice(x)
	case "member":
		return s.member(x)
	case "index":
		return s.index(x)
	case "call":
		return s.call(x)
	}
	return s.operator(x)
}

func (s *bicepScope) named(x bicepExpr) Value {
	if v, ok := s.loops[x.text]; ok {
		return v
	}
	if v, ok := s.memo[x.text]; ok {
		return v
	}
	v, given := s.given[x.text]
	if given && s.param[x.text] {
		v = s.placed(v, x)
	} else {
		body := s.names[x.text]
		if body == nil || s.busy[x.text] {
			v = bicepUnknown(x)
			v.Given = s.asked[x.text]
			return v
		}
		s.busy[x.text] = true
		v = s.value(*body)
		delete(s.busy, x.text)
	}
	s.memo[x.text] = v
	if v.Kind != Map && v.Kind != List {
		v.Start, v.End = x.start, x.end // where it is used
	}
	return v
}

// placed puts a value of another file where this one uses it.
func (s *bicepScope) placed(v Value, x bicepExpr) Value {
	v.Start, v.End = x.start, x.end
	if *s.left -= len(v.Items) + len(v.Fields); *s.left < 0 {
		return bicepUnknown(x)
	}
	v.Items, v.Fields = slices.Clone(v.Items), slices.Clone(v.Fields)
	for i := range v.Items {
		v.Items[i] = s.placed(v.Items[i], x)
	}
	for i := range v.Fields {
		v.Fields[i].Value = s.placed(v.Fields[i].Value, x)
	}
	return v
}

func (s *bicepScope) text(x bicepExpr) Value {
	var b strings.Builder
	for _, part := range x.parts {
		v := s.value(part)
		if v.Kind != String && v.Kind != Number && v.Kind != Bool {
			return bicepUnknown(x)
		}
		b.WriteString(v.Text)
		if b.Len() > maxBicepText {
			return bicepUnknown(x)
		}
	}
	return Value{Kind: String, Text: b.String(), Start: x.start, End: x.end}
}

func (s *bicepScope) object(x bicepExpr) Value {
	out := Value{Kind: Map, Start: x.start, End: x.end}
	spread := false
	for _, m := range x.members {
		v := s.value(m.value)
		if m.key.op == "unknown" {
			*s.left -= len(v.Fields)
			out, spread = bicepUnion(out, v), true
			continue
		}
		switch key := s.value(m.key); {
		case key.Kind != String:
		case spread: // what comes later wins
			*s.left -= len(out.Fields)
			out = out.With(key.Text, v)
		default:
			out.Fields = append(out.Fields, Field{key.Text, v})
		}
	}
	return out
}

// bicepUnion adds the members of another map, which win; of an unknown one it is
// said that there may be more.
func bicepUnion(v, more Value) Value {
	if more.Kind == Unknown {
		return v.With(rest, Boolean(true))
	}
	for _, f := range more.Fields {
		if old := v.Get(f.Key); old.Kind == Map && f.Value.Kind == Map {
			f.Value = bicepUnion(old, f.Value)
		}
		v = v.With(f.Key, f.Value)
	}
	return v
}

// loop gives an item for each of a list that is known, else one of which the
// loop's variable is not known.
func (s *bicepScope) loop(x bicepExpr) Value {
	out := Value{Kind: List, Start: x.start, End: x.end}
	list := s.value(x.parts[0])
	items := list.Items
	if list.Kind != List || len(items) > maxMembers {
		items = []Value{{Kind: Unknown, Text: x.text}}
	}
	for _, item := range items {
		out.Items = append(out.Items, s.with(x.text, item).value(x.parts[1]))
	}
	return out
}

// with is the scope within a loop.
func (s *bicepScope) with(name string, v Value) *bicepScope {
	in := *s
	in.loops = map[string]Value{name: v}
	for k, old := range s.loops {
		if k != name {
			in.loops[k] = old
		}
	}
	in.memo = map[string]Value{}
	return &in
}

func (s *bicepScope) choice(x bicepExpr) Value {
	switch s.truth(x.parts[0]) {
	case yes:
		return s.value(x.parts[1])
	case no:
		return s.value(x.parts[2])
	}
	a, b := s.value(x.parts[1]), s.value(x.parts[2])
	if a.Kind == b.Kind && a.Text == b.Text && a.Kind != Map && a.Kind != List {
		return a
	}
	return bicepUnknown(x)
}

func (s *bicepScope) truth(x bicepExpr) tri {
	v := s.value(x)
	switch {
	case v.Kind != Bool:
		return maybe
	case v.Text == "true":
		return yes
	}
	return no
}

func (s *bicepScope) member(x bicepExpr) Value {
	of := s.value(x.parts[0])
	if of.Kind != Map {
		return bicepUnknown(x)
	}
	return bicepField(of, x.text, x)
}

// bicepField is a member of a map: not known where it may be among others.
func bicepField(of Value, key string, x bicepExpr) Value {
	if v := of.Get(key); v.Kind != Absent {
		return v
	}
	if of.Get(rest).Kind != Absent {
		return bicepUnknown(x)
	}
	return Value{Kind: Null, Start: x.start, End: x.end}
}

// index is a member of a list or map; of a map by environment, production's.
func (s *bicepScope) index(x bicepExpr) Value {
	of := s.value(x.parts[0])
	i := s.value(x.parts[1])
	switch {
	case of.Kind == Map && s.environment(x.parts[1]):
		k := slices.IndexFunc(of.Fields, func(f Field) bool { return environmentOf(f.Key) == production })
		if k >= 0 {
			return of.Fields[k].Value
		}
		return bicepField(of, i.Text, x)
	case of.Kind == Map && i.Kind == String:
		return bicepField(of, i.Text, x)
	case of.Kind == List && i.Kind == Number:
		if n, ok := i.Float(); ok && n >= 0 && int(n) < len(of.Items) {
			return of.Items[int(n)]
		}
	}
	return bicepUnknown(x)
}

var bicepEnvironment = lazily(`(?i)^(env|environment|environmentType|environmentName|envType|envName|deploymentEnvironment|stage)$`)

// environment tells of a parameter that says which environment is deployed to.
func (s *bicepScope) environment(x bicepExpr) bool {
	return x.op == "name" && s.param[x.text] && bicepEnvironment().MatchString(x.text)
}
