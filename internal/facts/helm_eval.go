package facts

import (
	"strings"
	"text/template/parse"
)

// The bounds of rendering one template, of which people's take ten thousand
// steps at most, and of all of a tree: what is beyond them is not known.
const (
	maxRenderSteps = 200_000
	minRenderSteps = 1_000     // for each, whatever others took
	maxTreeSteps   = 2_000_000 // and stepsPerByte of what there is to render
	stepsPerByte   = 4
	maxRenderDepth = 60
	maxRenderBytes = maxYAMLBytes
)

// templateEvaluator works a parsed template out. It runs none of the
// template's code: it walks the syntax and knows a fixed set of functions.
// Values that are not known flow through it as Unknown.
type templateEvaluator struct {
	out     *rendered
	text    string // of the template file, to count lines in
	defined map[string]*parse.Tree
	root    Value
	vars    []Field
	maybe   int  // conditions around that are not known
	nested  int  // named templates under way
	unsure  bool // a condition that is not known has shaped the output
	steps   *int
	filled  bool           // what has no value is given one by whoever runs the chart
	stop    parse.NodeType // NodeBreak or NodeContinue while one is carried out
	counted struct{ pos, line int }
}

// renderTemplate takes its steps from those that the tree has left. It is not
// done where they do not suffice.
func renderTemplate(tree *parse.Tree, f chartFile, c *chart, defined map[string]*parse.Tree, filled bool, left *int) (r rendered, done bool) {
	steps := min(maxRenderSteps, max(*left, minRenderSteps))
	*left -= steps
	e := &templateEvaluator{out: &r, text: f.text, defined: defined, root: templateRoot(c, f), filled: filled, steps: &steps}
	e.vars = []Field{{"$", e.root}}
	if tree.Root != nil {
		e.list(tree.Root, e.root, 0)
	}
	*left += max(steps, 0)
	return r, steps >= 0
}

// templateRoot is what a template finds under its dot.
func templateRoot(c *chart, f chartFile) Value {
	unknown := func(text string) Value { return Value{Kind: Unknown, Text: text} }
	about := Value{Kind: Map}
	for _, f := range c.about.Fields {
		if f.Key != "" {
			about.Fields = append(about.Fields, Field{strings.ToUpper(f.Key[:1]) + f.Key[1:], f.Value})
		}
	}
	values := c.values
	if values.Kind != Map {
		values = Value{Kind: Map}
	}
	version := Value{Kind: Map, Fields: []Field{{"GitVersion", Str(kubeVersion)}, {"Version", Str(kubeVersion)}, {"Major", Str("1")}, {"Minor", Str("33")}}}
	return Value{Kind: Map, Fields: []Field{
		{"Values", values}, {"Chart", about},
		{"Release", Value{Kind: Map, Fields: []Field{
			{"Name", unknown(".Release.Name")}, {"Namespace", unknown(".Release.Namespace")}, {"Service", Str("Helm")},
			{"IsInstall", Boolean(true)}, {"IsUpgrade", Boolean(false)}, {"Revision", Num(1)},
		}}},
		{"Capabilities", Value{Kind: Map, Fields: []Field{{"KubeVersion", version}, {"APIVersions", unknown(".Capabilities.APIVersions")}, {"HelmVersion", unknown(".Capabilities.HelmVersion")}}}},
		{"Template", Value{Kind: Map, Fields: []Field{{"Name", Str(f.path)}, {"BasePath", Str(c.dir + "/templates")}}}},
		{"Files", unknown(".Files")}, {"Subcharts", unknown(".Subcharts")},
	}}
}

// lineOf is the line of the template file that a position lies on. Positions
// of a file come nearly in order, so counting goes on from the last one.
func (e *templateEvaluator) lineOf(pos parse.Pos) int {
	at := min(int(pos), len(e.text))
	if at < e.counted.pos {
		e.counted.pos, e.counted.line = 0, 0
	}
	e.counted.line += strings.Count(e.text[e.counted.pos:at], "\n")
	e.counted.pos = at
	return e.counted.line + 1
}

func (e *templateEvaluator) emit(text string, pos parse.Pos, literal bool) {
	if len(e.out.text)+len(text) > maxRenderBytes {
		*e.steps = -1
		return
	}
	unsure := e.maybe > 0
	if e.nested > 0 { // what a named template makes is placed where it is used
		e.out.text = append(e.out.text, text...)
		e.unsure = e.unsure || unsure && strings.TrimSpace(text) != ""
		return
	}
	if line := e.lineOf(pos); literal {
		e.out.write(text, line, unsure)
	} else {
		e.out.inserted(text, line, unsure || e.unsure)
		e.unsure = false
	}
}

func (e *templateEvaluator) list(l *parse.ListNode, dot Value, depth int) {
	if l == nil || depth > 4*maxRenderDepth {
		return
	}
	vars := len(e.vars)
	for _, n := range l.Nodes {
		if *e.steps--; *e.steps < 0 || e.stop != 0 {
			break
		}
		e.node(n, dot, depth+1)
	}
	e.vars = e.vars[:vars]
}

