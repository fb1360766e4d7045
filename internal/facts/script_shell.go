package facts

import (
	"slices"
	"strings"
)

// command is one simple command of a script, as rules see it.
type command struct {
	text string // without prefixes such as variables and sudo, without strings that are only printed
	hint string // why its failure may not fail the script; empty when it does
	hook string // of pre-commit: the repository of the hook and its id
	via  string // the file it was found in, when that is not the file that runs it
	line int    // line in via, from 1; 0 when it has none

	start, end int    // lines in the file that runs it
	dir        string // the folder it runs in, from the root of the repository
	guarded    bool   // followed by || or &&, or the script exits by what it says, or becomes it (exec)
	within     string // the function of the script that it stands in
}

const (
	hintTolerated = hintFailure + "is ignored (|| true)"
	hintErrexit   = hintFailure + "is ignored (set +e)"
	hintTested    = "only tested by an if"
	hintPiped     = hintFailure + "is lost in the pipe to tee"
	hintNested    = hintFailure + "is lost in a command substitution"
)

// splitShell cuts a shell script into simple commands. It follows quotes,
// comments, here-documents, continued lines and substitutions as far as
// needed not to take text for a command; it does not check the grammar.
// The first line of src is line; dir is the folder it starts in. pipefail
// says whether the shell was started so that a pipe fails with any part.
func splitShell(src string, line int, dir string, pipefail bool) []command {
	return splitHolding(src, line, dir, pipefail, nil)
}

// splitHolding is splitShell in a shell that others wrote to before: vars, if
// not nil, are what its variables hold, and are kept.
func splitHolding(src string, line int, dir string, pipefail bool, vars map[string]string) []command {
	s := shell{src: src, line: line, dir: dir, pipefail: pipefail, errexit: true, vars: vars}
	s.split(0)
	for i := range s.out {
		if s.function != "" || slices.Contains(s.trapped, s.out[i].within) { // its end was not found, or it runs at the end of all
			s.out[i].within = ""
		}
	}
	return s.out
}

type shell struct {
	src      string
	pos      int
	line     int
	dir      string
	errexit  bool
	pipefail bool
	here     []string          // ends of the here-documents that start after this line
	open     int               // sub-shells
	outside  []outer           // of them, what holds again after each
	group    bool              // within the braces of `a || { b; c; }`
	asked    int               // looks ahead at what ifs do
	judged   bool              // the script exits by what the command at hand says
	plain    bool              // no ${{ is closed from here on
	vars     map[string]string // commands held in variables; empty where several are
	out      []command
	list     []part   // the commands of the current list: a && b || c
	function string   // that is being read
	braces   int      // that are open in it
	trapped  []string // words of what traps run
}

// part is a simple command with the operator that follows it.
type part struct {
	raw        string
	start, end int
	op         string
	nested     []command
	opens      bool // a sub-shell begins after it
	forgiven   bool // a sub-shell takes its failure for success
	closes     bool // a sub-shell ends with it
	within     string
}

// outer is what a sub-shell may change for itself alone.
type outer struct {
	dir     string
	errexit bool
}

// maxShellDepth bounds substitutions within substitutions.
const maxShellDepth = 8

func (s *shell) split(depth int) {
	for s.pos < len(s.src) {
		p := s.simple(depth)
		blank := strings.TrimSpace(p.raw) == "" && len(p.nested) == 0
		if !blank {
			p.within = s.enter(p.raw)
			s.list = append(s.list, p)
		}
		if n := len(s.list); p.opens && blank && n > 0 && s.list[n-1].op == "||" {
			s.list[n-1].forgiven = forgivingShell(s.src[s.pos:min(closing(s.src, s.pos, ")"), s.pos+500)])
		}
		s.group = s.inGroup()
		if !s.group && (p.op == "\n" || p.op == ";" || p.op == "&" || p.op == "") {
			s.flush(p.op)
		}
		switch {
		case p.opens:
			s.outside = append(s.outside, outer{s.dir, s.errexit})
		case p.closes && blank:
			s.leave()
		}
	}
	s.flush("")
}

// leave goes back to what held before a sub-shell.
func (s *shell) leave() {
	if n := len(s.outside) - 1; n >= 0 {
		s.dir, s.errexit = s.outside[n].dir, s.outside[n].errexit
		s.outside = s.outside[:n]
	}
}

// inGroup tells whether the list is in the braces of a fallback.
func (s *shell) inGroup() bool {
	n := len(s.list)
	if n == 0 {
		return false
	}
	switch last := firstWord(s.list[n-1].raw); {
	case last == "{":
		return n > 1 && s.list[n-2].op == "||"
	case last == "}":
		return false
	}
	return s.group
}

