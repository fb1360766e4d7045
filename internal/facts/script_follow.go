package facts

import (
	"path"
	"strings"
)

// scripts is every script of a repository, by path, and how much of them may
// still be followed: a few lines can call a thousand, and be called as often.
type scripts struct {
	files    map[string]*parsedScript
	packages workspace
	left     *int
}

func indexScripts(files []parsedScript) scripts {
	left := maxFollowed
	s := scripts{files: make(map[string]*parsedScript, len(files)), packages: indexWorkspace(files), left: &left}
	for i := range files {
		s.files[files[i].path] = &files[i]
	}
	s.include(files)
	return s
}

const (
	maxFollow       = 3       // scripts that run scripts
	maxStepCommands = 500     // of one step, followed ones included
	maxFollowed     = 100_000 // commands, targets and steps of one repository that are reached by following
)

// follow adds to commands what they run in other files of the repository.
// The commands themselves stay; what is added carries the file as via, and
// the lines of the command that leads there.
func (s scripts) follow(commands []command) []command {
	return s.followed(commands, 0)
}

func (s scripts) followed(commands []command, depth int) []command {
	var out []command
	for _, c := range commands {
		inner, note := s.behind(c, depth)
		c = s.withoutChoice(c)
		if c.hint == "" {
			c.hint = note
		}
		out = append(out, c)
		out = append(out, inner...)
		if len(out) >= maxStepCommands {
			return out[:maxStepCommands]
		}
	}
	return out
}

// behind is what one command runs elsewhere, and why the command itself may
// be no more than a hint.
func (s scripts) behind(c command, depth int) (inner []command, note string) {
	if *s.left <= 0 {
		return nil, ""
	}
	r := s.resolve(splitWords(c.text), c.dir)
	if r.script == nil {
		return nil, r.note
	}
	var bare bool
	for _, one := range append([]reference{r}, r.more...) {
		found := s.reached(one, c, depth)
		if one.note == "" && one.script.kind != "docker" { // which makes an image, whatever it runs
			one.note = weakness(found, path.Base(one.script.path))
		}
		// What fails in one package fails the command.
		bare = bare || one.note == ""
		if note == "" {
			note = one.note
		}
		inner = append(inner, found...)
		if len(inner) >= maxStepCommands {
			break
		}
	}
	if bare {
		note = ""
	}
	return inner, note
}

// reached is what a command runs of one script.
func (s scripts) reached(r reference, c command, depth int) (inner []command) {
	seen := map[string]bool{}
	for _, name := range r.targets {
		inner = r.withHanded(name, r.collect(name, inner, seen))
	}
	*s.left -= len(inner) + len(seen)
	for i := range inner {
		if len(r.given) > 0 {
			inner[i].text = fillGiven(inner[i].text, r.given)
		}
		switch {
		case r.script.kind == "shell":
			inner[i].dir = joinDir(c.dir, inner[i].dir)
		case r.script.kind == "docker" && inner[i].dir != "/":
			inner[i].dir = joinDir(r.context, inner[i].dir)
		}
	}
	if depth+1 < maxFollow {
		inner = s.followed(inner, depth+1)
	}
	sourced := firstWord(c.text) == "source" || firstWord(c.text) == "."
	if r.script != nil && r.script.kind == "shell" && !sourced {
		inner = withoutIdle(inner)
	}
	for i := range inner {
		t := &inner[i]
		if !sourced || t.within == "" {
			t.within = c.within
		}
		if t.via == "" {
			t.via, t.line = r.script.path, t.start
		}
		if c.hint != "" {
			t.hint = c.hint
		}
		t.start, t.end = c.start, c.end
	}
	return inner
}

// weakness says why a command that runs these others may not fail.
func weakness(inner []command, name string) string {
	if len(inner) == 0 {
		return ""
	}
	prints, hint := true, inner[0].hint
	for _, c := range inner {
		prints = prints && (c.text == "echo" || c.text == "printf")
		if c.hint == "" {
			hint = ""
		}
	}
	switch {
	case prints:
		return "it only prints (" + name + ")"
	case hint != "":
		return hint + " in " + name
	}
	return ""
}

// reference is what a command names in a script.
type reference struct {
	script  *parsedScript
	targets []string
	note    string
	more    []reference // the same in other packages
	given   []string    // of make: NAME=value on the command line
	name    string      // of npm and its like: the script that is handed more words
	handed  string
	context string // of docker: the folder that the image is built from
}

