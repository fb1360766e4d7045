package facts

import (
	"strings"
)

// tfSite is one place that calls a module: a module block, or a Terragrunt unit.
type tfSite struct {
	from *tfModule
	call *tfBlock
	unit *tgUnit
}

const (
	hintUncalled = "nothing in this repository calls this module"
	hintLibrary  = "a module library: whoever calls it decides"
	hintMaybe    = "whether it exists depends on a value that can't be known from the files"
)

// settle decides which folders are roots, who calls whom, and what is said of
// code that nothing applies.
func (j *tfJoin) settle() {
	called := make(map[string]bool) // by production code
	for _, dir := range j.dirs {
		m := j.modules[dir]
		for i := range m.blocks {
			b := &m.blocks[i]
			if b.kind != "module" {
				continue
			}
			if to := j.called(m, b); to != nil && to != m {
				to.callers = append(to.callers, tfSite{from: m, call: b})
				called[to.dir] = called[to.dir] || j.area(m.files[0].path) == 0
			}
		}
	}
	for _, u := range j.units {
		if m := j.modules[u.local]; m != nil && u.local != "" {
			m.callers = append(m.callers, tfSite{unit: u})
			called[m.dir] = called[m.dir] || j.area(u.file.path) == 0
		}
	}
	strong := j.strongRoots(called)
	library := strong == 0 && j.libraryLayout()
	for _, dir := range j.dirs {
		m := j.modules[dir]
		if !m.root && !library && !called[dir] && j.weakRoot(m, strong) {
			m.root = true
		}
	}
	j.sole = j.soleEnvironment()
	live, aside := j.reach(0), j.reach(1)
	for _, dir := range j.dirs {
		m := j.modules[dir]
		here := j.area(m.files[0].path)
		m.callers = j.count(m, live, aside)
		switch {
		case live[dir] || here != 0 && aside[dir]:
		case library || dir == "." && m.registryLayout():
			m.hint = hintLibrary
		default:
			m.hint = hintUncalled
		}
	}
}

// strongRoots marks the folders that something certainly applies: those with a
// backend, a cloud block, a provider's settings, variable files, a Terragrunt
// file, or a step that runs Terraform there. It returns how many of these are
// not examples, tests and the like. A provider block in a folder that is
// called, or lies among modules, is an old way of writing a module.
func (j *tfJoin) strongRoots(called map[string]bool) (n int) {
	given := make(map[string]bool)
	for _, dir := range j.roots {
		given[dir] = true
	}
	for _, u := range j.units {
		if u.local == "" && u.source == "" {
			given[u.file.dir] = true
		}
	}
	for _, dir := range j.dirs {
		m := j.modules[dir]
		m.root = given[dir] || len(m.values) > 0 || m.backend() != "" ||
			m.has("provider") && !called[dir] && !amongModules(dir)
		if m.root && j.area(m.files[0].path) == 0 {
			n++
		}
	}
	for _, u := range j.units {
		if j.area(u.file.path) == 0 {
			n++
		}
	}
	return n
}

// soleEnvironment is the one environment that the repository's roots name by
// their folders. Where it is a template's env/dev, say, nothing is left out by
// looking at it as at production.
func (j *tfJoin) soleEnvironment() string {
	sole := ""
	for _, dir := range j.dirs {
		m := j.modules[dir]
		if !m.root || j.area(m.files[0].path) != 0 {
			continue
		}
		switch e := environmentOfPath(dir); {
		case e == production || sole != "" && e != "" && e != sole || e == "" && j.beforeIt(dir):
			return ""
		case e != "":
			sole = e
		}
	}
	for _, u := range j.units {
		if j.area(u.file.path) == 0 && u.env != "" && u.env != sole {
			return ""
		}
	}
	return sole
}

// backend is the name of the module's backend: s3, cloud; empty without one.
func (m *tfModule) backend() string {
	for i := range m.blocks {
		b := &m.blocks[i]
		if b.kind != "terraform" {
			continue
		}
		if b.body() == nil {
			if v := b.json.Get("cloud"); v.Kind != Absent {
				return "cloud"
			}
			for _, f := range b.json.Get("backend").Fields {
				return f.Key
			}
			continue
		}
		for _, in := range b.body().Blocks {
			switch {
			case in.Type == "cloud":
				return "cloud"
			case in.Type == "backend" && len(in.Labels) > 0:
				return in.Labels[0]
			}
		}
	}
	return ""
}

