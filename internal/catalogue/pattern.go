package catalogue

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"sync/atomic"

	"github.com/bmatcuk/doublestar/v4"
)

// Name is a glob over names that have no folders, without regard to case: "*"
// stands for any text, "?" for one character.
type Name struct {
	Pattern string // in lower case
	Text    string // the glob as somebody wrote it; empty where that is the same
}

// NewName makes a Name. Every text is one.
func NewName(pattern string) Name {
	n := Name{Pattern: strings.ToLower(pattern)}
	if n.Pattern != pattern {
		n.Text = pattern
	}
	return n
}

// NewNames makes the Names of a pattern: more than one when it has {a,b}.
func NewNames(pattern string) []Name {
	var out []Name
	for _, p := range braces(pattern) {
		n := NewName(p)
		if p != pattern {
			n.Text = pattern
		}
		out = append(out, n)
	}
	return out
}

// Written is the glob as somebody wrote it, for people to read.
func (n Name) Written() string { return cmp.Or(n.Text, n.Pattern) }

func (n Name) String() string { return n.Pattern }

// Exact is the name itself, when the glob has no wildcard.
func (n Name) Exact() (string, bool) { return n.Pattern, !strings.ContainsAny(n.Pattern, "*?") }

// Match wants a name in lower case.
func (n Name) Match(name string) bool { return wild(n.Pattern, name) }

// wild matches in time linear in the name for each star of the pattern.
func wild(p, s string) bool {
	pi, si, star, mark := 0, 0, -1, 0
	for si < len(s) {
		switch {
		case pi < len(p) && p[pi] == '*':
			star, mark = pi, si
			pi++
		case pi < len(p) && (p[pi] == '?' || p[pi] == s[si]):
			pi++
			si++
		case star >= 0:
			mark++
			pi, si = star+1, mark
		default:
			return false
		}
	}
	for pi < len(p) && p[pi] == '*' {
		pi++
	}
	return pi == len(p)
}

// Path is a glob over paths from the root of the repository, without regard to
// case; "**" crosses folders.
type Path struct {
	Pattern string
	Key     string // what every matching path has, by KeyKind
	KeyKind KeyKind

	// Where in Pattern what every matching path begins with ends, what it holds
	// begins and ends, and what it ends with begins. Texts would take ten times as
	// much.
	HeadEnd, InsideStart, InsideEnd, TailStart uint8

	segments atomic.Pointer[[]segment] // worked out when it is first tried: most are not
}

// KeyKind tells what the Key of a Path is, so that a path need only be tried
// against the globs that could match it.
type KeyKind uint8

const (
	KeyNone      KeyKind = iota
	KeyBase              // its base name
	KeyExtension         // the part of its base name after the last dot
	KeyText              // a text of four bytes or more that it holds
)

// maxBraces bounds how many globs one pattern can stand for.
const maxBraces = 3

// NewPath makes the Paths of a pattern: more than one when it has {a,b}.
func NewPath(pattern string) ([]*Path, error) {
	pattern = strings.ToLower(strings.TrimPrefix(pattern, "./"))
	if pattern == "" || strings.HasPrefix(pattern, "/") || !doublestar.ValidatePattern(pattern) {
		return nil, fmt.Errorf("%q is not a glob over paths from the repository's root", pattern)
	}
	if strings.Count(pattern, "{") > maxBraces {
		return nil, fmt.Errorf("%q has more than %d braces: write it as several globs", pattern, maxBraces)
	}
	var out []*Path
	for _, p := range braces(pattern) {
		kind, key := keyOf(p)
		path := &Path{Pattern: p, Key: key, KeyKind: kind}
		path.partition()
		out = append(out, path)
	}
	return out, nil
}

// Head is what every path begins with that matches; empty where nothing is known.
func (p *Path) Head() string { return p.Pattern[:p.HeadEnd] }