// operator reads the operator at the cursor; empty when there is none.
func (s *shell) operator(b *strings.Builder) string {
	rest := s.src[s.pos:]
	switch {
	case (rest[0] == '&' || rest[0] == '|') && inTest(b.String()):
		return ""
	case strings.HasPrefix(rest, "&&"), strings.HasPrefix(rest, "||"):
		s.pos += 2
		return rest[:2]
	case strings.HasPrefix(rest, "|&"):
		s.pos += 2
		return "|"
	case rest[0] == '|', rest[0] == ';':
		s.pos++
		return rest[:1]
	case rest[0] == '\n':
		s.pos++
		s.line++
		s.skipHere()
		return "\n"
	case rest[0] == '&' && !strings.HasPrefix(rest, "&>"):
		if t := b.String(); strings.HasSuffix(t, ">") || strings.HasSuffix(t, "<") {
			return "" // 2>&1
		}
		s.pos++
		return "&"
	case rest[0] == '(' && strings.TrimSpace(b.String()) == "":
		s.pos++ // a sub-shell: its commands are commands
		s.open++
		return ";"
	case rest[0] == ')':
		s.pos++
		s.open--
		return s.closeGroup()
	}
	return ""
}

// inTest tells whether text ends within [[ … ]], where && joins conditions.
// Conditions of thousands of bytes are not looked for.
func inTest(text string) bool {
	text = text[max(0, len(text)-2000):]
	open := strings.LastIndex(text, "[[ ")
	return open >= 0 && !strings.Contains(text[open:], " ]]")
}

// closeGroup joins what follows a sub-shell to its last command, so that
// `(a) || true` is seen as one list.
func (s *shell) closeGroup() string {
	rest := strings.TrimLeft(s.src[s.pos:], " \t")
	for _, op := range []string{"||", "&&", "|"} {
		if strings.HasPrefix(rest, op) {
			s.pos = len(s.src) - len(rest) + len(op)
			return op
		}
	}
	return ";"
}

// expression copies a ${{ … }} of a workflow as it is.
func (s *shell) expression(b *strings.Builder) {
	end := -1
	if !s.plain {
		end = strings.Index(s.src[s.pos:], "}}")
	}
	if end < 0 {
		s.plain = true
		b.WriteByte('$')
		s.pos++
		return
	}
	text := s.src[s.pos : s.pos+end+2]
	s.line += strings.Count(text, "\n")
	b.WriteString(text)
	s.pos += len(text)
}

// substitution copies `…` or $(…) and returns the commands inside.
func (s *shell) substitution(b *strings.Builder, open, end string, depth int) []command {
	from := s.pos + len(open)
	if open == "(" {
		from = s.pos + 2
	}
	to := closing(s.src, from, end)
	text := s.src[s.pos:min(to+1, len(s.src))]
	inner := s.src[from:min(to, len(s.src))]
	line := s.line
	b.WriteString(text)
	s.pos += len(text)
	s.line += strings.Count(text, "\n")
	if depth >= maxShellDepth {
		return nil
	}
	sub := shell{src: inner, line: line, dir: s.dir, pipefail: s.pipefail, errexit: s.errexit}
	sub.split(depth + 1)
	return sub.out
}

// closing is the index of the end of a substitution that starts at from.
func closing(src string, from int, end string) int {
	level, quote := 1, byte(0)
	for i := from; i < len(src); i++ {
		switch c := src[i]; {
		case c == '\\':
			i++
		case end == "`":
			if c == '`' {
				return i
			}
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(':
			level++
		case c == ')':
			if level--; level == 0 {
				return i
			}
		}
	}
	return len(src)
}

func (s *shell) skipComment() {
	end := strings.IndexByte(s.src[s.pos:], '\n')
	if end < 0 {
		s.pos = len(s.src)
		return
	}
	s.pos += end
}

// hereDocument notes the word that ends a here-document.
func (s *shell) hereDocument() {
	s.pos += 2
	rest := strings.TrimLeft(strings.TrimPrefix(s.src[s.pos:], "-"), " \t")
	word := rest
	if i := strings.IndexAny(rest, " \t\r\n;|&)<>"); i >= 0 {
		word = rest[:i]
	}
	s.pos = len(s.src) - len(rest) + len(word)
	if word = strings.Trim(word, `'"\`); word != "" {
		s.here = append(s.here, word)
	}
}

// skipHere passes over the here-documents that start at the cursor's line.
func (s *shell) skipHere() {
	for _, word := range s.here {
		for s.pos < len(s.src) {
			text, _, more := strings.Cut(s.src[s.pos:], "\n")
			s.pos += len(text)
			if more {
				s.pos++
				s.line++
			}
			if strings.TrimSpace(text) == word {
				break
			}
		}
	}
	s.here = nil
}
