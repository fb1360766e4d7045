package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// flush turns the list read so far into commands, now that it is known how
// the failure of each is taken.
func (s *shell) flush(end string) {
	list := s.list
	s.list = nil
	if len(list) == 0 {
		return
	}
	hint := ""
	if !s.errexit {
		hint = hintErrexit
	}
	if end == "&" {
		hint = hintBehind
	}
	soft := tolerated(list)
	defer func() { s.judged = false }()
	for i, p := range list {
		s.judged = i == len(list)-1 && end != "&" && s.judges()
		own := hint
		if own == hintErrexit && s.judged {
			own = ""
		}
		if own == "" && soft[i] {
			own = hintTolerated
		}
		if own == "" && p.op == "|" && !s.pipefail && i+1 < len(list) && firstWord(list[i+1].raw) == "tee" {
			own = hintPiped
		}
		from := len(s.out)
		s.emit(p, own)
		for k := from; k < len(s.out); k++ {
			s.out[k].within = p.within
		}
		if p.closes {
			s.leave()
		}
	}
}

// tolerated tells of each command of the list whether its failure ends in
// `|| true` or the like: what the first || after it leads to decides.
func tolerated(list []part) []bool {
	soft := make([]bool, len(list))
	if len(list) == 0 {
		return soft
	}
	decided := list[len(list)-1].forgiven
	soft[len(list)-1] = decided
	for i := len(list) - 2; i >= 0; i-- {
		if list[i].op == "||" && (list[i+1].op != "||" || firstWord(list[i+1].raw) == "{") {
			decided = forgives(list[i+1:])
		}
		soft[i] = decided
	}
	return soft
}

var oneCode = lazily(`\$\?"?\s*(-eq|==?)\s*"?[1-9]`)

// forgives tells whether the fallback that the list starts with succeeds and
// does nothing.
func forgives(list []part) bool {
	fallback := list[0]
	if firstWord(fallback.raw) == "{" {
		fallback = groupEnd(list)
	} else if fallback.op == "&&" || fallback.op == "||" {
		return false
	}
	words := strings.Fields(strings.TrimLeft(fallback.raw, "{ \t\n"))
	if len(words) == 0 {
		return false
	}
	switch words[0] {
	case "true", ":", "/bin/true", "echo", "printf":
		return true
	case "exit", "return":
		return len(words) > 1 && words[1] == "0"
	case "[", "[[", "test": // a || [ $? = 1 ]: findings are no failure
		return oneCode().MatchString(fallback.raw)
	}
	return false
}

var otherExit = lazily(`\bexit\s+[1-9]`)

// forgivingShell tells whether a sub-shell that stands for a failure succeeds
// whatever the failure was.
func forgivingShell(text string) bool {
	if !strings.Contains(text, "exit 0") || otherExit().MatchString(text) {
		return false
	}
	return !strings.Contains(text, "exit $") || strings.Contains(text, "!= 0") || strings.Contains(text, "-ne 0")
}

// groupEnd is the last command in the braces that the list starts with.
func groupEnd(list []part) part {
	last := list[0]
	for _, p := range list[1:min(len(list), maxMembers)] {
		if firstWord(p.raw) == "}" {
			break
		}
		last = p
	}
	return last
}

// emit appends the commands of one simple command: itself, what it wraps, and
// what is substituted in it.
func (s *shell) emit(p part, hint string) {
	all := splitWords(p.raw)
	words, tested := dropKeywords(all)
	replaces := slices.Contains(all[:len(all)-len(words)], "exec") // its status is the script's
	if tested {
		hint = s.afterTest(p, hint)
	}
	decides := hint == "" && tests(words) && p.op != "&&"
	assigned := words
	words = dropAssignments(words)
	bare := len(assigned) > 0 && len(words) == 0
	if bare {
		s.hold(assigned)
	}
	for _, c := range p.nested {
		if c.hint == "" && !bare && !decides {
			c.hint = hintNested
		}
		if c.hint == "" {
			c.hint = hint
		}
		c.start, c.end = p.start, p.end
		s.out = append(s.out, c)
	}
	words = s.held(words, slices.Contains(all[:len(all)-len(words)], "eval"))
	words = s.named(words)
	if len(words) > 1 && words[0] == "wait" && hint == "" {
		s.awaited()
	}
	if len(words) == 0 || s.builtin(words) {
		return
	}
	if inner := shellArgument(words); inner != "" {
		s.within(inner, p, hint)
		return
	}
	guarded := p.op == "||" || p.op == "&&" || s.judged || replaces
	s.spell(words, hint, p, guarded)
	if inner, soft := forEach(words); inner != nil {
		s.spell(inner, cmp.Or(hint, soft), p, guarded)
	}
	if inner := launchedShell(words); inner != "" {
		s.within(inner, p, hint)
	}
}