// weakRoot tells whether a folder that nothing calls is applied by itself: it
// makes something, does not lie among modules, and asks for no variable that
// nobody sets, unless nothing else in the repository could be the root.
func (j *tfJoin) weakRoot(m *tfModule, strong int) bool {
	if amongModules(m.dir) || !m.has("resource", "module") || m.dir == "." && m.registryLayout() {
		return false
	}
	if strong == 0 {
		return len(j.dirs) < minCollection || m.has("provider") || len(m.outputs) == 0 || !m.asks()
	}
	return !m.asks()
}

// minCollection is how many folders make a collection of modules, among which
// one that asks for values and hands others back is there to be called.
const minCollection = 4

// asks tells whether a folder has a variable without a default.
func (m *tfModule) asks() bool {
	for _, v := range m.variables {
		if !v.sets("default") {
			return true
		}
	}
	return false
}

// libraryLayout tells whether the repository is laid out as the registry wants
// its modules, or has nothing but a folder of modules.
func (j *tfJoin) libraryLayout() bool {
	if top := j.modules["."]; top != nil && top.registryLayout() {
		return true
	}
	modules := 0
	for _, dir := range j.dirs {
		m := j.modules[dir]
		if j.area(m.files[0].path) != 0 || !m.has("resource", "module", "data") {
			continue
		}
		if !amongModules(dir) {
			return false
		}
		modules++
	}
	return modules > 0
}

func (m *tfModule) registryLayout() bool {
	return !m.root && !m.has("provider") && len(m.variables) > 0 && len(m.outputs) > 0 && m.hasFile("variables") && m.hasFile("output")
}

func (m *tfModule) hasFile(prefix string) bool {
	for _, f := range m.files {
		if strings.HasPrefix(f.path[strings.LastIndexByte(f.path, '/')+1:], prefix) {
			return true
		}
	}
	return false
}

func amongModules(dir string) bool {
	for _, segment := range strings.Split(strings.ToLower(dir), "/") {
		switch segment {
		case "modules", "module", "tf-modules", "terraform-modules", "tf_modules", "terraform_modules", "_modules":
			return true
		}
	}
	return false
}

// reach is every folder that roots lead to: roots of production (0), or those
// among examples, tests and the like (1).
func (j *tfJoin) reach(aside int) map[string]bool {
	seen := make(map[string]bool)
	var visit func(m *tfModule)
	visit = func(m *tfModule) {
		if seen[m.dir] {
			return
		}
		seen[m.dir] = true
		for i := range m.blocks {
			if b := &m.blocks[i]; b.kind == "module" {
				if to := j.called(m, b); to != nil {
					visit(to)
				}
			}
		}
	}
	for _, dir := range j.dirs {
		m := j.modules[dir]
		if m.root && (j.area(m.files[0].path) != 0) == (aside == 1) {
			visit(m)
		}
	}
	for _, u := range j.units {
		if m := j.modules[u.local]; m != nil && u.local != "" && (j.area(u.file.path) != 0) == (aside == 1) {
			visit(m)
		}
	}
	return seen
}

// count keeps the callers whose arguments count: those that roots lead to;
// else, among examples, those of examples; else those of other dead code.
func (j *tfJoin) count(m *tfModule, live, aside map[string]bool) []tfSite {
	var best []tfSite
	rank := 0
	for _, s := range m.callers {
		r := 1
		switch {
		case s.unit != nil && j.area(s.unit.file.path) == 0, s.from != nil && live[s.from.dir]:
			r = 3
		case s.unit != nil, aside[s.from.dir]:
			if j.area(m.files[0].path) == 0 {
				continue
			}
			r = 2
		}
		if r > rank {
			best, rank = nil, r
		}
		if r == rank {
			best = append(best, s)
		}
	}
	return best
}
