package facts

import "strings"

// namedPrograms are the programs that an input gives targets of by its name
// (`maven-goals: verify`), in the order in which they are looked for.
var namedPrograms = [][2]string{
	{"maven", "mvn"}, {"mvn", "mvn"}, {"gradle", "gradle"}, {"pnpm", "pnpm run"}, {"npm", "npm run"}, {"yarn", "yarn run"},
	{"make", "make"}, {"sbt", "sbt"}, {"tox", "tox -e"}, {"nox", "nox -s"}, {"just", "just"}, {"rake", "rake"}, {"composer", "composer"},
}

// namedCommands is the commands in those inputs of a workflow or action of
// another repository that are called after commands: `test-command: sbt test`,
// `maven-goals: verify`. What is called no more than command or script is a
// word of the action's own (`command: deploy`) or runs somewhere else as often
// as not; a workflow is taken at its word.
func namedCommands(with Value, dir string, workflow bool) []command {
	var out []command
	for _, f := range few(with.Fields) {
		if f.Value.Kind != String || strings.TrimSpace(f.Value.Text) == "" {
			continue
		}
		v := f.Value
		words := nameWords(f.Key)
		last := words[len(words)-1]
		switch last {
		case "command", "commands", "cmd", "cmds":
			if len(words) == 1 && !workflow || notRunHere(words) {
				continue
			}
		case "run", "script", "scripts":
			if !workflow || notRunHere(words) {
				continue
			}
		case "goal", "goals", "task", "tasks", "target", "targets", "phase", "arguments":
			if programOf(words) == "" {
				continue
			}
		default:
			continue
		}
		if program := programOf(words); program != "" && isTargets(v.Text) {
			v.Text = program + " " + v.Text
		}
		out = append(out, blockCommands(v, dir, false)...)
	}
	return out
}

// notRunHere tells of an input's name that its command is for other times or
// other places than the run.
func notRunHere(words []string) bool {
	for _, w := range words {
		switch w {
		case "failure", "error", "rollback", "cleanup", "ssh", "remote", "entrypoint", "container", "healthcheck", "health", "dev", "start", "release", "comment":
			return true
		}
	}
	return false
}

func programOf(words []string) string {
	for _, p := range namedPrograms {
		for _, w := range words {
			if w == p[0] {
				return p[1]
			}
		}
	}
	return ""
}

// isTargets tells of a text that it names targets and flags, and no program.
func isTargets(text string) bool {
	words := strings.Fields(text)
	if len(words) == 0 || strings.ContainsAny(text, "\n|;&") {
		return false
	}
	switch first := strings.TrimPrefix(words[0], "./"); first {
	case "mvn", "mvnw", "gradle", "gradlew", "npm", "pnpm", "yarn", "npx", "make", "sbt", "tox", "nox", "just", "rake", "bundle", "composer", "uv", "poetry", "bash", "sh", "cd":
		return false
	}
	return true
}

// nameWords is the words of a name, in small letters: of `testCommand` and
// `test_command` alike.
func nameWords(name string) []string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		switch {
		case r >= 'A' && r <= 'Z':
			if lower {
				b.WriteByte(' ')
			}
			b.WriteRune(r + 'a' - 'A')
			lower = false
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
			lower = r >= 'a' // E2E is one word
		default:
			b.WriteByte(' ')
			lower = false
		}
	}
	if words := strings.Fields(b.String()); len(words) > 0 {
		return words
	}
	return []string{""}
}
