package facts

import "strings"

// place is a path cut into what formats ask for. Base and ext are lower case;
// ext carries its dot, as in ".yaml".
type place struct {
	path string
	dir  string // without a trailing slash; empty at the root
	base string
	ext  string
}

func placeOf(path string) place {
	p := place{path: path}
	base := path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		p.dir, base = path[:i], path[i+1:]
	}
	p.base = strings.ToLower(base)
	if i := strings.LastIndexByte(p.base, '.'); i >= 0 {
		p.ext = p.base[i:]
	}
	return p
}

// yaml tells whether the name promises YAML.
func (p place) yaml() bool { return p.ext == ".yaml" || p.ext == ".yml" }

// layout is what paths alone say about the tree: which directories are the
// root of something, so that formats claim files by where they lie.
type layout struct {
	files    []File
	charts   map[string]bool // directories with a Chart.yaml
	programs map[string]bool // directories with a cdk.json, Pulumi.yaml or cdktf.json

	terraform map[string]bool // directories with *.tf or *.tofu
}

func newLayout(files []File) *layout {
	l := &layout{files: files, charts: map[string]bool{}, programs: map[string]bool{}, terraform: map[string]bool{}}
	for _, f := range files {
		dir, base := "", f.Path
		if i := strings.LastIndexByte(f.Path, '/'); i >= 0 {
			dir, base = f.Path[:i], f.Path[i+1:]
		}
		if strings.HasSuffix(base, ".tf") || strings.HasSuffix(base, ".tofu") {
			l.terraform[dir] = true
		}
		switch base {
		case "Chart.yaml", "Chart.yml":
			l.charts[dir] = true
		case "cdk.json", "Pulumi.yaml", "Pulumi.yml", "cdktf.json":
			l.programs[dir] = true
		}
	}
	return l
}

// above is the nearest directory of the set that holds the path.
func above(set map[string]bool, dir string) (string, bool) {
	if len(set) == 0 {
		return "", false
	}
	for {
		if set[dir] {
			return dir, true
		}
		if dir == "" {
			return "", false
		}
		dir = parent(dir)
	}
}

// parent is the directory above; the root is its own.
func parent(dir string) string {
	if i := strings.LastIndexByte(dir, '/'); i >= 0 {
		return dir[:i]
	}
	return ""
}