// Inside is what every such path holds.
func (p *Path) Inside() string { return p.Pattern[p.InsideStart:p.InsideEnd] }

// Tail is what every such path ends with.
func (p *Path) Tail() string {
	if len(p.Pattern) > math.MaxUint8 {
		return ""
	}
	return p.Pattern[p.TailStart:]
}

// partition notes the parts of a glob that stand for themselves. Of globs that are
// too long for the notes nothing is known.
func (p *Path) partition() {
	if len(p.Pattern) > math.MaxUint8 {
		return
	}
	head, inside := headOf(p.Pattern)
	p.HeadEnd = uint8(len(head))
	if inside != "" {
		p.InsideStart = uint8(strings.Index(p.Pattern[len(head):], inside) + len(head))
		p.InsideEnd = p.InsideStart + uint8(len(inside))
	}
	p.TailStart = uint8(len(p.Pattern) - len(tailOf(p.Pattern)))
}

// headOf is the part of a glob before all that is wild in it, and the longest
// part behind that which stands for itself.
func headOf(glob string) (head, inside string) {
	if i := strings.IndexAny(glob, `{\`); i >= 0 {
		glob = glob[:i] + "*"
	}
	for part, rest := glob, ""; part != ""; part = rest {
		i := strings.IndexAny(part, "*?[")
		if i < 0 {
			break // the tail
		}
		text := strings.Trim(part[:i], "/")
		if len(part) == len(glob) {
			head = text
		} else if len(text) > len(inside) {
			inside = text
		}
		if rest = part[i+1:]; part[i] == '[' {
			rest = rest[strings.IndexByte(rest, ']')+1:]
		}
	}
	return head, inside
}

// tailOf is the part of a glob behind all that is wild in it.
func tailOf(glob string) string {
	return strings.TrimPrefix(glob[strings.LastIndexAny(glob, `*?]}\\`)+1:], "/")
}

// braces writes {a,b} out, once for each alternative. Nested ones stay.
func braces(p string) []string {
	open := strings.IndexByte(p, '{')
	if open < 0 {
		return []string{p}
	}
	width := strings.IndexByte(p[open:], '}')
	if width < 0 || strings.Contains(p[open+1:open+width], "{") {
		return []string{p}
	}
	var out []string
	for alternative := range strings.SplitSeq(p[open+1:open+width], ",") {
		out = append(out, braces(p[:open]+alternative+p[open+width+1:])...)
	}
	return out
}

func keyOf(p string) (KeyKind, string) {
	const meta = `*?[{\`
	base := p[strings.LastIndexByte(p, '/')+1:]
	if !strings.ContainsAny(base, meta) {
		return KeyBase, base
	}
	extension := ""
	if dot := strings.LastIndexByte(base, '.'); dot >= 0 && dot < len(base)-1 && !strings.ContainsAny(base[dot+1:], meta) {
		extension = base[dot+1:]
	}
	text := longest(strings.TrimSuffix(p, extension))
	switch {
	case len(text) >= 4:
		return KeyText, text
	case extension != "":
		return KeyExtension, extension
	}
	return KeyNone, ""
}

// longest is the longest part of a glob that stands for itself; none where
// classes or alternatives are.
func longest(p string) string {
	if strings.ContainsAny(p, `[{\`) {
		return ""
	}
	best := ""
	for part := range strings.FieldsFuncSeq(p, func(r rune) bool { return r == '*' || r == '?' || r == '/' }) {
		if len(part) > len(best) {
			best = part
		}
	}
	return best
}

func (p *Path) String() string { return p.Pattern }

// Match wants a path in lower case.
func (p *Path) Match(path string) bool {
	all := p.segments.Load()
	if all == nil {
		all = new(segments(p.Pattern))
		p.segments.Store(all)
	}
	if *all == nil {
		return doublestar.MatchUnvalidated(p.Pattern, path)
	}
	return matchSegments(*all, path)
}
