package facts

import (
	"slices"
	"strings"
)

// maxSpread bounds the commands that one command becomes over a matrix.
const maxSpread = 12

// maxNames bounds the names that are written out in one text.
const maxNames = 4

// given is a name whose value the files may tell: ${{ matrix.x }},
// ${{ inputs.x || 'otherwise' }}, ${{ env.X }}.
var given = lazily(`\$\{\{\s*(matrix|inputs|github\.event\.inputs|env)(?:\.([\w-]+(?:\.[\w-]+)?)|\[\s*'([\w-]+)'\s*\])(?:\s*\|\|\s*'([^'\n]*)')?\s*\}\}`)

// shellVariable is a variable in a command, with the quotes around it.
var shellVariable = lazily(`"\$(\w+)"|"\$\{(\w+)\}"|\$\{(\w+)\}|\$(\w+)|\$env:(\w+)`)

// spelled writes out in commands what the files say of a matrix, of the inputs
// of a called workflow and of variables: one command for each value, so that
// scripts and targets named by a value are found. A command may be such a name
// as a whole.
func (b *jobBuilder) spelled(commands []command, env Value) []command {
	if !slices.ContainsFunc(commands, func(c command) bool { return strings.Contains(c.text, "$") }) {
		return commands
	}
	var out []command
	for _, c := range commands {
		for _, text := range b.texts(c.text, env) {
			if text == c.text {
				out = append(out, c)
				continue
			}
			for _, again := range splitShell(text, c.start, c.dir, false) {
				again.start, again.end = c.start, c.end
				if again.hint == "" {
					again.hint = c.hint
				}
				out = append(out, again)
			}
		}
		if len(out) > maxStepCommands {
			return out
		}
	}
	return out
}

// texts is what a text comes to; itself where that is not in the files.
func (b *jobBuilder) texts(text string, env Value) []string {
	out := b.names([]string{text}, env)
	if env.Kind == Map && strings.Contains(text, "$") {
		for i := range out {
			out[i] = withVariables(out[i], env)
		}
		out = b.names(out, env) // a variable may hold such a name
	}
	for i := range out {
		if out[i] != text {
			out[i] = quotedWord().ReplaceAllString(out[i], " $1")
		}
	}
	return out
}

// quotedWord is a word that needs no quotes.
var quotedWord = lazily(` "([\w./:@=,+-]+)"`)

// names writes out the names in each text.
func (b *jobBuilder) names(texts []string, env Value) []string {
	if !slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, "${{") }) {
		return texts
	}
	for range maxNames {
		next := b.spread(texts, env)
		if slices.Equal(next, texts) {
			break
		}
		texts = next
	}
	return texts
}

// spread replaces the first name that the files tell in each text by its values.
func (b *jobBuilder) spread(texts []string, env Value) []string {
	var out []string
	for _, text := range texts {
		at, values := b.firstGiven(text, env)
		if len(values) == 0 || len(out) > maxSpread {
			out = append(out, text)
			continue
		}
		for _, v := range values[:min(len(values), maxSpread)] {
			out = append(out, text[:at[0]]+v.Text+text[at[1]:])
		}
	}
	return out
}

// firstGiven finds the first name in a text whose values are known.
func (b *jobBuilder) firstGiven(text string, env Value) (at []int, values []Value) {
	for _, at := range given().FindAllStringSubmatchIndex(text, maxNames) {
		part := func(i int) string {
			if at[2*i] < 0 {
				return ""
			}
			return text[at[2*i]:at[2*i+1]]
		}
		if values := b.valuesOf(part(1), part(2)+part(3), at[8] >= 0, part(4), env); len(values) > 0 {
			return at, values
		}
	}
	return nil, nil
}

// valuesOf is the values of a name of a context; none where the files do not
// tell, or tell of another name only.
func (b *jobBuilder) valuesOf(context, name string, orElse bool, otherwise string, env Value) []Value {
	var values []Value
	switch context {
	case "matrix":
		values = b.matrixValues(name)
	case "env":
		if v := env.Get(name); v.Kind == String || v.Kind == Unknown || v.Kind == Number {
			values = []Value{v}
		}
	case "inputs":
		values = b.inputValues(name)
		fallthrough
	default: // of a workflow that a person can start too
		if len(values) == 0 && orElse {
			values = []Value{Str(otherwise)}
		}
	}
	if slices.ContainsFunc(values, func(v Value) bool {
		return v.Text == "" && (context != "matrix" || v.Kind != String) || len(v.Text) > 1000
	}) {
		return nil
	}
	return values
}

// inputValues is what the callers of the workflow give an input, each once;
// none where one gives what is worked out while running.
func (b *jobBuilder) inputValues(name string) []Value {
	var out []Value
	otherwise := b.w.top.Get("on").Get("workflow_call").Get("inputs").Get(name).Get("default")
	for _, c := range b.join.calls[b.w.path] {
		for _, g := range few(membersOf(firstOf(c.inputs.Get(name), otherwise))) {
			if g.Kind == Map || strings.Contains(g.Text, "${{") {
				return nil
			}
			if !slices.ContainsFunc(out, func(o Value) bool { return o.Text == g.Text }) {
				out = append(out, g)
			}
		}
	}
	return out
}

// withVariables writes the variables of a step out in a command. What is more
// than one word stays in its quotes.
func withVariables(text string, env Value) string {
	return shellVariable().ReplaceAllStringFunc(text, func(found string) string {
		name := strings.Trim(strings.TrimPrefix(strings.Trim(found, `"`), "$env:"), "${}")
		v := env.Get(name)
		switch {
		case v.Kind != String && v.Kind != Unknown && v.Kind != Number, v.Text == "", len(v.Text) > 1000, strings.Contains(v.Text, "secrets."):
			return found
		case found[0] == '"' && strings.ContainsAny(v.Text, " \t\n\"'`$&|;<>()") && found != text:
			if strings.ContainsAny(v.Text, "\"\n") {
				return found
			}
			return `"` + v.Text + `"`
		}
		return strings.TrimSpace(v.Text)
	})
}
