package catalogue

import (
	"regexp/syntax"
	"strings"
)

// lead is a set of literals of which every match of re holds one on its first
// line, white space before it left out; nil when there is no such set.
func lead(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		text, _, _ := strings.Cut(string(re.Rune), "\n")
		return useful([]string{strings.ToLower(text)})
	case syntax.OpCapture, syntax.OpPlus:
		return lead(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return lead(re.Sub[0])
		}
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			set := lead(sub)
			if set == nil {
				return nil
			}
			all = append(all, set...)
		}
		return useful(all)
	case syntax.OpConcat:
		return leadOf(re.Sub)
	}
	return nil
}

// leadOf looks at the parts up to the first that may go over the end of a line.
func leadOf(parts []*syntax.Regexp) []string {
	for len(parts) > 0 && (parts[0].Op == syntax.OpBeginLine || parts[0].Op == syntax.OpStar && parts[0].Sub[0].Op == syntax.OpCharClass && onlySpace(parts[0].Sub[0].Rune)) {
		parts = parts[1:]
	}
	n := 0
	for n < len(parts) && crossings(parts[n]) == 0 {
		n++
	}
	var best []string
	for _, set := range sets(parts[:n]) {
		if better(set, best) {
			best = set
		}
	}
	if n < len(parts) {
		if set := lead(parts[n]); set != nil && better(set, best) {
			best = set
		}
	}
	return best
}

// dependsOnStart tells whether a match depends on where the text begins.
func dependsOnStart(re *syntax.Regexp) bool {
	if re.Op == syntax.OpBeginText {
		return true
	}
	for _, sub := range re.Sub {
		if dependsOnStart(sub) {
			return true
		}
	}
	return false
}

// FindFromFirstLine is where the first match that begins on the first line of
// the text lies; nil when there is none.
func (r *Regexp) FindFromFirstLine(text []byte) []int {
	if m := r.anchored.get(`\A[^\n]*?(`, r.Text, `)`).FindSubmatchIndex(text); m != nil {
		return m[2:4]
	}
	return nil
}

// signs are what code has that no word has, as an expression says it where it
// means just that; a zero byte each.
var signs = strings.NewReplacer(`\n`, "\x00", `\*`, "\x00", `\.`, "\x00", `\[`, "\x00", `\(`, "\x00", `\{`, "\x00",
	"/", "\x00", "\"", "\x00", "'", "\x00", "<", "\x00", "@", "\x00", " ", "\x00")

// beginsWithSigns tells whether every match begins with the same two signs or
// more.
func beginsWithSigns(text string) bool {
	begin := signs.Replace(text[:min(len(text), 8)])
	return strings.HasPrefix(begin, "\x00\x00") && (len(begin) == 2 || !strings.ContainsRune("*+?{|", rune(begin[2])))
}
