package facts

import (
	"strconv"
	"strings"
)

// operator is what a sign makes of its operands.
func (s *bicepScope) operator(x bicepExpr) Value {
	result := func(b, known bool) Value {
		if !known {
			return bicepUnknown(x)
		}
		return Value{Kind: Bool, Text: strconv.FormatBool(b), Start: x.start, End: x.end}
	}
	switch x.op {
	case "not!":
		t := s.truth(x.parts[0])
		return result(t == no, t != maybe)
	case "not-":
		if v := s.value(x.parts[0]); v.Kind == Number {
			v.Text = "-" + v.Text
			return v
		}
	case "&&":
		a, b := s.truth(x.parts[0]), s.truth(x.parts[1])
		return result(a == yes && b == yes, a == no || b == no || a == yes && b == yes)
	case "||":
		a, b := s.truth(x.parts[0]), s.truth(x.parts[1])
		return result(a == yes || b == yes, a == yes || b == yes || a == no && b == no)
	case "==", "=~", "!=", "!~":
		same, known := s.same(x.parts[0], x.parts[1])
		return result(same == (x.op[0] == '='), known)
	case ">", ">=", "<", "<=":
		a, ok := s.value(x.parts[0]).Float()
		b, also := s.value(x.parts[1]).Float()
		less, equal := a < b, a == b
		return result(less && x.op[0] == '<' || !less && !equal && x.op[0] == '>' || equal && len(x.op) == 2, ok && also)
	case "??":
		v := s.value(x.parts[0])
		if v.Kind == Null || v.Kind == Absent {
			return s.value(x.parts[1])
		}
		return v
	}
	return bicepUnknown(x)
}

// same compares; a choice by the environment is made as production makes it.
func (s *bicepScope) same(x, y bicepExpr) (same, known bool) {
	if s.environment(y) {
		x, y = y, x
	}
	a, b := s.value(x), s.value(y)
	if s.environment(x) && b.Kind == String && environmentOf(b.Text) != "" {
		return environmentOf(b.Text) == production, true
	}
	scalar := func(v Value) bool { return v.Kind == String || v.Kind == Number || v.Kind == Bool || v.Kind == Null }
	if !scalar(a) || !scalar(b) {
		return false, a.Kind != Unknown && b.Kind != Unknown && (a.Kind == Null || b.Kind == Null)
	}
	return a.Kind == b.Kind && strings.EqualFold(a.Text, b.Text), true
}

// call is what a function gives, of those that settings are made with. ARM's
// templates have them for operators, too.
func (s *bicepScope) call(x bicepExpr) Value {
	arg := func(i int) bicepExpr {
		if i < len(x.parts) {
			return x.parts[i]
		}
		return bicepExpr{op: "unknown"}
	}
	first := func() Value { return s.value(arg(0)) }
	switch strings.ToLower(x.text) {
	case "parameters", "variables":
		name := first()
		return s.named(bicepExpr{op: "name", text: name.Text, start: x.start, end: x.end})
	case "if":
		return s.choice(bicepExpr{op: "?", parts: []bicepExpr{arg(0), arg(1), arg(2)}, start: x.start, end: x.end})
	case "equals":
		return s.operator(bicepExpr{op: "==", parts: []bicepExpr{arg(0), arg(1)}, start: x.start, end: x.end})
	case "and", "or":
		op := map[string]string{"and": "&&", "or": "||"}[strings.ToLower(x.text)]
		return s.operator(bicepExpr{op: op, parts: []bicepExpr{arg(0), arg(1)}, start: x.start, end: x.end})
	case "not":
		return s.operator(bicepExpr{op: "not!", parts: []bicepExpr{arg(0)}, start: x.start, end: x.end})
	case "any", "string", "tolower", "toupper", "createarray":
		return s.converted(x, first())
	case "json", "int", "float", "bool":
		return s.parsed(x, first())
	case "empty":
		v := first()
		if v.Kind == Unknown {
			return bicepUnknown(x)
		}
		return Boolean(v.Text == "" && len(v.Items)+len(v.Fields) == 0)
	case "union":
		return s.union(x)
	case "concat":
		return s.joined(x)
	case "array":
		return Value{Kind: List, Items: []Value{first()}, Start: x.start, End: x.end}
	case "loadtextcontent", "resourceid", "subscriptionresourceid", "uniquestring", "guid", "newguid":
		return Value{Kind: Unknown, Text: "sys." + x.text, Start: x.start, End: x.end} // whatever it is, there is one
	}
	return bicepUnknown(x)
}

func (s *bicepScope) converted(x bicepExpr, v Value) Value {
	switch strings.ToLower(x.text) {
	case "tolower":
		v.Text = strings.ToLower(v.Text)
	case "toupper":
		v.Text = strings.ToUpper(v.Text)
	case "createarray":
		v = Value{Kind: List, Start: x.start, End: x.end}
		for _, part := range x.parts {
			v.Items = append(v.Items, s.value(part))
		}
	}
	return v
}

// parsed is a number or truth out of its text.
func (s *bicepScope) parsed(x bicepExpr, v Value) Value {
	if v.Kind != String {
		return v
	}
	switch _, err := strconv.ParseFloat(v.Text, 64); {
	case err == nil:
		v.Kind = Number
	case strings.EqualFold(v.Text, "true") || strings.EqualFold(v.Text, "false"):
		v.Kind, v.Text = Bool, strings.ToLower(v.Text)
	default:
		return bicepUnknown(x)
	}
	return v
}

func (s *bicepScope) union(x bicepExpr) Value {
	out := Value{Start: x.start, End: x.end}
	for _, part := range x.parts {
		v := s.value(part)
		if *s.left -= len(v.Items) + len(v.Fields); *s.left < 0 {
			return bicepUnknown(x)
		}
		switch {
		case out.Kind == Absent && v.Kind == Map, out.Kind == Absent && v.Kind == List:
			out = v
		case out.Kind == List && v.Kind == List:
			out.Items = append(out.Items[:len(out.Items):len(out.Items)], v.Items...)
		case out.Kind == Map && (v.Kind == Map || v.Kind == Unknown):
			out = bicepUnion(out, v)
		case out.Kind == Absent && v.Kind == Unknown && len(x.parts) > 1:
			out = Value{Kind: Map, Start: x.start, End: x.end}.With(rest, Boolean(true))
		}
	}
	if out.Kind == Absent {
		return bicepUnknown(x)
	}
	return out
}

// joined is lists one after the other, or texts.
func (s *bicepScope) joined(x bicepExpr) Value {
	out := Value{Kind: List, Start: x.start, End: x.end}
	var b strings.Builder
	texts := 0
	for _, part := range x.parts {
		v := s.value(part)
		if *s.left -= len(v.Items); *s.left < 0 || b.Len() > maxBicepText {
			return bicepUnknown(x)
		}
		switch v.Kind {
		case List:
			out.Items = append(out.Items, v.Items...)
		case Unknown:
			return bicepUnknown(x)
		default:
			b.WriteString(v.Text)
			texts++
		}
	}
	if texts > 0 {
		return Value{Kind: String, Text: b.String(), Start: x.start, End: x.end}
	}
	return out
}
