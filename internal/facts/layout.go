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
	charts   map[string]bool   // directories with a Chart.yaml
	valued   map[string]string // the chart that alone lies in a directory, for which values may lie beside it
	programs map[string]bool   // directories with a cdk.json, Pulumi.yaml or cdktf.json, or laid out as cdk init does

	terraform map[string]bool // directories with *.tf or *.tofu
}

func newLayout(files []File) *layout {
	l := &layout{files: files, charts: map[string]bool{}, programs: map[string]bool{}, terraform: map[string]bool{}}
	var stacks []string        // directories of Pulumi programs
	laid := map[string]uint8{} // which of package.json, bin/*.ts and lib/**/*stack*.ts a directory has
	for _, f := range files {
		dir, base := "", f.Path
		if i := strings.LastIndexByte(f.Path, '/'); i >= 0 {
			dir, base = f.Path[:i], f.Path[i+1:]
		}
		if strings.HasSuffix(base, ".tf") || strings.HasSuffix(base, ".tofu") {
			l.terraform[dir] = true
		}
		if strings.HasSuffix(base, ".ts") {
			markProgram(laid, dir, base)
		}
		switch base {
		case "package.json":
			laid[dir] |= 1
		case "Chart.yaml", "Chart.yml":
			l.charts[dir] = true
		case "cdk.json", "Pulumi.yaml", "Pulumi.yml", "cdktf.json":
			l.programs[dir] = true
			if strings.HasPrefix(base, "Pulumi") && AreaOf(f.Path) == 0 {
				stacks = append(stacks, dir)
			}
		}
	}
	for dir, has := range laid {
		if has == 7 {
			l.programs[dir] = true
		}
	}
	l.valued = aloneIn(l.charts)
	if dir := commonDir(stacks); len(stacks) > 1 && dir != "" { // what programs side by side share lies between them
		l.programs[dir] = true
	}
	return l
}

// aloneIn gives for each directory that a single chart lies in that chart:
// helm_deploy/shop, whose values for production are helm_deploy/values-prod.yaml.
func aloneIn(charts map[string]bool) map[string]string {
	out := map[string]string{}
	for dir := range charts {
		if _, within := above(charts, parent(dir)); dir == "" || within {
			continue
		}
		if _, taken := out[parent(dir)]; taken {
			out[parent(dir)] = ""
			continue
		}
		out[parent(dir)] = dir
	}
	return out
}

// chartOf is the chart that a file takes part in.
func (l *layout) chartOf(p place) (dir string, ok bool) {
	if dir, ok := above(l.charts, p.dir); ok {
		return dir, isChartFile(strings.TrimPrefix(p.path[len(dir):], "/"))
	}
	dir = l.valued[p.dir]
	return dir, dir != "" && p.yaml() && strings.HasPrefix(p.base, "values")
}

// commonDir is the deepest directory that holds all of them.
func commonDir(dirs []string) string {
	if len(dirs) == 0 {
		return ""
	}
	common := dirs[0] + "/"
	for _, d := range dirs[1:] {
		for !strings.HasPrefix(d+"/", common) {
			i := strings.LastIndexByte(common[:len(common)-1], '/')
			if i < 0 {
				return ""
			}
			common = common[:i+1]
		}
	}
	return strings.TrimSuffix(common, "/")
}

// markProgram notes what cdk init writes: bin/*.ts makes the app of the stacks
// in lib. Such a program needs no cdk.json where its callers say --app.
func markProgram(laid map[string]uint8, dir, base string) {
	if root, ok := strings.CutSuffix(dir, "bin"); ok && (root == "" || strings.HasSuffix(root, "/")) {
		laid[strings.TrimSuffix(root, "/")] |= 2
	}
	if i := strings.LastIndex("/"+dir+"/", "/lib/"); i >= 0 && (strings.Contains(base, "stack") || strings.HasSuffix(dir, "stacks")) {
		laid[strings.TrimSuffix(dir[:i], "/")] |= 4
	}
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
