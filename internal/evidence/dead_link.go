package evidence

import (
	"bytes"
	"net/url"
	"path"
	"regexp"
	"strings"

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

// deadLinks counts the links of a document to files and folders of the
// repository that are not there.
func (r *Reading) deadLinks(f *facts.File) int {
	links := r.texts[f.Path].links
	if len(links) == 0 {
		return 0
	}
	there := make(map[string]bool, len(links))
	for _, l := range links {
		there[l] = false
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
