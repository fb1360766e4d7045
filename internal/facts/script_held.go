package facts

import "strings"

// maxHeld is how many variables of a script are remembered.
const maxHeld = 64

// hold remembers what a line of assignments sets. A variable that is set to
// different texts holds none of them; one that is added to holds what it
// began with, as far as the command goes.
func (s *shell) hold(words []string) {
	for _, w := range words {
		name, text, _ := strings.Cut(w, "=")
		before, known := s.vars[name]
		switch text = unquote(text); {
		case strings.HasSuffix(name, "+") || strings.HasPrefix(text, "$"+name+" ") || strings.HasPrefix(text, "${"+name+"} "):
		case known && before != text:
			s.vars[name] = ""
		case !known && len(s.vars) < maxHeld && !strings.HasPrefix(text, "("):
			if s.vars == nil {
				s.vars = map[string]string{}
			}
			s.vars[name] = text
		}
	}
}

// held is the words with the command that the first of them names as a
// variable, and that of eval without its quotes.
func (s *shell) held(words []string, eval bool) []string {
	if eval && len(words) == 1 {
		words = splitWords(unquote(words[0]))
	}
	for range 3 { // a variable may hold another one
		if len(words) == 0 {
			return words
		}
		name, ok := strings.CutPrefix(unquote(words[0]), "$")
		if !ok {
			return words
		}
		name, or, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(name, "{"), "}"), ":-")
		text := s.vars[name]
		if text == "" {
			text = or // ${TERRAFORM:-terraform}
		}
		if text == "" {
			return words
		}
		words = append(splitWords(text), words[1:]...)
	}
	return words
}
