package catalogue

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync/atomic"
)

// Regexp is an RE2 with what is known of its matches beforehand. It is compiled
// when it is first tried: most are not, in most repositories, and compiling a
// thousand costs more than scanning a small one.
type Regexp struct {
	Text string // as it was written

	// Literals are texts, in lower case, of which every match holds at least
	// one. Nil: nothing is known, so try it.
	Literals []string

	// Span is how many ends of lines a match can go over at most, blank lines
	// not counted. A match then lies within Span lines of a literal, and only
	// those lines need be tried. -1: more than are worth cutting out.
	Span int

	// Far is the same where it is more than that, and still tells how far from a
	// literal a match may begin. 0: anywhere.
	Far int

	// Lead are texts, in lower case, of which every match holds one on its
	// first line that is not blank, so that a match of unbounded Span need only
	// be tried from there. Nil: it may begin anywhere.
	Lead []string

	// Needs are more such sets as Literals: the lines of a match hold one text of
	// each.
	Needs [][]string

	// Alternatives are the parts between the outermost bars. Each is small, so that
	// it is compiled and tried in a fraction of the time, and most of them need not
	// be. Nil: there is but one.
	Alternatives []*Regexp

	// MatchesNothing tells whether it matches the empty text, and so every one.
	MatchesNothing bool

	// BySigns tells whether every match begins with the same two signs or more. The
	// compiled expression then finds where it may match by itself, faster than it
	// could be tried around words that stand everywhere in code.
	BySigns bool

	compiled, anchored compiled // anchored: see FindFromFirstLine
}

// compiled is an expression that is compiled when it is first used, and seldom
// twice, by two at once.
type compiled struct{ re atomic.Pointer[regexp.Regexp] }

func (c *compiled) get(before, text, after string) *regexp.Regexp {
	re := c.re.Load()
	if re == nil {
		re = regexp.MustCompile(before + text + after)
		c.re.Store(re)
	}
	return re
}

// maxLiterals bounds the alternatives worth looking for before trying a regexp.
const maxLiterals = 64

// maxSpan is how many lines are worth cutting out of a text.
const maxSpan = 20

// NewRegexp compiles RE2.
func NewRegexp(text string) (*Regexp, error) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	span, far := crossings(tree), 0
	if span > maxSpan {
		span, far = -1, span
	}
	simple := tree.Simplify()
	re := &Regexp{Text: text, Literals: required(simple), Span: span, MatchesNothing: empty(tree), BySigns: beginsWithSigns(text)}
	if span < 0 && !dependsOnStart(tree) {
		re.Lead, re.Far = lead(simple), far
	}
	if re.Alternatives = alternatives(text); re.Alternatives == nil {
		re.Needs = needs(simple, re.Literals)
	}
	return re, nil
}

// String is the expression as it was written.
func (r *Regexp) String() string { return r.Text }

// MatchString tells whether the text holds a match.
func (r *Regexp) MatchString(text string) bool {
	if len(r.Alternatives) > 0 {
		return slices.ContainsFunc(r.Alternatives, func(a *Regexp) bool { return a.MatchString(text) })
	}
	return r.plausible(text) && r.whole().MatchString(text)
}

// FindIndex is where the first match lies; nil when there is none.
func (r *Regexp) FindIndex(text []byte) []int { return r.whole().FindIndex(text) }

// namesGroup is how the group begins whose words a pattern catches.
const namesGroup = "(?P<names>"

// Catches tells whether the expression has a group called names.
func (r *Regexp) Catches() bool { return strings.Contains(r.Text, namesGroup) }

// Caught is where each of the first matches lies, and the group called names in
// it: four offsets each.
func (r *Regexp) Caught(text []byte, most int) [][4]int {
	re := r.whole()
	group := 2 * re.SubexpIndex("names")
	var out [][4]int
	for _, m := range re.FindAllSubmatchIndex(text, most) {
		if m[group] >= 0 {
			out = append(out, [4]int{m[0], m[1], m[group], m[group+1]})
		}
	}
	return out
}

func (r *Regexp) whole() *regexp.Regexp { return r.compiled.get("", r.Text, "") }

// required is a set of literals of which every match of re holds at least one;
// nil when there is no such set that helps.
func required(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return useful([]string{strings.ToLower(string(re.Rune))})
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, set := range sets(re.Sub) {
			if better(set, best) {
				best = set
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			set := required(sub)
			if set == nil {
				return nil
			}
			all = append(all, set...)
		}
		return useful(all)
	}
	return nil
}

