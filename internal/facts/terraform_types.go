package facts

import "github.com/hashicorp/hcl/v2/hclsyntax"

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
		set := hclFields{fields: append([]Field(nil), v.Fields...)}
		for _, item := range object.Items {
			if key, ok := s.objectKey(item.KeyExpr); ok {
				s.typedMember(&set, key, item.ValueExpr)
			}
		}
		return Value{Kind: Map, Fields: set.fields}
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

func (s *hclScope) typedMember(set *hclFields, key string, t hclsyntax.Expression) {
	v := set.get(key)
	if call, ok := t.(*hclsyntax.FunctionCallExpr); ok && call.Name == "optional" {
		if (v.Kind == Absent || v.Kind == Null) && len(call.Args) > 1 {
			v = s.known(call.Args[1])
		}
		if v.Kind == Absent {
			v = Value{Kind: Null}
		}
	}
	if v.Kind != Absent {
		set.put(key, s.typed(t, v))
	}
}

// tfOneValue tells whether a variable holds a text or a number: a list of which
// nothing is known may be empty.
func tfOneValue(variable *tfBlock) bool {
	t, ok := variable.attr("type")
	if !ok {
		return true
	}
	x, ok := t.x.(*hclsyntax.ScopeTraversalExpr)
	return ok && (x.Traversal.RootName() == "string" || x.Traversal.RootName() == "number")
}
