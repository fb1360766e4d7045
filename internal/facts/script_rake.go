package facts

import (
	"slices"
	"strings"
)

var (
	rakeSpace   = lazily(`^namespace[ (]\s*:?["']?(\w+)["']?\)?\s+do\b`)
	rakeTask    = lazily(`^(?:multi)?task(?:\s+|\(\s*)(.*)$`)
	rakeName    = lazily(`^(?::(\w+)|:?"([\w:-]+)"|:?'([\w:-]+)'|(\w+):)`)
	rakeWord    = lazily(`[\w:-]+`)
	rakeTool    = lazily(`^(RuboCop::RakeTask|RSpec::Core::RakeTask|HamlLint::RakeTask|SlimLint::RakeTask)\.new\b(?:\(?\s*:?["']?(\w+))?`)
	rakeRun     = lazily(`^(?:(sh)|(?:(exit|abort)[ (].*?)?system)[ (]\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')((?:\s*,\s*(?:"[^"]*"|'[^']*'))*)(.*)$`)
	rakeInvoke  = lazily(`^Rake::Task\[\s*:?["']?([\w:-]+)["']?\s*\]\.(?:invoke|execute)\b`)
	rakeCleared = lazily(`^Rake::Task\[\s*:?["']?([\w:-]+)["']?\s*\]\.clear\b`)
	rakeLeft    = lazily(`^(?:next|return)\b`)
	rakeLoaded  = lazily(`["']([\w./*-]+\.rake)["']`)
	rakeForgive = lazily(`\bfail_on_error\s*=\s*false\b`)
)

// rakeTools are the tasks that linters and test runners bring along: the name
// that each has by itself, and what it runs.
var rakeTools = map[string][2]string{
	"RuboCop::RakeTask": {"rubocop", "rubocop"}, "RSpec::Core::RakeTask": {"spec", "rspec"},
	"HamlLint::RakeTask": {"haml_lint", "haml-lint"}, "SlimLint::RakeTask": {"slim_lint", "slim-lint"},
}

// rakefile is what is read of one so far.
type rakefile struct {
	dir     string
	targets []target
	byName  map[string]int
	spaces  []rakeScope // the namespaces that are open
	task    int         // the task whose body is read, -1 outside of one
	indent  int         // of that task
	body    int         // of the lines in its body, -1 before the first
}

type rakeScope struct {
	name   string
	indent int
}

// readRakefile reads the tasks of a Rakefile or of a file that one loads. Of a
// task's body it knows what runs in any case: lines that stand as deep as the first.
func readRakefile(dir string, text []byte) []target {
	r := rakefile{dir: dir, byName: map[string]int{}, task: -1}
	for _, l := range rakeLines(text) {
		r.line(l)
	}
	for i := range r.targets {
		t := &r.targets[i]
		space := t.name[:strings.LastIndexByte(t.name, ':')+1]
		for j, need := range t.needs {
			if _, ok := r.byName[space+need]; ok {
				t.needs[j] = space + need
			}
		}
	}
	return r.targets
}

// rakeIncludes are the files that a Rakefile loads.
func rakeIncludes(text []byte) []string {
	out := []string{"rakelib/*.rake"}
	if strings.Contains(string(text), ".load_tasks") { // of Rails
		out = append(out, "lib/tasks/*.rake", "lib/tasks/*/*.rake")
	}
	for _, m := range rakeLoaded().FindAllSubmatch(text, maxIncludes) {
		glob := strings.TrimPrefix(string(m[1]), "./")
		out = append(out, strings.ReplaceAll(glob, "**/", ""))
		if strings.Contains(glob, "**/") {
			out = append(out, strings.ReplaceAll(glob, "**/", "*/"))
		}
	}
	return out
}

// rakeLines are the lines of a file without comments; a list of what a task
// needs that goes over several is one.
func rakeLines(text []byte) (out []numbered) {
	open := false
	line := 0
	for l := range strings.Lines(string(text)) {
		line++
		l = strings.TrimRight(l, " \t\r\n")
		trimmed := strings.TrimSpace(l)
		if trimmed == "" || trimmed[0] == '#' {
			continue
		}
		if open {
			last := &out[len(out)-1]
			trimmed, _, _ = strings.Cut(trimmed, " #")
			last.text += " " + trimmed
			open = len(last.text) < maxPattern && !strings.ContainsAny(trimmed, "])")
			continue
		}
		out = append(out, numbered{text: l, line: line})
		open = rakeTask().MatchString(trimmed) && strings.Count(l, "[") > strings.Count(l, "]")
	}
	return out
}

