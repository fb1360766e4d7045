package facts

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// parsedScript is a file whose named parts other files run: the scripts of a
// package.json, the targets of a Makefile, a shell script as a whole.
type parsedScript struct {
	path    string
	kind    string // npm, pnpm, composer, projen, make, task, just, tox, nox, mix, rake, invoke, pre-commit, skaffold, compose, docker or shell
	pkg     string // of npm: the package's name
	targets []target
	byName  map[string]int // the first target of each name

	patterns []int    // of make: which of the targets are rules for many names
	includes []string // of make and rake: globs of files that are taken in, from the folder that it runs in; of npm and pnpm: of the workspace's packages
}

// maxTargets bounds the targets of one script.
const maxTargets = 2000

// target is one named part of a script.
type target struct {
	name     string // empty for a script as a whole
	needs    []string
	commands []command // lines are those of the script
	endings  []string  // of a hook: of the files that it is handed; nil where that is not known
}

func (p *parsedScript) find(name string) *target {
	if i, ok := p.byName[name]; ok {
		return &p.targets[i]
	}
	return p.byPattern(name)
}

// first is the target that is run when none is named, which is never a pattern.
func (p *parsedScript) first() string {
	for i, t := range p.targets {
		if !slices.Contains(p.patterns, i) {
			return t.name
		}
	}
	return ""
}

// index makes the targets known by name, within bounds.
func (p *parsedScript) index() {
	p.targets = p.targets[:min(len(p.targets), maxTargets)]
	p.byName = make(map[string]int, len(p.targets))
	p.patterns = nil
	for i, t := range p.targets {
		if _, ok := p.byName[t.name]; !ok {
			p.byName[t.name] = i
		}
		if p.kind == "make" && strings.Contains(t.name, "%") {
			p.patterns = append(p.patterns, i)
		}
	}
}

// scriptKind tells by its path which kind of script a file may be; empty when
// it is none.
func scriptKind(name string) string {
	base := path.Base(name)
	switch base {
	case "package.json":
		return "npm"
	case "pnpm-workspace.yaml":
		return "pnpm"
	case "composer.json":
		return "composer"
	case "Makefile", "makefile", "GNUmakefile":
		return "make"
	case "Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml", "Taskfile.dist.yml", "Taskfile.dist.yaml":
		return "task"
	case "justfile", "Justfile", ".justfile":
		return "just"
	case "tox.ini", "tox.toml", "pyproject.toml":
		return "tox"
	case "noxfile.py":
		return "nox"
	case "prek.toml":
		return "pre-commit"
	case "mix.exs":
		return "mix"
	case "Rakefile", "rakefile", "Rakefile.rb":
		return "rake"
	case "tasks.py", "fabfile.py":
		return "invoke"
	case "skaffold.yaml", "skaffold.yml":
		return "skaffold"
	case "gradlew", "mvnw":
		return ""
	}
	if base == "tasks.json" && path.Base(path.Dir(name)) == ".projen" {
		return "projen"
	}
	if strings.HasPrefix(base, ".pre-commit-config") && isYAML(base) {
		return "pre-commit"
	}
	if isCompose(name) {
		return "compose"
	}
	if isDockerfile(placeOf(name), nil) {
		return "docker"
	}
	if ext, ok := strings.CutPrefix(base, "Makefile."); ok && ext != "am" && ext != "in" { // automake writes those
		return "make"
	}
	switch path.Ext(base) {
	case ".mk":
		return "make"
	case ".rake":
		return "rake"
	case ".sh", ".bash":
		return "shell"
	case "":
		if base == name && base[0] >= 'a' && base[0] <= 'z' { // at the top: push-images, but no LICENSE
			return "shell"
		}
		switch path.Base(path.Dir(name)) {
		case "script", "scripts", "bin", "ci", ".ci", "hack", "tools", "build", "dev", "deploy", ".github", ".buildkite", ".circleci":
			return "shell"
		}
		switch verb, _, more := strings.Cut(base, "-"); verb {
		case "build", "deploy", "push", "publish", "release": // build-image, wherever it lies
			if more {
				return "shell"
			}
		}
	}
	return ""
}

// readScript reads a file that scriptKind names. Ok is false when it is not
// what its path promised; a script that does not parse runs nothing we know.
func readScript(name string, text []byte) (p parsedScript, ok bool) {
	if len(text) > maxYAMLBytes {
		return parsedScript{}, false
	}
	p = parsedScript{path: name, kind: scriptKind(name)}
	dir := path.Dir(name)
	if dir == "." {
		dir = ""
	}
	switch p.kind {
	case "npm", "composer":
		p.pkg, p.targets, p.includes = readPackageScripts(name, dir, text)
	case "pnpm":
		p.includes = workspaceMembers(name, text)
	case "projen":
		p.targets = readProjenTasks(name, dir, text)
	case "skaffold":
		p.targets = readSkaffold(name, dir, text)
	case "compose":
		p.targets = readComposeCommands(name, text)
	case "docker":
		p.targets = readDockerBuild(text)
	case "make":
		p.targets, p.includes = readMakefile(dir, text)
	case "just":
		p.targets = readJustfile(dir, text)
	case "task":
		p.targets = readTaskfile(name, dir, text)
	case "tox":
		if strings.HasSuffix(name, ".toml") {
			p.targets = readToxTOML(path.Base(name), dir, text)
			if path.Base(name) == "pyproject.toml" {
				p.targets = append(p.targets, pyprojectTasks(dir, text)...)
			}
		} else {
			p.targets = readTox(dir, text)
		}
	case "nox":
		p.targets = readNox(dir, text)
	case "mix":
		p.targets = readMixAliases(dir, text)
	case "rake":
		p.targets = readRakefile(dir, text)
		if path.Ext(name) != ".rake" {
			p.includes = rakeIncludes(text)
		}
	case "invoke":
		if !bytes.Contains(text, []byte("import task")) && !bytes.Contains(text, []byte("fabric")) && !bytes.Contains(text, []byte("import invoke")) {
			return parsedScript{}, false
		}
		p.targets = readInvoke(dir, text)
	case "pre-commit":
		p.targets = readPreCommit(name, text)
	case "shell":
		first, _, _ := strings.Cut(string(text[:min(len(text), 200)]), "\n")
		if strings.HasPrefix(first, "#!") && !strings.Contains(first, "sh") || path.Ext(name) == "" && !strings.HasPrefix(first, "#!") {
			return parsedScript{}, false
		}
		// Where a script starts is where its caller stands, so dir stays empty.
		cs := splitShell(cleanScript(text), 1, "", strings.Contains(first, "pipefail"))
		if !errexitSet([]byte("set "+shellOptions(first))) && !errexitSet(text) {
			cs = lastDecides(cs, cleanScript(text))
		}
		p.targets = []target{{commands: cs}}
	}
	p.index()
	return p, len(p.targets) > 0 || p.pkg != "" || len(p.includes) > 0
}

// shellOptions is the options after the program in a script's first line.
func shellOptions(first string) string {
	at := strings.Index(first, " -")
	if at < 0 {
		return ""
	}
	return first[at+1:]
}

func cleanScript(text []byte) string {
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// errexitSet tells whether a script stops at its first failure.
func errexitSet(text []byte) bool {
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "set ")
		if ok && (strings.Contains(rest, "errexit") || strings.HasPrefix(rest, "-") && strings.Contains(strings.Fields(rest + " -")[0], "e")) {
			return true
		}
	}
	return false
}