// sets is the required set of each part of a concatenation. Literals beside
// each other, and small alternatives beside literals ("go (test|vet)"), are
// joined, since longer texts are rarer.
func sets(parts []*syntax.Regexp) [][]string {
	var out [][]string
	var run []string // texts that the parts since the last gap spell exactly
	flush := func() {
		if set := useful(run); set != nil {
			out = append(out, set)
		}
		run = nil
	}
	for _, p := range parts {
		texts, whole := spelt(p)
		if !whole {
			if run != nil && texts != nil && len(run)*len(texts) <= maxLiterals {
				run = joined(run, texts)
			}
			flush()
			if set := required(p); set != nil {
				out = append(out, set)
			}
			continue
		}
		if len(run)*len(texts) > maxLiterals {
			flush()
		}
		run = joined(run, texts)
	}
	flush()
	return out
}

func joined(run, texts []string) []string {
	if run == nil {
		return texts
	}
	out := make([]string, 0, len(run)*len(texts))
	for _, a := range run {
		for _, b := range texts {
			out = append(out, a+b)
		}
	}
	return out
}

// spelt is texts of which every match of re begins with one, nil when they are
// not few; whole: there is no more to a match. Marks that take no text (\b, ^)
// spell the empty text.
func spelt(re *syntax.Regexp) (set []string, whole bool) {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}, true
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary,
		syntax.OpNoWordBoundary, syntax.OpEmptyMatch:
		return []string{""}, true
	case syntax.OpCapture:
		return spelt(re.Sub[0])
	case syntax.OpCharClass:
		set = characters(re.Rune)
		return set, set != nil
	case syntax.OpQuest:
		if set, whole = spelt(re.Sub[0]); whole {
			return append(slices.Clone(set), ""), true
		}
	case syntax.OpPlus, syntax.OpRepeat:
		if re.Op == syntax.OpPlus || re.Min > 0 {
			set, _ = spelt(re.Sub[0])
			return set, false
		}
	case syntax.OpConcat:
		return speltInTurn(re.Sub)
	case syntax.OpAlternate:
		whole = true
		for _, sub := range re.Sub {
			one, all := spelt(sub)
			if one == nil || len(set)+len(one) > maxLiterals {
				return nil, false
			}
			set, whole = append(set, one...), whole && all
		}
		return set, whole
	}
	return nil, false
}

func speltInTurn(parts []*syntax.Regexp) (set []string, whole bool) {
	set = []string{""}
	for _, p := range parts {
		next, all := spelt(p)
		if next == nil || len(set)*len(next) > maxLiterals {
			return set, false
		}
		if set = joined(set, next); !all {
			return set, false
		}
	}
	return set, true
}

// characters spells a class of at most four characters.
func characters(ranges []rune) []string {
	var out []string
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] > 3 || len(out) > 4 {
			return nil
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			out = append(out, strings.ToLower(string(r)))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// useful is the set without repeats, or nil when a text in it is too short to
// rule anything out.
func useful(set []string) []string {
	if len(set) == 0 || len(set) > maxLiterals || shortest(set) < 2 {
		return nil
	}
	set = slices.Clone(set)
	slices.Sort(set)
	return slices.Compact(set)
}

func better(a, b []string) bool {
	if b == nil {
		return a != nil
	}
	if n, m := shortest(a), shortest(b); n != m {
		return n > m
	}
	if n, m := rarity(a), rarity(b); n/32 != m/32 {
		return n > m
	}
	return len(a) < len(b)
}

// usual are characters by how often they stand in code and configuration.
const usual = " etaoinsrlcdpumgfhbyv-_.\"/wk:x(=)jqz"

// Rarity ranks characters: the higher, the seldomer.
func Rarity(c byte) int {
	if at := strings.IndexByte(usual, c); at >= 0 {
		return at
	}
	return len(usual)
}

// rarity is how unusual the most usual text of a set is.
func rarity(set []string) int {
	least := 1 << 30
	for _, s := range set {
		sum := 0
		for i := range len(s) {
			sum += Rarity(s[i])
		}
		least = min(least, sum)
	}
	return least
}

func shortest(set []string) int {
	n := 1 << 30
	for _, s := range set {
		n = min(n, len(s))
	}
	return n
}
