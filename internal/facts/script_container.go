package facts

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// containerValued are the options of docker run and its kin that take a word
// along; of those of Compose, the ones before and after the command likewise.
var (
	containerValued = []string{
		"-v", "-e", "-p", "-w", "-u", "-h", "-l", "-m", "-a", "--volume", "--env", "--env-file", "--publish", "--workdir",
		"--user", "--hostname", "--label", "--memory", "--name", "--network", "--net", "--network-alias", "--mount",
		"--platform", "--link", "--add-host", "--cpus", "--restart", "--shm-size", "--cap-add", "--cap-drop",
		"--security-opt", "--tmpfs", "--volumes-from", "--device", "--gpus", "--ipc", "--pid", "--pull", "--ulimit",
		"--log-driver", "--log-opt", "--cidfile", "--entrypoint", "--runtime", "--index", "--env-from-file",
	}
	composeValued = []string{"-f", "--file", "-p", "--project-name", "--profile", "--env-file", "--project-directory", "--ansi", "--parallel", "--progress"}
)

// inContainer is what `docker run IMAGE …` or `docker exec CONTAINER …` runs,
// given the words after docker; nothing where the image decides.
func inContainer(words []string) []string {
	if len(words) > 1 && words[0] == "container" {
		words = words[1:]
	}
	if len(words) < 2 || words[0] != "run" && words[0] != "exec" {
		return nil
	}
	return startedWith(words[1:])
}

// inService is what `compose run SERVICE …` or `compose exec SERVICE …` runs,
// given the words after compose.
func inService(words []string) []string {
	words = dropOptions(words, composeValued...)
	if len(words) < 2 || words[0] != "run" && words[0] != "exec" {
		return nil
	}
	return startedWith(words[1:])
}

// startedWith is the command after the options and the name of what it runs
// in; an entry point that is given comes first.
func startedWith(words []string) []string {
	rest := dropOptions(words, containerValued...)
	if len(rest) == 0 {
		return nil
	}
	entry := ""
	options := words[:len(words)-len(rest)]
	for i, w := range options {
		if value, ok := strings.CutPrefix(w, "--entrypoint="); ok {
			entry = value
		} else if w == "--entrypoint" && i+1 < len(options) {
			entry = options[i+1]
		}
	}
	image := imageName(rest[0])
	rest = rest[1:]
	if entry == "" && strings.HasPrefix(image, "pre-commit") && len(rest) > 0 && rest[0] == "run" {
		entry = "pre-commit" // which the image starts
	}
	if entry = unquote(entry); entry != "" {
		rest = append([]string{entry}, rest...)
	}
	return rest
}

// ofImage is the command of a hook that is an image, with the options that it
// is run with before it: the program that the image is named after, where no
// other is named.
func ofImage(words []string) []string {
	command := startedWith(words)
	if rest := dropOptions(words, containerValued...); len(rest) > 0 && (len(command) == 0 || strings.HasPrefix(command[0], "-")) {
		command = append([]string{imageName(rest[0])}, command...)
	}
	return command
}

// imageName is the last part of an image's name, without its tag.
func imageName(image string) string {
	name, _, _ := strings.Cut(path.Base(unquote(image)), ":")
	return name
}

// composeService is the service of a Compose file that a command starts and
// waits for, where the service says itself what it runs.
func (s scripts) composeService(words []string, dir string) reference {
	var files []string
	for i := 0; i+1 < len(words) && strings.HasPrefix(words[i], "-"); i++ {
		if slices.Contains(composeValued, words[i]) {
			if words[i] == "-f" || words[i] == "--file" {
				files = append(files, unquote(words[i+1]))
			}
			i++
		}
	}
	words = dropOptions(words, composeValued...)
	if len(words) < 2 {
		return reference{}
	}
	name := ""
	switch words[0] {
	case "run":
		if rest := dropOptions(words[1:], containerValued...); len(rest) == 1 {
			name = unquote(rest[0])
		}
	case "up":
		for i, w := range words {
			if value, ok := strings.CutPrefix(w, "--exit-code-from="); ok {
				name = value
			} else if w == "--exit-code-from" && i+1 < len(words) {
				name = words[i+1]
			}
		}
	}
	if name == "" {
		return reference{}
	}
	if len(files) == 0 {
		files = []string{"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"}
	}
	slices.Reverse(files) // the last one says what the others do not
	for _, f := range files {
		if p := s.files[joinDir(dir, f)]; p != nil && p.kind == "compose" && p.find(name) != nil {
			return reference{script: p, targets: []string{name}}
		}
	}
	return reference{}
}

// readComposeCommands reads what the services of a Compose file run, each in
// the folder that its image is built from.
func readComposeCommands(name string, text []byte) []target {
	docs, _ := yamlDocuments(name, text)
	var out []target
	for _, doc := range docs {
		services := nodeGet(doc, "services")
		if services == nil || services.Kind != yaml.MappingNode {
			continue
		}
		for _, f := range nodeValue(services).Fields {
			line := joinedWords(f.Value.Get("entrypoint"))
			if more := joinedWords(f.Value.Get("command")); more != "" {
				line = strings.TrimSpace(line + " " + more)
			}
			if line == "" || strings.Contains(line, "\x00") {
				continue
			}
			dir := f.Value.Get("build").Text
			if context := f.Value.Get("build").Get("context"); context.Kind == String {
				dir = context.Text
			}
			if strings.Contains(dir, "$") || strings.Contains(dir, "://") {
				dir = "/"
			}
			start := firstOf(f.Value.Get("command"), f.Value.Get("entrypoint")).Start
			out = append(out, target{name: f.Key, commands: splitShell(line, start, joinDir(parentDir(name), dir), false)})
		}
	}
	return out
}

// joinedWords is a command given as a text or as a list of words.
func joinedWords(v Value) string {
	if v.Kind == String {
		return v.Text
	}
	var words []string
	for _, w := range few(v.Items) {
		text := w.Text
		if len(v.Items) > 1 && strings.ContainsAny(text, " \t\n;&|") && !strings.Contains(text, "'") {
			text = "'" + text + "'"
		}
		words = append(words, text)
	}
	return strings.Join(words, " ")
}

// parentDir is the folder of a path, empty for the root of the repository.
func parentDir(name string) string {
	if dir := path.Dir(name); dir != "." {
		return dir
	}
	return ""
}
