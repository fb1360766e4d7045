package facts

import (
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
)

// settled is the inputs of an action with each condition on what starts the
// workflow (`push: ${{ github.event_name != 'pull_request' }}`) replaced by
// what it comes to: a Bool, or a List of both where it depends. In a called
// workflow its inputs count as its callers give them.
func (b *jobBuilder) settled(with Value, runs []situation) Value {
	if with.Kind != Map || !strings.Contains(textOf(with), "${{") {
		return with
	}
	fields := slices.Clone(with.Fields)
	for i, f := range fields {
		v := f.Value
		if v.Kind != String || !strings.HasPrefix(strings.TrimSpace(v.Text), "${{") {
			continue
		}
		if m := inputOrElse().FindStringSubmatch(v.Text); m != nil && b.asksNobody(runs) {
			v.Text = m[1]
			fields[i].Value = v
		} else {
			fields[i].Value = answers(v, b.asked(v, runs))
		}
	}
	with.Fields = fields
	return with
}

// inputOrElse is an input of whoever starts the workflow by hand, and what holds
// where nobody is asked.
var inputOrElse = lazily(`^\s*\$\{\{\s*(?:github\.event\.)?inputs\.[\w-]+\s*\|\|\s*'([^'\n]+)'\s*\}\}\s*$`)

// asksNobody tells whether something else than a person or another workflow
// starts this one, too.
func (b *jobBuilder) asksNobody(runs []situation) bool {
	return len(b.join.calls[b.w.path]) == 0 && slices.ContainsFunc(runs, func(s situation) bool { return s.event != "workflow_dispatch" && s.event != "workflow_call" })
}

// spelling is a condition with inputs written out, and where it is asked.
type spelling struct {
	text string
	runs []situation
}

var inputReference = lazily(`(^|[^.\w])inputs\.([A-Za-z_][\w-]*)`)

// asked is a condition as each caller of the workflow asks it.
func (b *jobBuilder) asked(v Value, runs []situation) []spelling {
	calls := b.join.calls[b.w.path]
	if len(calls) == 0 || !strings.Contains(v.Text, "inputs.") {
		return []spelling{{v.Text, runs}}
	}
	declared := b.w.top.Get("on").Get("workflow_call").Get("inputs")
	var out []spelling
	for _, c := range calls[:min(len(calls), maxMembers)] {
		text := inputReference().ReplaceAllStringFunc(v.Text, func(found string) string {
			m := inputReference().FindStringSubmatch(found)
			given := firstOf(c.inputs.Get(m[2]), declared.Get(m[2]).Get("default"))
			switch {
			case given.Kind == Bool || given.Text == "true" || given.Text == "false":
				return m[1] + given.Text
			case strings.HasPrefix(given.Text, "${{") && strings.Index(given.Text, "}}") == len(given.Text)-2:
				return m[1] + "(" + given.Text[3:len(given.Text)-2] + ")"
			case given.Kind == String && !strings.Contains(given.Text, "${{"):
				return m[1] + "'" + strings.ReplaceAll(given.Text, "'", "''") + "'"
			}
			return found
		})
		asked := slices.DeleteFunc(slices.Clone(runs), func(s situation) bool { return !slices.Contains(c.situations, s) })
		out = append(out, spelling{text, asked})
	}
	return out
}

// textOf is the scalar members of a map in one text.
func textOf(v Value) string {
	var b strings.Builder
	for _, f := range v.Fields {
		b.WriteString(f.Value.Text)
	}
	return b.String()
}

// answers is what a condition comes to in the situations; the value itself
// where it is no condition, or asks for what the files do not say. Which branch
// is the default is not in the files either, but a condition on nothing but
// the place of a run holds somewhere, or nobody would have written it.
func answers(v Value, spellings []spelling) Value {
	var yes, no, open bool
	for _, as := range spellings {
		node := condition(Str(as.text))
		if node == nil || !isCondition(node) {
			open = true
			continue
		}
		place := onlyPlace(node)
		for _, s := range as.runs {
			r := s.eval(node)
			open = open || !r.known && !place
			yes = yes || r.known && !r.falsy() || !r.known && place
			no = no || r.known && r.falsy() || !r.known && place
		}
	}
	var out []Value
	for _, b := range []struct{ is, value bool }{{yes, true}, {no, false}} {
		if b.is {
			x := Boolean(b.value)
			x.Start, x.End = v.Start, v.End
			out = append(out, x)
		}
	}
	if open || len(out) == 0 {
		out = append(out, v)
	}
	if len(out) == 1 {
		return out[0]
	}
	return Value{Kind: List, Items: out, Start: v.Start, End: v.End}
}

// isCondition tells whether an expression comes to true or false. That of
// `a && 'x' || 'y'` is a text, which eval does not keep.
func isCondition(node actionlint.ExprNode) bool {
	switch n := node.(type) {
	case *actionlint.CompareOpNode, *actionlint.NotOpNode, *actionlint.BoolNode:
		return true
	case *actionlint.LogicalOpNode:
		return isCondition(n.Left) && isCondition(n.Right)
	case *actionlint.FuncCallNode:
		return slices.Contains([]string{"startswith", "endswith", "contains"}, strings.ToLower(n.Callee))
	}
	return false
}

// placeContexts say where and by what a run was started.
var placeContexts = []string{
	"github.event_name", "github.ref", "github.ref_name", "github.ref_type", "github.repository", "github.repository_owner",
	"github.event.repository.default_branch", "github.event.repository.full_name", "github.event.repository.fork",
}

// isSetUp tells of `vars.REGISTRY != ”` and the like: who asks whether
// something is there wrote the step for where it is.
func isSetUp(n *actionlint.CompareOpNode) bool {
	asked, empty := n.Left, n.Right
	if _, ok := asked.(*actionlint.StringNode); ok {
		asked, empty = empty, asked
	}
	text, isText := empty.(*actionlint.StringNode)
	at, isName := asked.(*actionlint.ObjectDerefNode)
	if !isText || !isName || text.Value != "" || n.Kind != actionlint.CompareOpNodeKindNotEq {
		return false
	}
	name := derefPath(at)
	return strings.HasPrefix(name, "env.") || strings.HasPrefix(name, "vars.") || strings.HasPrefix(name, "secrets.")
}

// onlyPlace tells whether an expression looks at nothing but where and by what
// a run was started, and whether it was set up for that.
func onlyPlace(node actionlint.ExprNode) bool {
	switch n := node.(type) {
	case *actionlint.ObjectDerefNode:
		return slices.Contains(placeContexts, derefPath(n))
	case *actionlint.CompareOpNode:
		return onlyPlace(n.Left) && onlyPlace(n.Right) || isSetUp(n)
	case *actionlint.LogicalOpNode:
		return onlyPlace(n.Left) && onlyPlace(n.Right)
	case *actionlint.NotOpNode:
		return onlyPlace(n.Operand)
	case *actionlint.FuncCallNode:
		for _, a := range n.Args {
			if !onlyPlace(a) {
				return false
			}
		}
		return true
	case *actionlint.BoolNode, *actionlint.StringNode, *actionlint.IntNode, *actionlint.NullNode:
		return true
	}
	return false
}
