package facts

import (
	"math/big"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// The evaluator gives every expression a Value of its own, without HCL's own
// evaluation, because that knows a value wholly or not at all: here a map with
// one member that only a running cloud could tell keeps its other members.
//
//	Unknown  its value can't be known from the files; Text is its source
//	Absent   evaluating it is an error, which try() and can() notice
//
// In a List, an Unknown whose Text starts with "..." stands for any number of
// items; in a Map, a member named hclRest says that there may be more members.
const hclRest = "_rest"

const (
	maxHCLSteps  = 1_000_000 // expressions evaluated in one repository
	maxHCLNest   = 400       // expressions and references within each other
	maxHCLNodes  = 20_000    // nodes of one value
	maxHCLString = 256 << 10 // bytes of one string
)

// hclRun is what the evaluation of one repository shares.
type hclRun struct {
	steps     int
	depth     int
	functions map[string]function.Function
}

func newHCLRun() *hclRun { return &hclRun{functions: hclLibrary()} }

// hclScope is where an expression is evaluated. Resolve answers for the
// traversal's first used steps; an Unknown without Text is one it can't know.
type hclScope struct {
	run     *hclRun
	text    string // of the file that the expression stands in
	names   *hclName
	resolve func(t hcl.Traversal) (v Value, used int)
	call    func(name string, args []Value) (Value, bool) // functions beyond the common ones; may be nil
	number  func(address string) (int, bool)              // how many there are of a block; may be nil
	trying  bool                                          // an error is no matter here
}

// hclName is a name that an expression or block binds: of a for, a splat,
// each, a dynamic block.
type hclName struct {
	name   string
	symbol *hclsyntax.AnonSymbolExpr
	value  Value
	next   *hclName
}

func (s *hclScope) with(name string, v Value) *hclScope {
	in := *s
	in.names = &hclName{name: name, value: v, next: s.names}
	return &in
}

func hclUnknown(text string) Value { return Value{Kind: Unknown, Text: text} }

// eval is the value of an expression, with the lines of its source.
func (s *hclScope) eval(x hclsyntax.Expression) Value {
	var v Value
	if s.run.steps++; s.run.steps > maxHCLSteps || s.run.depth > maxHCLNest {
		v = Value{Kind: Unknown}
	} else {
		s.run.depth++
		v = s.expr(x)
		s.run.depth--
	}
	if v.Kind == Absent || v.Kind == Unknown && v.Text == "" || v.Start == 0 {
		r := x.Range()
		if v.Kind == Unknown && v.Text == "" {
			v.Text = hclSource(s.text, r)
		}
		if v.Start == 0 {
			v.Start, v.End = r.Start.Line, r.End.Line
		}
	}
	return v
}

func (s *hclScope) expr(x hclsyntax.Expression) Value {
	switch x := x.(type) {
	case *hclsyntax.LiteralValueExpr:
		return hclLiteral(x.Val)
	case *hclsyntax.TemplateExpr:
		return s.template(x)
	case *hclsyntax.TemplateWrapExpr:
		return s.eval(x.Wrapped)
	case *hclsyntax.TemplateJoinExpr:
		return hclJoinParts(s.eval(x.Tuple))
	case *hclsyntax.ParenthesesExpr:
		return s.eval(x.Expression)
	case *hclsyntax.ScopeTraversalExpr:
		return s.reference(x)
	case *hclsyntax.RelativeTraversalExpr:
		return hclWalk(s.eval(x.Source), x.Traversal)
	case *hclsyntax.IndexExpr:
		coll, key := s.eval(x.Collection), s.eval(x.Key)
		if v := hclIndex(coll, key); v.Kind != Unknown || s.trying || coll.Kind != Map || key.Kind != Unknown {
			return v
		}
		return hclAgreed(coll)
	case *hclsyntax.FunctionCallExpr:
		return s.function(x)
	case *hclsyntax.ConditionalExpr:
		return s.conditional(x)
	case *hclsyntax.TupleConsExpr:
		items := make([]Value, len(x.Exprs))
		for i, item := range x.Exprs {
			items[i] = s.known(item)
		}
		return Value{Kind: List, Items: items}
	case *hclsyntax.ObjectConsExpr:
		return s.object(x)
	case *hclsyntax.ForExpr:
		return s.forEach(x)
	case *hclsyntax.SplatExpr:
		return s.splat(x)
	case *hclsyntax.AnonSymbolExpr:
		for n := s.names; n != nil; n = n.next {
			if n.symbol == x {
				return n.value
			}
		}
	case *hclsyntax.BinaryOpExpr:
		return s.binary(x)
	case *hclsyntax.UnaryOpExpr:
		return hclUnary(x.Op, s.eval(x.Val))
	}
	return Value{Kind: Unknown}
}

// known is eval for a member of a collection: what is an error stays a member.
func (s *hclScope) known(x hclsyntax.Expression) Value {
	v := s.eval(x)
	if v.Kind == Absent {
		v.Kind, v.Text = Unknown, hclSource(s.text, x.Range())
	}
	return v
}

func hclLiteral(v cty.Value) Value {
	switch {
	case v == cty.NilVal || !v.IsKnown(): // of a literal that did not parse
	case v.IsNull():
		return Value{Kind: Null}
	case v.Type() == cty.String:
		return Str(v.AsString())
	case v.Type() == cty.Bool:
		return Boolean(v.True())
	case v.Type() == cty.Number:
		return hclNumber(v.AsBigFloat())
	}
	return Value{Kind: Unknown}
}

// hclNumber is a Number, unless writing it out would take more digits than
// anyone means.
func hclNumber(f *big.Float) Value {
	if i, acc := f.Int64(); acc == big.Exact {
		return Value{Kind: Number, Text: strconv.FormatInt(i, 10)}
	}
	if e := f.MantExp(nil); e > 1024 || e < -1024 {
		return Value{Kind: Unknown}
	}
	return Value{Kind: Number, Text: f.Text('f', -1)}
}

func (s *hclScope) conditional(x *hclsyntax.ConditionalExpr) Value {
	switch cond := s.eval(x.Condition); {
	case cond.Kind == Absent || cond.Kind == Null || cond.Kind == List || cond.Kind == Map:
		return Value{}
	case cond.Kind == Unknown:
		yes, no := s.eval(x.TrueResult), s.eval(x.FalseResult)
		if eq, sure := hclEqual(yes, no); sure && eq {
			return yes
		}
		return Value{Kind: Unknown}
	case cond.Text == "true":
		return s.eval(x.TrueResult)
	case cond.Text == "false":
		return s.eval(x.FalseResult)
	}
	return Value{}
}

func (s *hclScope) object(x *hclsyntax.ObjectConsExpr) Value {
	set := hclFields{fields: make([]Field, 0, len(x.Items))}
	for _, item := range x.Items {
		key, ok := s.objectKey(item.KeyExpr)
		v := s.known(item.ValueExpr)
		if ok {
			v.Start = min(v.Start, item.KeyExpr.Range().Start.Line)
		} else {
			key, v = hclRest, Value{Kind: Unknown, Text: "...", Start: v.Start, End: v.End}
		}
		set.put(key, v)
	}
	return Value{Kind: Map, Fields: set.fields}
}

func (s *hclScope) objectKey(x hclsyntax.Expression) (string, bool) {
	if k, ok := x.(*hclsyntax.ObjectConsKeyExpr); ok {
		if word := hcl.ExprAsKeyword(k.Wrapped); word != "" && !k.ForceNonLiteral {
			return word, true
		}
		x = k.Wrapped
	}
	v := s.eval(x)
	return v.Text, hclScalar(v)
}

func hclScalar(v Value) bool { return v.Kind == String || v.Kind == Number || v.Kind == Bool }

func hclSpread(v Value) bool {
	return v.Kind == Unknown && len(v.Text) >= 3 && v.Text[:3] == "..."
}

// hclOpen tells whether a collection may hold more than is listed.
func hclOpen(v Value) bool {
	for _, item := range v.Items {
		if hclSpread(item) {
			return true
		}
	}
	for _, f := range v.Fields {
		if f.Key == hclRest {
			return true
		}
	}
	return false
}
