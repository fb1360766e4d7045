package facts

import (
	"sort"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// maxDynamic is how many blocks a dynamic block is written out to.
const maxDynamic = 64

// sortedAttributes are the attributes of a body in the order of the source, but
// for those that skip names; nil: none.
func sortedAttributes(b *hclsyntax.Body, skip func(string) bool) []*hclsyntax.Attribute {
	out := make([]*hclsyntax.Attribute, 0, len(b.Attributes))
	for _, a := range b.Attributes {
		if skip == nil || !skip(a.Name) {
			out = append(out, a)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].NameRange.Start.Byte < out[j].NameRange.Start.Byte })
	return out
}

// bodyFields are the attributes of a body, then its nested blocks as lists of
// maps, each kind where its first block stands. There is room for so many more.
func (s *hclScope) bodyFields(b *hclsyntax.Body, skip func(string) bool, room int) []Field {
	attributes := sortedAttributes(b, skip)
	set := hclFields{fields: make([]Field, 0, len(attributes)+min(len(b.Blocks), 4)+room)}
	for _, a := range attributes {
		set.fields = append(set.fields, Field{a.Name, s.attribute(a)})
	}
	for _, nested := range b.Blocks {
		if skip != nil && skip(nestedName(nested)) {
			continue
		}
		name, items := s.nested(nested)
		if len(items) == 0 {
			continue
		}
		list := set.get(name)
		if list.Kind != List {
			list = Value{Kind: List, Start: items[0].Start}
		}
		list.Items = append(list.Items, items...)
		list.End = max(list.End, items[len(items)-1].End)
		set.put(name, list)
	}
	return set.fields
}

func (s *hclScope) attribute(a *hclsyntax.Attribute) Value {
	var v Value
	if wordsAttribute(a.Name) {
		v = s.words(a.Expr)
	} else {
		v = s.known(a.Expr)
	}
	v = placed(v, a.SrcRange.Start.Line, a.SrcRange.End.Line)
	v.Start, v.End = a.SrcRange.Start.Line, max(a.SrcRange.Start.Line, a.SrcRange.End.Line)
	return v
}

// wordsAttribute tells whether an attribute holds addresses rather than values.
func wordsAttribute(name string) bool {
	switch name {
	case "depends_on", "ignore_changes", "replace_triggered_by", "provider", "providers":
		return true
	}
	return false
}

// words is an expression as the source has it, lists and maps taken apart.
func (s *hclScope) words(x hclsyntax.Expression) Value {
	r := x.Range()
	v := Value{Start: r.Start.Line, End: r.End.Line}
	switch x := x.(type) {
	case *hclsyntax.TupleConsExpr:
		v.Kind = List
		for _, item := range x.Exprs {
			v.Items = append(v.Items, s.words(item))
		}
	case *hclsyntax.ObjectConsExpr:
		v.Kind = Map
		for _, item := range x.Items {
			key := hclSource(s.text, item.KeyExpr.Range())
			v.Fields = hclSet(v.Fields, key, s.words(item.ValueExpr))
		}
	case *hclsyntax.TemplateExpr:
		return s.known(x)
	default:
		v.Kind, v.Text = String, hclSource(s.text, r)
	}
	return v
}

func nestedName(b *hclsyntax.Block) string {
	if b.Type == "dynamic" && len(b.Labels) == 1 {
		return b.Labels[0]
	}
	return b.Type
}

// nested is a nested block; a dynamic one is written out as far as what it
// goes over is known.
func (s *hclScope) nested(b *hclsyntax.Block) (name string, items []Value) {
	if b.Type != "dynamic" || len(b.Labels) != 1 {
		var extra []Field
		if len(b.Labels) > 0 {
			extra = []Field{{"_name", Str(b.Labels[0])}}
		}
		return b.Type, []Value{s.nestedBody(b, b.Body, extra)}
	}
	name = b.Labels[0]
	var content *hclsyntax.Body
	for _, in := range b.Body.Blocks {
		if in.Type == "content" {
			content = in.Body
		}
	}
	over := b.Body.Attributes["for_each"]
	if content == nil || over == nil {
		return name, nil
	}
	iterator := name
	if a := b.Body.Attributes["iterator"]; a != nil {
		iterator = hclSource(s.text, a.Expr.Range())
	}
	marked := []Field{{"_dynamic", Boolean(true)}}
	keys, values, known := hclElements(s.eval(over.Expr))
	if !known || len(values) > maxDynamic || s.run.steps > maxHCLSteps {
		return name, []Value{s.with(iterator, Value{Kind: Unknown}).nestedBody(b, content, marked)}
	}
	for i, v := range values {
		element := Value{Kind: Map, Fields: []Field{{"key", keys[i]}, {"value", v}}}
		items = append(items, s.with(iterator, element).nestedBody(b, content, marked))
	}
	return name, items
}

func (s *hclScope) nestedBody(b *hclsyntax.Block, body *hclsyntax.Body, extra []Field) Value {
	s.run.steps++
	start, end := b.TypeRange.Start.Line, b.CloseBraceRange.End.Line
	v := Value{Kind: Map, Start: start, End: max(start, end), Fields: s.bodyFields(body, nil, len(extra))}
	for _, f := range extra {
		f.Value.Start, f.Value.End = start, start
		v.Fields = append(v.Fields, f)
	}
	return v
}

// placed gives lines to what has none (values that come from elsewhere), and
// reads texts that are JSON objects or arrays as the data they are.
func placed(v Value, start, end int) Value {
	if v.Start == 0 {
		v.Start, v.End = start, end
	}
	v.End = max(v.Start, v.End) // the parser's ranges of what is broken may run backwards
	if v.Kind == String && len(v.Text) > 1 && (v.Text[0] <= ' ' || v.Text[0] == '{' || v.Text[0] == '[') {
		if data, ok := hclParseJSON(v.Text); ok {
			from, to := v.Start, v.End
			v = hclPlaceText(data, from, to)
			v.Start, v.End = from, to
			return v
		}
	}
	if len(v.Items) > 0 {
		items := make([]Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = placed(item, v.Start, v.End)
		}
		v.Items = items
	}
	if len(v.Fields) > 0 {
		fields := make([]Field, len(v.Fields))
		for i, f := range v.Fields {
			fields[i] = Field{f.Key, placed(f.Value, v.Start, v.End)}
		}
		v.Fields = fields
	}
	return v
}