// spell appends a command as rules may ask for it.
func (s *shell) spell(words []string, hint string, p part, guarded bool) {
	for _, text := range spellings(words) {
		s.out = append(s.out, command{text: text, hint: cmp.Or(hint, softFlags(text)), start: p.start, end: p.end, dir: s.dir, guarded: guarded})
	}
}

// awaited takes what runs in the background for the script's own: wait with a
// process fails as the process does.
func (s *shell) awaited() {
	for i := range s.out {
		if s.out[i].hint == hintBehind {
			s.out[i].hint = ""
		}
	}
}

// within appends the commands of a script that a command is given.
func (s *shell) within(inner string, p part, hint string) {
	sub := shell{src: inner, line: p.start, dir: s.dir, errexit: true}
	sub.split(1)
	for _, c := range sub.out {
		c.start, c.end = p.start, p.end
		if c.hint == "" {
			c.hint = hint
		}
		s.out = append(s.out, c)
	}
}

// launchedShell is the script that a launcher gives a shell: that of
// `docker run IMAGE sh -c '…'`.
func launchedShell(words []string) string {
	for range 4 {
		if words = dropPrefix(words); len(words) == 0 {
			return ""
		}
		if words = launched(words); len(words) == 0 {
			return ""
		}
		if inner := shellArgument(words); inner != "" {
			return inner
		}
	}
	return ""
}

// builtin carries out what changes how later commands are read, and tells
// whether the words are of no interest to any rule.
func (s *shell) builtin(words []string) bool {
	switch words[0] {
	case "cd", "pushd":
		if len(words) > 1 {
			for _, top := range [...]string{"${{ github.workspace }}", "$GITHUB_WORKSPACE", "${GITHUB_WORKSPACE}"} {
				if rest, ok := strings.CutPrefix(unquote(words[1]), top); ok && !strings.ContainsAny(rest, "$`~") {
					s.dir = strings.Trim(rest, "/")
					return true
				}
			}
		}
		if len(words) > 1 && !strings.ContainsAny(words[1], "$`~") {
			s.dir = joinDir(s.dir, unquote(words[1]))
		}
		return true
	case "set":
		s.options(words[1:])
		return true
	case "trap":
		s.trapped = append(s.trapped, strings.Fields(strings.Trim(strings.Join(words[1:], " "), `"'`))...)
		return true
	case "true", ":", "exit", "return", "shift", "popd", "local", "readonly", "declare", "unset", "break", "continue", "wait", "shopt", "read", "[", "[[", "test":
		return true
	}
	return false
}

func (s *shell) options(words []string) {
	for i, w := range words {
		on := strings.HasPrefix(w, "-")
		if len(w) < 2 || (!on && w[0] != '+') {
			continue
		}
		if strings.Contains(w, "e") {
			s.errexit = on
		}
		if strings.HasSuffix(w, "o") && i+1 < len(words) {
			switch words[i+1] {
			case "pipefail":
				s.pipefail = on
			case "errexit":
				s.errexit = on
			}
		}
	}
}

// joinDir is dir/to within the repository; to that is absolute or leaves the
// repository gives a folder that holds nothing.
func joinDir(dir, to string) string {
	if rest, ok := strings.CutPrefix(to, "/github/workspace"); ok {
		dir, to = "", rest
	}
	if strings.HasPrefix(to, "/") {
		return "/"
	}
	if dir == "/" {
		return dir
	}
	joined := path.Join(dir, to)
	switch {
	case joined == ".":
		return ""
	case joined == ".." || strings.HasPrefix(joined, "../"):
		return "/"
	}
	return joined
}

// softFlags says why a command reports success whatever it finds.
func softFlags(text string) string {
	for _, flag := range []string{"--soft-fail", "--exit-zero", "--exit-code 0", "--exit-code=0", "-no-fail", "--no-fail", "--issues-exit-code=0", "--issues-exit-code 0"} {
		at := strings.Index(text, " "+flag)
		if at < 0 {
			continue
		}
		rest := text[at+1+len(flag):]
		if rest == "" || rest[0] == ' ' {
			return hintSuccess + " (" + flag + ")"
		}
	}
	return ""
}

// shellArgument is the script in `bash -c '…'`; empty for any other command.
func shellArgument(words []string) string {
	words = dropPrefix(words)
	if len(words) < 3 {
		return ""
	}
	switch words[0] {
	case "bash", "sh", "zsh", "/bin/bash", "/bin/sh":
	default:
		return ""
	}
	for i, w := range words[1:] {
		if !strings.HasPrefix(w, "-") {
			return ""
		}
		if !strings.HasPrefix(w, "--") && strings.Contains(w, "c") && i+2 < len(words) {
			return unquote(words[i+2])
		}
	}
	return ""
}

func firstWord(raw string) string {
	raw = strings.TrimLeft(raw, " \t\r\n")
	if end := strings.IndexAny(raw, " \t\r\n"); end >= 0 {
		return raw[:end]
	}
	return raw
}
