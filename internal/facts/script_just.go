package facts

import (
	"maps"
	"strings"
)

// readJustfile reads the recipes of a justfile, with what its variables hold
// as far as the file tells.
func readJustfile(dir string, text []byte) []target {
	var out []target
	open := false
	lines := joinedLines(text)
	fill := justVariables(lines).fill
	for _, l := range lines {
		trimmed := strings.TrimSpace(l.text)
		indented := l.text != strings.TrimLeft(l.text, " \t")
		switch {
		case trimmed == "" || strings.HasPrefix(trimmed, "#"):
		case indented && open:
			t := &out[len(out)-1]
			t.commands = append(t.commands, recipeLine(fill(trimmed), l.line, dir)...)
		case !indented:
			head, needs, ok := strings.Cut(trimmed, ":")
			words := strings.Fields(strings.TrimPrefix(head, "@"))
			open = ok && len(words) > 0 && !strings.HasPrefix(needs, "=") && !strings.ContainsAny(words[0], `["'`) && words[0] != "alias" && words[0] != "set"
			if open {
				needs, _, _ = strings.Cut(needs, "#")
				out = append(out, target{name: words[0], needs: strings.Fields(strings.ReplaceAll(needs, "&&", " "))})
			}
		}
	}
	return out
}

// justValues is the variables of a justfile whose value the file tells.
type justValues map[string]string

// maxJustRounds bounds variables that are made of variables.
const maxJustRounds = 5

var (
	justName    = lazily(`^[A-Za-z_][\w-]*$`)
	justDefault = lazily(`^(?:env_var_or_default|env)\(\s*["'][^"']*["']\s*,\s*(["'][^"']*["'])\s*\)$`)
)

// justVariables reads `name := "text" + other`. A variable may stand above
// those that it is made of.
func justVariables(lines []numbered) justValues {
	pending := map[string]string{}
	for _, l := range lines {
		name, expr, ok := strings.Cut(strings.TrimPrefix(l.text, "export "), ":=")
		if name = strings.TrimSpace(name); ok && justName().MatchString(name) && len(pending) < maxMembers {
			pending[name] = strings.TrimSpace(expr)
		}
	}
	known := justValues{}
	for range maxJustRounds {
		more := maps.Clone(known) // a round sees the one before, whatever the order
		for name, expr := range pending {
			if v, ok := known.value(expr); ok {
				more[name] = v
			}
		}
		known = more
	}
	return known
}

// value is what an expression of texts and variables, joined by +, makes.
func (known justValues) value(expr string) (string, bool) {
	text := ""
	for _, part := range strings.Split(expr, "+") {
		part = strings.TrimSpace(part)
		if m := justDefault().FindStringSubmatch(part); m != nil {
			part = m[1]
		}
		v, ok := known[part]
		if n := len(part); !ok && n > 1 && (part[0] == '"' || part[0] == '\'') && strings.IndexByte(part[1:], part[0]) == n-2 {
			v, ok = part[1:n-1], true
		}
		if text += v; !ok || len(text) > 2000 {
			return "", false
		}
	}
	return text, true
}

// fill writes out {{ name }} where name is known.
func (known justValues) fill(text string) string {
	if len(known) == 0 || len(text) > 4000 {
		return text
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "{{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, rest, closed := strings.Cut(after, "}}")
		if v, ok := known[strings.TrimSpace(name)]; ok && closed {
			b.WriteString(v)
			text = rest
			continue
		}
		b.WriteString("{{")
		text = after
	}
}