// collect appends the commands of a target after those of what it needs.
func (r reference) collect(name string, out []command, seen map[string]bool) []command {
	if seen[name] || len(out) >= maxStepCommands || len(seen) >= maxStepCommands {
		return out
	}
	seen[name] = true
	t := r.script.find(name)
	if t == nil {
		return out
	}
	for _, need := range t.needs {
		out = r.collect(need, out, seen)
	}
	return append(out, t.commands...)
}

// resolve finds the script and the targets that a command runs.
func (s scripts) resolve(words []string, dir string) reference {
	if len(words) == 0 || dir == "/" {
		return reference{}
	}
	args := words[1:]
	switch words[0] {
	case "npm", "pnpm", "yarn", "bun":
		return s.packageScript(words[0], args, dir)
	case "composer":
		return s.composerScript(args, dir)
	case "turbo", "nx", "lerna":
		return s.taskRunner(words, dir)
	case "projen":
		return s.projenTask(args, dir)
	case "docker", "podman":
		if len(args) > 0 && args[0] == "compose" {
			return s.composeService(args[1:], dir)
		}
		return s.dockerBuild(args, dir)
	case "docker-compose", "podman-compose":
		return s.composeService(args, dir)
	case "run-s", "run-p", "npm-run-all":
		return s.runAll(args, dir)
	case "start-server-and-test", "server-test", "start-test":
		return s.runAll(args[max(0, len(args)-1):], dir)
	case "concurrently":
		return s.runAll(atOnce(args), dir)
	case "make", "gmake", "$(MAKE)", "${MAKE}":
		return s.makeTargets(args, dir)
	case "task", "go-task":
		if r := s.named(args, dir, "default", "Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml", "Taskfile.dist.yml", "Taskfile.dist.yaml"); r.script != nil || words[0] != "task" {
			return r
		}
		return s.pyprojectTask("taskipy", args, dir)
	case "poe", "poethepoet":
		return s.pyprojectTask("poe", args, dir)
	case "pdm", "hatch":
		if len(args) > 1 && args[0] == "run" {
			return s.pyprojectTask(words[0], args[1:], dir)
		}
		return reference{}
	case "mix":
		return s.mixAlias(args, dir)
	case "rake", "bin/rake", "./bin/rake", "rails", "bin/rails", "./bin/rails":
		return s.rake(args, dir, strings.HasSuffix(words[0], "rails"))
	case "skaffold":
		return s.skaffoldTests(args, dir)
	case "just":
		return s.named(args, dir, "", "justfile", "Justfile", ".justfile")
	case "tox":
		return s.tox(args, dir)
	case "nox":
		return s.nox(args, dir)
	case "invoke", "inv", "fab":
		return s.invoke(args, dir)
	case "pre-commit", "prek":
		return s.preCommit(args, dir)
	case "bash", "sh", "source", ".", "zsh":
		if args = dropOptions(args, "-o", "+o"); len(args) == 0 {
			return reference{}
		}
		return s.shellScript(unquote(args[0]), dir)
	}
	if strings.Contains(words[0], "/") {
		return s.shellScript(unquote(words[0]), dir)
	}
	return reference{}
}

func (s scripts) shellScript(name, dir string) reference {
	for _, prefix := range []string{"${{ github.workspace }}/", "$GITHUB_WORKSPACE/", "${GITHUB_WORKSPACE}/", "$CI_PROJECT_DIR/"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			name, dir = rest, ""
		}
	}
	if p := s.files[joinDir(dir, name)]; p != nil && p.kind == "shell" {
		return reference{script: p, targets: []string{""}}
	}
	return reference{}
}

// named finds the first of the files in dir, and the targets that the
// arguments name; without any, the one called fallback or else the first.
func (s scripts) named(args []string, dir, fallback string, files ...string) reference {
	var names []string
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case (a == "-d" || a == "--dir" || a == "-C" || a == "--working-directory") && i+1 < len(args):
			i++
			dir = joinDir(dir, unquote(args[i]))
		case a == "--":
			i = len(args)
		case strings.HasPrefix(a, "-") || isAssignment(a):
		default:
			names = append(names, unquote(a))
		}
	}
	for _, f := range files {
		p := s.files[joinDir(dir, f)]
		if p == nil {
			continue
		}
		if len(names) == 0 && fallback == "" && len(p.targets) > 0 {
			fallback = p.first()
		}
		if len(names) == 0 {
			names = []string{fallback}
		}
		return reference{script: p, targets: names}
	}
	return reference{}
}
