package facts

import (
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
)

// operand is what an expression comes to, as far as the situation tells.
type operand struct {
	known bool
	text  string // "true", "false", a string; "" for null
	ref   string // for github.ref and its kin: default, other, tag or pull
	full  bool   // ref is written refs/…
	who   bool   // names whoever made the change, who is a person
}

var (
	exprTrue  = operand{known: true, text: "true"}
	exprFalse = operand{known: true, text: "false"}
)

// condition is the parsed `if` of a job or step; nil when it may always hold.
func condition(v Value) actionlint.ExprNode {
	text := strings.TrimSpace(v.Text)
	if v.Kind == Absent || v.Kind == Null || text == "" {
		return nil
	}
	if strings.HasPrefix(text, "${{") && strings.Index(text, "}}") == len(text)-2 {
		text = text[3 : len(text)-2]
	} else if strings.Contains(text, "${{") {
		return nil // a string with something filled in is true
	}
	return parseExpr(text)
}

func (v operand) falsy() bool {
	return v.text == "false" || v.text == "" || v.text == "0"
}

// parseExpr parses the inside of ${{ }}; nil when it is no expression.
func parseExpr(text string) (node actionlint.ExprNode) {
	defer func() {
		if recover() != nil { // the parser is not ours; a condition it can't take may hold
			node = nil
		}
	}()
	if len(text) > 4000 {
		return nil
	}
	node, err := actionlint.NewExprParser().Parse(actionlint.NewExprLexer(text + "}}"))
	if err != nil {
		return nil
	}
	return node
}

func (s situation) eval(node actionlint.ExprNode) operand {
	switch n := node.(type) {
	case *actionlint.BoolNode:
		if n.Value {
			return exprTrue
		}
		return exprFalse
	case *actionlint.NullNode:
		return operand{known: true}
	case *actionlint.StringNode:
		return operand{known: true, text: n.Value}
	case *actionlint.IntNode:
		if n.Value == 0 {
			return operand{known: true, text: "0"}
		}
		return exprTrue
	case *actionlint.NotOpNode:
		return negate(s.eval(n.Operand))
	case *actionlint.LogicalOpNode:
		return s.logical(n)
	case *actionlint.CompareOpNode:
		v := s.equal(s.eval(n.Left), s.eval(n.Right))
		switch n.Kind {
		case actionlint.CompareOpNodeKindEq:
			return v
		case actionlint.CompareOpNodeKindNotEq:
			return negate(v)
		}
	case *actionlint.FuncCallNode:
		return s.call(n)
	case *actionlint.ObjectDerefNode:
		return s.context(derefPath(n))
	}
	return operand{}
}

func (s situation) logical(n *actionlint.LogicalOpNode) operand {
	l, r := s.eval(n.Left), s.eval(n.Right)
	if n.Kind == actionlint.LogicalOpNodeKindAnd {
		switch {
		case l.known && l.falsy():
			return l
		case l.known:
			return r
		case r.known && r.falsy():
			return exprFalse
		}
		return operand{}
	}
	switch {
	case l.known && !l.falsy():
		return l
	case l.known:
		return r
	case r.known && !r.falsy():
		return exprTrue
	}
	return operand{}
}

func negate(v operand) operand {
	switch {
	case !v.known:
		return v
	case v.falsy():
		return exprTrue
	}
	return exprFalse
}

func (s situation) equal(l, r operand) operand {
	if r.ref != "" || r.who {
		l, r = r, l
	}
	if l.who && r.known && s.isBot(r.text) {
		return exprFalse
	}
	if l.ref != "" && r.known {
		return refEquals(l, r.text)
	}
	if !l.known || !r.known {
		return operand{}
	}
	if strings.EqualFold(l.text, r.text) {
		return exprTrue
	}
	return exprFalse
}

