package facts

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

const (
	maxHCLDepth = 200 // brackets, strings and interpolations within each other
	maxHCLChain = 500 // operators that the parser recurses on, in all open brackets
)

// hclTooDeep is the line where a text nests deeper than the parser's stack
// should bear, 0 when it does not: the parser recurses with some ten kilobytes
// a level, and a stack that overflows can't be recovered from. Lexing costs
// half a parse, so a scan of the bytes decides, and only where that scan is
// unsure of strings and comments do the real tokens.
func hclTooDeep(text string) int {
	s := hclScan{hclStack: newHCLStack(), text: text, line: 1}
	if !s.run() {
		tokens, _ := hclsyntax.LexConfig([]byte(text), "", hcl.InitialPos)
		return hclTokensTooDeep(tokens)
	}
	if s.tooDeep() {
		return s.line
	}
	return 0
}

type hclFrame struct {
	closer byte   // what ends it: ) ] } " or 'h' for a heredoc; 0 for the file
	marker string // of a heredoc
	interp bool   // an interpolation or directive, where newlines end nothing
	chain  int
}

// hclStack is what is open at a point of the text.
type hclStack struct {
	frames []hclFrame
	chain  int // the sum over the frames
}

func newHCLStack() hclStack { return hclStack{frames: make([]hclFrame, 1, 16)} }

func (s *hclStack) top() *hclFrame { return &s.frames[len(s.frames)-1] }

func (s *hclStack) push(f hclFrame) { s.frames = append(s.frames, f) }

func (s *hclStack) pop() {
	s.endChain()
	s.frames = s.frames[:len(s.frames)-1]
}

func (s *hclStack) endChain() {
	s.chain -= s.top().chain
	s.top().chain = 0
}

func (s *hclStack) newline() {
	if t := s.top(); !t.interp && (t.closer == '}' || t.closer == 0) {
		s.endChain()
	}
}

func (s *hclStack) count() {
	s.top().chain++
	s.chain++
}

func (s *hclStack) tooDeep() bool { return len(s.frames) > maxHCLDepth || s.chain > maxHCLChain }

type hclScan struct {
	hclStack
	text string
	at   int
	line int
}

// run is false when the scan can't tell strings from code.
func (s *hclScan) run() bool {
	for s.at < len(s.text) && !s.tooDeep() {
		ok := false
		switch s.top().closer {
		case '"':
			ok = s.quoted()
		case 'h':
			ok = s.heredoc()
		default:
			ok = s.code()
		}
		if !ok {
			return false
		}
	}
	return s.tooDeep() || len(s.frames) == 1
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

// hclTokensTooDeep counts on the real tokens; a closer that closes nothing
// does not lower the count, so that broken texts err to the safe side.
func hclTokensTooDeep(tokens hclsyntax.Tokens) int {
	s := newHCLStack()
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenNewline:
			s.newline()
		case hclsyntax.TokenComma:
			s.endChain()
		case hclsyntax.TokenQuestion, hclsyntax.TokenBang, hclsyntax.TokenMinus:
			s.count()
		case hclsyntax.TokenTemplateControl:
			s.count()
			s.push(hclFrame{closer: '}', interp: true})
		default:
			open, c := hclCloser(t.Type)
			if open {
				s.push(hclFrame{closer: c, interp: t.Type == hclsyntax.TokenTemplateInterp})
			} else if c != 0 && c == s.top().closer {
				s.pop()
			}
		}
		if s.tooDeep() {
			return t.Range.Start.Line
		}
	}
	return 0
}

// hclCloser is what closes the bracket that a token opens, or is.
func hclCloser(t hclsyntax.TokenType) (open bool, closer byte) {
	switch t {
	case hclsyntax.TokenOBrace, hclsyntax.TokenTemplateInterp:
		return true, '}'
	case hclsyntax.TokenOParen:
		return true, ')'
	case hclsyntax.TokenOBrack:
		return true, ']'
	case hclsyntax.TokenOQuote:
		return true, '"'
	case hclsyntax.TokenOHeredoc:
		return true, 'h'
	case hclsyntax.TokenCBrace, hclsyntax.TokenTemplateSeqEnd:
		return false, '}'
	case hclsyntax.TokenCParen:
		return false, ')'
	case hclsyntax.TokenCBrack:
		return false, ']'
	case hclsyntax.TokenCQuote:
		return false, '"'
	case hclsyntax.TokenCHeredoc:
		return false, 'h'
	}
	return false, 0
}
