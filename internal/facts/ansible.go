package facts

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Ansible facts: one per task, named by the short name of its module
// ("ansible.builtin.apt" is "apt"); one named "role" for each use of a role,
// with its name and variables; one named "play" for each play, with its keys
// but for its tasks. A task has its arguments, and _fqcn (the module as
// written), _name, _play, _hosts, _role, _handler, _when, _loop, _become,
// _notify and _tags. A free-form argument is _raw.

// readAnsible reads a YAML file that may be a playbook or a list of tasks. A
// file that only might have been one is no loss when it does not parse.
func readAnsible(in *source, out *found) {
	if !mayBeAnsible(in.path, in.text) {
		return
	}
	docs, warnings := in.documents()
	out.facts = append(out.facts, ansibleFacts(in.path, docs)...)
	if !ansiblePath(in.path) {
		return
	}
	for _, w := range warnings {
		w.Kinds = []Kind{Ansible}
		out.warnings = append(out.warnings, w)
	}
}

// mayBeAnsible is a cheap look before a file is parsed for nothing.
func mayBeAnsible(name string, text []byte) bool {
	return ansiblePath(name) || taskFolder(name) != "" || bytes.Contains(text, []byte("hosts:"))
}

// ansiblePath tells that the folder alone says what a file is.
func ansiblePath(name string) bool {
	return taskFolder(name) != "" && strings.Contains("/"+name, "/roles/")
}

// taskFolder is "tasks", "handlers" or "meta" when the file lies in one.
func taskFolder(name string) string {
	segments := strings.Split(name, "/")
	for i := len(segments) - 2; i >= 0; i-- {
		switch segments[i] {
		case "tasks", "handlers", "meta":
			return segments[i]
		}
	}
	return ""
}

// ansibleFacts is the facts in the documents of one file; none when it is no
// playbook and no list of tasks.
func ansibleFacts(name string, docs []*yaml.Node) []Fact {
	p := playbook{path: name, role: roleOf(name)}
	for _, doc := range docs {
		if doc.Kind != yaml.SequenceNode && taskFolder(name) != "meta" {
			continue
		}
		top := nodeValue(doc)
		switch {
		case isPlaybook(top):
			for _, play := range top.Items {
				p.play(play)
			}
		case taskFolder(name) == "meta" && p.role != "":
			p.roles(top.Get("dependencies"))
		case taskFolder(name) != "" && isTaskList(top):
			p.handler = taskFolder(name) == "handlers"
			p.tasks(top, taskContext{})
		}
	}
	return p.out
}

// roleOf is the name of the role that a file belongs to.
func roleOf(name string) string {
	segments := strings.Split(name, "/")
	for i := len(segments) - 3; i >= 0; i-- {
		if segments[i] == "roles" {
			return segments[i+1]
		}
	}
	return ""
}

func isPlaybook(top Value) bool {
	if top.Kind != List || len(top.Items) == 0 {
		return false
	}
	plays := false
	for _, v := range top.Items {
		if v.Kind != Map {
			return false
		}
		imports := v.Get("import_playbook").Kind == String || v.Get("ansible.builtin.import_playbook").Kind == String || v.Get("include").Kind == String
		body := slices.ContainsFunc([]string{"tasks", "roles", "pre_tasks", "post_tasks", "handlers", "gather_facts", "vars_files", "become", "connection"}, func(k string) bool { return v.Get(k).Kind != Absent })
		hosts := v.Get("hosts").Kind == String || v.Get("hosts").Kind == List
		if !imports && !(hosts && body) {
			return false
		}
		plays = plays || hosts
	}
	return plays
}

func isTaskList(top Value) bool {
	if top.Kind != List || len(top.Items) == 0 {
		return false
	}
	for _, v := range top.Items {
		if v.Kind != Map {
			return false
		}
		if _, _, ok := taskModule(v); !ok && v.Get("block").Kind != List {
			return false
		}
	}
	return true
}

// playbook is one file while it is read.
type playbook struct {
	path    string
	role    string
	name    string // of the play
	hosts   Value
	handler bool
	out     []Fact
}

// taskContext is what a task has from the blocks around it.
type taskContext struct {
	become Value
	hint   string
	depth  int
}

func (p *playbook) play(v Value) {
	if v.Get("hosts").Kind == Absent {
		return
	}
	p.hosts = v.Get("hosts")
	p.hosts.Items = few(p.hosts.Items)
	p.name = firstOf(v.Get("name"), p.hosts).Text
	attrs := Value{Kind: Map, Start: v.Start, End: v.Start}
	for _, f := range v.Fields {
		switch f.Key {
		case "tasks", "pre_tasks", "post_tasks", "handlers", "roles":
		default:
			attrs.Fields = append(attrs.Fields, Field{f.Key, jinja(f.Value)})
			attrs.End = max(attrs.End, f.Value.End)
		}
	}
	attrs.Fields = append(attrs.Fields, Field{"_play", Str(p.name)})
	p.out = append(p.out, Fact{Kind: Ansible, Name: "play", Path: p.path, Start: v.Start, End: attrs.End, Value: attrs, Group: p.group()})
	c := taskContext{become: v.Get("become")}
	p.roles(v.Get("roles"))
	for _, key := range []string{"pre_tasks", "tasks", "post_tasks"} {
		p.tasks(v.Get(key), c)
	}
	p.handler = true
	p.tasks(v.Get("handlers"), c)
	p.handler = false
}

func (p *playbook) group() string { return p.path + "#" + p.name + p.role }

// roles makes a fact of each role in a play's list.
func (p *playbook) roles(list Value) {
	for _, v := range membersOf(list) {
		name := firstOf(v.Get("role"), v.Get("name"), v)
		if name.Kind != String || whenFalse(v.Get("when")) {
			continue
		}
		p.useRole(name, v, v)
	}
}

func (p *playbook) useRole(name, vars, at Value) {
	attrs := Value{Kind: Map, Start: at.Start, End: at.End, Fields: []Field{{"name", jinja(name)}}}
	for _, f := range vars.Fields {
		if f.Key != "role" && f.Key != "name" {
			attrs.Fields = append(attrs.Fields, Field{f.Key, jinja(f.Value)})
		}
	}
	p.add("role", attrs, "")
}

func (p *playbook) add(name string, attrs Value, hint string) {
	if p.name != "" {
		attrs.Fields = append(attrs.Fields, Field{"_play", Str(p.name)})
	}
	if p.hosts.Kind != Absent {
		attrs.Fields = append(attrs.Fields, Field{"_hosts", jinja(p.hosts)})
	}
	if p.role != "" {
		attrs.Fields = append(attrs.Fields, Field{"_role", Str(p.role)})
	}
	if p.handler {
		attrs.Fields = append(attrs.Fields, Field{"_handler", Boolean(true)})
	}
	p.out = append(p.out, Fact{Kind: Ansible, Name: strings.ToLower(name), Path: p.path, Start: attrs.Start, End: attrs.End, Value: attrs, Hint: hint, Group: p.group()})
}
