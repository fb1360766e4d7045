package facts

import "strings"

// enter follows the functions of a script: it is the name of the one that a
// simple command stands in, the command that begins it included.
func (s *shell) enter(raw string) string {
	words := fewWords(raw)
	if name, rest, ok := beginsFunction(words); ok && s.function == "" {
		s.function, s.braces = name, 0
		words = rest
	}
	if s.function == "" {
		return ""
	}
	name := s.function
	for len(words) > 0 && (words[0] == "then" || words[0] == "else" || words[0] == "do" || words[0] == "!") {
		words = words[1:]
	}
	switch {
	case len(words) > 0 && words[0] == "{":
		s.braces++
	case len(words) > 0 && words[0] == "}":
		if s.braces--; s.braces <= 0 {
			s.function = ""
		}
	case s.braces == 0 && len(words) > 0: // a body without braces
		s.function = ""
	}
	return name
}

// fewWords are the first words of a text, which may be long.
func fewWords(raw string) []string {
	raw = strings.TrimLeft(raw, " \t\r\n")
	return strings.Fields(raw[:min(len(raw), 200)])
}

// beginsFunction reads the head of a function: f() {, f () {, function f {.
func beginsFunction(words []string) (name string, rest []string, ok bool) {
	keyword := len(words) > 1 && words[0] == "function"
	if keyword {
		words = words[1:]
	}
	if len(words) == 0 {
		return "", nil, false
	}
	name, body, called := strings.Cut(words[0], "()")
	rest = words[1:]
	if !called && len(rest) > 0 && strings.HasPrefix(rest[0], "()") {
		body, called, rest = rest[0][2:], true, rest[1:]
	}
	if body != "" {
		rest = append([]string{body}, rest...)
	}
	return name, rest, name != "" && (called || keyword) && !strings.ContainsAny(name, "$=\"'`(")
}

// withoutIdle leaves out the commands of functions that nothing in the script
// calls, as those of a library that it takes a few functions from. A script
// that runs what it is told may call any.
func withoutIdle(commands []command) []command {
	bodies := map[string][]int{}
	for i := range commands {
		bodies[commands[i].within] = append(bodies[commands[i].within], i)
	}
	if len(bodies) == 0 || len(bodies) == 1 && bodies[""] != nil {
		return commands
	}
	called := map[string]bool{"": true}
	for next := []string{""}; len(next) > 0; next = next[1:] {
		for _, i := range bodies[next[0]] {
			words := splitWords(commands[i].text)
			launched := i > 0 && strings.HasSuffix(commands[i-1].text, " "+commands[i].text) // by another program, which knows no functions
			if len(words) > 0 && dynamic(words[0]) && !launched {
				return commands
			}
			for _, w := range words {
				if w = strings.Trim(w, `"';{}`); bodies[w] != nil && !called[w] {
					called[w] = true
					next = append(next, w)
				}
			}
		}
	}
	out := make([]command, 0, len(commands))
	for _, c := range commands {
		if called[c.within] {
			out = append(out, c)
		}
	}
	return out
}

// dynamic tells of a word that only the run of a script says.
func dynamic(word string) bool {
	return strings.HasPrefix(strings.TrimLeft(word, `"`), "$")
}
