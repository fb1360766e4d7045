package facts

// postfix is what follows a value: members, indexes, arguments.
func (p *bicepParser) postfix(x bicepExpr) bicepExpr {
	for {
		t := p.now()
		switch {
		case p.take(".") || p.take(".?") || p.take("::"):
			name := p.next()
			x = bicepExpr{op: "member", text: name.text, parts: []bicepExpr{x}, start: x.start, end: name.line}
		case !t.first && p.take("["):
			p.take("?")
			i := p.expr()
			p.take("]")
			x = bicepExpr{op: "index", parts: []bicepExpr{x, i}, start: x.start, end: i.end}
		case !t.first && (x.op == "name" || x.op == "member") && p.take("("):
			call := bicepExpr{op: "call", text: x.text, start: x.start}
			if x.op == "member" && !(x.parts[0].op == "name" && (x.parts[0].text == "sys" || x.parts[0].text == "az")) {
				call.op = "unknown" // a method: getSecret, listKeys
			}
			call.parts = p.list(")")
			call.end = p.last()
			x = call
		case !t.first && p.is("!"):
			p.at++
		default:
			return x
		}
	}
}

// list is expressions up to the bracket that closes them.
func (p *bicepParser) list(end string) []bicepExpr {
	var out []bicepExpr
	for p.now().kind != 0 && !p.take(end) {
		if p.take(",") || p.take("...") {
			continue
		}
		before := p.at
		out = append(out, p.expr())
		if p.at == before {
			p.at++
		}
	}
	return out
}

func (p *bicepParser) primary() bicepExpr {
	t := p.now()
	x := bicepExpr{start: t.line, end: t.line}
	switch {
	case t.kind == 's':
		p.at++
		return bicepText(t)
	case t.kind == '0':
		p.at++
		x.value = Value{Kind: Number, Text: t.text, Start: t.line, End: t.line}
	case p.is("{"):
		return p.object()
	case p.is("["):
		return p.array()
	case p.take("("):
		x.parts = p.list(")")
		if p.take("=>") || len(x.parts) != 1 {
			p.lambda()
			return bicepExpr{op: "unknown", start: t.line, end: t.line}
		}
		return x.parts[0]
	case t.kind == 'n':
		p.at++
		switch t.text {
		case "true", "false":
			x.value = Value{Kind: Bool, Text: t.text, Start: t.line, End: t.line}
		case "null":
			x.value = Value{Kind: Null, Start: t.line, End: t.line}
		default:
			x.op, x.text = "name", t.text
			if p.take("=>") {
				p.expr()
				x.op = "unknown"
			}
		}
	default:
		x.op = "unknown"
		if t.kind != 0 && !t.first && !p.is("}") && !p.is("]") && !p.is(")") && !p.is(":") && !p.is(",") {
			p.at++
		}
	}
	return x
}

// lambda passes over what a function without a name does.
func (p *bicepParser) lambda() {
	if t := p.tokens[max(p.at-1, 0)]; t.text == "=>" {
		p.expr()
	}
}

// bicepText is a string: a literal where nothing is filled in.
func bicepText(t bicepToken) bicepExpr {
	x := bicepExpr{start: t.line, end: t.line}
	if len(t.parts) == 1 && !t.parts[0].code {
		x.value = Value{Kind: String, Text: t.parts[0].text, Start: t.line, End: t.line}
		return x
	}
	x.op, x.text = "text", t.text
	for _, part := range t.parts {
		piece := bicepExpr{value: Str(part.text), start: t.line, end: t.line}
		if part.code {
			inner := &bicepParser{tokens: bicepTokens(part.text), depth: maxNesting - 20}
			piece = inner.expr()
		}
		x.parts = append(x.parts, piece)
	}
	return x
}

func (p *bicepParser) object() bicepExpr {
	x := bicepExpr{op: "object", start: p.next().line}
	for p.now().kind != 0 && !p.is("}") {
		before := p.at
		switch {
		case p.take(","):
		case p.take("@"):
			p.expr()
		case p.take("..."):
			x.members = append(x.members, bicepMember{bicepExpr{op: "unknown"}, p.expr()})
		case p.is("resource") && p.tokens[p.at+1].kind == 'n':
			if s, ok := p.statement(); ok {
				x.inside = append(x.inside, s)
			}
		default:
			key := p.primary()
			if key.op == "name" {
				key = bicepExpr{value: Str(key.text), start: key.start, end: key.end}
			}
			if p.take(":") {
				x.members = append(x.members, bicepMember{key, p.expr()})
			}
		}
		if p.at == before {
			p.at++
		}
	}
	x.end = p.next().line
	return x
}

// array is a list, or what a loop makes.
func (p *bicepParser) array() bicepExpr {
	start := p.next().line
	if !p.is("for") || p.tokens[p.at+1].kind == 0 || p.tokens[p.at+1].text == ":" {
		parts := p.list("]")
		return bicepExpr{op: "list", parts: parts, start: start, end: p.last()}
	}
	p.at++
	x := bicepExpr{op: "for", text: p.now().text, start: start}
	if p.take("(") {
		x.text = p.now().text
		for p.now().kind != 0 && !p.take(")") {
			p.at++
		}
	} else {
		p.at++
	}
	p.take("in")
	list := p.expr()
	p.take(":")
	body := p.body()
	x.parts = []bicepExpr{list, body}
	p.take("]")
	x.end = p.last()
	return x
}
