package catalogue

import (
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Segment is a part of a glob between slashes. Most are a text, or a text with
// a star at an end, which cost next to nothing to compare.
type Segment struct {
	Kind SegmentKind
	Text string // the pattern, or of a classed one what stands before its first wildcard
	Glob string
}

// SegmentKind tells how a Segment is compared.
type SegmentKind uint8

const (
	literal  SegmentKind = iota
	anything             // *
	crossing             // **
	starred              // with stars, and nothing else that is special
	classed              // with the rest: doublestar knows it
)

// segments cuts a glob up; nil when a brace or class may hold a slash, so that
// only doublestar can tell.
func segments(pattern string) []Segment {
	if strings.ContainsAny(pattern, `{\`) {
		return nil
	}
	var out []Segment
	for part := range strings.SplitSeq(pattern, "/") {
		switch {
		case part == "" || strings.Count(part, "[") != strings.Count(part, "]"):
			return nil
		case part == "**":
			out = append(out, Segment{Kind: crossing})
		case part == "*":
			out = append(out, Segment{Kind: anything})
		case strings.ContainsAny(part, "[?"):
			out = append(out, Segment{classed, part[:strings.IndexAny(part, "*?[")], part})
		case strings.Contains(part, "*"):
			out = append(out, Segment{Kind: starred, Text: part})
		default:
			out = append(out, Segment{Kind: literal, Text: part})
		}
	}
	return out
}

func (s Segment) match(name string) bool {
	switch s.Kind {
	case literal:
		return s.Text == name
	case starred:
		return wild(s.Text, name)
	case classed:
		return strings.HasPrefix(name, s.Text) && doublestar.MatchUnvalidated(s.Glob, name)
	}
	return true
}

// matchSegments compares folder by folder. Where the rest fails behind a "**",
// only the last one need take one folder more.
func matchSegments(all []Segment, path string) bool {
	at, back, mark := 0, -1, ""
	for rest, more := path, true; ; {
		if at < len(all) && all[at].Kind == crossing {
			if at == len(all)-1 {
				return true
			}
			at++
			back, mark = at, rest
			if !more {
				return onlyCrossings(all[at:])
			}
			continue
		}
		if !more {
			return onlyCrossings(all[at:])
		}
		name, after, found := strings.Cut(rest, "/")
		if at < len(all) && all[at].match(name) {
			at, rest, more = at+1, after, found
			continue
		}
		if back < 0 {
			return false
		}
		if _, mark, found = strings.Cut(mark, "/"); !found {
			return false
		}
		at, rest, more = back, mark, true
	}
}

func onlyCrossings(all []Segment) bool {
	for _, s := range all {
		if s.Kind != crossing {
			return false
		}
	}
	return true
}
