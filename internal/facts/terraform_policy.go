package facts

import "github.com/hashicorp/hcl/v2"

// policy is data.aws_iam_policy_document.name.json as the policy that it writes.
func (in *tfInstance) policy(name string, t hcl.Traversal) (Value, int) {
	at := 3
	if len(t) > at {
		if _, ok := t[at].(hcl.TraverseIndex); ok {
			at++
		}
	}
	b := in.mod.made["data.aws_iam_policy_document."+name]
	if b == nil || b.body() == nil || len(t) <= at || hclStep(t[at]) != "json" {
		return Value{Kind: Unknown}, len(t)
	}
	return in.once("data.aws_iam_policy_document."+name, func() Value {
		scope, _ := in.repeated(b)
		return policyDocument(Value{Kind: Map, Fields: scope.bodyFields(b.body(), repeatAttribute, 0)})
	}), at + 1
}

// policyDocument writes the blocks of the data source as the JSON they become.
func policyDocument(doc Value) Value {
	out := Value{Kind: List}
	for _, source := range []string{"source_policy_documents", "source_json", "override_policy_documents", "override_json"} {
		for _, from := range append([]Value{doc.Get(source)}, doc.Get(source).Items...) {
			switch {
			case from.Kind == Map:
				out.Items = append(out.Items, from.Get("Statement").Items...)
			case from.Kind == Unknown:
				out.Items = append(out.Items, hclUnknown("..."+from.Text))
			}
		}
	}
	for _, s := range doc.Get("statement").Items {
		out.Items = append(out.Items, policyStatement(s))
	}
	version := doc.Get("version")
	if version.Kind == Absent {
		version = Str("2012-10-17")
	}
	return Value{Kind: Map, Fields: []Field{{"Version", version}, {"Statement", out}}}
}

func policyStatement(s Value) Value {
	effect := s.Get("effect")
	if effect.Kind == Absent {
		effect = Str("Allow")
	}
	out := Value{Kind: Map, Fields: []Field{{"Effect", effect}}}
	for _, pair := range [][2]string{{"sid", "Sid"}, {"actions", "Action"}, {"not_actions", "NotAction"},
		{"resources", "Resource"}, {"not_resources", "NotResource"}} {
		if v := s.Get(pair[0]); v.Kind != Absent && v.Kind != Null {
			out.Fields = append(out.Fields, Field{pair[1], v})
		}
	}
	for _, pair := range [][2]string{{"principals", "Principal"}, {"not_principals", "NotPrincipal"}} {
		if v := policyPrincipals(s.Get(pair[0])); v.Kind != Absent {
			out.Fields = append(out.Fields, Field{pair[1], v})
		}
	}
	if v := policyConditions(s.Get("condition")); v.Kind != Absent {
		out.Fields = append(out.Fields, Field{"Condition", v})
	}
	return out
}

func policyPrincipals(blocks Value) Value {
	if len(blocks.Items) == 0 {
		return Value{}
	}
	out := Value{Kind: Map}
	for _, b := range blocks.Items {
		kind, ids := b.Get("type"), b.Get("identifiers")
		if kind.Text == "*" {
			return Str("*")
		}
		out.Fields = hclSet(out.Fields, kind.Text, appendItems(out.Get(kind.Text), ids))
	}
	return out
}

// policyConditions is {test: {variable: values}}.
func policyConditions(blocks Value) Value {
	if len(blocks.Items) == 0 {
		return Value{}
	}
	out := Value{Kind: Map}
	for _, b := range blocks.Items {
		test, variable := b.Get("test").Text, b.Get("variable").Text
		inner := out.Get(test)
		inner.Kind = Map
		inner.Fields = hclSet(inner.Fields[:len(inner.Fields):len(inner.Fields)], variable, appendItems(inner.Get(variable), b.Get("values")))
		out.Fields = hclSet(out.Fields, test, inner)
	}
	return out
}

func appendItems(have, more Value) Value {
	if have.Kind != List {
		return more
	}
	if more.Kind != List {
		more = Value{Kind: List, Items: []Value{more}}
	}
	have.Items = append(have.Items[:len(have.Items):len(have.Items)], more.Items...)
	return have
}
