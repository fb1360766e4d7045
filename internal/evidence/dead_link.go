package evidence

import (
	"bytes"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// maxLinks bounds the links of one document that are looked after.
const maxLinks = 400

// linking is how the documents of some language refer to what lies beside them.
type linking struct {
	fences    []string // lines that begin so open and close what is shown as code
	indented  bool     // so is what is indented
	marks     string   // a line without these bytes refers to nothing
	reference func() *regexp.Regexp
}

func expressionOf(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

var (
	// Links and pictures, also those of the HTML in it.
	markdown = linking{[]string{"```", "~~~"}, false, "]=",
		expressionOf(`\]\(\s*<?([^)\s>]+)>?(?:\s+["'(][^)]*)?\)|(?i:\b(?:src|href)\s*=\s*["'])([^"'\s>]+)["']|(?m:^\s{0,3}\[[^\]\n]+\]:\s+<?(\S+?)>?\s*$)`)}
	reStructured = linking{nil, true, "<:",
		expressionOf(`<([^<>\s]+)>` + "`_" + `|^\.\. (?:image|figure|include|literalinclude)::\s+(\S+)|^\.\. _[^:\n]+:\s+(\S+)`)}
	asciiDoc = linking{[]string{"----", "...."}, false, "[",
		expressionOf(`\b(?:link|xref):([^\s\[\]]+)\[|\b(?:image|include)::?([^\s\[\]:]+)\[`)}
)

// linkingOf is that of the page that a folder opens with; nil when the file is
// none.
func linkingOf(name string) *linking {
	switch strings.ToLower(path.Base(name)) {
	case "readme.md", "readme.markdown":
		return &markdown
	case "readme.rst":
		return &reStructured
	case "readme.adoc", "readme.asciidoc":
		return &asciiDoc
	}
	return nil
}

// asksLinks tells whether a rule looks after the links of a document.
func (e *Engine) asksLinks(name string) bool {
	name = strings.ToLower(name)
	for _, id := range e.linked {
		if slices.ContainsFunc(e.probes[id].Paths, func(g *catalogue.Path) bool { return g.Match(name) }) {
			return true
		}
	}
	return false
}

// linksOf are the paths of the repository that a document refers to, from the
// top; what it shows as code is passed over.
func linksOf(name string, content []byte) []string {
	in := linkingOf(name)
	if in == nil {
		return nil
	}
	var out []string
	fenced := false
	for line := range bytes.Lines(content) {
		trimmed := bytes.TrimSpace(line)
		if slices.ContainsFunc(in.fences, func(fence string) bool { return bytes.HasPrefix(trimmed, []byte(fence)) }) {
			fenced = !fenced
		}
		if fenced || in.indented && (line[0] == ' ' || line[0] == '\t') || !bytes.ContainsAny(line, in.marks) {
			continue
		}
		for _, m := range in.reference().FindAllSubmatch(line, maxLinks) {
			to, ok := within(name, string(bytes.Join(m[1:], nil)))
			if ok && len(out) < maxLinks {
				out = append(out, to)
			}
		}
	}
	return out
}

// within is a link's target from the top of the repository; not ok where it
// leads out of it, or to a place in the document itself.
func within(name, link string) (string, bool) {
	link, _, _ = strings.Cut(link, "#")
	link, _, _ = strings.Cut(link, "?")
	if link == "" || strings.Contains(link, "://") || strings.HasPrefix(link, "//") || strings.HasPrefix(link, "mailto:") || strings.ContainsAny(link, "{}$`@") {
		return "", false
	}
	if plain, err := url.PathUnescape(link); err == nil {
		link = plain
	}
	if rest, ok := strings.CutPrefix(link, "/"); ok {
		link = path.Clean(rest)
	} else {
		link = path.Join(path.Dir(name), link)
	}
	return link, link != "." && link != ".." && !strings.HasPrefix(link, "../")
}

// deadLinks counts the links of a document to files of the repository that are
// not there. Only what is watched anyway is looked for: were another file
// taken away, nobody would look again.
func (a *assessment) deadLinks(source int, f *facts.File) int {
	r := a.sources[source]
	there := map[string]bool{}
	for _, l := range r.texts[f.Path].links {
		if _, known := there[l]; !known && a.engine.Watches(l) {
			there[l] = false
		}
	}
	if len(there) == 0 {
		return 0
	}
	for i := range r.Files {
		for name := r.Files[i].Path; ; {
			if _, asked := there[name]; asked {
				there[name] = true
			}
			up := strings.LastIndexByte(name, '/')
			if up < 0 {
				break
			}
			name = name[:up]
		}
	}
	n := 0
	for _, found := range there {
		if !found {
			n++
		}
	}
	return n
}
