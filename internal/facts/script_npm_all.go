package facts

import "strings"

// runAll is what npm-run-all and its kin run: scripts by name or pattern.
func (s scripts) runAll(args []string, dir string) reference {
	p := s.files[joinDir(dir, "package.json")]
	if p == nil {
		return reference{}
	}
	var names []string
	for _, a := range args {
		a, _, _ = strings.Cut(strings.TrimSpace(unquote(a)), " ") // behind it stands what it is handed: "build-only {@}"
		if a == "" || strings.HasPrefix(a, "-") {
			continue
		}
		if !strings.Contains(a, "*") {
			names = append(names, a)
			continue
		}
		for _, t := range p.targets {
			if strings.HasPrefix(t.name, strings.TrimRight(a, "*")) {
				names = append(names, t.name)
			}
		}
	}
	return reference{script: p, targets: names}
}

// atOnce is the scripts that concurrently is told to run: each word is a
// command, or a script's name or pattern behind npm: and its like.
func atOnce(args []string) []string {
	var names []string
	for _, a := range args {
		words := strings.Fields(unquote(a))
		if len(words) == 0 {
			continue
		}
		tool, name, short := strings.Cut(words[0], ":")
		if tool != "npm" && tool != "pnpm" && tool != "yarn" && tool != "bun" {
			continue
		}
		if !short {
			name, _ = scriptName(tool, words[1:])
		}
		if name != "" && !strings.HasPrefix(name, "-") {
			names = append(names, name)
		}
	}
	return names
}
