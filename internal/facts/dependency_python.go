package facts

import (
	"bytes"
	"strings"
)

// isRequirements knows requirements.txt, dev-requirements.txt,
// requirements/base.txt and the .in files that pip-compile reads.
func isRequirements(p place, _ *layout) bool {
	if p.ext != ".txt" && p.ext != ".in" {
		return false
	}
	return strings.Contains(p.base, "requirements") || strings.HasSuffix(p.dir, "requirements")
}

func isPyproject(p place, _ *layout) bool { return p.base == "pyproject.toml" }
func isPipfile(p place, _ *layout) bool   { return p.base == "pipfile" }
func isSetupCfg(p place, _ *layout) bool  { return p.base == "setup.cfg" }
func isSetupPy(p place, _ *layout) bool   { return p.base == "setup.py" }

// devGroup tells from the name of a group of packages that they are there for
// those who work on the program.
func devGroup(name string) bool {
	for word := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool { return !('a' <= r && r <= 'z') }) {
		switch word {
		case "dev", "devel", "develop", "development", "test", "tests", "testing", "lint", "linting", "linters", "docs", "doc",
			"ci", "typing", "types", "mypy", "build", "release", "bench", "benchmark", "local", "style", "format", "quality",
			"coverage", "debug", "qa", "tooling", "tools":
			return true
		}
	}
	return false
}

// requirement cuts a PEP 508 requirement into name and version. The name is
// normalised as the index does: case, runs of - _ and . do not matter.
func requirement(s string) (name, version string) {
	s = strings.TrimSpace(s)
	end := 0
	for end < len(s) && (letter(s[end]) && s[end] != '$' || '0' <= s[end] && s[end] <= '9' || s[end] == '-' || s[end] == '.') {
		end++
	}
	name = pypiName(s[:end])
	rest := strings.TrimSpace(s[end:])
	if strings.HasPrefix(rest, "[") {
		_, rest, _ = strings.Cut(rest, "]")
	}
	rest, _, _ = strings.Cut(rest, ";")
	rest, _, _ = strings.Cut(rest, " #")
	rest, _, _ = strings.Cut(rest, " --")
	return name, strings.Trim(strings.TrimSpace(rest), "()\\ ")
}

func pypiName(s string) string {
	var b strings.Builder
	dash := false
	for _, c := range strings.ToLower(s) {
		if c == '-' || c == '_' || c == '.' {
			dash = b.Len() > 0
			continue
		}
		if dash {
			b.WriteByte('-')
			dash = false
		}
		b.WriteRune(c)
	}
	return b.String()
}

// readRequirements reads pip's line format: options, links and paths are not
// packages with a name of the index, unless they say so (#egg=, name @ url).
func readRequirements(path string, text []byte) ([]Fact, []Warning) {
	base := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	dev := devGroup(strings.TrimSuffix(strings.TrimSuffix(base, ".txt"), ".in"))
	var all []declared
	line, continued := 0, false
	for raw := range bytes.Lines(text) {
		line++
		s := strings.TrimSpace(string(raw))
		skip := continued
		continued = strings.HasSuffix(s, "\\")
		if skip || s == "" || s[0] == '#' || s[0] == '.' || s[0] == '/' {
			continue
		}
		if s[0] == '-' || strings.Contains(s, "://") && !strings.Contains(s, "@") {
			if _, egg, ok := strings.Cut(s, "#egg="); ok {
				name, _ := requirement(egg)
				all = append(all, declared{name, "", dev, line})
			}
			continue
		}
		if name, version := requirement(s); pythonRequirement(s, name, version) {
			all = append(all, declared{name, version, dev, line})
		}
	}
	return dependencies("pypi", path, all), nil
}

// pythonRequirement keeps prose out: a text file called requirements may be
// about what the customer wants.
func pythonRequirement(line, name, version string) bool {
	return name != "" && (version == "" && !strings.ContainsAny(line, " \t") ||
		version == "" && strings.ContainsAny(line, ";#") ||
		version != "" && strings.IndexByte("=<>~!@", version[0]) >= 0)
}

