package facts

import "strings"

// bicepExpr is one expression. What kind of node it is, op says: a literal has
// none; name, text, object, list, call, member, index, for, unknown; of an
// operator it is the sign, ? of a choice.
type bicepExpr struct {
	op      string
	text    string // of a name, call, member or sign; the variable of a loop
	value   Value  // of a literal
	parts   []bicepExpr
	members []bicepMember
	inside  []bicepStatement // resources that stand within the body of another
	start   int
	end     int
}

// bicepMember is a member of an object; without a key it is spread into it.
type bicepMember struct{ key, value bicepExpr }

// bicepStatement is a parameter, variable, resource or module.
type bicepStatement struct {
	word       string // param, var, resource, module, using
	name       string
	of         string // the type of a resource or parameter, the path of a module
	existing   bool
	body       *bicepExpr
	start, end int
}

// bicepParser reads tokens. What it does not understand it passes over, to the
// beginning of the next statement.
type bicepParser struct {
	tokens []bicepToken
	at     int
	depth  int
}

func parseBicep(src string) []bicepStatement {
	p := &bicepParser{tokens: bicepTokens(src)}
	var out []bicepStatement
	for p.now().kind != 0 {
		before := p.at
		if s, ok := p.statement(); ok {
			out = append(out, s)
		}
		p.passLine(before)
	}
	return out
}

func (p *bicepParser) now() bicepToken { return p.tokens[p.at] }

// next takes a token; the end of the file stays where it is.
func (p *bicepParser) next() bicepToken {
	t := p.now()
	if t.kind != 0 {
		p.at++
	}
	return t
}

// last is the line of what was taken last.
func (p *bicepParser) last() int { return p.tokens[max(p.at-1, 0)].line }

func (p *bicepParser) is(text string) bool {
	t := p.now()
	return t.kind != 's' && t.text == text
}

func (p *bicepParser) take(text string) bool {
	if !p.is(text) {
		return false
	}
	p.at++
	return true
}

// passLine goes on to the next token that begins a line outside all brackets,
// at least one further than where the statement began.
func (p *bicepParser) passLine(from int) {
	depth := 0
	for p.now().kind != 0 {
		t := p.now()
		if t.first && depth <= 0 && p.at > from && !p.is("|") && !p.is("}") && !p.is("]") && !p.is(")") {
			return
		}
		if t.kind == '=' && len(t.text) == 1 {
			depth += int(nesting[t.text[0]])
		}
		p.at++
	}
}

// maxBicepType bounds what is kept of a type's name.
const maxBicepType = 32

func (p *bicepParser) statement() (bicepStatement, bool) {
	s := bicepStatement{word: p.now().text, start: p.now().line}
	if p.now().kind != 'n' {
		return s, false
	}
	switch p.at++; s.word {
	case "using":
		s.of = literalText(p.next())
	case "param", "var":
		s.name = p.next().text
		for !p.is("=") && !p.now().first {
			if t := p.next(); len(s.of) < maxBicepType {
				s.of += t.text
			}
		}
		if p.take("=") {
			x := p.expr()
			s.body = &x
		}
	case "resource", "module":
		s.name = p.next().text
		s.of = literalText(p.next())
		s.existing = p.take("existing")
		if !p.take("=") {
			return s, false
		}
		x := p.body()
		s.body = &x
	default:
		return s, false
	}
	s.end = p.last()
	return s, true
}

// body is what a resource or module is: an object, one on a condition, or one
// for each of a list.
func (p *bicepParser) body() bicepExpr {
	start := p.now().line
	if !p.take("if") {
		return p.expr()
	}
	p.take("(")
	condition := p.expr()
	p.take(")")
	body := p.expr()
	return bicepExpr{op: "if", parts: []bicepExpr{condition, body}, start: start, end: body.end}
}

func literalText(t bicepToken) string {
	var b strings.Builder
	for _, part := range t.parts {
		if part.code {
			return ""
		}
		b.WriteString(part.text)
	}
	return b.String()
}

// expr is an expression, a choice included.
func (p *bicepParser) expr() bicepExpr {
	if p.depth++; p.depth > maxNesting {
		p.depth--
		t := p.next()
		return bicepExpr{op: "unknown", start: t.line, end: t.line}
	}
	defer func() { p.depth-- }()
	x := p.binary(0)
	if !p.take("?") {
		return x
	}
	a := p.expr()
	p.take(":")
	b := p.expr()
	return bicepExpr{op: "?", parts: []bicepExpr{x, a, b}, start: x.start, end: b.end}
}

// bicepRank is how tightly an operator binds, from 1; 0 of what is none.
func bicepRank(t bicepToken) int {
	if t.kind != '=' {
		return 0
	}
	switch t.text {
	case "??":
		return 1
	case "||":
		return 2
	case "&&":
		return 3
	case "==", "!=", "=~", "!~":
		return 4
	case "<", ">", "<=", ">=":
		return 5
	case "+", "-":
		return 6
	case "*", "/", "%":
		return 7
	}
	return 0
}

func (p *bicepParser) binary(least int) bicepExpr {
	x := p.unary()
	for {
		t := p.now()
		rank := bicepRank(t)
		if rank == 0 || rank <= least || t.first && t.text == "-" {
			return x
		}
		p.at++
		y := p.binary(rank)
		x = bicepExpr{op: t.text, parts: []bicepExpr{x, y}, start: x.start, end: y.end}
	}
}

func (p *bicepParser) unary() bicepExpr {
	if t := p.now(); p.is("!") || p.is("-") {
		if p.depth++; p.depth > maxNesting {
			p.depth--
			p.at++
			return bicepExpr{op: "unknown", start: t.line, end: t.line}
		}
		defer func() { p.depth-- }()
		p.at++
		x := p.unary()
		return bicepExpr{op: "not" + t.text, parts: []bicepExpr{x}, start: t.line, end: x.end}
	}
	return p.postfix(p.primary())
}
