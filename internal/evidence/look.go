package evidence

import (
	"bytes"
	"slices"
)

// look is one text being looked at.
type look struct {
	engine   *Engine
	filter   *filter // of the literals that may be asked for
	sights   sightings
	short    bool    // short literals with letters are among sights
	seen     []lines // by regexp: start < 0 no match, 0 not tried
	tried    []int   // the regexps that were
	ends     []int32 // scratch
	ids      []int   // scratch, of probes
	comments comments
}

func newLook(e *Engine) *look {
	return &look{engine: e, seen: make([]lines, len(e.regexps)), sights: newSightings(&e.literals)}
}

// all is where the probes of a search match, those left out that pass tells; nil
// when none does.
func (l *look) all(s *search, content []byte, pass func(probe int) bool) (hits map[int]lines) {
	l.begin(s.filter, content)
	l.ids = append(l.ids[:0], s.free...)
	for _, literal := range l.sights.seen {
		l.ids = s.likely(l.ids, literal)
	}
	slices.Sort(l.ids)
	for _, id := range slices.Compact(l.ids) {
		if pass(id) {
			continue
		}
		if at, ok := l.probe(&l.engine.probes[id], content); ok {
			if hits == nil {
				hits = map[int]lines{}
			}
			hits[id] = at
		}
	}
	return hits
}

// begin forgets what was seen in another text, and finds literals in this one.
func (l *look) begin(f *filter, content []byte) {
	for _, id := range l.tried {
		l.seen[id] = lines{}
	}
	l.tried = l.tried[:0]
	l.sights.forget()
	l.filter, l.short = f, false
	f.in(content, &l.sights)
}

func (l *look) probe(p *probe, content []byte) (lines, bool) {
	var at lines
	for _, id := range p.match {
		found := l.regexp(id, content)
		if found.start < 0 {
			return lines{}, false
		}
		if id == p.told {
			at = found
		}
	}
	for _, id := range p.none {
		if l.regexp(id, content).start >= 0 {
			return lines{}, false
		}
	}
	return at, true
}

// regexp tries a regexp on the text at hand, once, and only where it can match.
func (l *look) regexp(id int, content []byte) lines {
	if l.seen[id].start == 0 {
		l.seen[id] = lines{-1, -1}
		l.tried = append(l.tried, id)
		re := &l.engine.regexps[id]
		from, to := l.find(re, content)
		if to > from && l.comments.lines != nil && !l.comments.spokenOf(re.Text) {
			from, to = l.uncommented(re, content, from, to)
		}
		if to > from {
			l.seen[id] = linesOf(content, from, to)
		}
	}
	return l.seen[id]
}

// gather puts the ends of some literals together; false when there are none.
func (l *look) gather(literals []int, content []byte) bool {
	l.ends = l.ends[:0]
	for _, id := range literals {
		if text := l.engine.literals.texts[id]; isShort(text) && len(l.sights.ends(id)) == 0 {
			l.lookShort(id, text, content)
		}
		l.ends = append(l.ends, l.sights.ends(id)...)
	}
	return len(l.ends) > 0
}

// lookShort finds a short literal, now that it is asked for.
func (l *look) lookShort(id int, text string, content []byte) {
	if !hasLetters(text) {
		l.sights.find(content, id, text)
	} else if !l.short {
		l.short = true
		l.filter.inShort(content, &l.sights)
	}
}

// linesOf are the lines of a match, white space around it left out.
func linesOf(content []byte, from, to int) lines {
	m := content[from:to]
	from += len(m) - len(bytes.TrimLeft(m, " \t\r\n"))
	to = from + len(bytes.TrimSpace(m))
	start := 1 + bytes.Count(content[:from], []byte("\n"))
	return lines{int32(start), int32(start + bytes.Count(content[from:to], []byte("\n")))}
}
