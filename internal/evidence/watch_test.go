package evidence

import (
	"maps"
	"path"
	"slices"
	"testing"

	"github.com/readyline/readyline/internal/catalogue"
)

// strangers are names of files that most pushes change and few rules look at.
var strangers = []string{
	"logo.png", "NOTES.adoc", "notes.txt", "data.csv", "page.html", "style.css", "LICENSE", "a.c", "b.h", "c.swift", "d.lua",
	"x.svg", "y.sql", "z.proto", "w.ipynb", "Thing.m", "k.erl", "l.ex", "run.log", "main.dart", "Main.hs", "v.zig", "samconfig.toml",
	"Gemfile.lock", "go.sum", "yarn.lock", "app.r", "q.pl", "u.php", "CODE_OF_CONDUCT.md", "favicon.ico", "font.woff2",
}

// withStrangers is an example's files without those that are not watched, and
// with some others that are not; and how many these are.
func withStrangers(e *Engine, x catalogue.Example) (map[string]string, int) {
	files, unwatched := maps.Clone(x.Files), 0
	texts := slices.Sorted(maps.Values(x.Files))
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
	return files, unwatched
}

func TestWatches(t *testing.T) {
	e := shipped(t)
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
