package facts

import "strings"

// command is one simple command of a script, as rules see it.
type command struct {
	text string // without prefixes such as variables and sudo, without strings that are only printed
	hint string // why its failure may not fail the script; empty when it does
	hook string // of pre-commit: the repository of the hook and its id
	via  string // the file it was found in, when that is not the file that runs it
	line int    // line in via, from 1; 0 when it has none

	start, end int    // lines in the file that runs it
	dir        string // the folder it runs in, from the root of the repository
	guarded    bool   // followed by || or &&, or the script exits by what it says
}

const (
	hintTolerated = "its failure is ignored (|| true)"
	hintErrexit   = "its failure is ignored (set +e)"
	hintTested    = "only tested by an if"
	hintPiped     = "its failure is lost in the pipe to tee"
	hintNested    = "its failure is lost in a command substitution"
	hintBehind    = "runs in the background"
)

// splitShell cuts a shell script into simple commands. It follows quotes,
// comments, here-documents, continued lines and substitutions as far as
// needed not to take text for a command; it does not check the grammar.
// The first line of src is line; dir is the folder it starts in. pipefail
// says whether the shell was started so that a pipe fails with any part.
func splitShell(src string, line int, dir string, pipefail bool) []command {
	s := shell{src: src, line: line, dir: dir, pipefail: pipefail, errexit: true}
	s.split(0)
	return s.out
}

type shell struct {
	src      string
	pos      int
	line     int
	dir      string
	errexit  bool
	pipefail bool
	here     []string // ends of the here-documents that start after this line
	open     int      // sub-shells
	group    bool     // within the braces of `a || { b; c; }`
	out      []command
	list     []part // the commands of the current list: a && b || c
}

// part is a simple command with the operator that follows it.
type part struct {
	raw        string
	start, end int
	op         string
	nested     []command
}

// maxShellDepth bounds substitutions within substitutions.
const maxShellDepth = 8

func (s *shell) split(depth int) {
	for s.pos < len(s.src) {
		p := s.simple(depth)
		if strings.TrimSpace(p.raw) != "" || len(p.nested) > 0 {
			s.list = append(s.list, p)
		}
		s.group = s.inGroup()
		if !s.group && (p.op == "\n" || p.op == ";" || p.op == "&" || p.op == "") {
			s.flush(p.op)
		}
	}
	s.flush("")
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

// simple reads up to the operator that ends a simple command.
func (s *shell) simple(depth int) part {
	var b strings.Builder
	p := part{}
	quote, inner := byte(0), 0
	mark := func() {
		if p.start == 0 {
			p.start = s.line
		}
		p.end = s.line
	}
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		switch {
		case c == '\\' && quote != '\'' && s.pos+1 < len(s.src):
			next := s.src[s.pos+1]
			s.pos += 2
			if next == '\r' && s.pos < len(s.src) && s.src[s.pos] == '\n' {
				next, s.pos = '\n', s.pos+1
			}
			if next == '\n' {
				s.line++
				b.WriteByte(' ')
				continue
			}
			mark()
			b.WriteByte(c)
			b.WriteByte(next)
			continue
		case c == '$' && quote != '\'' && strings.HasPrefix(s.src[s.pos:], "${{"):
			mark()
			s.expression(&b)
			continue
		case c == '$' && quote != '\'' && strings.HasPrefix(s.src[s.pos:], "$(") && !strings.HasPrefix(s.src[s.pos:], "$(("):
			mark()
			p.nested = append(p.nested, s.substitution(&b, "(", ")", depth)...)
			p.end = s.line
			continue
		case c == '`' && quote != '\'':
			mark()
			p.nested = append(p.nested, s.substitution(&b, "`", "`", depth)...)
			p.end = s.line
			continue
		case quote != 0:
			if c == quote {
				quote = 0
			}
			p.end = s.line
			if c == '\n' {
				s.line++
			}
		case c == '\'' || c == '"':
			mark()
			quote = c
		case c == '#' && (s.pos == 0 || strings.IndexByte(" \t\n;&|(", s.src[s.pos-1]) >= 0):
			s.skipComment()
			continue
		case strings.HasPrefix(s.src[s.pos:], "<<") && !strings.HasPrefix(s.src[s.pos:], "<<<"):
			s.hereDocument()
			continue
		case c == '(' && strings.TrimSpace(b.String()) != "":
			inner++
		case c == ')' && inner > 0:
			inner--
		case c == ')' && s.open == 0: // what came before is a pattern of a case
			b.Reset()
			p, s.list = part{}, nil
			s.pos++
			continue
		default:
			if op := s.operator(&b); op != "" {
				p.raw, p.op = b.String(), op
				return p
			}
			if c != ' ' && c != '\t' && c != '\r' {
				mark()
			}
		}
		b.WriteByte(c)
		s.pos++
	}
	p.raw = b.String()
	return p
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
func inTest(text string) bool {
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
	end := strings.Index(s.src[s.pos:], "}}")
	if end < 0 {
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
