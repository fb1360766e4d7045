package facts

import (
	"path"
	"slices"
	"strings"
)

// markUnfilled makes hints of the objects in such files that no pipeline and
// no script names: they may be what a program writes for others. What only an
// operator of somebody's own platform reads is none of these.
func markUnfilled(all []Fact, g *gathered, area func(path string) Area) {
	if len(g.filled) == 0 {
		return
	}
	m := mentions{names: map[string]bool{}, folders: map[string]bool{}}
	for file := range g.filled {
		m.names[path.Base(file)], m.folders[path.Base(path.Dir(file))] = false, false
	}
	for _, text := range fillingTexts(all, g.filling, area) {
		m.look(text)
	}
	named := map[string]bool{} // folders
	for file := range g.filled {
		dir := path.Dir(file)
		named[dir] = named[dir] || m.names[path.Base(file)] || dir != "." && m.folders[path.Base(dir)]
	}
	for i := range all {
		f := &all[i]
		if f.Kind == Kubernetes && !strings.HasSuffix(f.Name, ".nais.io") && f.Hint == "" && slices.Contains(g.filled[f.Path], f.Start) && !named[path.Dir(f.Path)] {
			f.Hint = hintUnfilled
		}
	}
}

// fillingTexts are what pipelines, scripts and playbooks run and hand on.
func fillingTexts(all []Fact, scripts map[string][]byte, area func(path string) Area) []string {
	var out []string
	for i := range all {
		f := &all[i]
		switch f.Kind {
		case Workflow, WorkflowJob, CI:
			out = append(out, f.Value.Get("run").Text)
			for _, given := range slices.Concat(f.Value.Get("with").Fields, stepEnv(f)) {
				out = append(out, given.Value.Text)
			}
		case Ansible:
			mapped(f.Value, func(v Value) Value {
				out = append(out, v.Text)
				return v
			})
		}
	}
	for file, text := range scripts {
		if area(file) == 0 {
			out = append(out, string(text))
		}
	}
	return out
}

// stepEnv is what a step's action is told by its environment; what all jobs of
// a pipeline share says nothing about any of them.
func stepEnv(f *Fact) []Field {
	if f.Kind != Workflow || f.Value.Get("uses").Text == "" {
		return nil
	}
	return f.Value.Get("env").Fields
}

// applier is what brings manifests to a cluster, and fills what scripts do
// before it.
var (
	applier = lazily(`\b(kubectl|oc|kapp|krane|kubernetes-deploy)\b`)
	fills   = lazily(`\b(kubectl|oc|kapp|krane|kubernetes-deploy|envsubst|sed|gomplate|jinja2?|j2)\b`)
)

// mentions are names of files and of folders, and whether a text fills in the
// one or applies the other: its files one after the other, or all together.
type mentions struct{ names, folders map[string]bool }

func (m *mentions) look(text string) {
	applies := applier().MatchString(text)
	for from := 0; from < len(text); {
		to := from
		for to < len(text) && isNameByte(text[to]) {
			to++
		}
		if to == from {
			from++
			continue
		}
		word := strings.TrimRight(text[from:to], ".")
		if _, ok := m.names[word]; ok {
			m.names[word] = true
		}
		if _, ok := m.folders[word]; ok && applies {
			rest := strings.TrimPrefix(text[to:], "/")
			m.folders[word] = m.folders[word] || rest == "" || strings.ContainsAny(rest[:1], "*$\"' \n)")
		}
		from = to
	}
}

// isNameByte tells what most names of files are made of.
func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.'
}
