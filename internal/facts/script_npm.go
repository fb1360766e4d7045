package facts

import (
	"path"
	"slices"
	"strings"
)

// readPackageScripts reads the scripts of a package.json or composer.json; in
// the latter a script may be a list, and @name runs another one. The other
// results are the package's name and the globs of its workspace.
func readPackageScripts(name, dir string, text []byte) (pkg string, out []target, members []string) {
	docs, _ := yamlDocuments(name, text)
	if len(docs) == 0 {
		return "", nil, nil
	}
	top := nodeValue(docs[0])
	for _, f := range top.Get("scripts").Fields {
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
	return top.Get("name").Text, out, membersNamed(firstOf(top.Get("workspaces").Get("packages"), top.Get("workspaces")))
}

// packageScript is the script that npm, pnpm, yarn or bun is told to run.
func (s scripts) packageScript(tool string, args []string, dir string) reference {
	var words, filters []string
	every, optional := false, false
	for i := 0; i < len(args); i++ {
		a := args[i]
		flag, value, has := strings.Cut(a, "=")
		switch flag {
		case "--prefix", "--cwd", "--dir", "-C", "-w", "--workspace", "--filter", "-F":
			if flag == "-w" && tool == "pnpm" { // the root of the workspace
				dir = ""
				continue
			}
			if !has && i+1 < len(args) {
				i++
				value = args[i]
			}
			if flag == "--prefix" || flag == "--cwd" || flag == "--dir" || flag == "-C" {
				dir = joinDir(dir, strings.TrimPrefix(unquote(value), "./"))
			} else {
				filters = append(filters, value)
			}
		case "-r", "--recursive", "--workspaces", "-ws":
			every = true
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
		filters, words = append(filters, words[1]), words[2:]
	}
	if tool == "yarn" && len(words) > 1 && words[0] == "workspaces" {
		every, words = true, words[1:]
		if words[0] == "foreach" {
			words = words[1:]
		}
	}
	name, must := scriptName(tool, words)
	if name == "" || strings.Contains(name, "$") {
		return reference{}
	}
	if every || len(filters) > 0 {
		packages := s.packages.members(dir)
		if len(filters) > 0 {
			packages = nil
			for _, f := range filters {
				packages = append(packages, s.packages.selected(f, dir)...)
			}
		}
		return inPackages(packages, name).handing(tool, name, args)
	}
	return s.ownScript(tool, words, name, dir, must, optional).handing(tool, name, args)
}

// ownScript is a script of the package in dir; of a runner that the package
// manager starts by its name, what that runs.
func (s scripts) ownScript(tool string, words []string, name, dir string, must, optional bool) reference {
	p := s.files[joinDir(dir, "package.json")]
	if name == "projen" { // the script of that name hands the words after it on
		return s.projenTask(words[slices.Index(words, name)+1:], dir)
	}
	if p == nil || p.find(name) == nil {
		switch {
		case tool != "npm" && isTaskRunner(words[0]):
			return s.taskRunner(words, dir)
		case p != nil && must && len(p.targets) > 0:
			return reference{note: path.Base(p.path) + " has no script " + name}
		case p != nil && optional:
			return reference{note: "runs only if there is a script " + name}
		}
		return reference{}
	}
	return reference{script: p, targets: []string{"pre" + name, name, "post" + name}}
}

func isTaskRunner(word string) bool { return word == "turbo" || word == "nx" || word == "lerna" }

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