func (e *templateEvaluator) node(n parse.Node, dot Value, depth int) {
	switch n := n.(type) {
	case *parse.TextNode:
		e.emit(string(n.Text), n.Pos, true)
	case *parse.ActionNode:
		v := e.pipe(n.Pipe, dot, depth)
		if len(n.Pipe.Decl) == 0 {
			e.emit(e.printed(v, n.Pipe), n.Pos, false)
		}
	case *parse.IfNode:
		e.branch(&n.BranchNode, dot, depth)
	case *parse.WithNode:
		e.branch(&n.BranchNode, dot, depth)
	case *parse.RangeNode:
		e.loop(n, dot, depth)
	case *parse.TemplateNode:
		arg := Value{}
		if n.Pipe != nil {
			arg = e.pipe(n.Pipe, dot, depth)
		}
		e.emit(e.include(n.Name, arg, depth), n.Pos, false)
	case *parse.BreakNode, *parse.ContinueNode:
		if e.maybe == 0 {
			e.stop = n.Type()
		}
	}
}

// branch takes the way that a condition tells. When it does not tell, the
// first way is taken and what it makes is uncertain.
func (e *templateEvaluator) branch(n *parse.BranchNode, dot Value, depth int) {
	vars, unsure := len(e.vars), e.unsure
	e.unsure = false
	condition := e.pipe(n.Pipe, dot, depth)
	decided := truth(condition)
	if e.unsure { // a named template that is itself uncertain
		decided = maybe
	}
	e.unsure = unsure
	then := dot
	if n.NodeType == parse.NodeWith {
		then = condition
	}
	switch decided {
	case yes:
		e.list(n.List, then, depth)
	case no:
		e.list(n.ElseList, dot, depth)
	default:
		e.maybe++
		e.list(n.List, then, depth)
		e.maybe--
	}
	e.vars = e.vars[:vars]
}

func (e *templateEvaluator) loop(n *parse.RangeNode, dot Value, depth int) {
	over := e.pipeline(n.Pipe, dot, depth)
	*e.steps -= len(over.Fields) / 16
	vars := len(e.vars)
	body := func(key, item Value) bool {
		e.vars = e.vars[:vars]
		switch len(n.Pipe.Decl) {
		case 1:
			e.vars = append(e.vars, Field{n.Pipe.Decl[0].Ident[0], item})
		case 2:
			e.vars = append(e.vars, Field{n.Pipe.Decl[0].Ident[0], key}, Field{n.Pipe.Decl[1].Ident[0], item})
		}
		e.list(n.List, item, depth)
		stopped := e.stop == parse.NodeBreak
		e.stop = 0
		return *e.steps > 0 && !stopped
	}
	switch {
	case over.Kind == Unknown:
		e.maybe++
		body(over, over)
		e.maybe--
	case over.Kind == List && len(over.Items) > 0:
		for i, item := range over.Items {
			if !body(Num(i), item) {
				break
			}
		}
	case over.Kind == Map && len(over.Fields) > 0:
		for _, f := range sortedFields(over.Fields) {
			if !body(Str(f.Key), f.Value) {
				break
			}
		}
	default:
		e.list(n.ElseList, dot, depth)
	}
	e.vars = e.vars[:vars]
}

// pipe works a pipeline out and keeps it in the variables that it names.
func (e *templateEvaluator) pipe(p *parse.PipeNode, dot Value, depth int) Value {
	v := e.pipeline(p, dot, depth)
	for _, decl := range p.Decl {
		if !p.IsAssign {
			e.vars = append(e.vars, Field{decl.Ident[0], v})
			continue
		}
		for i := len(e.vars) - 1; i >= 0; i-- {
			if e.vars[i].Key == decl.Ident[0] {
				if e.maybe > 0 {
					v = unknownAt(p)
				}
				e.vars[i].Value = v
				break
			}
		}
	}
	return v
}

// include renders a named template to a text.
func (e *templateEvaluator) include(name string, dot Value, depth int) string {
	tree := e.defined[name]
	if tree == nil || tree.Root == nil || e.nested > maxRenderDepth || *e.steps < 0 {
		return e.out.mark("include " + name)
	}
	before := e.unsure
	e.unsure = false
	text := e.apart(tree.Root, dot, depth)
	// A name of which a part is not known is no reason to doubt all else that
	// the template around it makes.
	if e.unsure && e.nested > 0 && !strings.Contains(strings.TrimSpace(text), "\n") {
		e.unsure = before
		return e.out.mark("include " + name)
	}
	e.unsure = e.unsure || before
	return text
}

// apart renders a template on its own, to a text that the caller places.
func (e *templateEvaluator) apart(body *parse.ListNode, dot Value, depth int) string {
	kept, vars := e.out.text, e.vars
	e.out.text, e.vars = nil, []Field{{"$", dot}}
	e.nested++
	e.list(body, dot, depth)
	e.nested--
	text := string(e.out.text)
	e.out.text, e.vars = kept, vars
	return text
}

// printed is the text that a value makes where it stands.
func (e *templateEvaluator) printed(v Value, source parse.Node) string {
	switch v.Kind {
	case Absent, Null:
		if e.filled {
			return e.out.mark(source.String())
		}
		return ""
	case String, Number, Bool:
		return v.Text
	}
	text := v.Text
	if v.Kind != Unknown || text == "" {
		text = source.String()
	}
	return e.out.mark(text)
}

// truth is what a template takes a value for in a condition.
func truth(v Value) tri {
	switch v.Kind {
	case Unknown:
		return maybe
	case Bool:
		return triOf(v.Text == "true")
	case Number:
		f, _ := v.Float()
		return triOf(f != 0)
	case String:
		if strings.HasPrefix(strings.TrimLeft(v.Text[:min(256, len(v.Text))], " \n"), markOpen) {
			return maybe
		}
		return triOf(v.Text != "")
	case List:
		return triOf(len(v.Items) > 0)
	case Map:
		return triOf(len(v.Fields) > 0)
	}
	return no
}
