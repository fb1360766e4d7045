package catalogue

import (
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// segment is a part of a glob between slashes. Most are a text, or a text with
// a star at an end, which cost next to nothing to compare.
type segment struct {
	kind segmentKind
	text string // the pattern, or of a classed one what stands before its first wildcard
	glob string
}

// segmentKind tells how a segment is compared.
type segmentKind uint8

const (
	literal  segmentKind = iota
	anything             // *
	crossing             // **
	starred              // with stars, and nothing else that is special
	classed              // with the rest: doublestar knows it
)

// segments cuts a glob up; nil when a brace or class may hold a slash, so that
// only doublestar can tell.
func segments(pattern string) []segment {
	if strings.ContainsAny(pattern, `{\`) {
		return nil
	}
	var out []segment
	for part := range strings.SplitSeq(pattern, "/") {
		switch {
		case part == "" || strings.Count(part, "[") != strings.Count(part, "]"):
			return nil
		case part == "**":
			out = append(out, segment{kind: crossing})
		case part == "*":
			out = append(out, segment{kind: anything})
		case strings.ContainsAny(part, "[?"):
			out = append(out, segment{classed, part[:strings.IndexAny(part, "*?[")], part})
		case strings.Contains(part, "*"):
			out = append(out, segment{kind: starred, text: part})
		default:
			out = append(out, segment{kind: literal, text: part})
		}
	}
	return out
}

func (s segment) match(name string) bool {
	switch s.kind {
	case literal:
		return s.text == name
	case starred:
		return wild(s.text, name)
	case classed:
		return strings.HasPrefix(name, s.text) && doublestar.MatchUnvalidated(s.glob, name)
	}
	return true
}

// matchSegments compares the last part first, which most often decides, then
// folder by folder. Where the rest fails behind a "**", only the last one need
// take one folder more.
func matchSegments(all []segment, path string) bool {
	if last := len(all) - 1; last >= 0 && all[last].kind != crossing {
		slash := strings.LastIndexByte(path, '/')
		if slash >= 0 && last == 0 || !all[last].match(path[slash+1:]) {
			return false
		}
		if slash < 0 {
			return onlyCrossings(all[:last])
		}
		all, path = all[:last], path[:slash]
	}
	at, back, mark := 0, -1, ""
	for rest, more := path, true; ; {
		if at < len(all) && all[at].kind == crossing {
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

func onlyCrossings(all []segment) bool {
	for _, s := range all {
		if s.kind != crossing {
			return false
		}
	}
	return true
}
