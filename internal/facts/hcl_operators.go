package facts

import (
	"math"
	"strconv"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func (s *hclScope) binary(x *hclsyntax.BinaryOpExpr) Value {
	a := s.eval(x.LHS)
	if x.Op == hclsyntax.OpLogicalAnd && a.Text == "false" && a.Kind != Unknown ||
		x.Op == hclsyntax.OpLogicalOr && a.Text == "true" && a.Kind != Unknown {
		return Boolean(x.Op == hclsyntax.OpLogicalOr)
	}
	b := s.eval(x.RHS)
	switch {
	case a.Kind == Absent || b.Kind == Absent:
		return Value{}
	case x.Op == hclsyntax.OpEqual || x.Op == hclsyntax.OpNotEqual:
		return hclCompare(a, b, x.Op == hclsyntax.OpEqual)
	case x.Op == hclsyntax.OpLogicalAnd || x.Op == hclsyntax.OpLogicalOr:
		return hclLogical(a, b, x.Op == hclsyntax.OpLogicalOr)
	case a.Kind == Unknown || b.Kind == Unknown:
		return Value{Kind: Unknown}
	}
	f, ok := a.Float()
	g, ok2 := b.Float()
	if !ok || !ok2 {
		return Value{}
	}
	return hclArithmetic(x.Op, f, g)
}

func hclCompare(a, b Value, equal bool) Value {
	if hclIsEnvironment(b) {
		a, b = b, a
	}
	if hclIsEnvironment(a) && hclScalar(b) {
		switch environmentOf(b.Text) {
		case production:
			return Boolean(equal)
		case staging, development:
			return Boolean(!equal)
		}
	}
	eq, sure := hclEqual(a, b)
	if !sure {
		return Value{Kind: Unknown}
	}
	return Boolean(eq == equal)
}

// hclLogical is "and" or "or", where either operand can decide alone.
func hclLogical(a, b Value, or bool) Value {
	decides := strconv.FormatBool(or)
	if a.Kind != Unknown && a.Text == decides || b.Kind != Unknown && b.Text == decides {
		return Boolean(or)
	}
	if a.Kind == Unknown || b.Kind == Unknown {
		return Value{Kind: Unknown}
	}
	return Boolean(!or)
}

func hclArithmetic(op *hclsyntax.Operation, f, g float64) Value {
	switch op {
	case hclsyntax.OpGreaterThan:
		return Boolean(f > g)
	case hclsyntax.OpGreaterThanOrEqual:
		return Boolean(f >= g)
	case hclsyntax.OpLessThan:
		return Boolean(f < g)
	case hclsyntax.OpLessThanOrEqual:
		return Boolean(f <= g)
	case hclsyntax.OpAdd:
		return hclFloat(f + g)
	case hclsyntax.OpSubtract:
		return hclFloat(f - g)
	case hclsyntax.OpMultiply:
		return hclFloat(f * g)
	case hclsyntax.OpDivide:
		return hclFloat(f / g)
	case hclsyntax.OpModulo:
		return hclFloat(math.Mod(f, g))
	}
	return Value{Kind: Unknown}
}

// hclFloat is a Number; what is none (a division by zero) is an error.
func hclFloat(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Value{}
	}
	return Value{Kind: Number, Text: strconv.FormatFloat(f, 'f', -1, 64)}
}

func hclUnary(op *hclsyntax.Operation, v Value) Value {
	if v.Kind == Unknown || v.Kind == Absent {
		return Value{Kind: v.Kind}
	}
	switch op {
	case hclsyntax.OpLogicalNot:
		if v.Text == "true" || v.Text == "false" {
			return Boolean(v.Text == "false")
		}
	case hclsyntax.OpNegate:
		if f, ok := v.Float(); ok {
			return hclFloat(-f)
		}
	}
	return Value{}
}
