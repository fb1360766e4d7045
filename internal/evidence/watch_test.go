package evidence

import (
	"context"
	"maps"
	"path"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/snapshot"
	"github.com/readyline/readyline/templates"
)

// strangers are names of files that most pushes change and few rules look at.
var strangers = []string{
	"logo.png", "NOTES.adoc", "notes.txt", "data.csv", "page.html", "style.css", "LICENSE", "a.c", "b.h", "c.swift", "d.lua",
	"x.svg", "y.sql", "z.proto", "w.ipynb", "Thing.m", "k.erl", "l.ex", "run.log", "main.dart", "Main.hs", "v.zig", "samconfig.toml",
	"Gemfile.lock", "go.sum", "yarn.lock", "app.r", "q.pl", "u.php", "CODE_OF_CONDUCT.md", "favicon.ico", "font.woff2",
}

// Whatever is done to a file that is not watched, no finding changes. The trees
// are those of every control's examples.
func TestWhatIsNotWatchedChangesNothing(t *testing.T) {
	c, err := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	if err != nil {
		t.Fatal(err)
	}
	e := New(c)
	find := func(files map[string]string, x catalogue.Example) []readiness.Finding {
		s := snapshot.Memory(snapshot.Meta{Repository: "example"}, files)
		read, err := e.Read(context.Background(), s.Tree(""), facts.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return e.Find([]Source{{Reading: read}}, exampleSettings(x))
	}
	trees, unwatched := 0, 0
	for _, control := range c.Controls {
		for i, x := range control.Examples {
			if i%3 != 0 && !testing.Verbose() { // a third says nearly as much
				continue
			}
			files := maps.Clone(x.Files)
			texts := slices.Collect(maps.Values(x.Files))
			slices.Sort(texts)
			for n, p := range slices.Sorted(maps.Keys(x.Files)) {
				if !e.Watches(p) {
					delete(files, p)
					unwatched++
				}
				for k, name := range strangers {
					if s := path.Join(path.Dir(p), name); (n+k)%5 == 0 && x.Files[s] == "" && !e.Watches(s) {
						files[s] = texts[k%len(texts)]
						unwatched++
					}
				}
			}
			trees++
			if diff := cmp.Diff(find(x.Files, x), find(files, x)); diff != "" {
				t.Errorf("%s:%d: example %q: unwatched files change what is found:\n%s", control.File, x.Line, x.Name, diff)
			}
		}
	}
	if trees < 100 || unwatched < 500 {
		t.Errorf("only %d files of %d trees are not watched", unwatched, trees)
	}
}

func TestWatches(t *testing.T) {
	c, err := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	if err != nil {
		t.Fatal(err)
	}
	e := New(c)
	for p, want := range map[string]bool{
		".github/workflows/ci.yml": true, "infra/main.tf": true, "deep/down/Dockerfile": true, "package.json": true, "README.md": true,
		"charts/api/templates/deployment.yaml": true, "services/a/samconfig.toml": true, ".github/CODEOWNERS": true, "go.mod": true,
		"logo.png": false, "docs/picture.svg": false, "data/cities.csv": true, "docs/guide.md": true, "e2e/page.png": true, "node_modules/x/package.json": true, "LICENSE.txt": true,
		"vendor/github.com/x/y/z.c": false,
	} {
		if got := e.Watches(p); got != want {
			t.Errorf("%s: watched %v", p, got)
		}
	}
}
