package facts

import (
	"path"
	"slices"
	"strings"
)

// workspace finds the packages of a repository of several packages by their
// names: npm's workspaces, and what turbo, nx and lerna run in each of them.
type workspace struct {
	globs  map[string][]string // by the folder whose file names the packages
	byName map[string]*parsedScript
	all    []*parsedScript // in the order of their paths
}

func indexWorkspace(files []parsedScript) workspace {
	w := workspace{byName: map[string]*parsedScript{}, globs: workspaceGlobs(files)}
	for i := range files {
		p := &files[i]
		if p.kind != "npm" || AreaOf(p.path)&(AreaExample|AreaVendored|AreaTemplate|AreaGenerated) != 0 {
			continue
		}
		if !w.leftOut(parentDir(p.path)) {
			w.all = append(w.all, p)
		}
	}
	slices.SortFunc(w.all, func(a, b *parsedScript) int { return strings.Compare(a.path, b.path) })
	for _, p := range w.all {
		if p.pkg != "" && w.byName[p.pkg] == nil {
			w.byName[p.pkg] = p
		}
	}
	for _, p := range w.all { // without its scope, where no package is called just that
		if name := path.Base(p.pkg); p.pkg != "" && w.byName[name] == nil {
			w.byName[name] = p
		}
	}
	return w
}

// maxPackages bounds in how many packages one command is followed.
const maxPackages = 50

// selected are the packages that a filter names: by name, by folder, or by a
// pattern of either.
func (w workspace) selected(filter, dir string) []*parsedScript {
	filter = strings.Trim(unquote(filter), "^{}")
	filter, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSuffix(filter, "..."), "..."), "[")
	if filter == "" || strings.HasPrefix(filter, "!") || strings.Contains(filter, "$") {
		return nil
	}
	if p := w.byName[filter]; p != nil {
		return []*parsedScript{p}
	}
	at := joinDir(dir, filter)
	var out []*parsedScript
	for _, p := range w.all {
		folder := parentDir(p.path)
		byFolder, _ := path.Match(at, folder)
		byName, _ := path.Match(filter, p.pkg)
		if byFolder || byName {
			out = append(out, p)
		}
	}
	return out[:min(len(out), maxPackages)]
}

// below are the packages in folders below dir.
func (w workspace) below(dir string) []*parsedScript {
	var out []*parsedScript
	for _, p := range w.all {
		folder := parentDir(p.path)
		if folder != dir && (dir == "" || strings.HasPrefix(folder, dir+"/")) {
			out = append(out, p)
		}
	}
	return out[:min(len(out), maxPackages)]
}

// members are the packages of the workspace in dir.
func (w workspace) members(dir string) []*parsedScript {
	return slices.DeleteFunc(w.below(dir), func(p *parsedScript) bool { return !w.takes(parentDir(p.path), dir) })
}

// inPackages is a script run in each of the packages that has it.
func inPackages(packages []*parsedScript, names ...string) (all reference) {
	var found []reference
	for _, p := range packages {
		var targets []string
		for _, name := range names {
			if p.find(name) != nil {
				targets = append(targets, "pre"+name, name, "post"+name)
			}
		}
		if len(targets) > 0 {
			found = append(found, reference{script: p, targets: targets})
		}
	}
	if len(found) > 0 {
		all, all.more = found[0], found[1:]
	}
	return all
}

// taskRunner is what turbo, nx or lerna runs: scripts of the same names in
// every package, or in those that are filtered.
func (s scripts) taskRunner(words []string, dir string) reference {
	var names []string
	var filters []string
	tool := words[0]
	words = words[1:]
	if len(words) > 0 && (words[0] == "run" || words[0] == "run-many" || words[0] == "affected") {
		words = words[1:]
	}
	for i := 0; i < len(words); i++ {
		flag, value, has := strings.Cut(words[i], "=")
		switch flag {
		case "--filter", "-F", "--scope", "--project", "--projects", "-p":
			if !has && i+1 < len(words) {
				i++
				value = words[i]
			}
			filters = append(filters, strings.Split(unquote(value), ",")...)
		case "-t", "--target", "--targets":
			if !has && i+1 < len(words) {
				i++
				value = words[i]
			}
			names = append(names, strings.Split(unquote(value), ",")...)
		case "--":
			i = len(words)
		default:
			if !strings.HasPrefix(flag, "-") {
				names = append(names, unquote(words[i]))
			}
		}
	}
	packages := s.packages.below(dir) // of which nx has what has a project.json, and lerna a list of its own
	if tool == "turbo" {
		packages = s.packages.members(dir)
	}
	if len(filters) > 0 {
		packages = nil
		for _, f := range filters {
			packages = append(packages, s.packages.selected(f, dir)...)
		}
	}
	return inPackages(packages, names...)
}
