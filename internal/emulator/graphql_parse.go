package emulator

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// selection is a field, or an inline fragment when On is set.
type selection struct {
	Alias  string
	Name   string
	On     string // type condition of a fragment
	Spread string // name of a fragment
	Args   map[string]any
	Fields []selection
}

// variable stands for $name in arguments until the query runs.
type variable string

// document is a parsed query with one operation.
type document struct {
	Kind      string // query or mutation
	Fields    []selection
	Defaults  map[string]any
	Fragments map[string]selection
}

// graphqlParser reads the part of GraphQL that clients of GitHub use: operations,
// variables, aliases, arguments and fragments. Directives are skipped.
type graphqlParser struct {
	text  string
	at    int
	depth int
}

const maxGraphQLDepth = 60

func parseGraphQL(text string) (doc document, err error) {
	p := &graphqlParser{text: text}
	defer func() {
		if r := recover(); r != nil {
			fault, ok := r.(parseFault)
			if !ok {
				panic(r)
			}
			err = fault
		}
	}()
	doc = document{Defaults: map[string]any{}, Fragments: map[string]selection{}}
	for p.skip(); p.at < len(p.text); p.skip() {
		p.definition(&doc)
	}
	if doc.Kind == "" {
		p.fail("no operation")
	}
	return doc, nil
}

// parseFault unwinds the parser; it never leaves parseGraphQL as a panic.
type parseFault struct{ message string }

func (f parseFault) Error() string { return f.message }

func (p *graphqlParser) fail(format string, args ...any) {
	panic(parseFault{fmt.Sprintf("Parse error on offset %d: ", p.at) + fmt.Sprintf(format, args...)})
}

// skip passes over blanks, commas and comments.
func (p *graphqlParser) skip() {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '#':
			for p.at < len(p.text) && p.text[p.at] != '\n' {
				p.at++
			}
		case strings.IndexByte(" \t\r\n,", c) >= 0:
			p.at++
		case strings.HasPrefix(p.text[p.at:], "\uFEFF"):
			p.at += 3
		default:
			return
		}
	}
}

func (p *graphqlParser) peek(token string) bool {
	p.skip()
	return strings.HasPrefix(p.text[p.at:], token)
}

func (p *graphqlParser) accept(token string) bool {
	if p.peek(token) {
		p.at += len(token)
		return true
	}
	return false
}

func (p *graphqlParser) expect(token string) {
	if !p.accept(token) {
		p.fail("expected %q", token)
	}
}

func (p *graphqlParser) name() string {
	p.skip()
	start := p.at
	for p.at < len(p.text) && (p.text[p.at] == '_' || p.text[p.at] >= '0' && p.text[p.at] <= '9' || p.text[p.at]|0x20 >= 'a' && p.text[p.at]|0x20 <= 'z') {
		p.at++
	}
	if start == p.at {
		p.fail("expected a name")
	}
	return p.text[start:p.at]
}

func (p *graphqlParser) definition(doc *document) {
	if p.peek("{") {
		doc.Kind, doc.Fields = "query", p.fields()
		return
	}
	switch kind := p.name(); kind {
	case "query", "mutation":
		doc.Kind = kind
		if !p.peek("(") && !p.peek("{") && !p.peek("@") {
			p.name()
		}
		p.variables(doc)
		p.directives()
		doc.Fields = p.fields()
	case "fragment":
		name := p.name()
		if p.name() != "on" {
			p.fail("expected on")
		}
		f := selection{On: p.name()}
		p.directives()
		f.Fields = p.fields()
		doc.Fragments[name] = f
	default:
		p.fail("unexpected %q", kind)
	}
}

func (p *graphqlParser) variables(doc *document) {
	if !p.accept("(") {
		return
	}
	for !p.accept(")") {
		p.expect("$")
		name := p.name()
		p.expect(":")
		p.typeName()
		if p.accept("=") {
			doc.Defaults[name] = p.value()
		}
	}
}

func (p *graphqlParser) typeName() {
	if p.accept("[") {
		p.typeName()
		p.expect("]")
	} else {
		p.name()
	}
	p.accept("!")
}

func (p *graphqlParser) directives() {
	for p.accept("@") {
		p.name()
		p.arguments()
	}
}

func (p *graphqlParser) fields() []selection {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxGraphQLDepth {
		p.fail("nested too deeply")
	}
	p.expect("{")
	var fields []selection
	for !p.accept("}") {
		fields = append(fields, p.field())
	}
	return fields
}

func (p *graphqlParser) field() selection {
	var f selection
	if p.accept("...") {
		p.skip()
		switch {
		case p.peek("{") || p.peek("@"):
			f.On = "*"
		default:
			if name := p.name(); name == "on" {
				f.On = p.name()
			} else {
				f.Spread = name
			}
		}
		p.directives()
		if f.Spread == "" {
			f.Fields = p.fields()
		}
		return f
	}
	f.Name = p.name()
	f.Alias = f.Name
	if p.accept(":") {
		f.Name = p.name()
	}
	f.Args = p.arguments()
	p.directives()
	if p.peek("{") {
		f.Fields = p.fields()
	}
	return f
}

func (p *graphqlParser) arguments() map[string]any {
	args := map[string]any{}
	if !p.accept("(") {
		return args
	}
	for !p.accept(")") {
		name := p.name()
		p.expect(":")
		args[name] = p.value()
	}
	return args
}

func (p *graphqlParser) value() any {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxGraphQLDepth {
		p.fail("nested too deeply")
	}
	switch {
	case p.accept("$"):
		return variable(p.name())
	case p.peek(`"`):
		return p.str()
	case p.accept("["):
		list := []any{}
		for !p.accept("]") {
			list = append(list, p.value())
		}
		return list
	case p.accept("{"):
		obj := object{}
		for !p.accept("}") {
			name := p.name()
			p.expect(":")
			obj[name] = p.value()
		}
		return obj
	}
	return p.scalar()
}

func (p *graphqlParser) scalar() any {
	p.skip()
	start := p.at
	for p.at < len(p.text) && strings.IndexByte("+-.0123456789eE", p.text[p.at]) >= 0 {
		p.at++
	}
	if n, err := strconv.ParseFloat(p.text[start:p.at], 64); err == nil {
		return n
	}
	p.at = start
	switch word := p.name(); word {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	default:
		return word
	}
}

// str reads a string or a """block string""".
func (p *graphqlParser) str() string {
	if p.accept(`"""`) {
		text, _, ok := strings.Cut(p.text[p.at:], `"""`)
		if !ok {
			p.fail("unterminated block string")
		}
		p.at += len(text) + 3
		return strings.TrimSpace(text)
	}
	start := p.at
	p.at++
	for p.at < len(p.text) && p.text[p.at] != '"' && p.text[p.at] != '\n' {
		if p.text[p.at] == '\\' {
			p.at++
		}
		p.at++
	}
	if p.at >= len(p.text) || p.text[p.at] != '"' {
		p.fail("unterminated string")
	}
	p.at++
	s, err := strconv.Unquote(strings.ReplaceAll(p.text[start:p.at], `\/`, `/`))
	if err != nil || !utf8.ValidString(s) {
		p.fail("malformed string")
	}
	return s
}
