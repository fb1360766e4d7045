package facts

import (
	"strings"
)

var (
	makeForTests = lazily(`^(?:make|gmake)\s(?:.*\s)?tests?(?:\s|$)`)
	makeSetting  = lazily(`^(?:@?:|\$[({](?:eval|info|warning|error)\b.*|\$[({]if\b.*\$[({]error\b.*)$`)
)

// withoutChoice leaves out the goal of make that is called test and only
// chooses the environment of that name: make test apply tests nothing.
func (s scripts) withoutChoice(c command) command {
	if !makeForTests().MatchString(c.text) {
		return c
	}
	r := s.resolve(splitWords(c.text), c.dir)
	if r.script == nil {
		return c
	}
	words := strings.Fields(c.text)
	kept := words[:1]
	for _, w := range words[1:] {
		if (w == "test" || w == "tests") && r.chooses(w) {
			continue
		}
		kept = append(kept, w)
	}
	if len(kept) > 1 && len(kept) < len(words) {
		c.text = strings.Join(kept, " ")
	} else if len(kept) == 1 && c.hint == "" {
		c.hint = "it only sets variables (" + r.script.path + ")"
	}
	return c
}

// chooses tells whether all that a target does is to set variables of make.
func (r reference) chooses(name string) bool {
	cs := r.collect(name, nil, map[string]bool{})
	for _, c := range cs {
		if !makeSetting().MatchString(c.text) {
			return false
		}
	}
	return len(cs) > 0
}
