package facts

import (
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// reference follows a traversal from a bound name or from what the scope knows.
func (s *hclScope) reference(x *hclsyntax.ScopeTraversalExpr) Value {
	t := x.Traversal
	v, used := Value{Kind: Unknown}, len(t)
	bound := false
	for n, root := s.names, t.RootName(); n != nil && !bound; n = n.next {
		if n.symbol == nil && n.name == root {
			v, used, bound = n.value, 1, true
		}
	}
	if !bound && s.resolve != nil {
		v, used = s.resolve(t)
	}
	if v.Kind == Unknown && v.Text != "" && used < len(t) {
		rest := hcl.Range{Start: t[used].SourceRange().Start, End: x.SrcRange.End}
		v.Text += hclSource(s.text, rest)
		return v
	}
	if v.Kind == Unknown {
		return v
	}
	return hclWalk(v, t[used:])
}

// hclWalk follows attribute and index steps.
func hclWalk(v Value, steps hcl.Traversal) Value {
	for _, step := range steps {
		switch step := step.(type) {
		case hcl.TraverseAttr:
			v = hclMember(v, step.Name)
		case hcl.TraverseIndex:
			v = hclIndex(v, hclLiteral(step.Key))
		default:
			return Value{Kind: Unknown}
		}
	}
	return v
}

func hclMember(v Value, name string) Value {
	switch v.Kind {
	case Unknown:
		return Value{Kind: Unknown}
	case Map:
		for _, f := range v.Fields {
			if f.Key == name {
				return f.Value
			}
		}
		if hclOpen(v) {
			return Value{Kind: Unknown}
		}
	case List:
		if n, err := strconv.Atoi(name); err == nil {
			return hclItem(v, n)
		}
	}
	return Value{}
}

// hclIndex is collection[key].
func hclIndex(v, key Value) Value {
	switch {
	case v.Kind == Absent || key.Kind == Absent:
		return Value{}
	case v.Kind == Unknown:
		return Value{Kind: Unknown}
	case key.Kind == Unknown:
		if v.Kind == Map && hclIsEnvironment(key) {
			return hclProductionMember(v)
		}
		return Value{Kind: Unknown}
	case v.Kind == List:
		if f, ok := key.Float(); ok && f == float64(int(f)) {
			return hclItem(v, int(f))
		}
	case v.Kind == Map && hclScalar(key):
		return hclMember(v, key.Text)
	}
	return Value{}
}

func hclItem(v Value, n int) Value {
	for i, item := range v.Items {
		if hclSpread(item) {
			return Value{Kind: Unknown}
		}
		if i == n {
			return item
		}
	}
	return Value{}
}
