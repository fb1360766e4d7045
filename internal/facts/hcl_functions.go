package facts

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"strings"
)

// function evaluates a call. Functions of collections work on what is known of
// them; functions of scalars need every argument known.
func (s *hclScope) function(x *hclsyntax.FunctionCallExpr) Value {
	name := strings.TrimPrefix(x.Name, "core::")
	within := *s
	within.trying = s.trying || name == "try" || name == "can"
	args, ok := within.arguments(x)
	if !ok {
		return Value{Kind: Unknown}
	}
	if v, ok := hclTolerant(name, args); ok {
		return v
	}
	for _, a := range args {
		if a.Kind == Absent {
			return Value{}
		}
	}
	if s.call != nil {
		if v, ok := s.call(name, args); ok {
			return v
		}
	}
	if v, ok := hclCollection(name, args); ok {
		return v
	}
	if len(args) > 0 && hclIsEnvironment(args[0]) {
		switch name {
		case "lower", "upper", "trimspace", "replace", "trimprefix", "trimsuffix", "tostring", "title":
			return args[0] // spelt another way, it is the environment's name still
		}
	}
	for _, a := range args {
		if !hclWhole(a) {
			return Value{Kind: Unknown}
		}
	}
	if v, ok := hclText(name, args); ok {
		return v
	}
	return s.run.library(name, args)
}

func (s *hclScope) arguments(x *hclsyntax.FunctionCallExpr) ([]Value, bool) {
	args := make([]Value, 0, len(x.Args))
	for i, a := range x.Args {
		v := s.eval(a)
		if !x.ExpandFinal || i < len(x.Args)-1 {
			args = append(args, v)
			continue
		}
		if v.Kind != List || hclOpen(v) {
			return nil, false
		}
		args = append(args, v.Items...)
	}
	return args, true
}

// hclTolerant holds the functions that errors do not go through.
func hclTolerant(name string, args []Value) (Value, bool) {
	switch name {
	case "try":
		for _, a := range args {
			if a.Kind != Absent {
				return a, true
			}
		}
		return Value{}, true
	case "can":
		if len(args) != 1 || args[0].Kind == Unknown {
			return Value{Kind: Unknown}, true
		}
		return Boolean(args[0].Kind != Absent), true
	}
	return Value{}, false
}

// hclWhole tells whether nothing within a value is unknown.
func hclWhole(v Value) bool {
	if v.Kind == Unknown || v.Kind == Absent {
		return false
	}
	for _, item := range v.Items {
		if !hclWhole(item) {
			return false
		}
	}
	for _, f := range v.Fields {
		if !hclWhole(f.Value) {
			return false
		}
	}
	return true
}

// hclCollection holds the functions that part-known collections pass through.
func hclCollection(name string, args []Value) (Value, bool) {
	if len(args) == 0 {
		return hclEmptyCall(name)
	}
	switch name {
	case "sensitive", "nonsensitive", "tolist", "tomap", "toset", "tostring", "tonumber", "tobool", "convert",
		"ephemeralasnull", "jsonencode", "yamlencode":
		return hclConvert(name, args[0]), true
	case "jsondecode", "yamldecode":
		return hclDecode(name, args[0]), true
	case "merge":
		return hclMerge(args), true
	case "concat", "setunion":
		return hclConcat(args, name == "setunion"), true
	case "coalesce", "coalescelist":
		return hclCoalesce(args), true
	case "compact", "distinct":
		return hclFilter(name, args[0]), true
	case "flatten":
		return hclFlatten(args[0]), true
	case "length":
		return hclLength(args[0]), true
	case "keys", "values":
		return hclMembers(name, args[0]), true
	case "one":
		return hclOne(args[0]), true
	case "lookup", "element", "contains", "zipmap", "slice", "index":
		return hclPair(name, args), true
	case "setsubtract", "setintersection":
		return hclSets(args, name == "setintersection"), true
	case "alltrue", "anytrue":
		return hclTruths(args[0], name == "anytrue"), true
	case "reverse":
		return hclReverse(args[0]), true
	case "join":
		return hclJoinText(args), true
	}
	return Value{}, false
}

func hclEmptyCall(name string) (Value, bool) {
	switch name {
	case "merge":
		return Value{Kind: Map}, true
	case "concat", "setunion":
		return Value{Kind: List}, true
	}
	return Value{}, false
}

func hclConvert(name string, v Value) Value {
	v = hclSameKind(name, v)
	if name == "toset" && v.Kind == List {
		return hclFilter("distinct", v)
	}
	return v
}

func hclSameKind(name string, v Value) Value {
	switch name {
	case "tostring":
		if hclScalar(v) {
			v.Kind = String
		}
	case "tonumber":
		if v.Kind == String {
			if _, ok := v.Float(); !ok {
				return Value{}
			}
			v.Kind = Number
		}
	case "tobool":
		if v.Kind == String {
			if v.Text != "true" && v.Text != "false" {
				return Value{}
			}
			v.Kind = Bool
		}
	}
	return v
}

// hclDecode reads JSON or YAML; what jsonencode kept as data is that already.
func hclDecode(name string, v Value) Value {
	if v.Kind != String || len(v.Text) > maxHCLString {
		return v
	}
	if d, ok := hclParseJSON(v.Text); ok {
		return hclUnplaced(d)
	}
	if name == "yamldecode" {
		if docs, faults := yamlDocuments("", []byte(v.Text)); len(docs) == 1 && len(faults) == 0 {
			if d := nodeValue(docs[0]); hclFits(d) {
				return hclUnplaced(d)
			}
		}
	}
	return Value{Kind: Unknown}
}
