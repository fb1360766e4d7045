package facts

import (
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
)

// chosen is a value that a condition chooses among texts
// (`${{ github.ref_name == 'main' && 'production' || 'staging' }}`) as those
// that some run may choose.
func (b *jobBuilder) chosen(v Value) Value {
	text := strings.TrimSpace(v.Text)
	if v.Kind != String || !strings.HasPrefix(text, "${{") || strings.Index(text, "}}") != len(text)-2 {
		return v
	}
	node := parseExpr(text[3 : len(text)-2])
	if node == nil {
		return v
	}
	var out []string
	for _, s := range b.runs {
		texts, known := s.outcomes(node)
		if !known {
			return v
		}
		for _, text := range texts {
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return v.among(out)
}

// among is the value as one of some texts, or the list of them; as it is where
// there are none.
func (v Value) among(texts []string) Value {
	list := Value{Kind: List, Start: v.Start, End: v.End}
	for _, text := range texts {
		list.Items = append(list.Items, Value{Kind: String, Text: text, Start: v.Start, End: v.End})
	}
	switch len(texts) {
	case 0:
		return v
	case 1:
		return list.Items[0]
	}
	return list
}

// outcomes is the texts that an expression may come to; known is false where
// it may come to something else.
func (s situation) outcomes(node actionlint.ExprNode) (texts []string, known bool) {
	switch n := node.(type) {
	case *actionlint.StringNode:
		return []string{n.Value}, true
	case *actionlint.LogicalOpNode:
		l := s.eval(n.Left)
		if n.Kind == actionlint.LogicalOpNodeKindAnd {
			if l.known && l.falsy() {
				return nil, true
			}
			return s.outcomes(n.Right)
		}
		left, known := s.outcomes(n.Left)
		if !known || l.known && !l.falsy() {
			return left, known
		}
		right, known := s.outcomes(n.Right)
		return append(left, right...), known
	}
	return nil, false
}
