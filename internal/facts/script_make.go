package facts

import (
	"slices"
	"strings"
)

// readMakefile reads the explicit rules of a Makefile, and which others it
// includes. Variables that the file sets are filled in, as are usual names of
// tools that it takes from elsewhere.
func readMakefile(dir string, text []byte) (out []target, includes []string) {
	var current []int // the targets that recipe lines belong to
	vars := map[string]string{"GO": "go", "DOCKER": "docker", "NPM": "npm", "YARN": "yarn", "PYTHON": "python", "CARGO": "cargo", "KUBECTL": "kubectl", "HELM": "helm", "TERRAFORM": "terraform"}
	own := map[string]bool{}
	inDefine := false
	for _, l := range joinedLines(text) {
		trimmed := strings.TrimSpace(l.text)
		switch {
		case inDefine:
			inDefine = trimmed != "endef"
		case strings.HasPrefix(trimmed, "define "):
			inDefine = true
		case strings.HasPrefix(l.text, "\t"):
			for _, i := range current {
				out[i].commands = append(out[i].commands, recipeLine(fillVars(trimmed, vars), l.line, dir)...)
			}
		case trimmed == "" || trimmed[0] == '#':
		case isMakeDirective(trimmed):
			includes = append(includes, makeIncludes(fillVars(trimmed, vars))...)
		default:
			if name, value, ok := makeVariable(trimmed); ok {
				if !own[name] && len(value) < 200 {
					vars[name], own[name] = value, true
				}
				continue
			}
			current = makeRule(trimmed, l.line, dir, vars, &out)
		}
	}
	return out, includes
}

// makeRule adds the targets of a rule line, and says where they are in out.
func makeRule(text string, line int, dir string, vars map[string]string, out *[]target) []int {
	names, rest, ok := strings.Cut(text, ":")
	if !ok {
		return nil
	}
	rest, recipe, _ := strings.Cut(strings.TrimPrefix(rest, ":"), ";")
	rest, _, _ = strings.Cut(rest, "#")
	needs := strings.Fields(strings.ReplaceAll(fillVars(rest, vars), "|", " "))
	var at []int
	for _, name := range strings.Fields(fillVars(names, vars)) {
		if strings.HasPrefix(name, ".") && strings.ToUpper(name) == name || name == "%" || len(needs) > 0 && isAssignment(needs[0]) {
			continue
		}
		i := 0
		for i < len(*out) && (*out)[i].name != name {
			i++
		}
		if i == maxTargets {
			break
		}
		if i == len(*out) {
			*out = append(*out, target{name: name})
		}
		(*out)[i].needs = append((*out)[i].needs, needs...)
		(*out)[i].commands = append((*out)[i].commands, recipeLine(fillVars(strings.TrimSpace(recipe), vars), line, dir)...)
		at = append(at, i)
	}
	return at
}

// byPattern is what make does for a name by the rule of a pattern, build-% for
// build-api. Of several, it takes the one that leaves the least to the %.
func (p *parsedScript) byPattern(name string) *target {
	best, stem := -1, ""
	for _, i := range p.patterns {
		before, after, _ := strings.Cut(p.targets[i].name, "%")
		if len(name) <= len(before)+len(after) || !strings.HasPrefix(name, before) || !strings.HasSuffix(name, after) {
			continue
		}
		if part := name[len(before) : len(name)-len(after)]; best < 0 || len(part) < len(stem) {
			best, stem = i, part
		}
	}
	if best < 0 {
		return nil
	}
	out := target{name: name, commands: slices.Clone(p.targets[best].commands)}
	for _, need := range p.targets[best].needs {
		out.needs = append(out.needs, strings.Replace(need, "%", stem, 1))
	}
	for i := range out.commands {
		out.commands[i].text = strings.ReplaceAll(out.commands[i].text, "$*", stem)
		out.commands[i].dir = strings.ReplaceAll(out.commands[i].dir, "$*", stem)
	}
	return &out
}

// recipeLine is the commands of one line of a recipe, which has a shell of
// its own.
func recipeLine(text string, line int, dir string) []command {
	hint := ""
	for text != "" && strings.IndexByte("@-+", text[0]) >= 0 {
		if text[0] == '-' {
			hint = hintFailure + "is ignored (leading -)"
		}
		text = strings.TrimSpace(text[1:])
	}
	if text == "" {
		return nil
	}
	// What make itself works out, as in $(shell …), is no command of the recipe.
	text = strings.NewReplacer("$(MAKE)", "make", "${MAKE}", "make", "$$", "$", "$(", "$\x00(").Replace(text)
	cs := splitShell(worked(text), line, dir, false)
	for i := range cs {
		cs[i].text = makeShown.Replace(cs[i].text)
		if cs[i].hint == "" {
			cs[i].hint = hint
		}
		cs[i].start, cs[i].end = line, line
	}
	return cs
}

