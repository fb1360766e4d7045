package facts

import (
	"bytes"
	"slices"
	"strings"
)

// declared is a package as a manifest names it. Lock files are not read: what
// comes along with something else is nobody's decision.
type declared struct {
	name    string // "express", as written
	version string
	dev     bool // needed to build, test or check, not to run
	line    int
}

// dependencies makes one fact of each package, in the order of the manifest.
// A package declared twice stays twice: the lines differ.
func dependencies(ecosystem, path string, all []declared) []Fact {
	manifest := Str(path[strings.LastIndexByte(path, '/')+1:])
	out := make([]Fact, 0, len(all))
	for _, d := range all {
		if d.name == "" {
			continue
		}
		value := Value{Kind: Map, Start: d.line, End: d.line, Fields: make([]Field, 0, 4)}
		value.Fields = append(value.Fields,
			Field{"version", textAt(d.version, d.line)}, Field{"dev", Boolean(d.dev)}, Field{"manifest", manifest})
		out = append(out, Fact{
			Kind: Dependency, Name: ecosystem + ":" + strings.ToLower(d.name), Path: path,
			Start: d.line, End: d.line, Value: value, Group: path,
		})
	}
	return out
}

// textAt is a String on a line; an empty one is absent.
func textAt(s string, line int) Value {
	if s == "" {
		return Value{}
	}
	return Value{Kind: String, Text: s, Start: line, End: line}
}

// lineIndex finds the line of an offset; building it costs one pass.
type lineIndex []int

func newLineIndex(text []byte) lineIndex {
	starts := lineIndex{0}
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			return starts
		}
		at += i + 1
		starts = append(starts, at)
	}
}

// of is the line, from 1, that the offset lies on.
func (l lineIndex) of(offset int) int {
	i, found := slices.BinarySearch(l, max(offset, 0))
	if found {
		return i + 1
	}
	return i
}

// broken is the warning of a manifest that does not parse.
func broken(path string, line int, what string) []Warning {
	return []Warning{{Path: path, Line: line, Message: what, Kinds: []Kind{Dependency}}}
}
