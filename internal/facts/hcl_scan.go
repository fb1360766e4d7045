package facts

import "strings"

// hclScan steps through a text a byte at a time, no further than telling code
// from strings, heredocs and comments.
type hclScan struct {
	hclStack
	text string
	at   int
	line int
}

// run is false when the scan can't tell strings from code.
func (s *hclScan) run() bool {
	for s.at < len(s.text) && !s.tooDeep() {
		if !s.step() {
			return false
		}
	}
	return s.tooDeep() || len(s.frames) == 1
}

// step is false where it can't tell strings from code.
func (s *hclScan) step() bool {
	switch s.top().closer {
	case '"':
		return s.quoted()
	case 'h':
		return s.heredoc()
	}
	return s.code()
}

// code steps over one byte of code, or one comment.
func (s *hclScan) code() bool {
	rest := s.text[s.at:]
	switch c := rest[0]; c {
	case '\n':
		s.line++
		s.newline()
	case ',':
		s.endChain()
	case '?', '!', '-':
		s.count()
	case '(':
		s.push(hclFrame{closer: ')'})
	case '[':
		s.push(hclFrame{closer: ']'})
	case '{':
		s.push(hclFrame{closer: '}'})
	case '"':
		s.push(hclFrame{closer: '"'})
	case ')', ']', '}':
		if s.top().closer != c {
			return false
		}
		s.pop()
	case '#':
		s.skipLine(rest)
		return true
	case '/':
		return s.slash(rest)
	case '<':
		return s.openHeredoc(rest)
	}
	s.at++
	return true
}

func (s *hclScan) skipLine(rest string) {
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		s.at += i
	} else {
		s.at = len(s.text)
	}
}

func (s *hclScan) slash(rest string) bool {
	if strings.HasPrefix(rest, "//") {
		s.skipLine(rest)
		return true
	}
	if !strings.HasPrefix(rest, "/*") {
		s.at++
		return true
	}
	i := strings.Index(rest[2:], "*/")
	if i < 0 {
		return false
	}
	s.line += strings.Count(rest[:i+4], "\n")
	s.at += i + 4
	return true
}

func (s *hclScan) openHeredoc(rest string) bool {
	if !strings.HasPrefix(rest, "<<") {
		s.at++
		return true
	}
	first, _, ok := strings.Cut(rest[2:], "\n")
	marker := strings.TrimSuffix(strings.TrimPrefix(first, "-"), "\r")
	if !ok || !hclIdent(marker) {
		return false
	}
	s.at += 2 + len(first) + 1
	s.line++
	s.push(hclFrame{closer: 'h', marker: marker})
	return true
}

func hclIdent(s string) bool {
	for i, c := range []byte(s) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

// quoted steps over a piece of a quoted template.
func (s *hclScan) quoted() bool {
	rest := s.text[s.at:]
	switch c := rest[0]; c {
	case '\n', '\r':
		return false
	case '\\':
		if len(rest) < 2 || rest[1] == '\n' || rest[1] == '\r' {
			return false
		}
		s.at += 2
		return true
	case '"':
		s.pop()
	case '$', '%':
		s.dollar(rest, c)
		return true
	}
	s.at++
	return true
}

func (s *hclScan) dollar(rest string, c byte) {
	switch {
	case len(rest) > 2 && rest[1] == c && rest[2] == '{':
		s.at += 3 // an escape
	case len(rest) > 1 && rest[1] == '{':
		s.at += 2
		if c == '%' {
			s.count() // directives nest without brackets
		}
		s.push(hclFrame{closer: '}', interp: true})
	default:
		s.at++
	}
}

// heredoc steps to the next line or interpolation of a heredoc.
func (s *hclScan) heredoc() bool {
	rest := s.text[s.at:]
	if s.at > 0 && s.text[s.at-1] == '\n' {
		line, _, ok := strings.Cut(rest, "\n")
		if ok && strings.TrimSpace(line) == s.top().marker {
			s.pop()
			s.at += len(line)
			return true
		}
	}
	i := strings.IndexAny(rest, "\n$%")
	if i < 0 {
		return false
	}
	s.at += i
	if c := rest[i]; c != '\n' {
		s.dollar(rest[i:], c)
		return true
	}
	s.line++
	s.at++
	return true
}
