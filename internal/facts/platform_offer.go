package facts

import (
	"bytes"
	"strings"
)

// What a platform's file describes may be there for whoever presses a button on
// a page: it says nothing of the product's own deployment.

// offer knows the addresses behind such buttons.
var offer = lazily(`(?i)\b(render)\.com/deploy\b|\b(railway)\.(?:app|com)/(?:template|new/template|deploy)\b`)

// offers are the platforms that a page has buttons for.
type offers struct{ platforms map[string]bool }

// isOfferPage takes the pages that have them.
func isOfferPage(p place, _ *layout) bool {
	return (p.ext == ".md" || p.ext == ".mdx" || p.ext == ".rst" || p.ext == ".adoc") &&
		(strings.EqualFold(strings.TrimSuffix(p.base, p.ext), "readme") || p.dir == "docs" || strings.HasPrefix(p.dir, "docs/"))
}

func readOffers(in *source, out *found) {
	if !bytes.Contains(in.text, []byte("ploy")) && !bytes.Contains(in.text, []byte("template")) {
		return
	}
	for _, m := range offer().FindAllSubmatch(in.text, -1) {
		if out.parts.offered == nil {
			out.parts.offered = &offers{map[string]bool{}}
		}
		out.parts.offered.platforms[strings.ToLower(string(m[1])+string(m[2]))] = true
	}
}

// markOffered makes hints of what such buttons deploy.
func markOffered(all []Fact, offered map[string]bool) {
	for i := range all {
		f := &all[i]
		if f.Kind == Platform && f.Hint == "" && offered[f.Name] {
			f.Hint = "offered to whoever presses a button"
		}
	}
}
