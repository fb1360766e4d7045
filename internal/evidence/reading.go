package evidence

import (
	"bytes"
	"context"
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
	globs globbed         // of each file, the probes with a glob that matches it
}

// text is what content rules saw in one file.
type text struct {
	hits   map[int]lines    // by probe, where it matched
	caught map[int][]caught // by probe, the names that it caught
	empty  bool             // nothing, or only placeholders
	lines  int              // of prose
	links  []string         // of a README, to paths of the repository
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
	filters  filters
	wanted   []*search // by what want says of a file; nil where only its length counts
	numbers  map[*probeSet]int
	looks    sync.Pool // of *look
	few      *few
	lock     sync.Mutex
	found    map[string]text
}

// Read reads a tree once, for all rules. What o asks for besides is done too,
// except for Want, OnText, Imports, Asked and Counts, which are the engine's.
func (e *Engine) Read(ctx context.Context, t facts.Tree, o facts.Options) (*Reading, error) {
	r := &reader{engine: e, contents: e.matcher(&e.contents), files: e.matcher(&e.files),
		few: newFew(e), filters: filters{engine: e, by: map[string]*lazyFilter{}},
		wanted: []*search{nil, nil}, numbers: map[*probeSet]int{}, found: map[string]text{}}
	r.looks.New = func() any { return newLook(e) }
	o.Want, o.OnText, o.Imports, o.Asked = r.want, r.look, e.imports, e.asked
	o.Counts = func(k facts.Kind) facts.Area { return e.areas[k] }
	out := &Reading{texts: r.found}
	o.Meanwhile = func(files []facts.File) { out.globs = r.globs(files) }
	var err error
	if out.Facts, err = facts.Read(ctx, t, o); err != nil {
		return nil, err
	}
	r.few.forget(r.found)
	return out, nil
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
			r.wanted = append(r.wanted, &search{probes: set.probes})
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
	return p.NotEmpty || asks(&p.Where, "lines") || asks(&p.Where, "dead_links")
}

// look runs on each wanted text. Its regexps are tried only when one of their
// literals occurs.
func (r *reader) look(f facts.File, want int, content []byte) {
	var out text
	if isProse(f.Path) {
		out.empty, out.lines = placeholder(content), bytes.Count(content, []byte("\n"))
	}
	if linkingOf(f.Path) != nil && r.engine.asksLinks(f.Path) {
		out.links = linksOf(f.Path, content)
	}
	if s := r.wanted[want]; !out.empty && s != nil && !isMinified(f.Path, content) {
		l := r.looks.Get().(*look)
		l.comments.of(f.Path)
		out.hits = l.all(r.filters.prepare(s), content, func(probe int) bool { return r.few.beyond(probe, f.Path) })
		out.caught = l.caught(out.hits, content)
		r.looks.Put(l)
		r.few.note(f.Path, out.hits)
	}
	if out.empty || out.hits != nil || out.lines > 0 {
		r.lock.Lock()
		r.found[f.Path] = out
		r.lock.Unlock()
	}
}
