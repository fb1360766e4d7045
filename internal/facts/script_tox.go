package facts

import (
	"bytes"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// readTox reads the environments of a tox.ini; the one without a name is what
// the others inherit.
func readTox(dir string, text []byte) []target {
	var out []target
	var envs []string
	section, key := "", ""
	at := -1
	for _, l := range joinedLines(text) {
		trimmed := strings.TrimSpace(l.text)
		if trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';' {
			continue
		}
		value := trimmed
		if l.text == strings.TrimLeft(l.text, " \t") {
			key = ""
			if trimmed[0] == '[' {
				section, at = strings.Trim(trimmed, "[]"), -1
				if name, ok := strings.CutPrefix(section, "testenv"); ok {
					out = append(out, target{name: strings.TrimPrefix(name, ":")})
					at = len(out) - 1
				}
				continue
			}
			k, v, _ := strings.Cut(trimmed, "=")
			key, value = strings.TrimSpace(k), strings.TrimSpace(v)
		}
		switch {
		case section == "tox" && (key == "envlist" || key == "env_list"):
			envs = append(envs, toxNames(value)...)
		case at >= 0 && strings.HasPrefix(key, "commands") && value != "":
			out[at].commands = append(out[at].commands, recipeLine(toxCommand(value), l.line, dir)...)
		}
	}
	return toxDefaults(out, envs)
}

// toxDefaults adds the target that a bare `tox` runs.
func toxDefaults(out []target, envs []string) []target {
	if len(out) == 0 {
		return nil
	}
	all := target{name: "*"}
	for _, e := range envs {
		found := slices.ContainsFunc(out, func(t target) bool { return t.name == e })
		if !found {
			e = ""
		}
		all.needs = append(all.needs, e)
	}
	if len(envs) == 0 {
		all.needs = []string{""}
	}
	for i := range out {
		if len(out[i].commands) == 0 && out[i].name != "" {
			out[i].needs = append(out[i].needs, "")
		}
	}
	return append(out, all)
}

// toxNames is the names in an envlist, with {a,b} written out once.
func toxNames(text string) []string {
	var names []string
	depth, start := 0, 0
	for i := 0; i <= len(text); i++ {
		if i == len(text) || depth == 0 && (text[i] == ',' || text[i] == ' ') {
			if name := strings.TrimSpace(text[start:i]); name != "" {
				names = append(names, name)
			}
			start = i + 1
			continue
		}
		switch text[i] {
		case '{':
			depth++
		case '}':
			depth--
		}
	}
	return names
}

// toxCommand is a command without the factors that choose it and with its
// placeholders left out.
func toxCommand(text string) string {
	if factor, rest, ok := strings.Cut(text, ": "); ok && !strings.ContainsAny(factor, " \"'/") {
		text = rest
	}
	return strings.NewReplacer("{posargs}", "", "{envpython}", "python", "{toxinidir}/", "./", "{tox_root}/", "./").Replace(text)
}

func (s scripts) tox(args []string, dir string) reference {
	var p *parsedScript
	for _, name := range []string{"tox.ini", "tox.toml", "pyproject.toml"} {
		if p = s.files[joinDir(dir, name)]; p != nil {
			break
		}
	}
	if p == nil {
		return reference{}
	}
	var names []string
	for i, a := range args {
		value, ok := strings.CutPrefix(a, "-e")
		if a == "-e" && i+1 < len(args) {
			value = args[i+1]
		}
		if ok {
			for _, n := range strings.Split(strings.Trim(value, `"'=`), ",") {
				if p.find(n) == nil {
					n = ""
				}
				names = append(names, n)
			}
		}
	}
	if len(names) == 0 {
		names = []string{"*"}
	}
	return reference{script: p, targets: names}
}

// toxTable is the part of tox.toml, or of [tool.tox], that says what runs.
type toxTable struct {
	EnvList []any `toml:"env_list"`
	Base    struct {
		Commands [][]any `toml:"commands"`
	} `toml:"env_run_base"`
	Env map[string]struct {
		Commands [][]any `toml:"commands"`
	} `toml:"env"`
	Legacy string `toml:"legacy_tox_ini"`
}

// readToxTOML reads the environments of tox.toml or of a pyproject.toml. The
// parser keeps no lines for arrays, so each command is linked at its table.
func readToxTOML(base, dir string, text []byte) []target {
	var doc struct {
		toxTable
		Tool struct {
			Tox toxTable `toml:"tox"`
		} `toml:"tool"`
	}
	if base == "pyproject.toml" && !bytes.Contains(text, []byte("tool.tox")) || toml.Unmarshal(text, &doc) != nil {
		return nil
	}
	table := doc.toxTable
	if base == "pyproject.toml" {
		table = doc.Tool.Tox
	}
	if table.Legacy != "" {
		out := readTox(dir, []byte(table.Legacy))
		line := lineOf(text, "legacy_tox_ini")
		for _, t := range out {
			for i := range t.commands {
				t.commands[i].start, t.commands[i].end = line, line
			}
		}
		return out
	}
	out := []target{{commands: toxArrays(table.Base.Commands, dir, lineOf(text, "env_run_base"))}}
	names := make([]string, 0, len(table.Env))
	for name := range table.Env {
		names = append(names, name)
	}
	slices.Sort(names)
	found := len(out[0].commands) > 0
	for _, name := range names {
		cs := toxArrays(table.Env[name].Commands, dir, lineOf(text, "env."+name))
		found = found || len(cs) > 0
		out = append(out, target{name: name, commands: cs})
	}
	if !found {
		return nil
	}
	var envs []string
	for _, e := range table.EnvList {
		if name, ok := e.(string); ok {
			envs = append(envs, name)
		}
	}
	return toxDefaults(out, envs)
}

// toxArrays is commands written as arrays of words.
func toxArrays(arrays [][]any, dir string, line int) []command {
	var out []command
	for _, words := range arrays {
		var text []string
		for _, w := range words {
			if s, ok := w.(string); ok {
				text = append(text, s)
			}
		}
		out = append(out, recipeLine(toxCommand(strings.Join(text, " ")), line, dir)...)
	}
	return out
}

// lineOf is the first line that holds the words; 1 when none does.
func lineOf(text []byte, words string) int {
	line := 1
	for l := range strings.Lines(string(text)) {
		if strings.Contains(l, words) {
			return line
		}
		line++
	}
	return 1
}
