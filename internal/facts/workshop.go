package facts

import (
	"bytes"
	"strings"
)

// A workshop's manifests are there to be tried, one after the other, by people
// who learn: they say of nothing how it is run.

// workshopTitle knows the title of a repository that teaches.
var workshopTitle = lazily(`(?i)\b(workshop|tutorial|hands-on[ -]labs?|boot ?camp)s?\b`)

// htmlHeading knows a heading that is written in HTML.
var htmlHeading = lazily(`(?i)<h[1-3][^>]*>(.*)`)

// isFrontPage takes the page that a repository opens with.
func isFrontPage(p place, _ *layout) bool {
	return p.path == "README.md" || p.path == "README.rst" || p.path == "README.adoc" || p.path == "readme.md" || p.path == "Readme.md"
}

func readFrontPage(in *source, out *found) {
	title := titleOf(in.text)
	out.parts.workshop = workshopTitle().MatchString(title)
	out.parts.samples = samplesTitle().MatchString(title)
}

// titleOf is the first heading of a page, as far as one is found near its top.
func titleOf(text []byte) string {
	before := ""
	for range 60 {
		line, rest, more := bytes.Cut(text, []byte("\n"))
		s := strings.TrimSpace(string(line[:min(len(line), 500)]))
		switch m := htmlHeading().FindStringSubmatch(s); {
		case m != nil:
			title, _, _ := strings.Cut(m[1], "</h")
			return title
		case strings.HasPrefix(s, "#"), strings.HasPrefix(s, "= "):
			return strings.TrimLeft(s, "#= ")
		case before != "" && len(s) >= 3 && strings.Trim(s, "=-") == "":
			return before
		}
		if before, text = s, rest; !more {
			break
		}
	}
	return ""
}

// markWorkshop makes hints of the objects and pipelines that a workshop has
// its learners apply. What CI itself runs is not among them.
func markWorkshop(all []Fact) {
	for i := range all {
		f := &all[i]
		exercise := f.Kind == Kubernetes || f.Kind == Helm || f.Kind == CI && strings.Contains(f.Path, "/") && !isLive(f.Path)
		if exercise && f.Hint == "" {
			f.Hint = "an exercise: by its title the repository is a workshop or tutorial"
		}
	}
}
