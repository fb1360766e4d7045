package facts

import "strings"

// bicepToken is one word of Bicep: a name, a number, a string or a sign. The
// zero kind is the end of the file.
type bicepToken struct {
	kind  byte // n a name, 0 a number, s a string, and = a sign
	text  string
	parts []bicepPart // of a string
	line  int
	first bool // the first on its line
}

// bicepPart is a piece of a string: text, or code that is filled in.
type bicepPart struct {
	text string
	code bool
}

// bicepLexer cuts a file into tokens, comments left out.
type bicepLexer struct {
	src   string
	at    int
	line  int
	first bool
	out   []bicepToken
}

func bicepTokens(src string) []bicepToken {
	l := &bicepLexer{src: src, line: 1, first: true}
	for l.at < len(l.src) {
		l.step()
	}
	return append(l.out, bicepToken{line: l.line, first: true})
}

func (l *bicepLexer) step() {
	rest := l.src[l.at:]
	switch c := rest[0]; {
	case c == '\n':
		l.line, l.first = l.line+1, true
		l.at++
	case c == ' ' || c == '\t' || c == '\r':
		l.at++
	case strings.HasPrefix(rest, "//"):
		l.at += lengthUntil(rest, "\n")
	case strings.HasPrefix(rest, "/*"):
		n := min(lengthUntil(rest, "*/")+2, len(rest))
		l.line += strings.Count(rest[:n], "\n")
		l.at += n
	case strings.HasPrefix(rest, "'''"):
		n := lengthUntil(rest[3:], "'''")
		l.add('s', min(n+6, len(rest)), []bicepPart{{text: strings.TrimPrefix(rest[3:3+n], "\n")}})
	case c == '\'':
		parts, n := bicepString(rest)
		l.add('s', n, parts)
	case wordByte(c):
		n := 1
		for n < len(rest) && wordByte(rest[n]) {
			n++
		}
		kind := byte('n')
		if c >= '0' && c <= '9' {
			kind = '0'
		}
		l.add(kind, n, nil)
	default:
		l.add('=', bicepSign(rest), nil)
	}
}

func (l *bicepLexer) add(kind byte, n int, parts []bicepPart) {
	text := l.src[l.at : l.at+n]
	l.out = append(l.out, bicepToken{kind, text, parts, l.line, l.first})
	l.line += strings.Count(text, "\n")
	l.first = false
	l.at += n
}

// lengthUntil is how much of a text lies before a mark: all, where there is none.
func lengthUntil(text, mark string) int {
	if i := strings.Index(text, mark); i >= 0 {
		return i
	}
	return len(text)
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// bicepSign is the length of the sign that a text begins with.
func bicepSign(rest string) int {
	for _, sign := range [...]string{"...", "==", "!=", "=~", "!~", "<=", ">=", "&&", "||", "??", "=>", "::", ".?"} {
		if strings.HasPrefix(rest, sign) {
			return len(sign)
		}
	}
	return 1
}

// bicepString cuts the string that a text begins with into its parts, and says
// how long it is. A string ends with its line.
func bicepString(rest string) (parts []bicepPart, n int) {
	var text strings.Builder
	i := 1
	for i < len(rest) && rest[i] != '\'' && rest[i] != '\n' {
		switch {
		case rest[i] == '\\' && i+1 < len(rest):
			text.WriteByte(rest[i+1])
			i += 2
		case strings.HasPrefix(rest[i:], "${"):
			code := bicepCode(rest[i+2:])
			if text.Len() > 0 {
				parts = append(parts, bicepPart{text: text.String()})
				text.Reset()
			}
			parts = append(parts, bicepPart{rest[i+2 : i+2+code], true})
			i = min(i+3+code, len(rest))
		default:
			text.WriteByte(rest[i])
			i++
		}
	}
	if text.Len() > 0 || len(parts) == 0 {
		parts = append(parts, bicepPart{text: text.String()})
	}
	if i < len(rest) && rest[i] == '\'' {
		i++
	}
	return parts, i
}

// bicepCode is how long the code is that ends with the brace that closes it.
func bicepCode(rest string) int {
	depth, quoted := 0, false
	for i := range len(rest) {
		switch c := rest[i]; {
		case c == '\n':
			return i
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return len(rest)
}
