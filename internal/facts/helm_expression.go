package facts

import (
	"slices"
	"strings"
	"text/template/parse"
)

const kubeVersion = "v1.33.0" // what templates are told that they run on

// pipeline works out the commands of a pipe, each the last argument of the next.
func (e *templateEvaluator) pipeline(p *parse.PipeNode, dot Value, depth int) Value {
	if p == nil || depth > 4*maxRenderDepth {
		return Value{Kind: Unknown}
	}
	var v Value
	for i, cmd := range p.Cmds {
		if *e.steps--; *e.steps < 0 {
			return unknownAt(p)
		}
		v = e.command(cmd, dot, v, i > 0, depth+1)
	}
	return v
}

func (e *templateEvaluator) command(cmd *parse.CommandNode, dot, piped Value, hasPiped bool, depth int) Value {
	first := cmd.Args[0]
	id, isFunction := first.(*parse.IdentifierNode)
	if !isFunction && len(cmd.Args) == 1 && !hasPiped {
		return e.operand(first, dot, depth)
	}
	args := make([]Value, 0, len(cmd.Args))
	for _, a := range cmd.Args[1:] {
		if isFunction && len(args) > 0 && e.decided(id.Ident, args[len(args)-1]) {
			return args[len(args)-1] // `and` and `or` look no further
		}
		args = append(args, e.operand(a, dot, depth))
	}
	if hasPiped {
		args = append(args, piped)
	}
	if isFunction {
		return e.function(id.Ident, args, cmd, depth)
	}
	if field, ok := first.(*parse.FieldNode); ok && strings.HasSuffix(strings.Join(field.Ident, "."), "Capabilities.APIVersions.Has") && len(args) == 1 {
		return hasAPI(args[0].Text)
	}
	if v, ok := first.(*parse.VariableNode); ok && strings.HasSuffix(strings.Join(v.Ident, "."), "Capabilities.APIVersions.Has") && len(args) == 1 {
		return hasAPI(args[0].Text)
	}
	return unknownAt(cmd)
}

func (e *templateEvaluator) decided(name string, v Value) bool {
	return name == "and" && truth(v) == no || name == "or" && truth(v) == yes
}

func (e *templateEvaluator) operand(n parse.Node, dot Value, depth int) Value {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return e.member(dot, n.Ident, n)
	case *parse.VariableNode:
		for _, v := range slices.Backward(e.vars) {
			if v.Key == n.Ident[0] {
				return e.member(v.Value, n.Ident[1:], n)
			}
		}
		return unknownAt(n)
	case *parse.ChainNode:
		base := e.operand(n.Node, dot, depth+1)
		if base.Kind == Absent || base.Kind == Null { // (.a).b is how charts ask without failing
			return Value{}
		}
		return e.member(base, n.Field, n)
	case *parse.PipeNode:
		return e.pipe(n, dot, depth+1)
	case *parse.IdentifierNode:
		return e.function(n.Ident, nil, n, depth)
	case *parse.StringNode:
		return Str(n.Text)
	case *parse.BoolNode:
		return Boolean(n.True)
	case *parse.NumberNode:
		return Value{Kind: Number, Text: n.Text}
	case *parse.NilNode:
		return Value{Kind: Null}
	}
	return unknownAt(n)
}

// member follows names into a value. A member of nothing would stop Helm, so
// whoever runs the chart gives it: it is not known.
func (e *templateEvaluator) member(v Value, names []string, source parse.Node) Value {
	for _, name := range names {
		if v.Kind != Map {
			return unknownAt(source)
		}
		*e.steps -= len(v.Fields) / 64
		v = v.Get(name)
	}
	return v
}

// hasAPI tells whether a cluster of today serves an API. What comes with
// custom resources is not known.
func hasAPI(api string) Value {
	group, rest, found := strings.Cut(api, "/")
	if !found {
		group, rest = "", api
	}
	version, _, _ := strings.Cut(rest, "/")
	if strings.Contains(group, ".") && !strings.HasSuffix(group, ".k8s.io") {
		return Value{Kind: Unknown, Text: "has " + api}
	}
	return Boolean(!strings.Contains(version, "alpha") && !strings.Contains(version, "beta"))
}

func sortedFields(fields []Field) []Field {
	out := slices.Clone(fields)
	slices.SortStableFunc(out, func(a, b Field) int { return strings.Compare(a.Key, b.Key) })
	return out
}
