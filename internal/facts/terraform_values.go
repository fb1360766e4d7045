package facts

import (
	"path"
	"sort"
	"strings"
)

// valuesFor are the modules that a variable file is for: one of them, or those
// beside each other below it that all share it.
func (j *tfJoin) valuesFor(f *hclFile) []*tfModule {
	m := j.ownerOf(f)
	if m == nil || !m.has("resource", "module") {
		if all := j.sharing(f); len(all) > 0 {
			return all
		}
	}
	if m == nil {
		return j.beside(f)
	}
	return []*tfModule{m}
}

// sharing are the folders just below a variable file that declare something of
// what it sets: each is run with it (-var-file=../production.tfvars).
func (j *tfJoin) sharing(f *hclFile) []*tfModule {
	if f.body == nil {
		return nil
	}
	var out []*tfModule
	for _, d := range j.dirs {
		m := j.modules[d]
		if path.Dir(d) != f.dir || d == f.dir || amongModules(d) || !m.has("resource", "module", "data") {
			continue
		}
		for name := range f.body.Attributes {
			if m.variables[name] != nil {
				out = append(out, m)
				break
			}
		}
	}
	return out
}

// ownerOf is the module that a variable file is for: its folder's, else the
// nearest above it that makes something, else the only one beside or below it,
// else the only one that has the file's name (variables/production/rds.tfvars, deployments/rds), else the only one
// that declares all that the file sets.
func (j *tfJoin) ownerOf(f *hclFile) *tfModule {
	dir := f.dir
	for d := dir; ; d = path.Dir(d) {
		if m := j.modules[d]; m != nil && (d == dir || m.has("resource", "module", "data", "provider")) {
			return m
		}
		if d == "." || d == "/" {
			break
		}
	}
	var only *tfModule
	above := path.Dir(dir)
	for _, d := range j.dirs {
		if above != "." && path.Dir(d) != above {
			continue
		}
		if only != nil {
			return j.namedAs(f)
		}
		only = j.modules[d]
	}
	if only == nil {
		return j.namedAs(f)
	}
	return only
}

// namedAs is the only module whose folder is called as the variable file is.
func (j *tfJoin) namedAs(f *hclFile) *tfModule {
	name := strings.TrimSuffix(strings.TrimSuffix(path.Base(f.path), ".json"), ".tfvars")
	var only *tfModule
	for _, d := range j.dirs {
		if path.Base(d) != name {
			continue
		}
		if only != nil {
			return nil
		}
		only = j.modules[d]
	}
	if only == nil {
		return j.declaring(f)
	}
	return only
}

// declaring is the only folder, those of modules aside, that declares what the
// variable file sets, where that is enough to tell. Terraform only warns of a
// value that nothing declares, so one in eight may be left over.
func (j *tfJoin) declaring(f *hclFile) *tfModule {
	if f.body == nil || len(f.body.Attributes) < 3 {
		return nil
	}
	var only *tfModule
	for _, d := range j.dirs {
		m := j.modules[d]
		if amongModules(d) || !declares(m, f) {
			continue
		}
		if only != nil {
			return nil
		}
		only = m
	}
	return only
}

func declares(m *tfModule, f *hclFile) bool {
	missing := 0
	for name := range f.body.Attributes {
		if m.variables[name] == nil {
			missing++
		}
	}
	return missing*8 <= len(f.body.Attributes)
}

// valueFiles sorts variable files by when Terraform reads them.
type valueFiles struct {
	always []*hclFile            // terraform.tfvars, *.auto.tfvars, and such as common.tfvars
	named  map[string][]*hclFile // those somebody has to name, by environment
	shared map[string][]*hclFile // likewise, of the folder above, which others are run with, too
}

func (m *tfModule) valueFiles() valueFiles {
	out := valueFiles{named: map[string][]*hclFile{}, shared: map[string][]*hclFile{}}
	beside := map[string][]*hclFile{}
	files := append([]*hclFile(nil), m.values...)
	sort.SliceStable(files, func(a, b int) bool { return valueOrder(files[a]) < valueOrder(files[b]) })
	for _, f := range files {
		base := strings.TrimSuffix(strings.TrimSuffix(path.Base(f.path), ".json"), ".tfvars")
		env := environmentOf(base)
		if env == "" && f.dir != m.dir {
			env = environmentOfPath(strings.TrimPrefix(f.dir, m.dir))
		}
		switch {
		case strings.Contains(base, "example") || strings.Contains(base, "sample") || strings.Contains(base, "backend"):
		case f.dir == m.dir && (base == "terraform" || strings.HasSuffix(base, ".auto")):
			out.always = append(out.always, f)
		case env == "" && (base == "common" || base == "global" || base == "shared" || base == "default" || base == "defaults" || base == "base"):
			out.always = append(out.always, f)
		case m.besides(f):
			beside[env] = append(beside[env], f)
		case f.dir != m.dir && f.dir == path.Dir(m.dir):
			out.shared[env] = append(out.shared[env], f)
		default:
			out.named[env] = append(out.named[env], f)
		}
	}
	for env, all := range beside {
		if out.named[env] == nil {
			out.named[env] = all
		} else {
			out.shared[env] = append(out.shared[env], all...)
		}
	}
	if len(out.named) == 0 {
		out.named, out.shared = out.shared, nil
	}
	return out
}

// valueOrder ranks the files that are always read: later ones win.
func valueOrder(f *hclFile) string {
	base := path.Base(f.path)
	switch {
	case strings.HasPrefix(base, "terraform.tfvars"):
		return "1" + f.path
	case strings.Contains(base, ".auto.tfvars"):
		return "2" + f.path
	}
	return "0" + f.path
}

// valuesOf is what the variable files set the variables of a root to, and the
// environment that they are for. Where environments differ, production's value
// counts; without one, what differs can't be known.
func (j *tfJoin) valuesOf(m *tfModule) (args map[string]Value, env string) {
	files := m.valueFiles()
	args = make(map[string]Value)
	for _, f := range files.always {
		for _, v := range j.values(f) {
			args[v.Key] = v.Value
		}
	}
	j.overlay(m, args, files.shared[production])
	named := files.named[production]
	if env = production; named == nil {
		env = ""
		for _, e := range []string{staging, development, ""} {
			named = append(named, files.named[e]...)
			if len(files.named) == 1 && files.named[e] != nil {
				env = e
			}
		}
	}
	j.overlay(m, args, named)
	return args, env
}

// overlay sets what named files agree on.
func (j *tfJoin) overlay(m *tfModule, args map[string]Value, named []*hclFile) {
	seen := make(map[string][]Value)
	for _, f := range named {
		for _, v := range j.values(f) {
			seen[v.Key] = append(seen[v.Key], v.Value)
		}
	}
	for key, values := range seen {
		v := values[0]
		for _, other := range values[1:] {
			v = hclJoin(v, other, "var."+key)
		}
		if len(values) < len(named) {
			base, ok := args[key]
			if !ok {
				base = j.newInstance(m, nil).variable(key)
			}
			v = hclJoin(v, base, "var."+key)
		}
		args[key] = v
	}
}

// values are the settings of a variable file, in the order of its lines.
func (j *tfJoin) values(f *hclFile) []Field {
	s := &hclScope{run: j.run, text: f.text}
	if f.body == nil {
		return hclUnplaced(s.json(f.json)).Fields
	}
	var out []Field
	for _, a := range sortedAttributes(f.body, nil) {
		out = append(out, Field{a.Name, hclUnplaced(s.known(a.Expr))})
	}
	return out
}
