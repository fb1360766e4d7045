package facts

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// Watches tells whether the facts of some tree could depend on a file at this
// path: on its text, or on its being there. It errs on the side of yes. Source
// counts when some rule asks what it imports.
func Watches(file string, imports bool) bool {
	f := File{Path: file, Size: 1, Area: LeastArea(file)}
	folder := LeastArea(path.Join(path.Dir(file), "file"))
	if folder&(AreaVendored|AreaGenerated) == 0 && (shapes(f) || isProgramFile(path.Base(file))) {
		return true
	}
	p := placeOf(file)
	if imports && f.Area == 0 && isSource(p.ext) {
		return true
	}
	table := formats()
	for _, l := range layoutsAround(p.dir) {
		if claims(table, f, l) != 0 {
			return true
		}
	}
	return false
}

// shapes tells whether a path has a say in what other files are.
func shapes(f File) bool {
	l := newLayout([]File{f})
	laid := map[string]uint8{}
	dir, base := path.Split(f.Path)
	markProgram(laid, strings.TrimSuffix(dir, "/"), base)
	return len(l.charts)+len(l.programs)+len(l.terraform)+len(laid) > 0 || base == "package.json"
}

// layoutsAround are a tree of which nothing is known, and those in which a
// folder above the file is the root of everything that there are roots of.
func layoutsAround(dir string) []*layout {
	out := []*layout{newLayout(nil)}
	for {
		here := map[string]bool{dir: true}
		out = append(out, &layout{charts: maps.Clone(here), programs: maps.Clone(here), terraform: here})
		if dir == "" {
			return out
		}
		dir = parent(dir)
	}
}

// isSource tells whether imports are looked for in files of this extension.
func isSource(ext string) bool {
	return slices.ContainsFunc([]string{"npm", "go", "pypi", "maven", "gem", "nuget", "crate"}, func(e string) bool {
		return slices.Contains(sourceOf(e), ext)
	})
}
