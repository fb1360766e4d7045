package evidence

import (
	"bytes"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// maxLinks bounds the links of one document that are looked after.
const maxLinks = 400

// reference is a link or a picture of Markdown, or of the HTML in it.
var reference = regexp.MustCompile(`\]\(\s*<?([^)\s>]+)>?(?:\s+["'(][^)]*)?\)|(?i:\b(?:src|href)\s*=\s*["'])([^"'\s>]+)["']|(?m:^\s{0,3}\[[^\]\n]+\]:\s+<?(\S+?)>?\s*$)`)

// isReadme tells of the page that a folder opens with, in Markdown.
func isReadme(name string) bool {
	base := strings.ToLower(path.Base(name))
	return base == "readme.md" || base == "readme.markdown"
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
	var out []string
	fenced := false
	for line := range bytes.Lines(content) {
		if trimmed := bytes.TrimSpace(line); bytes.HasPrefix(trimmed, []byte("```")) || bytes.HasPrefix(trimmed, []byte("~~~")) {
			fenced = !fenced
		}
		if fenced || !bytes.ContainsAny(line, "]=") {
			continue
		}
		for _, m := range reference.FindAllSubmatch(line, maxLinks) {
			to, ok := within(name, string(m[1])+string(m[2])+string(m[3]))
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
