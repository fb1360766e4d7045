package facts

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

const (
	// maxImportFiles bounds how much source is read to answer whether it
	// imports a package. Beyond it the answer is that nobody knows.
	maxImportFiles = 3000

	// maxImportLines is how far down a file imports are looked for.
	maxImportLines = 200
)

// asked is one package of one manifest of which the rules want to know whether
// production source below the manifest's folder imports it.
type asked struct {
	ecosystem string
	dir       string
	modules   []string // what source may call it
	exact     bool     // modules are certain: not finding one means no
	facts     []int    // places in Facts.All
	found     bool
}

// markImports sets `imported` on the dependencies that were asked for. It
// reads source in growing portions and stops when it has seen them all.
func markImports(ctx context.Context, t Tree, o Options, out *Facts) error {
	all := askedOf(o.Imports, out.All)
	if len(all) == 0 {
		return nil
	}
	paths := sourcesOf(all, out.Files)
	beyond := len(paths) > maxImportFiles
	paths = paths[:min(len(paths), maxImportFiles)]
	for portion := 50; len(paths) > 0 && pending(all); portion *= 2 {
		n := min(portion, len(paths))
		err := t.Text(ctx, paths[:n], func(path string, text []byte, err error) {
			if err == nil && len(text) <= maxText {
				seeImports(all, path, text)
			}
		})
		if err != nil {
			return fmt.Errorf("read facts: imports: %w", err)
		}
		paths = paths[n:]
	}
	for _, a := range all {
		answer := Boolean(a.found)
		if !a.found && (beyond || !a.exact) {
			answer = Value{Kind: Unknown, Text: "imported"}
		}
		for _, i := range a.facts {
			out.All[i].Value = out.All[i].Value.With("imported", answer)
		}
	}
	return nil
}

// askedOf finds the dependencies asked for. A name may end in a star.
func askedOf(names map[string]bool, facts []Fact) (all []*asked) {
	var prefixes []string
	for name, on := range names {
		if prefix, ok := strings.CutSuffix(name, "*"); ok && on {
			prefixes = append(prefixes, strings.ToLower(prefix))
		}
	}
	same := map[string]*asked{}
	for i, f := range facts {
		if f.Kind != Dependency {
			continue
		}
		wanted := names[f.Name] || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(f.Name, p) })
		ecosystem, name, _ := strings.Cut(f.Name, ":")
		if !wanted || sourceOf(ecosystem) == nil {
			continue
		}
		dir := parent(f.Path)
		if ecosystem == "pypi" && strings.HasSuffix(dir, "requirements") {
			dir = parent(dir)
		}
		if ecosystem == "maven" && (dir == "project" || strings.HasSuffix(dir, "/project")) { // what helps a build of sbt
			dir = parent(dir)
		}
		key := f.Name + " " + dir
		if same[key] == nil {
			modules, exact := modulesOf(ecosystem, name)
			same[key] = &asked{ecosystem: ecosystem, dir: dir, modules: modules, exact: exact}
			all = append(all, same[key])
		}
		same[key].facts = append(same[key].facts, i)
	}
	return all
}

func pending(all []*asked) bool {
	return slices.ContainsFunc(all, func(a *asked) bool { return !a.found })
}

// sourceOf is the extensions of an ecosystem's source.
func sourceOf(ecosystem string) []string {
	switch ecosystem {
	case "npm":
		return []string{".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".astro"}
	case "go":
		return []string{".go"}
	case "pypi":
		return []string{".py"}
	case "maven":
		return []string{".java", ".kt", ".scala", ".groovy"}
	case "gem":
		return []string{".rb", ".ru"}
	case "nuget":
		return []string{".cs", ".fs", ".vb"}
	case "crate":
		return []string{".rs"}
	}
	return nil
}

// sourcesOf is the production source below the manifests, the likeliest files
// first: where a program begins, it wires up what it runs on, and parts that
// many use lie less deep than those that few do.
func sourcesOf(all []*asked, files []File) (paths []string) {
	roots := map[string]map[string]bool{} // by ecosystem, the folders of manifests
	for _, a := range all {
		if roots[a.ecosystem] == nil {
			roots[a.ecosystem] = map[string]bool{}
		}
		roots[a.ecosystem][a.dir] = true
	}
	for _, f := range files {
		if f.Area != 0 || f.Size > maxText || f.Size == 0 {
			continue
		}
		p := placeOf(f.Path)
		for ecosystem, dirs := range roots {
			if !slices.Contains(sourceOf(ecosystem), p.ext) {
				continue
			}
			if _, ok := above(dirs, p.dir); ok {
				paths = append(paths, f.Path)
				break
			}
		}
	}
	slices.SortStableFunc(paths, func(a, b string) int {
		return cmp.Or(likelihood(b)-likelihood(a), strings.Count(a, "/")-strings.Count(b, "/"))
	})
	return paths
}

func likelihood(path string) int {
	base := placeOf(path).base
	stem, _, _ := strings.Cut(base, ".")
	switch stem {
	case "main", "index", "app", "server", "application", "program", "startup", "settings", "config", "lib", "__init__", "wsgi", "asgi":
		return 2
	case "instrumentation", "tracing", "telemetry", "logger", "logging", "metrics", "middleware", "router", "client", "boot":
		return 1
	}
	return 0
}

// seeImports looks at the top of one source file.
func seeImports(all []*asked, path string, text []byte) {
	p := placeOf(path)
	var here []*asked
	for _, a := range all {
		if !a.found && slices.Contains(sourceOf(a.ecosystem), p.ext) && below(path, a.dir) {
			here = append(here, a)
		}
	}
	if len(here) == 0 {
		return
	}
	left := maxImportLines
	for line := range bytes.Lines(text) {
		if left--; left < 0 {
			return
		}
		eachImport(here[0].ecosystem, bytes.TrimSpace(line), func(module string) {
			for _, a := range here {
				a.found = a.found || a.is(module)
			}
		})
	}
}

// is tells whether an imported module belongs to the package.
func (a *asked) is(module string) bool {
	for _, m := range a.modules {
		if len(module) < len(m) || !strings.EqualFold(module[:len(m)], m) {
			continue
		}
		if len(module) == len(m) || strings.IndexByte("/.:", module[len(m)]) >= 0 {
			return true
		}
	}
	return false
}
