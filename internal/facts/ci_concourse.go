package facts

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

const (
	maxConcourseSteps = 2_000 // of one pipeline, hooks included
	maxConcourseDepth = 20    // steps within steps
)

// isConcourse takes the YAML files that may be a pipeline of Concourse or one
// of its tasks, by what they or their folders are called.
func isConcourse(p place, _ *layout) bool {
	if !p.yaml() || isCI(p.path) || isWorkflow(p.path) {
		return false
	}
	if base := strings.ToLower(p.base); strings.Contains(base, "pipeline") || strings.Contains(base, "concourse") || strings.HasPrefix(base, "task") {
		return true
	}
	return slices.ContainsFunc(strings.Split(strings.ToLower(p.dir), "/"), func(s string) bool {
		switch s {
		case "ci", ".ci", "cd", "tasks", "jobs":
			return true
		}
		return strings.Contains(s, "concourse") || strings.Contains(s, "pipeline")
	})
}

// readConcoursePart keeps a pipeline or a task until all files have been seen:
// a pipeline says which of its jobs a task belongs to.
func readConcoursePart(in *source, out *found) {
	plan := bytes.Contains(in.text, []byte("plan:")) && bytes.Contains(in.text, []byte("jobs:"))
	task := bytes.Contains(in.text, []byte("platform:")) && bytes.Contains(in.text, []byte("run:"))
	if !plan && !task || out.parts.ci != nil {
		return
	}
	docs, warnings := in.documents()
	if len(docs) != 1 || len(warnings) > 0 {
		return
	}
	top := nodeValue(docs[0])
	if concoursePipeline(top) || top.Get("platform").Kind == String && top.Get("run").Get("path").Kind == String {
		out.parts.ci = &parsedCI{path: in.path, system: "concourse", tops: []Value{top}, loose: true}
	}
}

func concoursePipeline(top Value) bool {
	return slices.ContainsFunc(top.Get("jobs").Items, func(j Value) bool { return j.Get("plan").Kind == List })
}

// concourse is one pipeline while it is read.
type concourse struct {
	tasks   map[string]Value // of the whole repository, by path
	scripts map[string]bool  // likewise
	types   map[string]string
	from    map[string]Value   // resources
	forms   map[string][]Value // of a resource that a template writes in several ways
	jobs    map[string]Value
	direct  map[string][]string // see waits
	own     map[string]bool     // folders in which tasks find this repository
	starts  map[string][]string
	steps   []ciStep
	left    int
}

// expandConcourse reads the pipelines of Concourse, the tasks that they name
// put in place. A task that no pipeline runs gives nothing.
func expandConcourse(all []parsedCI, run []parsedScript) []parsedCI {
	tasks, scripts := map[string]Value{}, map[string]bool{}
	for _, s := range run {
		scripts[s.path] = true
	}
	for _, p := range all {
		if p.system == "concourse" && !concoursePipeline(p.tops[0]) {
			tasks[p.path] = p.tops[0]
		}
	}
	for i := range all {
		p := &all[i]
		if p.system != "concourse" || !concoursePipeline(p.tops[0]) {
			continue
		}
		c := &concourse{tasks: tasks, scripts: scripts, types: map[string]string{}, from: map[string]Value{}, forms: map[string][]Value{},
			jobs: map[string]Value{}, direct: map[string][]string{}, starts: map[string][]string{}, left: maxConcourseSteps}
		c.index(p.tops[0])
		for _, j := range p.tops[0].Get("jobs").Items {
			c.job(j)
		}
		p.steps = c.steps
	}
	return all
}

func (c *concourse) index(top Value) {
	for _, t := range top.Get("resource_types").Items {
		c.types[t.Get("name").Text] = strings.TrimSuffix(path.Base(t.Get("source").Get("repository").Text), "-resource")
	}
	for _, r := range top.Get("resources").Items {
		name := r.Get("name").Text
		c.from[name], c.forms[name] = r, append(c.forms[name], r)
	}
	for _, j := range top.Get("jobs").Items {
		c.jobs[j.Get("name").Text] = j
	}
	c.own = c.repositories(top)
}

// repositories are the folders in which tasks find this repository: those from
// which the pipeline takes a task or a script that lies here, or its only
// resource of git.
func (c *concourse) repositories(top Value) map[string]bool {
	own := map[string]bool{}
	c.each(top.Get("jobs"), 0, func(v Value) {
		name, file, ok := strings.Cut(v.Get("file").Text, "/")
		if _, here := c.tasks[file]; ok && here {
			own[name] = true
		}
		name, file, ok = strings.Cut(strings.TrimPrefix(v.Get("run").Get("path").Text, "./"), "/")
		if ok && c.scripts[file] {
			own[name] = true
		}
	})
	if len(own) == 0 {
		for name := range c.from {
			if c.kind(name) == "git" {
				own[name] = true
			}
		}
		if len(own) > 1 {
			return nil
		}
	}
	return c.others(top, own)
}

// others adds the folders of resources that fetch the same repository, such as
// its pull requests.
func (c *concourse) others(top Value, own map[string]bool) map[string]bool {
	slugs := map[string]bool{}
	folders := map[string]string{}
	c.each(top.Get("jobs"), 0, func(v Value) {
		if get := v.Get("get").Text; get != "" {
			folders[get] = c.slug(firstOf(v.Get("resource"), v.Get("get")).Text)
			if own[get] {
				slugs[folders[get]] = true
			}
		}
	})
	for get, slug := range folders {
		if slug != "" && slugs[slug] {
			own[get] = true
		}
	}
	return own
}

// slug is the owner and name of the repository that a resource fetches; empty
// when it is written otherwise.
func (c *concourse) slug(resource string) string {
	source := c.from[resource].Get("source")
	words := strings.FieldsFunc(strings.TrimSuffix(firstOf(source.Get("uri"), source.Get("repository")).Text, ".git"), func(r rune) bool { return r == '/' || r == ':' })
	if len(words) < 2 {
		return ""
	}
	return strings.ToLower(strings.Join(words[len(words)-2:], "/"))
}

// kind is the type of a resource; the registry's name for one of another
// repository, without its ending.
func (c *concourse) kind(name string) string { return c.kindOf(c.from[name]) }

func (c *concourse) kindOf(resource Value) string {
	t := resource.Get("type").Text
	if own := c.types[t]; own != "" && own != "." {
		return own
	}
	return t
}

// each calls see with every map below v.
func (c *concourse) each(v Value, depth int, see func(Value)) {
	if depth > maxConcourseDepth {
		return
	}
	if v.Kind == Map {
		see(v)
	}
	for _, f := range v.Fields {
		c.each(f.Value, depth+1, see)
	}
	for _, item := range v.Items {
		c.each(item, depth+1, see)
	}
}
