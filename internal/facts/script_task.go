package facts

import (
	"slices"
	"strings"
)

// readTaskfile reads the tasks of a Taskfile.
func readTaskfile(name, dir string, text []byte) []target {
	docs, _ := yamlDocuments(name, text)
	if len(docs) == 0 {
		return nil
	}
	var out []target
	for _, f := range nodeValue(docs[0]).Get("tasks").Fields {
		t := target{name: f.Key}
		cmds, in := f.Value, dir
		if f.Value.Kind == Map {
			cmds = f.Value.Get("cmds")
			if cmds.Kind == Absent {
				cmds = f.Value.Get("cmd")
			}
			if d := f.Value.Get("dir").Text; d != "" && !strings.Contains(d, "{{") {
				in = joinDir(dir, d)
			}
			for _, need := range membersOf(f.Value.Get("deps")) {
				t.needs = append(t.needs, need.Text+need.Get("task").Text)
			}
		}
		ignored := f.Value.Get("ignore_error").Text == "true"
		for _, c := range membersOf(cmds) {
			run := c
			if c.Kind == Map {
				run = c.Get("cmd")
				if task := c.Get("task").Text; task != "" {
					t.needs = append(t.needs, task)
				}
			}
			got := blockCommands(run, in, false)
			if ignored || c.Get("ignore_error").Text == "true" {
				got = hinted(got, "its failure is ignored (ignore_error)")
			}
			t.commands = append(t.commands, got...)
		}
		out = append(out, t)
	}
	return out
}

// membersOf is the members of a List, or the one value that stands for a list.
func membersOf(v Value) []Value {
	switch v.Kind {
	case List:
		return v.Items
	case Absent, Null:
		return nil
	}
	return []Value{v}
}

// blockCommands is the commands in a YAML scalar, each on the line where it
// stands.
func blockCommands(v Value, dir string, pipefail bool) []command {
	if v.Kind != String || v.Text == "" {
		return nil
	}
	line := v.Start
	if v.End > v.Start {
		line++ // the text of a block starts below its key
	}
	cs := splitShell(v.Text, line, dir, pipefail)
	for i := range cs {
		cs[i].start = min(max(cs[i].start, v.Start), v.End)
		cs[i].end = min(max(cs[i].end, cs[i].start), v.End)
	}
	return cs
}

// hinted gives a hint to the commands that have none.
func hinted(cs []command, hint string) []command {
	for i := range cs {
		if cs[i].hint == "" {
			cs[i].hint = hint
		}
	}
	return cs
}

// readTox reads the environments of a tox.ini; the one without a name is what
// the others inherit.
func readTox(dir string, text []byte) []target {
	var out []target
	var envs []string
	section, key := "", ""
	at := -1
	for _, l := range joinedLines(text) {
		trimmed := strings.TrimSpace(l.text)
		if trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';' {
			continue
		}
		value := trimmed
		if l.text == strings.TrimLeft(l.text, " \t") {
			key = ""
			if trimmed[0] == '[' {
				section, at = strings.Trim(trimmed, "[]"), -1
				if name, ok := strings.CutPrefix(section, "testenv"); ok {
					out = append(out, target{name: strings.TrimPrefix(name, ":")})
					at = len(out) - 1
				}
				continue
			}
			k, v, _ := strings.Cut(trimmed, "=")
			key, value = strings.TrimSpace(k), strings.TrimSpace(v)
		}
		switch {
		case section == "tox" && (key == "envlist" || key == "env_list"):
			envs = append(envs, toxNames(value)...)
		case at >= 0 && strings.HasPrefix(key, "commands") && value != "":
			out[at].commands = append(out[at].commands, recipeLine(toxCommand(value), l.line, dir)...)
		}
	}
	return toxDefaults(out, envs)
}

// toxDefaults adds the target that a bare `tox` runs.
func toxDefaults(out []target, envs []string) []target {
	if len(out) == 0 {
		return nil
	}
	all := target{name: "*"}
	for _, e := range envs {
		found := slices.ContainsFunc(out, func(t target) bool { return t.name == e })
		if !found {
			e = ""
		}
		all.needs = append(all.needs, e)
	}
	if len(envs) == 0 {
		all.needs = []string{""}
	}
	for i := range out {
		if len(out[i].commands) == 0 && out[i].name != "" {
			out[i].needs = append(out[i].needs, "")
		}
	}
	return append(out, all)
}

// toxNames is the names in an envlist, with {a,b} written out once.
func toxNames(text string) []string {
	var names []string
	depth, start := 0, 0
	for i := 0; i <= len(text); i++ {
		if i == len(text) || depth == 0 && (text[i] == ',' || text[i] == ' ') {
			if name := strings.TrimSpace(text[start:i]); name != "" {
				names = append(names, name)
			}
			start = i + 1
			continue
		}
		switch text[i] {
		case '{':
			depth++
		case '}':
			depth--
		}
	}
	return names
}

// toxCommand is a command without the factors that choose it and with its
// placeholders left out.
func toxCommand(text string) string {
	if factor, rest, ok := strings.Cut(text, ": "); ok && !strings.ContainsAny(factor, " \"'/") {
		text = rest
	}
	return strings.NewReplacer("{posargs}", "", "{envpython}", "python", "{toxinidir}/", "./", "{tox_root}/", "./").Replace(text)
}

func (s scripts) tox(args []string, dir string) reference {
	p := s[joinDir(dir, "tox.ini")]
	if p == nil {
		return reference{}
	}
	var names []string
	for i, a := range args {
		value, ok := strings.CutPrefix(a, "-e")
		if a == "-e" && i+1 < len(args) {
			value = args[i+1]
		}
		if ok {
			for _, n := range strings.Split(strings.Trim(value, `"'=`), ",") {
				if p.find(n) == nil {
					n = ""
				}
				names = append(names, n)
			}
		}
	}
	if len(names) == 0 {
		names = []string{"*"}
	}
	return reference{script: p, targets: names}
}
