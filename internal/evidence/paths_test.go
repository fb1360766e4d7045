package evidence

import (
	"testing"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// Files that the same globs match share one set of probes, whatever finds them.
func TestSetsAreShared(t *testing.T) {
	e := &Engine{}
	for _, pattern := range []string{"**/*.go", "**/*webhook*/**/*.go", "**", "**/main.go", "docs/**"} {
		paths, err := catalogue.NewPath(pattern)
		if err != nil {
			t.Fatal(err)
		}
		e.probes = append(e.probes, probe{Matcher: &catalogue.Matcher{Kind: catalogue.File, Paths: paths}})
	}
	e.files.index(e.probes, catalogue.File)
	m := e.matcher(&e.files)
	for _, c := range []struct {
		path string
		want int // sets so far
	}{{"a.go", 1}, {"b/c.go", 1}, {"main.go", 2}, {"cmd/MAIN.go", 2}, {"x/webhooks/y.go", 3}, {"a/webhook/b/c.go", 3}, {"docs/x", 4}, {"LICENSE", 5}, {"docs/a/b", 5}} {
		m.match(&facts.File{Path: c.path})
		if len(m.sets) != c.want {
			t.Errorf("%s: %d sets, want %d", c.path, len(m.sets), c.want)
		}
	}
}