// refEquals compares the ref of a situation with a literal.
func refEquals(ref operand, want string) operand {
	name := want
	kind := "branch"
	if ref.full {
		switch {
		case strings.HasPrefix(want, "refs/heads/"):
			name = strings.TrimPrefix(want, "refs/heads/")
		case strings.HasPrefix(want, "refs/tags/"):
			kind = "tag"
		default:
			return exprFalse
		}
	} else if ref.ref == "tag" && !slices.Contains(defaultBranches, want) {
		kind = "tag"
	}
	switch {
	case ref.ref == "pull":
		return exprFalse
	case (ref.ref == "tag") != (kind == "tag"):
		return exprFalse
	case ref.ref == "default" && !slices.Contains(defaultBranches, name) && !strings.HasPrefix(name, "release") && ref.full:
		return exprFalse
	case ref.ref == "other" && slices.Contains(defaultBranches[:3], name):
		return exprFalse
	}
	return operand{}
}

// context is the value of a context that the situation decides.
func (s situation) context(path string) operand {
	if actorContexts[path] && s.madeByPeople() {
		return operand{who: true}
	}
	switch path {
	case "github.event_name":
		return operand{known: true, text: s.event}
	case "github.ref", "github.ref_name", "github.event.ref":
		if kind := s.refKind(); kind != "" {
			return operand{ref: kind, full: path != "github.ref_name"}
		}
	case "github.ref_type":
		switch s.refKind() {
		case "tag":
			return operand{known: true, text: "tag"}
		case "default", "other", "pull":
			return operand{known: true, text: "branch"}
		}
	case "github.event.pull_request.merged":
		if !strings.HasSuffix(s.name, "_closed") {
			return exprFalse
		}
	case "github.event.pull_request.number", "github.event.pull_request":
		if !strings.HasPrefix(s.event, "pull_request") {
			return operand{known: true}
		}
	}
	return operand{}
}

func (s situation) refKind() string {
	switch s.name {
	case "push_default", "schedule", "workflow_run", afterCI:
		return "default"
	case "push_other":
		return "other"
	case "push_tag", "release":
		return "tag"
	case "pull_request", "pull_request_closed", "pull_request_other":
		return "pull"
	}
	return ""
}

func (s situation) call(n *actionlint.FuncCallNode) operand {
	switch strings.ToLower(n.Callee) {
	case "always", "success":
		return exprTrue
	case "endswith":
		if len(n.Args) == 2 {
			if v := s.eval(n.Args[0]); v.who {
				return s.equal(v, s.eval(n.Args[1]))
			}
		}
	case "startswith":
		if len(n.Args) != 2 {
			return operand{}
		}
		v, prefix := s.eval(n.Args[0]), s.eval(n.Args[1])
		if v.who {
			return s.equal(v, prefix)
		}
		if v.ref == "" || !v.full || !prefix.known {
			return operand{}
		}
		is := map[string]string{"default": "refs/heads/", "other": "refs/heads/", "tag": "refs/tags/", "pull": "refs/pull/"}[v.ref]
		if strings.HasPrefix(is, prefix.text) {
			return exprTrue
		}
		if !strings.HasPrefix(prefix.text, is) {
			return exprFalse
		}
	case "contains":
		if len(n.Args) == 2 {
			return s.containsEvent(n)
		}
	}
	return operand{}
}

// containsEvent is contains(fromJSON('["push"]'), github.event_name) and
// contains('push release', github.event_name).
func (s situation) containsEvent(n *actionlint.FuncCallNode) operand {
	item := s.eval(n.Args[1])
	list := s.eval(n.Args[0])
	if f, ok := n.Args[0].(*actionlint.FuncCallNode); ok && strings.EqualFold(f.Callee, "fromjson") && len(f.Args) == 1 {
		list = s.eval(f.Args[0])
	}
	if list.who && item.known && s.isBot(item.text) || item.who && list.known && s.onlyBots(list.text) {
		return exprFalse
	}
	if !item.known || !list.known {
		return operand{}
	}
	if strings.Contains(list.text, item.text) {
		return exprTrue
	}
	return exprFalse
}

func derefPath(n actionlint.ExprNode) string {
	switch n := n.(type) {
	case *actionlint.ObjectDerefNode:
		return derefPath(n.Receiver) + "." + n.Property
	case *actionlint.VariableNode:
		return n.Name
	}
	return "?"
}

// possible is the situations in which the condition is not sure to fail.
func possible(all []situation, v Value) []situation {
	node := condition(v)
	if node == nil {
		return all
	}
	var out []situation
	for _, s := range all {
		if r := s.eval(node); !r.known || !r.falsy() {
			out = append(out, s)
		}
	}
	return out
}
