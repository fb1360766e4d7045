package facts

import (
	"path"
	"strings"
)

// readPackageScripts reads the scripts of a package.json or composer.json; in
// the latter a script may be a list, and @name runs another one.
func readPackageScripts(name, dir string, text []byte) []target {
	docs, _ := yamlDocuments(name, text)
	if len(docs) == 0 {
		return nil
	}
	var out []target
	for _, f := range nodeValue(docs[0]).Get("scripts").Fields {
		t := target{name: f.Key}
		for _, v := range membersOf(f.Value) {
			text := strings.TrimPrefix(v.Text, "@php ")
			if other, ok := strings.CutPrefix(text, "@"); ok {
				t.needs = append(t.needs, strings.Fields(other + " ?")[0])
			} else if v.Kind == String && !strings.Contains(text, "::") {
				t.commands = append(t.commands, splitShell(text, v.Start, dir, false)...)
			}
		}
		if len(t.needs) > 0 || len(t.commands) > 0 || f.Value.Kind == String {
			out = append(out, t)
		}
	}
	return out
}

// packageScript is the script that npm, pnpm, yarn or bun is told to run.
func (s scripts) packageScript(tool string, args []string, dir string) reference {
	var words []string
	elsewhere, optional := false, false
	for i := 0; i < len(args); i++ {
		a := args[i]
		flag, value, has := strings.Cut(a, "=")
		switch flag {
		case "--prefix", "--cwd", "--dir", "-C", "-w", "--workspace", "--filter", "-F":
			if !has && i+1 < len(args) {
				i++
				value = args[i]
			}
			value = strings.TrimSuffix(strings.TrimPrefix(unquote(value), "./"), "...")
			dir = joinDir(dir, value)
			elsewhere = elsewhere || s.files[joinDir(dir, "package.json")] == nil
		case "-r", "--recursive", "--workspaces", "-ws":
			elsewhere = true
		case "--if-present":
			optional = true
		case "--":
			i = len(args)
		default:
			if !strings.HasPrefix(a, "-") {
				words = append(words, unquote(a))
			}
		}
	}
	if tool == "yarn" && len(words) > 2 && words[0] == "workspace" {
		return reference{} // named by package, which no path tells
	}
	name, must := scriptName(tool, words)
	p := s.files[joinDir(dir, "package.json")]
	if p == nil || name == "" || elsewhere {
		return reference{}
	}
	if p.find(name) == nil {
		if must && len(p.targets) > 0 {
			return reference{note: path.Base(p.path) + " has no script " + name}
		}
		if optional {
			return reference{note: "runs only if there is a script " + name}
		}
		return reference{}
	}
	return reference{script: p, targets: []string{"pre" + name, name, "post" + name}}
}

// scriptName is the script that the words after a package manager name, and
// whether they can mean nothing else.
func scriptName(tool string, words []string) (name string, must bool) {
	if len(words) == 0 {
		return "", false
	}
	switch words[0] {
	case "run", "run-script", "rum", "urn":
		if len(words) > 1 {
			return words[1], tool == "npm"
		}
		return "", false
	case "test", "t", "tst":
		return "test", tool == "npm"
	case "start", "stop", "restart":
		return words[0], false
	case "install", "ci", "i", "add", "exec", "x", "dlx", "publish", "pack", "audit", "cache", "config", "set", "version", "login", "init", "link":
		return "", false
	}
	return words[0], false
}

// composerScript is the script that composer is told to run.
func (s scripts) composerScript(args []string, dir string) reference {
	p := s.files[joinDir(dir, "composer.json")]
	words := dropOptions(args, "-d", "--working-dir")
	if len(words) > 1 && (words[0] == "run" || words[0] == "run-script") {
		words = dropOptions(words[1:], "--timeout")
	}
	if p == nil || len(words) == 0 || p.find(words[0]) == nil {
		return reference{}
	}
	return reference{script: p, targets: words[:1]}
}

// runAll is what npm-run-all and its kin run: scripts by name or pattern.
func (s scripts) runAll(args []string, dir string) reference {
	p := s.files[joinDir(dir, "package.json")]
	if p == nil {
		return reference{}
	}
	var names []string
	for _, a := range args {
		a = unquote(a)
		if strings.HasPrefix(a, "-") {
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
