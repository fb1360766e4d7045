package facts

import (
	"regexp"
	"slices"
)

var matrixName = regexp.MustCompile(`\$\{\{\s*matrix(?:\.([\w-]+)|\[\s*'([\w-]+)'\s*\])\s*\}\}`)

// maxSpread bounds the commands that one command becomes over a matrix.
const maxSpread = 12

// overMatrix writes out the matrix in commands: one command for each value of
// the first name in it, so that scripts and targets named by a value are found.
func (b *jobBuilder) overMatrix(commands []command) []command {
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
