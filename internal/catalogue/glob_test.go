package catalogue

import (
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/readyline/readyline/templates"
)

// Whatever the way of matching, a glob means what doublestar says.
func FuzzPath(f *testing.F) {
	shipped, err := Load(templates.FS)
	if err != nil {
		f.Fatal(err)
	}
	paths := []string{"a", "a/b", "a/b/c.tf", "a/a/a/b/a", ".github/workflows/ci.yml", "src/main/java/app.java", "user_data.sh", "x/user-data/y.tpl",
		"docs/adr/0001-x.md", "readme.md", "é/ü.yml", "test", "infra/prod/main.tf", "b/a/b/a/b"}
	patterns := []string{"**", "*", "a/**", "**/a", "**/a/**", "a/**/b", "**/a/*/b", "*/**/*", "**/**/b", "a*b/**", "**/*.tf", "**/[ab]/**", "**/user[-_]data*", "a?c", "**.yml", "a/**b"}
	for _, pattern := range patterns {
		for _, path := range paths {
			f.Add(pattern, path)
		}
	}
	for _, c := range shipped.Controls[:20] {
		for _, r := range c.Rules {
			for _, m := range r.Any {
				for _, p := range m.Paths {
					f.Add(p.String(), strings.NewReplacer("**/", "x/y/", "*", "z").Replace(p.String()))
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		globs, err := NewPath(pattern)
		if path = strings.ToLower(path); err != nil || strings.Contains("/"+path+"/", "//") {
			return
		}
		for _, g := range globs {
			if got, want := g.Match(path), doublestar.MatchUnvalidated(g.String(), path); got != want {
				t.Errorf("%q on %q: %v, doublestar says %v", g, path, got, want)
			}
		}
	})
}

// What a glob is asked for before it is tried, every path has that matches.
func TestGlobsAreSparedPaths(t *testing.T) {
	for _, c := range []struct{ pattern, head, inside, tail string }{
		{"**", "", "", ""},
		{"**/env/uat/**/*.tf", "", "env/uat", ".tf"},
		{"build/{a,{b,c}/**}", "build", "", ""},
		{"src/it*/**", "src/it", "", ""},
		{"**/storage/[0-9a-z][!a]/*", "", "storage", ""},
		{"**/*k6*/**/x[ab]y?z", "", "k6", "z"},
		{"docs/index.md", "", "", "docs/index.md"},
		{"*/build/**", "", "build", ""},
		{"src/**/" + strings.Repeat("a", 300) + "/*.go", "", "", ""},
	} {
		globs, err := NewPath(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if g := globs[0]; g.Head() != c.head || g.Inside() != c.inside || g.Tail() != c.tail {
			t.Errorf("%s: %q, %q, %q; want %q, %q, %q", c.pattern, g.Head(), g.Inside(), g.Tail(), c.head, c.inside, c.tail)
		}
	}
}