func (r *rakefile) line(l numbered) {
	trimmed := strings.TrimSpace(l.text)
	indent := len(l.text) - len(strings.TrimLeft(l.text, " \t"))
	if r.task >= 0 && indent > r.indent {
		if r.body < 0 {
			r.body = indent
		}
		if indent == r.body { // never 0
			r.run(trimmed, l.line)
		}
		return
	}
	r.task = -1
	for len(r.spaces) > 0 && r.spaces[len(r.spaces)-1].indent >= indent {
		r.spaces = r.spaces[:len(r.spaces)-1]
	}
	if m := rakeSpace().FindStringSubmatch(trimmed); m != nil {
		r.spaces = append(r.spaces, rakeScope{m[1], indent})
		return
	}
	if m := rakeTool().FindStringSubmatch(trimmed); m != nil {
		tool := rakeTools[m[1]]
		if m[2] == "" {
			m[2] = tool[0]
		}
		t := r.open(m[2], indent, trimmed)
		t.commands = append(t.commands, command{text: tool[1], start: l.line, end: l.line, dir: r.dir})
		return
	}
	if m := rakeTask().FindStringSubmatch(trimmed); m != nil {
		r.define(m[1], indent)
	}
	if m := rakeCleared().FindStringSubmatch(trimmed); m != nil {
		if i, ok := r.byName[r.full(m[1])]; ok {
			r.targets[i].needs, r.targets[i].commands = nil, nil
		}
	}
}

// define reads what follows the word task: a name, what it needs, its block.
func (r *rakefile) define(text string, indent int) {
	m := rakeName().FindStringSubmatch(text)
	if m == nil {
		return
	}
	rest := text[len(m[0]):]
	t := r.open(m[1]+m[2]+m[3]+m[4], indent, text)
	for _, end := range []string{" do", " {", " #", " if ", " unless "} {
		rest, _, _ = strings.Cut(rest, end)
	}
	if _, after, ok := strings.Cut(rest, "=>"); ok {
		rest = after
	} else if _, after, ok := strings.Cut(rest, ".enhance("); ok {
		rest = after
	} else if m[4] == "" && !strings.HasPrefix(rest, ":") { // task :name, [:argument]
		return
	}
	rest = strings.NewReplacer("%i[", "[", "%w[", "[", "%i(", "[", "%w(", "[").Replace(rest)
	for _, need := range rakeWord().FindAllString(rest, maxTargets) {
		if need = strings.Trim(need, ":"); need != "" {
			t.needs = append(t.needs, need)
		}
	}
}

// open makes a task the one whose body follows.
func (r *rakefile) open(name string, indent int, text string) *target {
	name = r.full(name)
	if _, ok := r.byName[name]; !ok {
		r.byName[name] = len(r.targets)
		r.targets = append(r.targets, target{name: name})
	}
	if strings.Contains(text, " do") || strings.HasSuffix(text, "{") {
		r.task, r.indent, r.body = r.byName[name], indent, -1
	}
	return &r.targets[r.byName[name]]
}

func (r *rakefile) full(name string) string {
	var b strings.Builder
	for _, s := range r.spaces {
		b.WriteString(s.name + ":")
	}
	return b.String() + name
}

// run reads a line of a task's body.
func (r *rakefile) run(text string, line int) {
	t := &r.targets[r.task]
	if m := rakeInvoke().FindStringSubmatch(text); m != nil {
		t.needs = append(t.needs, m[1])
		return
	}
	if rakeLeft().MatchString(text) { // what follows may not run
		r.body = 0
		return
	}
	if rakeForgive().MatchString(text) {
		t.commands = hinted(t.commands, hintFailure+"is ignored (fail_on_error)")
		return
	}
	m := rakeRun().FindStringSubmatch(text)
	if m == nil || strings.Contains(m[6], " if ") || strings.Contains(m[6], " unless ") || strings.Contains(m[6], " do |") {
		return
	}
	words := m[3] + m[4]
	for _, w := range strings.Split(m[5], ",") {
		words += " " + strings.Trim(strings.TrimSpace(w), `"'`)
	}
	cs := recipeLine(strings.TrimSpace(words), line, r.dir)
	looked := m[1] != "" || m[2] != "" || strings.Contains(m[6], "exception: true")
	for _, word := range []string{"|| exit", "|| abort", "|| raise", "|| fail", "or exit", "or abort", "or raise", "or fail"} {
		looked = looked || strings.Contains(m[6], word)
	}
	if !looked {
		cs = hinted(cs, hintFailure+"is not looked at (system)")
	}
	t.commands = append(t.commands, cs...)
}

// rake finds the tasks that a command names; rails runs them too, beside its own.
func (s scripts) rake(args []string, dir string, own bool) reference {
	args = slices.Clone(args)
	for i, a := range args {
		args[i], _, _ = strings.Cut(unquote(a), "[")
	}
	r := s.named(args, dir, "default", "Rakefile", "rakefile", "Rakefile.rb")
	if own && (len(args) == 0 || r.script != nil && r.script.find(args[0]) == nil) {
		return reference{}
	}
	return r
}