// readPyproject reads the tables of PEP 621, PEP 735, Poetry, PDM, uv and
// Hatch.
func readPyproject(path string, text []byte) ([]Fact, []Warning) {
	doc, line, err := tomlValue(text)
	if err != nil {
		return nil, broken(path, line, "pyproject.toml: "+err.Error())
	}
	var all []declared
	strs := func(v Value, dev bool) {
		for _, item := range v.Items {
			if item.Kind == String {
				name, version := requirement(item.Text)
				all = append(all, declared{name, version, dev, item.Start})
			}
		}
	}
	groups := func(v Value, dev func(string) bool) {
		for _, g := range v.Fields {
			strs(g.Value, dev(g.Key))
		}
	}
	always := func(string) bool { return true }
	project, tool := doc.Get("project"), doc.Get("tool")
	strs(project.Get("dependencies"), false)
	groups(project.Get("optional-dependencies"), devGroup)
	groups(doc.Get("dependency-groups"), always)
	strs(tool.Get("uv").Get("dev-dependencies"), true)
	groups(tool.Get("pdm").Get("dev-dependencies"), always)
	for _, env := range tool.Get("hatch").Get("envs").Fields {
		strs(env.Value.Get("dependencies"), true)
		strs(env.Value.Get("extra-dependencies"), true)
	}
	poetry := tool.Get("poetry")
	all = append(all, pythonTable(poetry.Get("dependencies"), false)...)
	all = append(all, pythonTable(poetry.Get("dev-dependencies"), true)...)
	for _, g := range poetry.Get("group").Fields {
		all = append(all, pythonTable(g.Value.Get("dependencies"), devGroup(g.Key))...)
	}
	return dependencies("pypi", path, all), nil
}

// pythonTable reads name = "version" and name = {version = …}.
func pythonTable(t Value, dev bool) (all []declared) {
	for _, f := range t.Fields {
		if name := pypiName(f.Key); name != "python" {
			all = append(all, declared{name, versionOf(f.Value), dev, f.Value.Start})
		}
	}
	return all
}

// versionOf reads "1.0" and {version = "1.0"}; of several constraints, the first.
func versionOf(v Value) string {
	switch v.Kind {
	case String:
		return v.Text
	case Map:
		return v.Get("version").Text
	case List:
		if len(v.Items) > 0 {
			return versionOf(v.Items[0])
		}
	}
	return ""
}

func readPipfile(path string, text []byte) ([]Fact, []Warning) {
	doc, line, err := tomlValue(text)
	if err != nil {
		return nil, broken(path, line, "Pipfile: "+err.Error())
	}
	all := pythonTable(doc.Get("packages"), false)
	for _, f := range doc.Fields {
		switch f.Key {
		case "packages", "source", "requires", "scripts", "pipenv":
		default: // dev-packages, and categories of one's own
			all = append(all, pythonTable(f.Value, devGroup(f.Key))...)
		}
	}
	return dependencies("pypi", path, all), nil
}

// readSetupCfg reads install_requires and extras of the declarative form of
// setuptools: indented lines below a key.
func readSetupCfg(path string, text []byte) ([]Fact, []Warning) {
	var all []declared
	section, key, line := "", "", 0
	for raw := range bytes.Lines(text) {
		line++
		s := strings.TrimRight(string(raw), " \t\r\n")
		switch {
		case s == "" || strings.HasPrefix(strings.TrimSpace(s), "#"):
			continue
		case s[0] == '[':
			section, key = strings.Trim(s, "[]"), ""
			continue
		case s[0] != ' ' && s[0] != '\t':
			var rest string
			key, rest, _ = strings.Cut(s, "=")
			key, s = strings.TrimSpace(key), rest
		}
		dev := false
		switch {
		case section == "options" && key == "install_requires":
		case section == "options" && key == "tests_require":
			dev = true
		case section == "options.extras_require" && key != "":
			dev = devGroup(key)
		default:
			continue
		}
		name, version := requirement(s)
		all = append(all, declared{name, version, dev, line})
	}
	return dependencies("pypi", path, all), nil
}

// readSetupPy reads the literal lists handed to setup(). What is computed is
// not known.
func readSetupPy(path string, text []byte) ([]Fact, []Warning) {
	code := lex(string(text), syntax{hash: true, triple: true})
	var all []declared
	for i := 0; i+2 < len(code); i++ {
		key := code[i].text
		if code[i].kind != ident || code[i+1].text != "=" {
			continue
		}
		if key != "install_requires" && key != "tests_require" && key != "extras_require" {
			continue
		}
		dev, depth := key == "tests_require", 0
		for j := i + 2; j < len(code); j++ {
			t := code[j]
			switch {
			case t.kind == quoted && j+1 < len(code) && code[j+1].text == ":" && code[j+1].kind == punct:
				dev = devGroup(t.text)
			case t.kind == quoted && depth > 0 && !t.open:
				name, version := requirement(t.text)
				all = append(all, declared{name, version, dev, t.line})
			case t.kind == punct && (t.text == "[" || t.text == "{" || t.text == "("):
				depth++
			case t.kind == punct && (t.text == "]" || t.text == "}" || t.text == ")"):
				depth--
			}
			if depth <= 0 {
				i = j
				break
			}
		}
	}
	return dependencies("pypi", path, all), nil
}
