package facts

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// hclSpan is a top-level block by where its text lies.
type hclSpan struct {
	kind       string
	labels     []string
	from, to   int // bytes
	start, end int // lines
}

// hclOutline finds the blocks of a file that has nothing else at its top. A
// syntax tree takes twenty times as much memory as its text, and a repository
// may hold ten thousand files: so each block is parsed when it is its turn. Not
// ok: only the parser can tell what the file says.
func hclOutline(text string) (blocks []hclSpan, ok bool) {
	s := hclScan{hclStack: newHCLStack(), text: text, line: 1}
	blocks = []hclSpan{}
	var b *hclSpan // begun
	ended := false // a block, on this line
	for s.at < len(text) {
		depth := len(s.frames)
		if depth == 1 {
			switch c := text[s.at]; {
			case c == ' ' || c == '\t' || c == '\r' && strings.HasPrefix(text[s.at:], "\r\n"):
			case c == '\n':
				ended = false
			case c == '#' || strings.HasPrefix(text[s.at:], "//") || strings.HasPrefix(text[s.at:], "/*"):
				if b != nil {
					return nil, false
				}
			case b == nil:
				if ended || !hclLetter(c) {
					return nil, false
				}
				blocks = append(blocks, hclSpan{from: s.at, start: s.line})
				b = &blocks[len(blocks)-1]
			}
		}
		if !s.step() || s.tooDeep() {
			return nil, false
		}
		switch now := len(s.frames); {
		case b == nil || s.at == 0:
		case depth == 1 && now == 2 && s.top().closer == '}':
			if b.kind, b.labels, ok = hclHeader(text[b.from : s.at-1]); !ok {
				return nil, false
			}
		case depth == 2 && now == 1 && text[s.at-1] == '}':
			b.to, b.end = s.at, s.line
			b, ended = nil, true
		}
	}
	return blocks, b == nil && len(s.frames) == 1
}

func hclLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

// hclHeader reads what stands before a block's brace: words, and texts that say
// what they say, on one line.
func hclHeader(text string) (kind string, labels []string, ok bool) {
	for text = strings.Trim(text, " \t"); text != ""; text = strings.TrimLeft(text, " \t") {
		var word string
		if quoted, is := strings.CutPrefix(text, `"`); is {
			if word, text, ok = strings.Cut(quoted, `"`); !ok || kind == "" || strings.ContainsAny(word, "\\$%\r\n") {
				return "", nil, false
			}
		} else {
			n := len(text)
			if i := strings.IndexAny(text, " \t\""); i >= 0 {
				n = i
			}
			if word, text = text[:n], text[n:]; !hclIdent(word) {
				return "", nil, false
			}
		}
		word = strings.Clone(word) // it outlives the text
		if kind == "" {
			kind = word
		} else {
			labels = append(labels, word)
		}
	}
	return kind, labels, kind != ""
}

// hclSetting looks for an attribute in the text of a block, nested ones left
// out. Plain: text is what it is set to, which stands there in quotes.
func hclSetting(block, name string) (text string, plain, found bool) {
	s := hclScan{hclStack: newHCLStack(), text: block, line: 1}
	fresh := false // nothing stands before on this line
	for s.at < len(block) {
		if len(s.frames) == 2 && s.top().closer == '}' {
			switch c := block[s.at]; {
			case c == '\n':
				fresh = true
			case c == ' ' || c == '\t' || c == '\r':
			case fresh:
				fresh = false
				if rest, is := strings.CutPrefix(block[s.at:], name); is {
					if value, is := strings.CutPrefix(strings.TrimLeft(rest, " \t"), "="); is && !strings.HasPrefix(value, "=") {
						text, plain = hclPlainText(strings.TrimLeft(value, " \t"))
						return text, plain, true
					}
				}
			}
		}
		depth := len(s.frames)
		if !s.step() {
			return "", false, true // the parser knows
		}
		fresh = fresh || depth == 1 && len(s.frames) == 2 && s.top().closer == '}'
	}
	return "", false, false
}

// hclPlainText is a text in quotes that nothing is filled into, and behind which
// nothing follows on its line.
func hclPlainText(value string) (text string, ok bool) {
	value, _, _ = strings.Cut(value, "\n")
	quoted, ok := strings.CutPrefix(strings.TrimRight(value, " \t\r"), `"`)
	if !ok {
		return "", false
	}
	text, rest, ok := strings.Cut(quoted, `"`)
	if !ok || rest != "" || strings.ContainsAny(text, "\\$%") {
		return "", false
	}
	return text, true
}

// parseSpan parses one block of a file; line and message are of its first fault.
func parseSpan(f *hclFile, at hclSpan) (body *hclsyntax.Body, line int, message string) {
	body = &hclsyntax.Body{}
	defer func() {
		if p := recover(); p != nil {
			line, message = at.start, "the parser gave up"
		}
	}()
	parsed, diags := hclsyntax.ParseConfig([]byte(f.text[at.from:at.to]), f.path, hcl.Pos{Line: at.start, Column: 1, Byte: at.from})
	if parsed != nil {
		if top, ok := parsed.Body.(*hclsyntax.Body); ok && len(top.Blocks) > 0 {
			body = top.Blocks[0].Body
		}
	}
	line, message = hclFirstError(diags)
	return body, line, message
}
