package facts

// readProjenTasks reads .projen/tasks.json, the tasks of a project that projen
// writes the files of. They run in the folder above.
func readProjenTasks(name, dir string, text []byte) []target {
	docs, _ := yamlDocuments(name, text)
	if len(docs) == 0 {
		return nil
	}
	home := parentDir(dir)
	var out []target
	for _, f := range nodeValue(docs[0]).Get("tasks").Fields {
		t := target{name: f.Key}
		for _, step := range f.Value.Get("steps").Items {
			if other := step.Get("spawn"); other.Kind == String {
				t.needs = append(t.needs, other.Text)
			}
			if exec := step.Get("exec"); exec.Kind == String {
				t.commands = append(t.commands, splitShell(exec.Text, exec.Start, joinDir(home, step.Get("cwd").Text), false)...)
			}
		}
		out = append(out, t)
	}
	return out
}

// projenTask is the task that projen is told to run; without a name it is the
// one that writes the project's files.
func (s scripts) projenTask(args []string, dir string) reference {
	p := s.files[joinDir(dir, ".projen/tasks.json")]
	if p == nil {
		return reference{}
	}
	name := "default"
	for _, a := range args {
		if a != "" && a[0] != '-' {
			name = a
			break
		}
	}
	return reference{script: p, targets: []string{name}}
}
