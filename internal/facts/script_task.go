package facts

import "strings"

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
				got = hinted(got, hintFailure+"is ignored (ignore_error)")
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
	return blockHolding(v, dir, pipefail, nil)
}

func blockHolding(v Value, dir string, pipefail bool, vars map[string]string) []command {
	if v.Kind != String || v.Text == "" {
		return nil
	}
	line := v.Start
	if v.End > v.Start {
		line++ // the text of a block starts below its key
	}
	cs := splitHolding(v.Text, line, dir, pipefail, vars)
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
