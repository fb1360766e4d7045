package evidence

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"

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
	hits  map[int]lines // by probe, where it matched
	empty bool          // nothing, or only placeholders
}

type lines struct{ start, end int }

// reader gathers texts while facts are read.
type reader struct {
	engine *Engine
	found  map[string]text
	wanted map[string][]int
	sights sightings
	seen   []lines // by regexp, in the text at hand: start < 0 no match, 0 not tried
	ends   []int32 // scratch
}

// Read reads a tree once, for all rules. What o asks for besides is done too,
// except for Want, OnText and Imports, which are the engine's.
func (e *Engine) Read(ctx context.Context, t facts.Tree, o facts.Options) (*Reading, error) {
	r := &reader{engine: e, found: map[string]text{}, wanted: map[string][]int{}, seen: make([]lines, len(e.regexps))}
	o.Want, o.OnText, o.Imports = r.want, r.look, e.imports()
	read, err := facts.Read(ctx, t, o)
	if err != nil {
		return nil, err
	}
	return &Reading{read, r.found}, nil
}

// imports names the packages of which some rule asks whether they are imported.
func (e *Engine) imports() map[string]bool {
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

func (r *reader) want(f facts.File) bool {
	e := r.engine
	if f.Area&^e.anyArea != 0 {
		return false
	}
	probes := e.contents.match(f.Path, func(p int) bool { return f.Area&^e.probes[p].areas == 0 })
	if len(probes) > 0 {
		r.wanted[f.Path] = probes
		return true
	}
	filled := func(p int) bool { return e.probes[p].NotEmpty && f.Area&^e.probes[p].areas == 0 }
	return isProse(f.Path) && len(e.files.match(f.Path, filled)) > 0
}

// look runs on each wanted text. Its regexps are tried only when one of their
// literals occurs.
func (r *reader) look(f facts.File, content []byte) {
	out := text{empty: isProse(f.Path) && placeholder(content)}
	if !out.empty && len(r.wanted[f.Path]) > 0 {
		clear(r.seen)
		r.engine.literals.in(content, &r.sights)
		for _, id := range r.wanted[f.Path] {
			if at, ok := r.probe(&r.engine.probes[id], content); ok {
				if out.hits == nil {
					out.hits = map[int]lines{}
				}
				out.hits[id] = at
			}
		}
	}
	r.found[f.Path] = out
}

func (r *reader) probe(p *probe, content []byte) (lines, bool) {
	var at lines
	for i, id := range p.match {
		l := r.regexp(id, content)
		if l.start < 0 {
			return lines{}, false
		}
		if i == 0 {
			at = l
		}
	}
	for _, id := range p.none {
		if r.regexp(id, content).start >= 0 {
			return lines{}, false
		}
	}
	return at, true
}

// regexp tries a regexp on the text at hand, once, and only where it can match.
func (r *reader) regexp(id int, content []byte) lines {
	if r.seen[id].start == 0 {
		r.seen[id] = lines{-1, -1}
		if from, to := r.find(r.engine.regexps[id], content); to > from {
			r.seen[id] = linesOf(content, from, to)
		}
	}
	return r.seen[id]
}

// find is the first match of a regexp; from equals to when there is none.
func (r *reader) find(re *catalogue.Regexp, content []byte) (from, to int) {
	if len(re.Literals) == 0 {
		return match(re, content, 0, len(content))
	}
	r.ends = r.ends[:0]
	for _, l := range re.Literals {
		r.ends = append(r.ends, r.sights.ends[r.engine.literals.index[l]]...)
	}
	if len(r.ends) == 0 {
		return 0, 0
	}
	if re.Span < 0 {
		return match(re, content, 0, len(content))
	}
	slices.Sort(r.ends)
	start, end := 0, 0
	for _, e := range r.ends {
		if int(e) <= end && re.Span == 0 {
			continue // on a line that is in already
		}
		a, b := around(content, int(e), re.Span)
		if a <= end {
			end = max(end, b)
			continue
		}
		if from, to := match(re, content, start, end); to > from {
			return from, to
		}
		start, end = a, b
	}
	return match(re, content, start, end)
}

func match(re *catalogue.Regexp, content []byte, start, end int) (from, to int) {
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
	return lines{start, start + bytes.Count(content[from:to], []byte("\n"))}
}

func isProse(path string) bool {
	base := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	name, ext := base, ""
	if dot := strings.LastIndexByte(base, '.'); dot >= 0 {
		name, ext = base[:dot], base[dot+1:]
	}
	switch ext {
	case "md", "markdown", "mdx", "rst", "adoc", "asciidoc", "txt", "org":
		return true
	case "":
		switch name {
		case "readme", "changelog", "contributing", "security", "codeowners", "runbook", "license":
			return true
		}
	}
	return false
}

var (
	unwritten = regexp.MustCompile(`(?i)\b(todo|tbd|fixme|changeme|change me|lorem ipsum|coming soon|to be (written|done|defined|documented)|work in progress|placeholder|fill (this )?in)\b|^[^\n]*<[a-z][a-z0-9]*[ _-][a-z0-9 _/-]*>[^\n]*$`)
	markup    = regexp.MustCompile(`^\s*(#+ .*|=+|-+|[*_-]{3,}|<!--.*-->|` + "```.*" + `)?\s*$`)
)

// placeholder tells whether a text says nothing yet: no line of content, or
// mostly lines that are still to be written.
func placeholder(content []byte) bool {
	if len(content) > 32<<10 {
		return false
	}
	said, open := 0, 0
	for line := range bytes.Lines(content) {
		line = bytes.TrimSpace(line)
		if markup.Match(line) {
			continue
		}
		if unwritten.Match(line) {
			open++
		} else {
			said++
		}
	}
	return said == 0 && !titled(content) || open > said
}

// titled tells whether there is text at all: headings alone may be a list of
// what is there, but an empty file is not.
func titled(content []byte) bool { return bytes.Count(content, []byte("\n#")) >= 3 }
