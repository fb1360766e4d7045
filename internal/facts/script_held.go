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

// named is the words of a command that moves images, with what variables hold
// in the place of those: of `docker push "$IMAGE"` the name says under which
// version.
func (s *shell) named(words []string) []string {
	if len(s.vars) == 0 || len(words) < 3 {
		return words
	}
	switch words[0] {
	case "docker", "podman", "buildah", "nerdctl", "crane", "skopeo":
	default:
		return words
	}
	out := words
	for i, w := range words {
		if !strings.Contains(w, "$") {
			continue
		}
		if text := s.writtenOut(w); text != w {
			if &out[0] == &words[0] {
				out = append([]string(nil), words...)
			}
			out[i] = text
		}
	}
	return out
}

var (
	variableOfShell = lazily(`\$\{(\w+)\}|\$(\w+)`)
	givenToScript   = lazily(`\$\{?[\d@*#]`) // the variable's own name says more
)

// writtenOut is a word with its variables replaced by what they hold, as far
// as one text is known of them and that text has no blanks.
func (s *shell) writtenOut(word string) string {
	for range 3 { // a variable may hold another one
		next := variableOfShell().ReplaceAllStringFunc(word, func(v string) string {
			text := s.vars[strings.Trim(v, "${}")]
			if text == "" || !strings.ContainsAny(text, "$:/") || strings.ContainsAny(text, " \t\n") || givenToScript().MatchString(text) {
				return v
			}
			return text
		})
		if next == word {
			break
		}
		word = next
	}
	return word
}
