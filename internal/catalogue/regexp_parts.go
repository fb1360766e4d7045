package catalogue

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// alternatives are the parts of an expression between its outermost bars; nil
// when there is but one, or when parts of it don't say all of it.
func alternatives(text string) []*Regexp {
	flags := ""
	for strings.HasPrefix(text, "(?") {
		end := strings.IndexAny(text, ":)")
		if end < 0 || text[end] == ':' || strings.ContainsAny(text[:end], "<P") {
			break
		}
		flags += text[:end+1]
		text = text[end+1:]
	}
	parts := split(text)
	if len(parts) < 2 {
		return nil
	}
	var out []*Regexp
	for _, p := range parts {
		re, err := NewRegexp(flags + p)
		if err != nil {
			return nil
		}
		out = append(out, re)
	}
	return out
}

// split cuts at the outermost bars; nil where flags are set on the way, which
// hold for what follows, or a quotation hides bars.
func split(text string) []string {
	if strings.Contains(text, `\Q`) {
		return nil
	}
	var out []string
	depth, start := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '[':
			i = classEnd(text, i)
		case '(':
			if flag := flagsEnd(text[i:]); flag > 0 && depth == 0 {
				return nil
			}
			depth++
		case ')':
			depth--
		case '|':
			if depth == 0 {
				out = append(out, text[start:i])
				start = i + 1
			}
		}
	}
	return append(out, text[start:])
}

// flagsEnd is where (?flags) ends; 0 when text begins with something else.
func flagsEnd(text string) int {
	if !strings.HasPrefix(text, "(?") {
		return 0
	}
	end := strings.IndexAny(text, ":)<")
	if end < 0 || text[end] != ')' {
		return 0
	}
	return end
}

// classEnd is where the class that begins at i ends.
func classEnd(text string, i int) int {
	i++
	if i < len(text) && text[i] == '^' {
		i++
	}
	if i < len(text) && text[i] == ']' { // the first stands for itself
		i++
	}
	for ; i < len(text) && text[i] != ']'; i++ {
		if text[i] == '\\' {
			i++
		} else if strings.HasPrefix(text[i:], "[:") {
			if end := strings.Index(text[i:], ":]"); end > 0 {
				i += end + 1
			}
		}
	}
	return i
}

// needs are the sets of a concatenation besides the one that it is looked for
// by.
func needs(re *syntax.Regexp, literals []string) [][]string {
	for re.Op == syntax.OpCapture {
		re = re.Sub[0]
	}
	if re.Op != syntax.OpConcat {
		return nil
	}
	return slices.DeleteFunc(sets(re.Sub), func(set []string) bool { return slices.Equal(set, literals) })
}

// Possible tells whether a text holds what else a match can't do without. It
// costs a fraction of trying.
func (r *Regexp) Possible(text []byte) bool {
	return !slices.ContainsFunc(r.Needs, func(set []string) bool { return !holdsOne(text, set) })
}

// plausible tells whether a text holds all that is known of a match.
func (r *Regexp) plausible(text string) bool {
	return (r.Literals == nil || holdsOne(text, r.Literals)) &&
		!slices.ContainsFunc(r.Needs, func(set []string) bool { return !holdsOne(text, set) })
}

// holdsOne tells whether a text holds one of some texts in lower case, whatever
// its own case. Of texts beyond ASCII it says yes.
func holdsOne[T string | []byte](text T, texts []string) bool {
	if len(texts) < 3 {
		return slices.ContainsFunc(texts, func(t string) bool { return holdsText(text, t) })
	}
	var first [256 / 64]uint64 // a bit for each byte that one of them begins with
	for _, t := range texts {
		if beyondASCII(t) {
			return true
		}
		first[t[0]>>6] |= 1 << (t[0] & 63)
	}
	for i := range len(text) {
		c := lower(text[i])
		if first[c>>6]&(1<<(c&63)) != 0 && slices.ContainsFunc(texts, func(t string) bool { return t[0] == c && startsWith(text[i:], t) }) {
			return true
		}
	}
	return false
}

// startsWith tells whether a text begins with one in lower case.
func startsWith[T string | []byte](text T, literal string) bool {
	n := 0
	for n < len(literal) && n < len(text) && lower(text[n]) == literal[n] {
		n++
	}
	return n == len(literal)
}

func beyondASCII(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

func holdsText[T string | []byte](text T, literal string) bool {
	for i := 0; i+len(literal) <= len(text); i++ {
		if lower(text[i]) != literal[0] {
			continue
		}
		if startsWith(text[i:], literal) {
			return true
		}
	}
	return beyondASCII(literal)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
