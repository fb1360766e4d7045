package facts

import "strings"

// readMixAliases reads the aliases of an Elixir project: names of tasks, each
// for a list of others.
func readMixAliases(dir string, text []byte) (out []target) {
	code := lex(string(text), syntax{hash: true, triple: true, holes: true})
	for i := 0; i < len(code); i++ {
		if code[i].kind != ident || code[i].text != "aliases" {
			continue
		}
		for j := i + 1; j < len(code) && j < i+8; j++ { // defp aliases do [, aliases: [
			if code[j].kind == punct && code[j].text == "[" {
				out = append(out, mixAliases(code[j:], dir)...)
				break
			}
			if strings.Contains(",]}", code[j].text) { // aliases: aliases(),
				break
			}
		}
	}
	known := map[string]bool{}
	for _, t := range out {
		known[t.name] = true
	}
	for i := range out {
		out[i].nameNeeds(known)
	}
	return out
}

// mixAliases reads the members of the list that code begins with.
func mixAliases(code []token, dir string) (out []target) {
	depth := 0
	for i, t := range code {
		if t.kind == punct && strings.Contains("[{(", t.text) {
			depth++
		}
		if t.kind == punct && strings.Contains("]})", t.text) {
			if depth--; depth == 0 {
				return out
			}
		}
		named := i+1 < len(code) && code[i+1].kind == punct && code[i+1].text == ":"
		switch {
		case depth == 1 && named && (t.kind == ident || t.kind == quoted):
			out = append(out, target{name: t.text})
		case t.kind == quoted && !t.open && len(out) > 0 && depth <= 2:
			last := &out[len(out)-1]
			text := "mix " + t.text
			if rest, ok := strings.CutPrefix(t.text, "cmd "); ok {
				text = rest
			}
			last.commands = append(last.commands, recipeLine(text, t.line, dir)...)
		}
	}
	return out
}

// nameNeeds makes of the commands that are aliases themselves what is needed;
// an alias that names itself means the task behind it.
func (t *target) nameNeeds(known map[string]bool) {
	kept := t.commands[:0]
	for _, c := range t.commands {
		words := splitWords(c.text)
		if len(words) > 1 && words[0] == "mix" && known[words[1]] && words[1] != t.name {
			t.needs = append(t.needs, words[1])
			continue
		}
		kept = append(kept, c)
	}
	t.commands = kept
}

// mixAlias is the alias that mix is told to run.
func (s scripts) mixAlias(args []string, dir string) reference {
	p := s.files[joinDir(dir, "mix.exs")]
	if p == nil || len(args) == 0 || p.find(args[0]) == nil {
		return reference{}
	}
	return reference{script: p, targets: []string{args[0]}}
}
