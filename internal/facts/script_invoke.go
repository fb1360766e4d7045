package facts

import (
	"maps"
	"slices"
	"strings"
)

var (
	pythonDef    = lazily(`(?m)^(?:async )?def (\w+)\([^\n]*`)
	pythonRun    = lazily(`\b(?:\w+\.(?:run|sudo)|local|os\.system|subprocess\.(?:run|call|check_call|check_output))\(\s*(?:\w+\s*[,)]|[frb]{0,2}["'])`)
	pythonString = lazily(`\A[frb]{0,2}(?:"""((?s:.*?))"""|'''((?s:.*?))'''|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)')\s*`)
	pythonAssign = lazily(`(?m)^[ \t]+(\w+)\s*=\s*\(?\s*([frb]{0,2}["'])`)
	pythonCall   = lazily(`\b(\w+)\(\s*(?:ctx|c|context)\b`)
)

// readInvoke reads tasks.py or fabfile.py, whose functions Invoke and Fabric
// run by name.
func readInvoke(dir string, text []byte) []target {
	src := cleanScript(text)
	starts := pythonDef().FindAllStringSubmatchIndex(src, maxTargets)
	var out []target
	for i, m := range starts {
		end := len(src)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		line := 1 + strings.Count(src[:m[1]], "\n")
		out = append(out, pythonTask(src[m[2]:m[3]], src[m[1]:end], line, dir))
	}
	return out
}

// pythonTask reads one function; its body starts on line.
func pythonTask(name, body string, line int, dir string) target {
	t := target{name: taskName(name)}
	held := map[string]string{}
	for _, m := range pythonAssign().FindAllStringSubmatchIndex(body, maxHeld) {
		if _, known := held[body[m[2]:m[3]]]; !known {
			held[body[m[2]:m[3]]] = pythonText(body[m[4]:])
		}
	}
	looks := strings.Contains(body, "exit(") || strings.Contains(body, "raise ") || strings.Contains(body, "return ")
	for _, m := range pythonRun().FindAllStringIndex(body, maxStepCommands) {
		open := m[0] + strings.Index(body[m[0]:m[1]], "(") + 1
		at := line + strings.Count(body[:m[0]], "\n")
		cs := splitShell(pythonCommand(strings.TrimLeft(body[open:], " \t\n"), held), at, dir, false)
		call, _, _ := strings.Cut(body[m[0]:], "\n\n")
		if strings.Contains(call[:min(len(call), 400)], "warn=True") && !looks {
			cs = hinted(cs, hintFailure+"is ignored (warn)")
		}
		for i := range cs {
			cs[i].start, cs[i].end = at, at
		}
		t.commands = append(t.commands, cs...)
	}
	for _, m := range pythonCall().FindAllStringSubmatch(body, maxStepCommands) {
		t.needs = append(t.needs, taskName(m[1]))
	}
	return t
}

// pythonCommand is the text of an argument: a string, or the variable that
// holds one, with what it inserts as far as that is known.
func pythonCommand(arg string, held map[string]string) string {
	text := pythonText(arg)
	if text == "" {
		word, _, _ := strings.Cut(arg[:min(len(arg), 80)], ",")
		word, _, _ = strings.Cut(word, ")")
		text = held[strings.TrimSpace(word)]
	}
	for _, key := range slices.Sorted(maps.Keys(held)) {
		text = strings.ReplaceAll(text, "{"+key+"}", held[key])
	}
	return text
}

// pythonText is the string that an expression begins with, adjacent ones
// joined; empty when it begins with none.
func pythonText(expr string) string {
	var b strings.Builder
	for {
		m := pythonString().FindStringSubmatch(expr)
		if m == nil {
			return b.String()
		}
		b.WriteString(m[1] + m[2] + m[3] + m[4])
		expr = expr[len(m[0]):]
	}
}

// taskName is the name that Invoke gives a function.
func taskName(name string) string {
	return strings.ReplaceAll(name[strings.LastIndexByte(name, '.')+1:], "_", "-")
}

// invoke finds the functions that a command names.
func (s scripts) invoke(args []string, dir string) reference {
	for i, a := range args {
		if !strings.HasPrefix(a, "-") {
			args = append([]string(nil), args...)
			args[i] = taskName(a)
		}
	}
	return s.named(args, dir, "", "tasks.py", "fabfile.py")
}
