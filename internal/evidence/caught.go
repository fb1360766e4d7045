package evidence

import (
	"bytes"
	"iter"
	"slices"

	"github.com/readyline/readyline/internal/catalogue"
)

// maxCaught bounds the matches whose names are caught in one file.
const maxCaught = 300

// caught is what a match of a pattern caught in its group of names.
type caught struct {
	lines
	names []string
}

// caught is what the probes with hits caught in a text. It is not nil for those
// that catch names.
func (l *look) caught(hits map[int]lines, content []byte) (out map[int][]caught) {
	for id := range hits {
		catches := l.engine.probes[id].catches
		if catches < 0 {
			continue
		}
		if out == nil {
			out = map[int][]caught{}
		}
		all := []caught{}
		for start, end := range l.within(&l.engine.regexps[catches], content) {
			for _, m := range l.engine.regexps[catches].Caught(content[start:end], maxCaught-len(all)) {
				from, to := start+m[0], start+m[1]
				if !l.comments.hold(content, from, to) {
					all = append(all, caught{linesOf(content, from, to), words(content[start+m[2] : start+m[3]])})
				}
			}
		}
		out[id] = all
	}
	return out
}

// within is the parts of a text in which matches of an expression may lie.
func (l *look) within(re *expression, content []byte) iter.Seq2[int, int] {
	if len(re.alternatives) > 0 || re.Lead != nil || re.Span < 0 || !l.gather(re.literals, content) {
		return func(yield func(int, int) bool) { yield(0, len(content)) }
	}
	return l.windows(re.Span, content)
}

// words are those of a text. What stands in quotes names nothing.
func words(text []byte) (out []string) {
	for len(text) > 0 {
		n := 1
		switch c := text[0]; {
		case c == '"' || c == '\'' || c == '`':
			if i := bytes.IndexByte(text[1:], c); i >= 0 {
				n = i + 2
			}
		case wordByte(c) && c != '-':
			for n < len(text) && wordByte(text[n]) && text[n] != '-' {
				n++
			}
			out = append(out, string(text[:n]))
		}
		text = text[n:]
	}
	return out
}

// shares tells whether two hits caught a name in common.
func (h hit) shares(o hit) bool {
	return slices.ContainsFunc(h.caught, func(c caught) bool { return c.shares(o) })
}

func (c caught) shares(o hit) bool {
	return slices.ContainsFunc(o.caught, func(d caught) bool {
		return slices.ContainsFunc(d.names, func(name string) bool { return slices.Contains(c.names, name) })
	})
}

// placed is a hit at the first of the places where it caught a name that its
// companions caught too, and how many these are.
func (a *assessment) placed(c *clause, h hit) hit {
	if c.Same != catalogue.SameName || h.truth == no {
		return h
	}
	var seen []int32 // several alternatives may catch the same place
	for _, one := range h.caught {
		if slices.Contains(seen, one.start) || !a.named(c, one) {
			continue
		}
		if seen = append(seen, one.start); len(seen) == 1 {
			h.start, h.end = one.start, one.end
		}
	}
	h.places = int32(len(seen))
	return h
}

// named tells whether a companion of the clause caught one of the same names.
func (a *assessment) named(c *clause, one caught) bool {
	return slices.ContainsFunc(slices.Concat(c.with...), func(id int) bool {
		return slices.ContainsFunc(a.hits[id], one.shares)
	})
}
