package facts

import "strings"

func isGemfile(p place, _ *layout) bool {
	return p.base == "gemfile" || p.base == "gems.rb" || p.ext == ".gemspec"
}

// readGemfile reads the calls that declare gems. A gem is a development one
// when all the groups it is in are.
func readGemfile(path string, text []byte) ([]Fact, []Warning) {
	code := lex(string(text), syntax{hash: true, holes: true})
	var all []declared
	var blocks []bool // one per open block: does it make its gems development ones?
	for from := 0; from < len(code); {
		to := rubyStatement(code, from)
		stmt := code[from:to]
		from = to
		dev := len(blocks) > 0 && blocks[len(blocks)-1]
		switch first := stmt[0].text; {
		case stmt[0].kind == ident && first == "gem" && len(stmt) > 1 && stmt[1].kind == quoted:
			all = append(all, gem(stmt, dev))
		case first == "gem" && len(stmt) > 2 && stmt[2].kind == quoted: // gem("x")
			all = append(all, gem(stmt[1:], dev))
		case strings.HasSuffix(path, ".gemspec") && len(stmt) > 3:
			if d := gemspec(stmt); d.name != "" {
				all = append(all, d)
			}
		case first == "end" && stmt[0].kind == ident && len(blocks) > 0:
			blocks = blocks[:len(blocks)-1]
		}
		switch {
		case stmt[0].text == "group" && stmt[0].kind == ident && endsWithDo(stmt):
			blocks = append(blocks, dev || devGems(stmt[1:]))
		case endsWithDo(stmt), rubyOpens(stmt[0]):
			blocks = append(blocks, dev)
		}
	}
	return dependencies("gem", path, all), nil
}

// rubyStatement ends where the line ends, unless a comma or an open bracket
// carries it on.
func rubyStatement(code []token, from int) int {
	depth := 0
	for i := from; i < len(code); i++ {
		t := code[i]
		if t.kind == punct && strings.Contains("([{", t.text) {
			depth++
		}
		if t.kind == punct && strings.Contains(")]}", t.text) {
			depth--
		}
		last := i+1 == len(code) || code[i+1].line > t.end || code[i+1].text == ";" && code[i+1].kind == punct
		if last && depth <= 0 && !(t.kind == punct && t.text == ",") {
			return i + 1
		}
	}
	return len(code)
}

func endsWithDo(stmt []token) bool {
	for i := len(stmt) - 1; i > 0; i-- {
		if stmt[i].kind == ident && stmt[i].text == "do" {
			return true
		}
	}
	return false
}

// rubyOpens knows the keywords that wait for an end.
func rubyOpens(t token) bool {
	switch t.text {
	case "if", "unless", "case", "begin", "def", "while", "until", "for", "module", "class":
		return t.kind == ident
	}
	return false
}

// gem reads gem "name", "~> 1.0", group: :test.
func gem(stmt []token, dev bool) declared {
	d := declared{name: stmt[1].text, dev: dev, line: stmt[0].line}
	if len(stmt) > 3 && stmt[2].text == "," && stmt[3].kind == quoted && !stmt[3].open {
		d.version = stmt[3].text
	}
	for i, t := range stmt {
		if t.kind == ident && (t.text == "group" || t.text == "groups") {
			rest := stmt[i+1:]
			for j, u := range rest { // up to the next option
				if j > 1 && u.text == "," && u.kind == punct && j+2 < len(rest) && rest[j+2].text == ":" && rest[j+1].kind == ident {
					rest = rest[:j]
					break
				}
			}
			d.dev = d.dev || devGems(rest)
			break
		}
	}
	return d
}

// devGems tells whether there are groups and all of them are for development.
func devGems(code []token) bool {
	found := false
	for _, t := range code {
		if t.kind == punct || t.text == "do" || t.text == "optional" || t.text == "true" {
			continue
		}
		if !devGroup(t.text) {
			return false
		}
		found = true
	}
	return found
}

// gemspec reads spec.add_dependency "name", "~> 1.0".
func gemspec(stmt []token) declared {
	for i, t := range stmt {
		dev := t.text == "add_development_dependency"
		if t.kind != ident || !dev && t.text != "add_dependency" && t.text != "add_runtime_dependency" {
			continue
		}
		rest := stmt[i:]
		if len(rest) > 2 && rest[1].text == "(" {
			rest = rest[1:]
		}
		if len(rest) > 1 && rest[1].kind == quoted {
			return gem(rest, dev)
		}
	}
	return declared{}
}
