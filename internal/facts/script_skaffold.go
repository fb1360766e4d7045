package facts

import "path"

// readSkaffold reads what `skaffold test` runs: the tests that the file itself
// lists, each in the folder of its image, and those of the files that it requires.
func readSkaffold(name, dir string, text []byte) []target {
	docs, _ := yamlDocuments(name, text)
	t := target{name: "test"}
	for _, doc := range docs {
		v := nodeValue(doc)
		for _, r := range v.Get("requires").Items {
			if p := r.Get("path"); p.Kind == String && p.Text != "" {
				t.commands = append(t.commands, splitShell("skaffold test -f "+p.Text, p.Start, dir, false)...)
			}
		}
		for _, test := range v.Get("test").Items {
			for _, c := range test.Get("custom").Items {
				run := c.Get("command")
				t.commands = append(t.commands, splitShell(run.Text, run.Start, joinDir(dir, test.Get("context").Text), false)...)
			}
		}
	}
	return []target{t}
}

// skaffoldTests are the tests that Skaffold runs: when told to test, or between
// building and deploying.
func (s scripts) skaffoldTests(args []string, dir string) reference {
	if len(args) == 0 || args[0] != "test" && args[0] != "run" {
		return reference{}
	}
	files := []string{"skaffold.yaml", "skaffold.yml"}
	for i, a := range args {
		if (a == "-f" || a == "--filename") && i+1 < len(args) {
			name := unquote(args[i+1])
			files = []string{name, path.Join(name, "skaffold.yaml")}
		}
	}
	for _, f := range files {
		if p := s.files[joinDir(dir, f)]; p != nil && p.kind == "skaffold" {
			return reference{script: p, targets: []string{"test"}}
		}
	}
	return reference{}
}