// makeShown writes out what worked has hidden.
var makeShown = strings.NewReplacer("\x00", "", "\x01", "|", "\x02", ";", "\x03", "&", "\x04", `"`, "\x05", "'")

// worked hides the shell's signs inside of what make itself works out: the
// pipe of $(shell a | b) is none of the recipe.
func worked(text string) string {
	if !strings.Contains(text, "\x00") {
		return text
	}
	out, depth := []byte(text), 0
	for i, c := range out {
		switch {
		case c == '(' && (depth > 0 || i > 0 && out[i-1] == 0):
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
			if at := strings.IndexByte("|;&\"'", c); at >= 0 {
				out[i] = byte(at + 1)
			}
		}
	}
	return string(out)
}

func isMakeDirective(line string) bool {
	word, _, _ := strings.Cut(line, " ")
	switch word {
	case "ifeq", "ifneq", "ifdef", "ifndef", "else", "endif", "include", "-include", "sinclude", "export", "unexport", "vpath", "endef", "override", "undefine":
		return true
	}
	return false
}

func makeVariable(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, "=")
	name = strings.TrimSpace(strings.TrimRight(name, ":?+! "))
	if !ok || name == "" || strings.ContainsAny(name, " :$") {
		return "", "", false
	}
	value, _, _ = strings.Cut(value, " #")
	return name, strings.TrimSpace(value), true
}

// fillVars writes out the $(VAR) and ${VAR} that vars knows.
func fillVars(text string, vars map[string]string) string {
	for range 3 {
		if len(vars) == 0 || !strings.Contains(text, "$") || len(text) > 4000 {
			return text
		}
		var b strings.Builder
		rest, changed := text, false
		for {
			at := strings.IndexByte(rest, '$')
			if at < 0 || at+2 >= len(rest) {
				break
			}
			end := map[byte]byte{'(': ')', '{': '}'}[rest[at+1]]
			to := strings.IndexByte(rest[at:], max(end, 1))
			value, known := "", false
			if end != 0 && to > 0 {
				value, known = vars[rest[at+2:at+to]]
			}
			if !known {
				n := at + 1
				if rest[n] == '$' {
					n++
				}
				b.WriteString(rest[:n])
				rest = rest[n:]
				continue
			}
			b.WriteString(rest[:at] + value)
			rest, changed = rest[at+to+1:], true
		}
		text = b.String() + rest
		if !changed {
			break
		}
	}
	return text
}

// numbered is a line of text with its number.
type numbered struct {
	text string
	line int
}

// joinedLines is the lines of a text, those that end in a backslash joined
// with what follows.
func joinedLines(text []byte) []numbered {
	var out []numbered
	var b strings.Builder
	line, start := 0, 0
	for l := range strings.Lines(cleanScript(text)) {
		line++
		l = strings.TrimSuffix(l, "\n")
		if start > 0 {
			b.WriteString(" ")
			l = strings.TrimSpace(l)
		} else {
			start = line
		}
		if rest, ok := strings.CutSuffix(l, "\\"); ok {
			b.WriteString(rest)
			continue
		}
		b.WriteString(l)
		out = append(out, numbered{b.String(), start})
		b.Reset()
		start = 0
	}
	if start > 0 {
		out = append(out, numbered{b.String(), start})
	}
	return out
}

// makeTargets is what a call of make builds.
func (s scripts) makeTargets(args []string, dir string) reference {
	files := []string{"GNUmakefile", "makefile", "Makefile"}
	var rest, given []string
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case isAssignment(a) && len(given) < maxGiven:
			given = append(given, unquote(a))
		case (a == "-f" || a == "--file" || a == "--makefile") && i+1 < len(args):
			i++
			files = []string{unquote(args[i])}
		case strings.HasPrefix(a, "--directory="):
			dir = joinDir(dir, strings.TrimPrefix(a, "--directory="))
		case a == "-j" && i+1 < len(args) && strings.Trim(args[i+1], "0123456789") == "":
			i++
		default:
			rest = append(rest, a)
		}
	}
	r := s.named(rest, dir, "", files...)
	r.given = given
	return r
}

// maxGiven bounds the variables of one call of make that are followed.
const maxGiven = 8

// fillGiven writes out what a call of make sets: $(NAME), and the first
// branch of $(if $(NAME),…) where the value is not empty.
func fillGiven(text string, given []string) string {
	vars := map[string]string{}
	for _, g := range given {
		name, value, _ := strings.Cut(g, "=")
		if vars[name] = unquote(value); vars[name] != "" {
			text = whenSet(text, name)
		}
	}
	return fillVars(text, vars)
}

func whenSet(text, name string) string {
	open := "$(if $(" + name + "),"
	for {
		before, rest, ok := strings.Cut(text, open)
		branches, after, closed := strings.Cut(rest, ")")
		if !ok || !closed || strings.Contains(branches, "$(") {
			return text
		}
		first, _, _ := strings.Cut(branches, ",")
		text = before + first + after
	}
}
