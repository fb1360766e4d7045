package facts

import (
	"path"
	"slices"
	"strings"
)

const hintUnregistered = "nothing here deploys this file"

// markRegistered makes hints of the task definitions and services of Amazon ECS
// that nothing deploys.
func markRegistered(all []Fact, files []File) {
	var tasks []int
	for i := range all {
		if f := &all[i]; f.Made && f.Kind == CloudFormation && (f.Name == taskDefinition || f.Name == taskService) && !isCopilot(placeOf(f.Path), nil) {
			tasks = append(tasks, i)
		}
	}
	if len(tasks) == 0 {
		return
	}
	r := registered{groups: map[string]*registering{}, folders: ecspressoFolders(files)}
	for i := range all {
		r.look(&all[i])
	}
	r.open(files)
	lone := loneTask(all, tasks)
	for _, i := range tasks {
		r.settle(&all[i], i == lone, files)
	}
}

// registered is what commands and actions say of such files.
type registered struct {
	uses    []registration
	groups  map[string]*registering // by job
	jobs    []*registering          // in the order in which they are met
	folders []string                // with a file of ecspresso's
}

// registration is one that names a file; * stands for what is worked out.
type registration struct {
	pattern, group, hint, env string
}

// registering is a job that registers what it makes while it runs.
type registering struct {
	texts     []string // of what it runs
	fetches   bool     // what is deployed already, to make the next of it
	registers bool
	open      bool // what it registers is no file of the tree
	hint      string
}

func (r *registered) look(f *Fact) {
	switch f.Kind {
	case Workflow:
		if v := f.Value.Get("run"); v.Text != "" {
			r.group(f).texts = append(r.group(f).texts, v.Text)
		}
		for _, c := range f.Value.Get("commands").Items {
			r.command(f, c, c.Get("text").Text)
		}
		for _, input := range f.Value.Get("with").Fields {
			key := strings.ReplaceAll(strings.ToLower(input.Key), "_", "-")
			if strings.Contains(key, "task-definition") && !strings.Contains(key, "family") && !strings.Contains(key, "arn") {
				r.file(f, f.Value, spelledOut(f, input.Value.Text), true)
			}
		}
	case CI:
		text := f.Value.Get("run").Text
		r.group(f).texts = append(r.group(f).texts, text)
		r.command(f, f.Value, text)
		for _, input := range f.Value.Get("with").Fields {
			if strings.Contains(strings.ReplaceAll(input.Key, "_", "-"), "task-definition") {
				r.file(f, f.Value, input.Value.Text, true)
			}
		}
	}
}

func (r *registered) group(f *Fact) *registering {
	g := r.groups[f.Group]
	if g == nil {
		g = &registering{}
		r.groups[f.Group] = g
		r.jobs = append(r.jobs, g)
	}
	return g
}

func (r *registered) command(f *Fact, c Value, text string) {
	switch program, _, _ := strings.Cut(text, " "); program {
	case "aws":
		in := parseFlags(splitWords(text)[1:], func(string) bool { return false }, false, c)
		verb := in.after("ecs")
		switch verb {
		case "describe-task-definition":
			r.group(f).fetches = true
		case "register-task-definition", "create-service", "update-service":
			for _, g := range in.given {
				if g.Key == "cli-input-json" || g.Key == "cli-input-yaml" {
					r.file(f, c, rawFlag(text, g.Key), verb == "register-task-definition")
				}
			}
		}
	case "ecspresso":
		if words := strings.Fields(text); slices.Contains(words, "deploy") || slices.Contains(words, "register") {
			for _, folder := range r.folders {
				r.uses = append(r.uses, registration{path.Join(folder, "*"), f.Group, madeHint(f, c), madeFor(f, "")})
			}
		}
	}
}

// rawFlag is a flag's value as it is written.
func rawFlag(text, name string) string {
	words := splitWords(text)
	for i, w := range words {
		if value, ok := strings.CutPrefix(w, "--"+name+"="); ok {
			return withoutQuotes(value)
		}
		if w == "--"+name && i+1 < len(words) {
			return withoutQuotes(words[i+1])
		}
	}
	return ""
}

// filledPart is what is worked out within the name of a file.
var filledPart = lazily(`\$\{\{[^{}]*\}\}|\$\{[^{}]*\}|\$\([^()]*\)|\$\w+`)

// topOfTree is how commands name the folder that they begin in.
var topOfTree = lazily(`^(\$\{\{\s*github\.workspace\s*\}\}|\$\{?(GITHUB_WORKSPACE|PWD|CODEBUILD_SRC_DIR|CI_PROJECT_DIR|WORKSPACE)\}?|\$\(pwd\)|\.{1,2})/`)

