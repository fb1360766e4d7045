package evidence

import (
	"bytes"
	"iter"
	"slices"
)

// find is the first match of a regexp; from equals to when there is none.
func (l *look) find(re *expression, content []byte) (from, to int) {
	for i := range re.alternatives {
		a, b := l.find(&re.alternatives[i], content)
		if b > a && (to == from || a < from) {
			from, to = a, b
		}
	}
	switch {
	case len(re.alternatives) > 0:
		return from, to
	case re.BySigns:
		if m := re.FindIndex(content); m != nil {
			return m[0], m[1]
		}
		return 0, 0
	case len(re.literals) == 0:
		return match(re, content, 0, len(content))
	case re.Lead != nil:
		return l.findLong(re, content)
	case !l.gather(re.literals, content):
		return 0, 0
	case re.Span < 0:
		return match(re, content, 0, len(content))
	}
	return l.findAround(re, content)
}

// findAround is the first match on the lines around literals.
func (l *look) findAround(re *expression, content []byte) (from, to int) {
	for start, end := range l.windows(re.Span, content) {
		if from, to := match(re, content, start, end); to > from {
			return from, to
		}
	}
	return 0, 0
}

// windows are the lines around the literals that were gathered, as many as a
// match goes over; those that touch are one.
func (l *look) windows(span int, content []byte) iter.Seq2[int, int] {
	slices.Sort(l.ends)
	return func(yield func(int, int) bool) {
		start, end, line := 0, 0, 0
		for _, e := range l.ends {
			if int(e) <= line {
				continue // on the same line as the one before it
			}
			line = len(content)
			if i := bytes.IndexByte(content[e-1:], '\n'); i >= 0 {
				line = int(e) - 1 + i
			}
			a, b := around(content, int(e), span)
			if a <= end {
				end = max(end, b)
				continue
			}
			if end > start && !yield(start, end) {
				return
			}
			start, end = a, b
		}
		yield(start, end)
	}
}

// maxTries bounds what is looked at, in lengths of the text, where matches of
// unbounded length are tried line by line. Each try may go through the rest of
// the text, so beyond these there is one that does so once.
const maxTries = 40

// findLong is the first match of a regexp whose matches have no bound. Where
// something is known of their first line, they are tried from such lines.
func (l *look) findLong(re *expression, content []byte) (from, to int) {
	near, last := l.reached(re, content)
	if last == 0 || !l.gather(re.lead, content) {
		return 0, 0
	}
	slices.Sort(l.ends)
	end := -1 // of the line that was tried last
	left := maxTries * len(content)
	for _, e := range l.ends {
		for len(near) > 1 && near[0][1] < int(e) {
			near = near[1:]
		}
		if int(e) <= end || int(e) < near[0][0] || int(e) > near[0][1] {
			continue
		}
		start := bytes.LastIndexByte(content[:e], '\n') + 1
		if start >= last {
			break
		}
		if left -= near[0][1] - start; left < 0 {
			return match(re, content, start, len(content))
		}
		if m := re.FindFromFirstLine(content[start:near[0][1]]); m != nil {
			return start + m[0], start + m[1]
		}
		if i := bytes.IndexByte(content[e:], '\n'); i >= 0 {
			end = int(e) + i
		} else {
			break
		}
	}
	return 0, 0
}

// reached is the parts of a text in which a match of a regexp lies, and the
// place before which it has to begin; 0 where there is none at all.
func (l *look) reached(re *expression, content []byte) (near [][2]int, last int) {
	if !l.gather(re.literals, content) {
		return nil, 0
	}
	last = int(slices.Max(l.ends))
	if near = [][2]int{{0, len(content)}}; re.Far > 0 {
		near = near[:0]
		for a, b := range l.windows(re.Far, content) {
			near = append(near, [2]int{a, b})
		}
	}
	for _, set := range re.needs {
		if !l.gather(set, content) {
			return nil, 0
		}
		last = min(last, int(slices.Max(l.ends)))
	}
	return near, last
}

func match(re *expression, content []byte, start, end int) (from, to int) {
	if !re.Possible(content[start:end]) {
		return 0, 0
	}
	if m := re.FindIndex(content[start:end]); m != nil {
		return start + m[0], start + m[1]
	}
	return 0, 0
}

// around is the line before the offset at, with span lines before and behind
// it that are not blank.
func around(content []byte, at, span int) (from, to int) {
	from, to = at-1, at-1
	for n := 0; ; from-- {
		line := bytes.LastIndexByte(content[:from], '\n') + 1
		if n > 0 && len(bytes.TrimSpace(content[line:from])) == 0 {
			n-- // blank
		}
		if from = line; from == 0 || n == span {
			break
		}
		n++
	}
	for n := 0; ; to++ {
		line := len(content)
		if i := bytes.IndexByte(content[to:], '\n'); i >= 0 {
			line = to + i
		}
		if n > 0 && len(bytes.TrimSpace(content[to:line])) == 0 {
			n--
		}
		if to = line; to == len(content) || n == span {
			break
		}
		n++
	}
	return from, to
}

// first is the first match of a regexp from an offset on.
func (l *look) first(re *expression, content []byte, start int) (from, to int) {
	switch {
	case len(re.alternatives) > 0:
	case re.Span == 0 && len(re.literals) > 0 && !re.BySigns: // only lines behind it that hold one of its literals
		l.gather(re.literals, content)
		l.ends = slices.DeleteFunc(l.ends, func(e int32) bool { return int(e) <= start })
		return l.findAround(re, content)
	default:
		return match(re, content, start, len(content))
	}
	for i := range re.alternatives {
		a, b := l.first(&re.alternatives[i], content, start)
		if b > a && (to == from || a < from) {
			from, to = a, b
		}
	}
	return from, to
}
