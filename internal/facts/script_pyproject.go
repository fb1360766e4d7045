package facts

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// pyprojectTools are the task runners whose tasks stand in a pyproject.toml.
type pyprojectTools struct {
	Tool struct {
		Poe struct {
			Tasks map[string]any `toml:"tasks"`
		} `toml:"poe"`
		PDM struct {
			Scripts map[string]any `toml:"scripts"`
		} `toml:"pdm"`
		Taskipy struct {
			Tasks map[string]any `toml:"tasks"`
		} `toml:"taskipy"`
		Hatch struct {
			Envs map[string]struct {
				Scripts map[string]any `toml:"scripts"`
			} `toml:"envs"`
		} `toml:"hatch"`
	} `toml:"tool"`
}

// pyprojectTasks reads the tasks of poe, PDM, taskipy and Hatch, named "poe
// lint", "hatch lint:style".
func pyprojectTasks(dir string, text []byte) (out []target) {
	found := false
	for _, mark := range []string{"tool.poe", "tool.pdm.scripts", "tool.taskipy", "tool.hatch"} {
		found = found || bytes.Contains(text, []byte(mark))
	}
	var doc pyprojectTools
	if !found || toml.Unmarshal(text, &doc) != nil {
		return nil
	}
	add := func(prefix, table string, tasks map[string]any) {
		r := taskReader{prefix: prefix, dir: dir, text: text, tasks: tasks, from: lineOf(text, table)}
		for _, name := range slices.Sorted(maps.Keys(tasks)) {
			out = append(out, r.read(name))
		}
	}
	add("poe ", "tool.poe.tasks", doc.Tool.Poe.Tasks)
	add("pdm ", "tool.pdm.scripts", doc.Tool.PDM.Scripts)
	add("taskipy ", "tool.taskipy.tasks", doc.Tool.Taskipy.Tasks)
	for _, env := range slices.Sorted(maps.Keys(doc.Tool.Hatch.Envs)) {
		add("hatch "+env+":", "tool.hatch.envs."+env, doc.Tool.Hatch.Envs[env].Scripts)
	}
	return out
}

// taskReader reads the tasks of one runner.
type taskReader struct {
	prefix string
	dir    string
	text   []byte
	tasks  map[string]any
	from   int // the line of the first of their tables
}

func (r taskReader) read(name string) target {
	t := target{name: r.prefix + name}
	r.step(&t, name, r.tasks[name], false)
	return t
}

// step adds what one task, or one part of it, runs. A bare name in a list is
// another task.
func (r taskReader) step(t *target, name string, v any, listed bool) {
	switch v := v.(type) {
	case string:
		first, _, _ := strings.Cut(strings.TrimLeft(v, "- "), " ")
		if _, other := r.tasks[first]; other && first != name && (listed || strings.HasPrefix(r.prefix, "hatch ")) {
			t.needs = append(t.needs, r.prefix+first)
			return
		}
		if !strings.HasPrefix(v, "- ") { // of Hatch: whose failure is no matter
			t.commands = append(t.commands, recipeLine(strings.ReplaceAll(v, "{args}", ""), r.lineOf(name), r.dir)...)
		}
	case []any:
		for _, one := range v {
			r.step(t, name, one, true)
		}
	case map[string]any:
		if v["ignore_fail"] != nil {
			return
		}
		if words, ok := v["cmd"].([]any); ok {
			r.step(t, name, spacedWords(words), false)
		}
		if text, ok := v["cmd"].(string); ok {
			r.step(t, name, text, false)
		}
		if text, ok := v["shell"].(string); ok {
			t.commands = append(t.commands, recipeLine(text, r.lineOf(name), r.dir)...)
		}
		if text, ok := v["ref"].(string); ok {
			r.step(t, name, text, true)
		}
		for _, key := range []string{"sequence", "composite", "chain"} {
			if list, ok := v[key].([]any); ok {
				r.step(t, name, list, true)
			}
		}
	}
}

// lineOf is the line that declares a task, as name = … or [….name].
func (r taskReader) lineOf(name string) int {
	line := 0
	for l := range strings.Lines(string(r.text)) {
		if line++; line < r.from {
			continue
		}
		l = strings.TrimSpace(l)
		rest, ok := strings.CutPrefix(strings.ReplaceAll(l, `"`, ""), name)
		if ok && rest != "" && strings.Contains(" =.", rest[:1]) || strings.HasSuffix(l, "."+name+"]") {
			return line
		}
	}
	return r.from
}

func spacedWords(words []any) string {
	var out []string
	for _, w := range words {
		if s, ok := w.(string); ok {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

// pyprojectTask is the task that a runner is told to run.
func (s scripts) pyprojectTask(runner string, args []string, dir string) reference {
	for len(args) > 1 && (args[0] == "-C" || args[0] == "--directory" || args[0] == "--project" || args[0] == "-p") {
		dir, args = joinDir(dir, unquote(args[1])), args[2:]
	}
	args = dropOptions(args)
	p := s.files[joinDir(dir, "pyproject.toml")]
	if p == nil || len(args) == 0 {
		return reference{}
	}
	name := unquote(args[0])
	if runner == "hatch" && !strings.Contains(name, ":") {
		name = "default:" + name
	}
	if p.find(runner+" "+name) == nil {
		return reference{}
	}
	return reference{script: p, targets: []string{runner + " " + name}}
}
