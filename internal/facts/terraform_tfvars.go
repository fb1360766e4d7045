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

// emitTfvars adds what each variable file sets that a folder is run with, and
// what its maps by environment say of each.
func (j *tfJoin) emitTfvars() {
	seen := map[*hclFile]bool{}
	for _, d := range j.dirs {
		m := j.modules[d]
		for _, f := range m.values {
			set := j.sets(f)
			if seen[f] || len(set) == 0 {
				continue
			}
			seen[f] = true
			j.emitValues(m, f, set)
			for _, s := range set {
				if name := "var." + s.Key; environmentsApart(fieldKeys(s.Value)) && m.choosesFrom(name) {
					j.environments(m, f, name, s.Value)
				}
			}
		}
	}
}

// sets is what a variable file sets, with the lines.
func (j *tfJoin) sets(f *hclFile) []Field {
	s := &hclScope{run: j.run, text: f.text}
	if f.body == nil {
		return s.json(f.json).Fields
	}
	var out []Field
	for _, a := range sortedAttributes(f.body, nil) {
		out = append(out, Field{a.Name, s.attribute(a)})
	}
	return out
}

// emitValues adds a variable file as a whole.
func (j *tfJoin) emitValues(m *tfModule, f *hclFile, set []Field) {
	asked := j.asked("tfvars")
	v := Value{Kind: Map, Start: set[0].Value.Start, End: set[0].Value.Start}
	for _, s := range set {
		if asked.has(s.Key) {
			v.Fields = append(v.Fields, s)
		}
	}
	if len(v.Fields) > 0 {
		v.Start, v.End = v.Fields[0].Value.Start, v.Fields[0].Value.Start
	}
	env := environmentOf(strings.TrimSuffix(strings.TrimSuffix(path.Base(f.path), ".json"), ".tfvars"))
	if env == "" {
		env = environmentOfPath(f.dir)
	}
	if env != "" {
		v.Fields = append(v.Fields, Field{"_env", at(Str(env), v.Start)})
	}
	j.facts = append(j.facts, Fact{Kind: Terraform, Name: "tfvars", Path: f.path, Start: v.Start, End: v.End, Value: v, Hint: m.hint, Group: m.dir})
}

func fieldKeys(v Value) []string {
	keys := make([]string, len(v.Fields))
	for i, f := range v.Fields {
		keys[i] = f.Key
	}
	return keys
}
