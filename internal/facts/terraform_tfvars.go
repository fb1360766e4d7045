package facts

import (
	"path"
	"strings"
)

// beside are the folders next to a folder of variable files that are run with
// one of them: deployments/vars/production.tfvars is for deployments/web and
// deployments/jobs, where both declare several of what it sets.
func (j *tfJoin) beside(f *hclFile) []*tfModule {
	above := besideDir(f)
	if above == "" || f.body == nil {
		return nil
	}
	var out []*tfModule
	for _, d := range j.dirs {
		m := j.modules[d]
		below, ok := strings.CutPrefix(d, above)
		if !ok || strings.Count(below, "/") > 2 || amongModules(d) || environmentOfPath(below) != "" || !m.has("resource", "module", "data") {
			continue
		}
		n := 0
		for name := range f.body.Attributes {
			if m.variables[name] != nil {
				n++
			}
		}
		if n > 1 {
			out = append(out, m)
		}
	}
	return out
}

// besideDir is where the folders lie that a folder of variable files is for,
// with the slash that ends it; empty for a file in a folder of another name.
func besideDir(f *hclFile) string {
	dir := f.dir
	if environmentOf(path.Base(dir)) != "" {
		dir = path.Dir(dir)
	}
	switch strings.ToLower(path.Base(dir)) {
	case "tfvars", "vars", "var", "variables", "var-files", "var_files", "environments", "environment", "envs", "env", "config", "configs", "configuration":
	default:
		return ""
	}
	if dir = path.Dir(dir); dir == "." {
		return ""
	}
	return dir + "/"
}

// besides tells of a variable file next to the folder that others are run with,
// too: one of its own, variables/production/NAME.tfvars, counts for more.
func (m *tfModule) besides(f *hclFile) bool {
	above := besideDir(f)
	return above != "" && f.dir != m.dir && !strings.HasPrefix(f.dir, m.dir+"/") && strings.HasPrefix(m.dir, above) &&
		!strings.HasPrefix(path.Base(f.path), path.Base(m.dir)+".")
}

// emitTfvars adds what each variable file sets that a folder is run with.
func (j *tfJoin) emitTfvars() {
	asked, seen := j.asked("tfvars"), map[*hclFile]bool{}
	for _, d := range j.dirs {
		m := j.modules[d]
		for _, f := range m.values {
			if seen[f] || f.body == nil {
				continue
			}
			seen[f] = true
			v := Value{Kind: Map, Start: 1, End: 1}
			s := &hclScope{run: j.run, text: f.text}
			for _, a := range sortedAttributes(f.body, func(name string) bool { return !asked.has(name) }) {
				v.Fields = append(v.Fields, Field{a.Name, s.attribute(a)})
			}
			if len(v.Fields) == 0 {
				continue
			}
			v.Start, v.End = v.Fields[0].Value.Start, v.Fields[0].Value.Start
			env := environmentOf(strings.TrimSuffix(path.Base(f.path), ".tfvars"))
			if env == "" {
				env = environmentOfPath(f.dir)
			}
			if env != "" {
				v.Fields = append(v.Fields, Field{"_env", at(Str(env), v.Start)})
			}
			j.facts = append(j.facts, Fact{Kind: Terraform, Name: "tfvars", Path: f.path, Start: v.Start, End: v.End, Value: v, Hint: m.hint, Group: m.dir})
		}
	}
}
