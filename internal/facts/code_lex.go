package facts

import "strings"

// syntax is how a programming language writes comments and strings: all that
// a reader of declarations needs in order not to take one for code.
type syntax struct {
	hash     bool // # to the end of the line is a comment
	slash    bool // so is //, and /* */
	triple   bool // """ and ''' quote over lines
	template bool // `a ${b}` is a string with holes
	raw      bool // `a` is a raw string
	regex    bool // /a/ is a pattern where a value may stand
	holes    bool // "a ${b}" or "a #{b}" has holes
}

type tokenKind uint8

const (
	punct tokenKind = iota // one byte: bracket, operator
	ident
	number
	quoted
)

// token is a piece of code. The text of a quoted one is what stands between
// its quotes, escapes left as they are.
type token struct {
	kind tokenKind
	open bool // a quoted text with holes: not a constant
	line int
	end  int // the line it ends on
	text string
}

// maxTokens bounds what one file can cost.
const maxTokens = 400_000

// maxPattern is longer, in bytes, than patterns are.
const maxPattern = 2000

// lex cuts code into tokens. It never fails: what it does not know becomes
// punctuation, and a string that does not end stops at the end of its line.
func lex(code string, s syntax) []token {
	l := lexer{code: code, syntax: s, line: 1, out: make([]token, 0, len(code)/5)}
	for l.at < len(l.code) && len(l.out) < maxTokens {
		l.next()
	}
	return l.out
}

type lexer struct {
	syntax
	code string
	at   int
	line int
	out  []token
}

func (l *lexer) next() {
	c := l.code[l.at]
	switch {
	case c == '\n':
		l.line++
		l.at++
	case c == ' ' || c == '\t' || c == '\r':
		l.at++
	case c == '#' && l.hash, c == '/' && l.slash && l.peek(1) == '/':
		l.lineComment()
	case c == '/' && l.slash && l.peek(1) == '*':
		l.through(2, "*/")
	case c == '"' || c == '\'':
		l.quote(c)
	case c == '`' && l.template:
		l.templateText()
	case c == '`' && l.raw:
		line, from := l.line, l.at+1
		l.through(1, "`")
		l.add(token{quoted, false, line, l.line, strings.TrimSuffix(l.code[from:l.at], "`")})
	case c == '/' && l.regex && l.valueMayStand():
		l.pattern()
	case letter(c):
		l.word(ident)
	case '0' <= c && c <= '9':
		l.word(number)
	default:
		l.add(token{punct, false, l.line, l.line, l.code[l.at : l.at+1]})
		l.at++
	}
}

func (l *lexer) add(t token) { l.out = append(l.out, t) }

func (l *lexer) peek(n int) byte {
	if l.at+n < len(l.code) {
		return l.code[l.at+n]
	}
	return 0
}

func (l *lexer) lineComment() {
	if i := strings.IndexByte(l.code[l.at:], '\n'); i >= 0 {
		l.at += i
		return
	}
	l.at = len(l.code)
}

// through moves behind the next occurrence of end, counting lines.
func (l *lexer) through(skip int, end string) {
	from := l.at
	l.at = min(l.at+skip, len(l.code))
	if i := strings.Index(l.code[l.at:], end); i >= 0 {
		l.at += i + len(end)
	} else {
		l.at = len(l.code)
	}
	l.line += strings.Count(l.code[from:l.at], "\n")
}

// quote reads a string in single or double quotes, or in three of them.
func (l *lexer) quote(q byte) {
	line := l.line
	if three := strings.Repeat(string(q), 3); l.triple && strings.HasPrefix(l.code[l.at:], three) {
		from := l.at + 3
		l.through(3, three)
		text := strings.TrimSuffix(l.code[min(from, l.at):l.at], three)
		l.add(token{quoted, l.openText(text, q), line, l.line, text})
		return
	}
	from := l.at + 1
	verbatim := l.prefix('@') || l.prefix('r')
	for l.at++; l.at < len(l.code); l.at++ {
		switch c := l.code[l.at]; {
		case c == '\\' && !verbatim:
			if l.at++; l.at < len(l.code) && l.code[l.at] == '\n' {
				l.line++
			}
		case c == '\n' && !l.prefix('@'):
			l.add(token{quoted, true, line, line, strings.TrimSuffix(l.code[from:l.at], "\r")})
			return
		case c == '\n':
			l.line++
		case c == q:
			text := l.code[from:l.at]
			l.at++
			l.add(token{quoted, l.openText(text, q), line, l.line, text})
			return
		}
	}
	l.at = len(l.code)
	l.add(token{quoted, true, line, l.line, l.code[min(from, l.at):]})
}

// prefix tells whether the token just before, touching the quote, is the mark
// of a special string (f"", $"", @"", r""), and takes it away.
func (l *lexer) prefix(mark byte) bool {
	if len(l.out) == 0 {
		return false
	}
	last := l.out[len(l.out)-1].text
	return len(last) > 0 && len(last) <= 2 && strings.IndexByte(strings.ToLower(last), mark) >= 0 &&
		l.out[len(l.out)-1].line == l.line
}

func (l *lexer) openText(text string, q byte) bool {
	if l.holes && q == '"' && (strings.Contains(text, "${") || strings.Contains(text, "#{") || strings.Contains(text, "$(")) {
		return true
	}
	return (l.prefix('f') || l.prefix('$')) && strings.IndexByte(text, '{') >= 0
}

// templateText reads `a ${b} c`; the holes may hold strings and braces.
func (l *lexer) templateText() {
	line, from, depth, holes := l.line, l.at+1, 0, false
	for l.at++; l.at < len(l.code); l.at++ {
		switch c := l.code[l.at]; {
		case c == '\\':
			l.at++
			if l.at < len(l.code) && l.code[l.at] == '\n' {
				l.line++
			}
		case c == '\n':
			l.line++
		case depth == 0 && c == '$' && l.peek(1) == '{':
			holes = true
			depth = 1
			l.at++
		case depth > 0 && c == '{':
			depth++
		case depth > 0 && c == '}':
			depth--
		case depth == 0 && c == '`':
			l.add(token{quoted, holes, line, l.line, l.code[from:l.at]})
			l.at++
			return
		}
	}
	l.at = len(l.code)
}

// valueMayStand tells a pattern from a division by what stands before it.
func (l *lexer) valueMayStand() bool {
	if len(l.out) == 0 {
		return true
	}
	t := l.out[len(l.out)-1]
	switch t.kind {
	case punct:
		return strings.Contains("(,=:[!&|?{};+", t.text)
	case ident:
		return t.text == "return" || t.text == "case"
	}
	return false
}

func (l *lexer) pattern() {
	class := false
	for from := l.at; ; {
		l.at++
		if l.at >= len(l.code) || l.code[l.at] == '\n' || l.at-from > maxPattern { // it was a division after all
			l.add(token{punct, false, l.line, l.line, "/"})
			l.at = from + 1
			return
		}
		switch c := l.code[l.at]; {
		case c == '\\' && l.peek(1) != '\n':
			l.at++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			l.at++
			l.add(token{quoted, true, l.line, l.line, l.code[from:l.at]})
			return
		}
	}
}

func (l *lexer) word(kind tokenKind) {
	from := l.at
	for l.at < len(l.code) {
		c := l.code[l.at]
		if letter(c) || '0' <= c && c <= '9' || kind == number && c == '.' && l.peek(1) >= '0' && l.peek(1) <= '9' {
			l.at++
			continue
		}
		break
	}
	l.add(token{kind, false, l.line, l.line, l.code[from:l.at]})
}

func letter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '$' || c >= 0x80
}
