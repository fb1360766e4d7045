package facts

import (
	"bytes"
	"path"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// readNox reads the sessions of a noxfile: the programs that they run.
func readNox(dir string, text []byte) []target {
	var out []target
	src := cleanScript(text)
	line, session := 0, false
	for rest := src; rest != ""; {
		l, after, _ := strings.Cut(rest, "\n")
		line++
		trimmed := strings.TrimSpace(l)
		switch {
		case strings.HasPrefix(trimmed, "@nox.session"), strings.HasPrefix(trimmed, "@session"):
			session = true
		case strings.HasPrefix(l, "def "):
			if session {
				name, _, _ := strings.Cut(strings.TrimPrefix(l, "def "), "(")
				out = append(out, target{name: strings.TrimSpace(name)})
			}
			session = false
		case strings.HasPrefix(trimmed, "session.run(") && len(out) > 0:
			from := strings.Index(rest, "session.run(") + len("session.run(")
			if words := literals(sessionArguments(rest[from:])); words != "" {
				t := &out[len(out)-1]
				t.commands = append(t.commands, splitShell(words, line, dir, false)...)
			}
		}
		rest = after
	}
	return out
}

// sessionArguments is what stands before the bracket that ends a call.
func sessionArguments(rest string) string {
	rest = rest[:min(len(rest), 4000)]
	return rest[:closing(rest, 0, ")")]
}

// literals is the string literals among a call's arguments, up to the first
// named one.
func literals(args string) string {
	var words []string
	for len(args) > 0 {
		at := strings.IndexAny(args, `"'=`)
		if at < 0 || args[at] == '=' {
			break
		}
		end := strings.IndexByte(args[at+1:], args[at])
		if end < 0 {
			break
		}
		words = append(words, args[at+1:at+1+end])
		args = args[at+end+2:]
	}
	return strings.Join(words, " ")
}

func (s scripts) nox(args []string, dir string) reference {
	p := s.files[joinDir(dir, "noxfile.py")]
	if p == nil {
		return reference{}
	}
	var names []string
	chosen := false
	for _, a := range args {
		switch {
		case a == "-s" || a == "--session" || a == "--sessions" || a == "-e":
			chosen = true
		case strings.HasPrefix(a, "-"):
			chosen = false
		case chosen:
			name, _, _ := strings.Cut(unquote(a), "-")
			names = append(names, name, strings.ReplaceAll(unquote(a), "-", "_"))
		}
	}
	if len(names) == 0 {
		for _, t := range p.targets {
			names = append(names, t.name)
		}
	}
	return reference{script: p, targets: names}
}

// hookConfiguration is a configuration of pre-commit, or of prek, which can be
// TOML: its members have no lines then but those on which a hook's id stands.
func hookConfiguration(name string, text []byte) Value {
	if path.Ext(name) != ".toml" {
		docs, _ := yamlDocuments(name, text)
		if len(docs) == 0 {
			return Value{}
		}
		return nodeValue(docs[0])
	}
	var doc map[string]any
	if toml.Unmarshal(text, &doc) != nil {
		return Value{}
	}
	top, lines := FromJSON(doc), idLines(text)
	for _, repo := range top.Get("repos").Items {
		hooks := repo.Get("hooks").Items
		for i := range hooks {
			hooks[i].Start = lines[hooks[i].Get("id").Text]
			hooks[i].End = hooks[i].Start
		}
	}
	return top
}

// idLines are the lines on which ids stand in TOML, each the first time.
func idLines(text []byte) map[string]int {
	out := map[string]int{}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		key, value, ok := strings.Cut(string(line), "=")
		if id := unquote(strings.TrimSpace(value)); ok && strings.TrimSpace(key) == "id" && out[id] == 0 {
			out[id] = n
		}
	}
	return out
}

// readPreCommit reads the hooks of a pre-commit configuration, each a target
// by its id, and "" for all that run at commit time.
func readPreCommit(name string, text []byte) []target {
	top := hookConfiguration(name, text)
	all := target{}
	var out []target
	for _, repo := range top.Get("repos").Items {
		for _, hook := range repo.Get("hooks").Items {
			id := hook.Get("id").Text
			c, ok := hookCommand(repo.Get("repo").Text, hook)
			if !ok {
				continue
			}
			out = append(out, target{name: id, commands: []command{c}, endings: hookEndings(hook)})
			stages := hook.Get("stages")
			if stages.Kind == Absent {
				stages = top.Get("default_stages")
			}
			if atCommit(stages) {
				all.needs = append(all.needs, id)
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return append([]target{all}, out...)
}

func atCommit(stages Value) bool {
	if len(membersOf(stages)) == 0 {
		return true
	}
	for _, s := range membersOf(stages) {
		if s.Text == "commit" || s.Text == "pre-commit" || s.Text == "push" || s.Text == "pre-push" {
			return true
		}
	}
	return false
}

// hookCommand is a hook as a command: its entry, or else its id, and its
// arguments.
func hookCommand(repo string, hook Value) (command, bool) {
	words := []string{hook.Get("entry").Text}
	if words[0] == "" {
		words[0] = hook.Get("id").Text
	}
	language := hook.Get("language").Text
	if words[0] == "" || language == "fail" || language == "pygrep" {
		return command{}, false
	}
	for _, a := range hook.Get("args").Items {
		words = append(words, a.Text)
	}
	if language == "docker_image" {
		words = ofImage(append(strings.Fields(words[0]), words[1:]...))
	}
	return command{
		text:  strings.Join(words, " "),
		hook:  strings.TrimPrefix(strings.TrimPrefix(repo, "https://"), "http://") + "#" + hook.Get("id").Text,
		start: hook.Start, end: hook.End,
	}, true
}

func (s scripts) preCommit(args []string, dir string) reference {
	if len(args) == 0 || args[0] != "run" {
		return reference{}
	}
	p := s.files[joinDir(dir, hookConfig(args[1:]))]
	if p == nil {
		p = s.files[joinDir(dir, "prek.toml")]
	}
	if p == nil || p.kind != "pre-commit" {
		return reference{}
	}
	name := ""
	for _, a := range dropOptions(args[1:], "-c", "--config", "--files", "--from-ref", "--to-ref", "--hook-stage", "--show-diff-on-failure=") {
		if p.find(a) != nil {
			name = a
			break
		}
	}
	return reference{script: p, targets: []string{name}}
}

// hookConfig is the configuration that the options of pre-commit name.
func hookConfig(args []string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--config="); ok {
			return unquote(v)
		}
		if (a == "-c" || a == "--config") && i+1 < len(args) {
			return unquote(args[i+1])
		}
	}
	return ".pre-commit-config.yaml"
}
