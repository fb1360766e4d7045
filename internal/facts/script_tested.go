package facts

import (
	"strings"
)

var (
	failingExit = lazily(`(?:^|[\s;{(])(?:exit|return)\s+(?:[1-9]|"?\$)|(?:^|[\s;])false\s*(?:$|[;\n])`)
	failureVar  = lazily(`(?:^|[\s;])(\w+)=["']?(?:1|true|\$\?|[Ff]ail\w*)["']?(?:$|[\s;])`)
)

// maxTested is how much of a script is looked through for what an if does.
const maxTested = 4000

// outcome is what an if asks about a command.
type outcome int

const (
	succeeded outcome = iota // if a
	failed                   // if ! a
	said                     // if [ -n "$(a)" ]
)

// failsBy tells whether the script fails when the commands that an if tests
// do: by what follows the condition, up to where the if ends.
func failsBy(after string, on outcome) bool {
	after = after[:min(len(after), maxTested)]
	then, branch, rest, ok := branches(after)
	switch {
	case !ok:
		return false
	case on == failed:
		branch = then
	case on == said:
		branch = then + "\n" + branch
	}
	if failingExit().MatchString(branch) {
		return true
	}
	for _, m := range failureVar().FindAllStringSubmatch(branch, 5) {
		for _, use := range []string{"exit $" + m[1], `exit "$` + m[1], "exit ${" + m[1], `exit "${` + m[1], "return $" + m[1]} {
			if strings.Contains(rest, use) {
				return true
			}
		}
	}
	return false
}

// branches is what an if does when its condition holds, what else, and what
// follows the if; text starts behind the condition.
func branches(text string) (then, other, rest string, ok bool) {
	depth, start, split := 0, -1, -1
	first := true // of a command
	for from, to := shellWord(text, 0); to > from; from, to = shellWord(text, to) {
		w := text[from:to]
		if w == ";" || w == "\n" {
			first = true
			continue
		}
		if !first {
			continue
		}
		first = false
		switch w {
		case "if":
			depth++
		case "then":
			if depth == 0 && start < 0 {
				start = to
			}
			first = true
		case "else", "elif":
			if depth == 0 && start >= 0 && split < 0 {
				split = from
			}
			first = true
		case "do", "{", "!":
			first = true
		case "fi":
			if depth > 0 {
				depth--
				continue
			}
			if start < 0 {
				return "", "", "", false
			}
			if split < 0 {
				return text[start:from], "", text[to:], true
			}
			return text[start:split], text[split:from], text[to:], true
		}
	}
	return "", "", "", false
}

// shellWord is where the next word, semicolon or end of a line stands; from
// equals to when there is none.
func shellWord(text string, at int) (from, to int) {
	for ; at < len(text); at++ {
		if c := text[at]; c == ';' || c == '\n' {
			return at, at + 1
		} else if strings.IndexByte(" \t\f\r&|()", c) >= 0 {
			continue
		}
		for to = at; to < len(text) && strings.IndexByte(" \t\n\f\r;&|()", text[to]) < 0; to++ {
		}
		return at, to
	}
	return at, at
}

// afterTest is the hint of a command that the shell's grammar tests: none
// where the script fails by it.
func (s *shell) afterTest(p part, hint string) string {
	if hint != "" {
		return hint
	}
	words := strings.Fields(p.raw)
	if len(words) < 2 || words[0] != "if" && words[0] != "elif" {
		return hintTested
	}
	on := succeeded
	switch {
	case tests(words[1:]) || words[1] == "!" && tests(words[2:]):
		on = said
	case words[1] == "!":
		on = failed
	}
	if s.mayAsk() && failsBy(s.src[min(s.pos, len(s.src)):], on) {
		return ""
	}
	return hintTested
}

// mayAsk counts the looks ahead: a script of thousands of ifs is not read a
// thousand times.
func (s *shell) mayAsk() bool {
	s.asked++
	return s.asked <= 200
}

// tests tells that words are the shell's own test or a comparison, which fails
// by what it is told.
func tests(words []string) bool {
	return len(words) > 0 && (words[0] == "[" || words[0] == "[[" || words[0] == "test" || words[0] == "diff" || words[0] == "cmp")
}

// judges tells whether the line at the cursor looks at how the command before it
// ended, and the script may fail by that: if [ $? -ne 0 ]; then exit 1; fi,
// or a function of its own that is told $?.
func (s *shell) judges() bool {
	src, pos := s.src, min(s.pos, len(s.src))
	line, after, _ := strings.Cut(strings.TrimLeft(src[pos:min(len(src), pos+maxTested)], " \t\n;"), "\n")
	if !strings.Contains(line, "$?") || !s.mayAsk() {
		return false
	}
	first := firstWord(line)
	switch {
	case first == "exit" || first == "return":
		return true
	case first == "if":
		_, body, _ := strings.Cut(line+"\n"+after, "]")
		return failsBy(body, said)
	}
	if m := failureVar().FindStringSubmatch(line); m != nil {
		_, behind, _ := strings.Cut(line, m[1]+"=") // on the same line, as in a recipe of make
		after = behind + "\n" + after
		return strings.Contains(after, "exit $"+m[1]) || strings.Contains(after, `exit "$`+m[1]) || strings.Contains(after, "exit ${"+m[1]) || judgedLater(after, m[1])
	}
	head := src[:min(len(src), 5*maxTested)]
	at := strings.Index(head, first+"()")
	if at < 0 {
		at = strings.Index(head, "function "+first+" ")
	}
	return at >= 0 && failingExit().MatchString(head[at:min(at+1000, len(head))])
}

// judgedLater tells whether an if looks at a variable that remembers how a
// command ended, before anything else is remembered in it, and may fail by it:
// if [ "$ended" -ne 0 ]; then exit 1; fi.
func judgedLater(after, name string) bool {
	after, _, _ = strings.Cut("\n"+after, "\n"+name+"=")
	for rest := after; ; {
		_, test, found := strings.Cut(rest, "if [")
		if !found {
			return false
		}
		test, body, _ := strings.Cut(test, "]")
		if (strings.Contains(test, "$"+name) || strings.Contains(test, "${"+name+"}")) && failsBy(body, said) {
			return true
		}
		rest = body
	}
}