// file notes a file that is deployed. One that is made in between leads back,
// by what the job runs, to what it is made of.
func (r *registered) file(f *Fact, c Value, text string, registers bool) {
	text = strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(text, "$(cat "); ok {
		text = strings.TrimSuffix(inner, ")")
	}
	text = strings.TrimPrefix(withoutQuotes(text), "file://")
	for topOfTree().MatchString(text) {
		text = topOfTree().ReplaceAllString(text, "")
	}
	hint, env := madeHint(f, c), madeFor(f, "")
	if g := r.group(f); registers && (!g.registers || hint == "") {
		g.registers, g.hint = true, hint
	}
	if strings.Contains(text, "steps.") { // what an earlier step made, who was told of the file
		return
	}
	pattern := filledPart().ReplaceAllString(text, "*")
	r.group(f).open = r.group(f).open || registers && pattern == "*"
	if strings.Contains(path.Base(pattern), ".") && !strings.HasPrefix(pattern, "/") && !strings.Contains(pattern, "**") {
		r.uses = append(r.uses, registration{pattern, f.Group, hint, env})
	}
}

// spelledOut is a text with the variables of its step written out.
func spelledOut(f *Fact, text string) string {
	env := f.Value.Get("env")
	return filledPart().ReplaceAllStringFunc(text, func(part string) string {
		if name := contextName(part, "env."); name != "" {
			if v := env.Get(name); v.Kind == String {
				return v.Text
			}
		}
		return part
	})
}

// names tells whether a use names the file at a path. Folders that a command
// went into are not known.
func (u registration) names(file string) bool {
	if base := path.Base(u.pattern); !strings.ContainsAny(base, `*?[\`) && !strings.HasSuffix(file, base) {
		return false
	}
	end := file
	for n, i := strings.Count(u.pattern, "/"), len(file); n >= 0; n-- {
		if i = strings.LastIndexByte(file[:i], '/'); i < 0 {
			end = file
			break
		}
		end = file[i+1:]
	}
	for _, name := range []string{file, end} {
		if ok, err := path.Match(u.pattern, name); ok && err == nil {
			return true
		}
	}
	return false
}

// open notes the jobs that register what is no file of the tree.
func (r *registered) open(files []File) {
	for _, u := range r.uses {
		if !slices.ContainsFunc(files, func(f File) bool { return u.names(f.Path) }) {
			r.groups[u.group].open = true
		}
	}
}

// loneTask is the only task definition that counts; -1 when there are several.
func loneTask(all []Fact, tasks []int) int {
	one := -1
	for _, i := range tasks {
		if all[i].Name != taskDefinition || AreaOf(all[i].Path) != 0 {
			continue
		}
		if one >= 0 {
			return -1
		}
		one = i
	}
	return one
}

// settle says of one file what deploys it.
func (r *registered) settle(f *Fact, lone bool, files []File) {
	hint, env, known := hintUnregistered, "", false
	note := func(why, where string) {
		if !known || why == "" {
			hint = why
		}
		if !known || where == production || where == "" {
			env = where
		}
		known = true
	}
	for _, u := range r.uses {
		if u.names(f.Path) {
			note(u.hint, u.env)
		}
	}
	base := path.Base(f.Path)
	for _, g := range r.jobs {
		if !g.registers || known && hint == "" {
			continue
		}
		if lone && g.open && !g.fetches || slices.ContainsFunc(g.texts, func(t string) bool { return strings.Contains(t, base) }) {
			note(g.hint, "")
		}
	}
	if !known && f.Name == taskDefinition && handedOver(f, files) {
		note("", "")
	}
	if f.Hint == "" {
		f.Hint = hint
	}
	if env != "" && f.Value.Get("_env").Kind == Absent {
		f.Value = f.Value.With("_env", Str(env))
	}
}

// handedOver tells whether CodePipeline fills the file in and deploys it: the
// name of an image is left open, and CodeDeploy's instructions lie beside it.
func handedOver(f *Fact, files []File) bool {
	open := slices.ContainsFunc(f.Value.Get("ContainerDefinitions").Items, func(c Value) bool { return strings.HasPrefix(c.Get("Image").Text, "<") })
	return open && slices.ContainsFunc(files, func(o File) bool {
		base := strings.ToLower(path.Base(o.Path))
		return path.Dir(o.Path) == path.Dir(f.Path) && strings.HasPrefix(base, "appspec") && (isYAML(base) || strings.HasSuffix(base, ".json"))
	})
}
