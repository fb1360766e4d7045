package facts

import (
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
