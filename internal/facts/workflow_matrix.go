package facts

import (
	"regexp"
	"slices"
	"strings"
)

var matrixName = regexp.MustCompile(`\$\{\{\s*matrix(?:\.([\w-]+)|\[\s*'([\w-]+)'\s*\])\s*\}\}`)

// maxSpread bounds the commands that one command becomes over a matrix.
const maxSpread = 12

// overMatrix writes out the matrix in commands: one command for each value of
// the first name in it, so that scripts and targets named by a value are found.
func (b *jobBuilder) overMatrix(commands []command) []command {
	commands = b.overInputs(commands)
	if !slices.ContainsFunc(commands, func(c command) bool { return matrixName.MatchString(c.text) }) {
		return commands
	}
	var out []command
	for _, c := range commands {
		texts := []string{c.text}
		for range 3 { // names in one command
			texts = b.spread(texts)
		}
		for _, text := range texts {
			c.text = text
			out = append(out, c)
		}
	}
	return out
}

// spread replaces the first name of a matrix in each text by its values.
func (b *jobBuilder) spread(texts []string) []string {
	var out []string
	for _, text := range texts {
		at := matrixName.FindStringIndex(text)
		if at == nil {
			out = append(out, text)
			continue
		}
		name := matrixName.FindStringSubmatch(text[at[0]:at[1]])
		values := b.matrixValues(Str("${{ matrix." + name[1] + name[2] + " }}")).Items
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

var calledInput = regexp.MustCompile(`\$\{\{\s*inputs\.([\w-]+)\s*\}\}`)

// overInputs writes the inputs of a called workflow out in its commands, once
// for each value that its callers give. A command may be an input as a whole.
func (b *jobBuilder) overInputs(commands []command) []command {
	if len(b.join.calls[b.w.path]) == 0 || !slices.ContainsFunc(commands, func(c command) bool { return calledInput.MatchString(c.text) }) {
		return commands
	}
	var out []command
	for _, c := range commands {
		texts := []string{c.text}
		for range 3 { // names in one command
			texts = b.given(texts)
		}
		for _, text := range texts {
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
	}
	return out
}

// given replaces the first input in each text by its values.
func (b *jobBuilder) given(texts []string) []string {
	var out []string
	for _, text := range texts {
		at := calledInput.FindStringSubmatchIndex(text)
		if at == nil {
			out = append(out, text)
			continue
		}
		values := membersOf(b.filled(Str("${{ inputs." + text[at[2]:at[3]] + " }}")))
		if len(values) == 0 || len(out) > maxSpread || strings.Contains(values[0].Text, "${{") {
			out = append(out, text)
			continue
		}
		for _, v := range values[:min(len(values), maxSpread)] {
			out = append(out, text[:at[0]]+v.Text+text[at[1]:])
		}
	}
	return out
}
