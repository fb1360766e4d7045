package evidence

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// Reading is all that rules need of one tree: its facts, and where its texts
// matched.
type Reading struct {
	*facts.Facts
	texts map[string]text // of the files that content rules looked into
}

// text is what content rules saw in one file.
type text struct {
	hits   map[int]lines    // by probe, where it matched
	caught map[int][]caught // by probe, the names that it caught
	empty  bool             // nothing, or only placeholders
	lines  int              // of prose
}

type lines struct{ start, end int32 }

// CutOff notes that the tree holds more files than were read: what none of them
// proves is not known.
func (r *Reading) CutOff(e *Engine) {
	var kinds []facts.Kind
	for i := range e.probes {
		kinds = append(kinds, e.probes[i].Kind)
	}
	slices.Sort(kinds)
	r.Warnings = append(r.Warnings, facts.Warning{
		Path: "the rest of the tree", Message: "it is too large to be read whole", Kinds: slices.Compact(kinds),
	})
}

// reader gathers texts while facts are read. Texts are looked at beside each
// other, so found has a lock, and what a look scribbles on is its own.
type reader struct {
	engine   *Engine
	contents *pathMatcher
	files    *pathMatcher
	wanted   []*probeSet // by what want says of a file; nil where only its length counts
	numbers  map[*probeSet]int
	looks    sync.Pool // of *look
	lock     sync.Mutex
	found    map[string]text
}

// look is one text being looked at.
type look struct {
	engine *Engine
	filter *filter  // of the literals that may be asked for
	marks  []string // how a line begins that is a comment
	python bool     // it is a program in Python
	sights sightings
	short  bool    // short literals with letters are among sights
	seen   []lines // by regexp: start < 0 no match, 0 not tried
	tried  []int   // the regexps that were
	ends   []int32 // scratch
}

func newLook(e *Engine) *look {
	return &look{engine: e, seen: make([]lines, len(e.regexps)), sights: newSightings(&e.literals)}
}

// Read reads a tree once, for all rules. What o asks for besides is done too,
// except for Want, OnText, Imports, Asked and Counts, which are the engine's.
func (e *Engine) Read(ctx context.Context, t facts.Tree, o facts.Options) (*Reading, error) {
	r := &reader{engine: e, contents: e.matcher(&e.contents), files: e.matcher(&e.files),
		wanted: []*probeSet{nil, nil}, numbers: map[*probeSet]int{}, found: map[string]text{}}
	r.looks.New = func() any { return newLook(e) }
	o.Want, o.OnText, o.Imports, o.Asked = r.want, r.look, e.imports, e.asked
	o.Counts = func(k facts.Kind) facts.Area { return e.areas[k] }
	read, err := facts.Read(ctx, t, o)
	if err != nil {
		return nil, err
	}
	return &Reading{read, r.found}, nil
}

func (e *Engine) imported() map[string]bool {
	out := map[string]bool{}
	for i := range e.probes {
		if p := &e.probes[i]; p.Kind == facts.Dependency && asks(&p.Where, "imported") {
			for _, n := range p.Names {
				prefix, _, wild := strings.Cut(n.String(), "*")
				if wild {
					prefix += "*"
				}
				out[prefix] = true
			}
		}
	}
	return out
}

// asks tells whether conditions look at a path, at any depth.
func asks(w *catalogue.Where, path string) bool {
	in := func(x catalogue.Where) bool { return asks(&x, path) }
	return slices.ContainsFunc(w.All, func(c catalogue.Condition) bool { return c.Path == path }) ||
		slices.ContainsFunc(w.Any, in) || slices.ContainsFunc(w.None, in)
}

// onlyLength is what want says of a file that no content rule looks into.
const onlyLength = 1

// want is the number, in wanted, of the probes that look into a file.
func (r *reader) want(f facts.File) int {
	e := r.engine
	if f.Area&^e.anyArea != 0 {
		return 0
	}
	if set := r.contents.match(&f); len(set.probes) > 0 && !isPicture(f.Path) {
		n, ok := r.numbers[set]
		if !ok {
			n = len(r.wanted)
			r.numbers[set] = n
			r.wanted = append(r.wanted, set)
		}
		return n
	}
	if isProse(f.Path) && slices.ContainsFunc(r.files.match(&f).probes, func(p int) bool { return e.probes[p].asksOfText() }) {
		return onlyLength
	}
	return 0
}

// asksOfText tells whether a probe on files looks at more than their names and sizes.
func (p *probe) asksOfText() bool {
	return p.NotEmpty || asks(&p.Where, "lines")
}

// look runs on each wanted text. Its regexps are tried only when one of their
// literals occurs.
func (r *reader) look(f facts.File, want int, content []byte) {
	var out text
	if isProse(f.Path) {
		out.empty, out.lines = placeholder(content), bytes.Count(content, []byte("\n"))
	}
	if set := r.wanted[want]; !out.empty && set != nil && !isMinified(f.Path, content) {
		l := r.looks.Get().(*look)
		l.marks, l.python = commentMarks(f.Path), strings.HasSuffix(f.Path, ".py")
		out.hits = l.all(set, content)
		out.caught = l.caught(out.hits, content)
		r.looks.Put(l)
	}
	if out.empty || out.hits != nil || out.lines > 0 {
		r.lock.Lock()
		r.found[f.Path] = out
		r.lock.Unlock()
	}
}

// all is where the probes of a set match; nil when none does.
func (l *look) all(set *probeSet, content []byte) (hits map[int]lines) {
	l.begin(set.filter, content)
	for _, id := range set.probes {
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
		if to > from && l.marks != nil && !looksAtComments(re.Text) {
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
		if text := l.engine.literals.texts[id]; isShort(text) && len(l.sights.ends[id]) == 0 {
			l.lookShort(id, text, content)
		}
		l.ends = append(l.ends, l.sights.ends[id]...)
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

// maxStarts bounds the lines on which a match of unbounded length is tried one
// by one. Each try may go through the rest of the text, so beyond these there
// is one that does so once.
const maxStarts = 40

// findLong is the first match of a regexp whose matches have no bound. Where
// something is known of their first line, they are tried from such lines.
func (l *look) findLong(re *expression, content []byte) (from, to int) {
	if !l.gather(re.literals, content) || !l.gather(re.lead, content) {
		return 0, 0
	}
	slices.Sort(l.ends)
	end := -1 // of the line that was tried last
	tries := 0
	for _, e := range l.ends {
		if int(e) <= end {
			continue
		}
		start := bytes.LastIndexByte(content[:e], '\n') + 1
		if tries++; tries > maxStarts {
			return match(re, content, start, len(content))
		}
		if m := re.FindFromFirstLine(content[start:]); m != nil {
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

// linesOf are the lines of a match, white space around it left out.
func linesOf(content []byte, from, to int) lines {
	m := content[from:to]
	from += len(m) - len(bytes.TrimLeft(m, " \t\r\n"))
	to = from + len(bytes.TrimSpace(m))
	start := 1 + bytes.Count(content[:from], []byte("\n"))
	return lines{int32(start), int32(start + bytes.Count(content[from:to], []byte("\n")))}
}
