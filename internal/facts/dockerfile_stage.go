package facts

import (
	"maps"
	"strconv"
	"strings"
)

var (
	// idleBase are images that run a shell or nothing until told otherwise.
	idleBase = lazily(`(^|/)(scratch|alpine|debian|ubuntu|busybox|amazonlinux|almalinux|rockylinux|fedora|centos|archlinux|ubi\d*(-minimal|-micro)?|distroless/[\w-]+|` +
		`node|python|ruby|golang|go|rust|php|perl|elixir|erlang|swift|dart|bun|deno|openjdk|eclipse-temurin|amazoncorretto|corretto|temurin|maven|gradle|sdk|aspnet|runtime|runtime-deps)$`)
	shellAlone = lazily(`(?i)^(CMD|ENTRYPOINT)\s+\[?\s*["']?(/usr)?(/bin/)?(ba|da|z)?sh["']?\s*\]?$`)
)

type dockerReader struct {
	path   string
	args   map[string]Value // before the first FROM
	stages []dockerStage
	named  map[string]int // the last stage of a name
	copied int            // variables that stages got of others
}

// maxCopied bounds what stages get of others: what came before a stage beyond
// it is not known there.
const maxCopied = 50_000

// step takes one instruction into account.
func (d *dockerReader) step(i int, in instruction) {
	if in.name == "from" {
		d.from(i, in)
		return
	}
	if len(d.stages) == 0 {
		if in.name == "arg" {
			d.declare(d.args, in, true)
		}
		return
	}
	s := &d.stages[len(d.stages)-1]
	switch in.name {
	case "arg":
		d.declare(s.env, in, true)
	case "env":
		d.declare(s.env, in, false)
	case "user":
		if len(in.args) > 0 {
			s.user = expandVars(strings.Join(in.args, " "), s.env)
			s.user.Start, s.user.End = in.start, in.end
		}
	case "healthcheck":
		s.healthy = len(in.args) > 0 && !strings.EqualFold(in.args[0], "none")
	case "expose":
		s.runs = true
	case "cmd", "entrypoint":
		s.runs = s.runs || !shellAlone().MatchString(in.text)
	}
}

func (d *dockerReader) from(i int, in instruction) {
	s := dockerStage{parent: -1, from: i, env: map[string]Value{}, line: in.start}
	if len(in.args) > 0 {
		s.base = in.args[0]
		s.ref = expandVars(s.base, d.args)
	}
	if len(in.args) > 2 && strings.EqualFold(in.args[1], "as") {
		s.name = strings.ToLower(in.args[2])
	}
	if j, ok := d.named[strings.ToLower(s.ref.Text)]; ok {
		s.parent = j
	}
	switch {
	case s.parent >= 0:
		from := d.stages[s.parent]
		s.user, s.healthy, s.runs = from.user, from.healthy, from.runs
		if d.copied += len(from.env); d.copied <= maxCopied {
			s.env = maps.Clone(from.env)
		}
	case s.ref.Kind == Unknown: // and so is the user that it starts as
		s.user, s.runs = s.ref, true
	default:
		s.user = baseUser(s.ref.Text)
		name, _, _ := splitImage(s.ref.Text)
		s.runs = !idleBase().MatchString(name)
	}
	if s.name != "" {
		if d.named == nil {
			d.named = map[string]int{}
		}
		d.named[s.name] = len(d.stages)
	}
	d.stages = append(d.stages, s)
}

// declare keeps what ARG and ENV set. An argument without a default is known
// only when it was declared with one before the first FROM. Variables refer
// to what was set before the instruction, not to each other.
func (d *dockerReader) declare(env map[string]Value, in instruction, arg bool) {
	vars := dockerVars(in)
	for i, f := range vars {
		switch {
		case f.Value.Kind != Absent:
			if vars[i].Value = expandVars(f.Value.Text, env); len(vars[i].Value.Text) > 4096 {
				vars[i].Value = Value{Kind: Unknown, Text: f.Key}
			}
		case arg:
			vars[i].Value = d.args[f.Key]
		}
	}
	for _, f := range vars {
		if f.Value.Kind != Absent {
			env[f.Key] = f.Value
		}
	}
}

// dockerVars are the variables that ARG, ENV and LABEL name; Absent where no
// value is given.
func dockerVars(in instruction) []Field {
	var vars []Field
	if in.name == "arg" {
		for _, a := range in.args {
			key, value, found := strings.Cut(a, "=")
			f := Field{Key: key}
			if found {
				f.Value = Str(unquoted(value))
			}
			vars = append(vars, f)
		}
		return vars
	}
	for i := 0; i+1 < len(in.args); i += 3 { // the parser gives key, value, separator
		vars = append(vars, Field{unquoted(in.args[i]), Str(unquoted(in.args[i+1]))})
	}
	return vars
}

func unquoted(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// markFinal marks the stages that end up in the image: the shipped one and
// those it derives from.
func (d *dockerReader) markFinal() {
	for i := d.shipped(); i >= 0; i = d.stages[i].parent {
		d.stages[i].final = true
	}
}

// shipped is the stage that is shipped: the last one, unless it and others
// for tests or developers follow one that is named for production.
func (d *dockerReader) shipped() int {
	last := len(d.stages) - 1
	for i := last; i >= 0; i-- {
		switch name := d.stages[i].name; {
		case productionStage().MatchString(name):
			return i
		case !testStage().MatchString(name):
			return last
		}
	}
	return last
}

var (
	productionStage = lazily(`(?i)^(prod|production|release|runtime)$`)
	testStage       = lazily(`(?i)(^|[-_.])(tests?|e2e|dev|development|debug|lint)($|[-_.])`)
)

// forDevelopers tells of a file that comes to nothing but an image to develop
// in: all that its stages come to builds on one that is called so, and nothing
// before that one says what to start.
func (d *dockerReader) forDevelopers(list []instruction) bool {
	if len(d.stages) == 0 {
		return false
	}
	dev, used := make([]bool, len(d.stages)), make([]bool, len(d.stages))
	for i, s := range d.stages {
		dev[i] = developersStage().MatchString(s.name)
		if s.parent >= 0 {
			dev[i], used[s.parent] = dev[i] || dev[s.parent], true
		}
	}
	for i := range d.stages {
		if !dev[i] && !used[i] {
			return false
		}
	}
	stage := -1
	for i, in := range list {
		if stage+1 < len(d.stages) && d.stages[stage+1].from == i {
			stage++
		}
		if stage >= 0 && !dev[stage] && (in.name == "cmd" || in.name == "entrypoint") {
			return false
		}
	}
	return true
}

// startsDevelopment tells of an image that is started with the settings that
// its framework has for developers.
func (d *dockerReader) startsDevelopment(list []instruction) bool {
	shipped, stage, says := d.shipped(), -1, ""
	own := map[int]bool{}
	for i := shipped; i >= 0; i = d.stages[i].parent {
		own[i] = true
	}
	for i, in := range list {
		if stage+1 < len(d.stages) && d.stages[stage+1].from == i {
			stage++
		}
		if own[stage] && (in.name == "cmd" || in.name == "entrypoint") {
			says = in.text
		}
	}
	return developersStart().MatchString(says)
}

var developersStart = lazily(`--env=dev\b|\bAPP_ENV=dev\b|"--env",\s*"dev"`)

var developersStage = lazily(`(?i)^(dev|development)($|[-_.](base|env|environment|deps|dependencies|tools)$)`)

// root is the stage that brings the image in which a stage is based.
func (d *dockerReader) root(stage int) dockerStage {
	for d.stages[stage].parent >= 0 {
		stage = d.stages[stage].parent
	}
	return d.stages[stage]
}

func (d *dockerReader) stageName(stage int) string {
	if name := d.stages[stage].name; name != "" {
		return name
	}
	return strconv.Itoa(stage)
}

// expandVars writes defaults into $NAME, ${NAME}, ${NAME:-word} and
// ${NAME-word}; the value is Unknown when a name has none.
func expandVars(text string, env map[string]Value) Value {
	if !strings.Contains(text, "$") {
		return Str(text)
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '$' || i+1 == len(text) {
			b.WriteByte(text[i])
			i++
			continue
		}
		name, fallback, has, end := variable(text, i+1)
		v, ok := env[name]
		switch {
		case name == "":
			return Value{Kind: Unknown, Text: text}
		case ok && v.Kind == String && (v.Text != "" || !has):
			b.WriteString(v.Text)
		case has && !strings.Contains(fallback, "$"):
			b.WriteString(fallback)
		default:
			return Value{Kind: Unknown, Text: text}
		}
		i = end
	}
	return Str(b.String())
}

// variable reads a name after a dollar sign, the word to use in its place when
// it has no value, and where the text goes on.
func variable(text string, at int) (name, fallback string, has bool, end int) {
	if text[at] == '{' {
		i := strings.IndexByte(text[at:], '}')
		if i < 0 {
			return "", "", false, len(text)
		}
		inner := text[at+1 : at+i]
		end = at + i + 1
		n := nameLength(inner)
		name = inner[:n]
		switch rest := inner[n:]; {
		case rest == "":
		case strings.HasPrefix(rest, ":-"):
			fallback, has = rest[2:], true
		case strings.HasPrefix(rest, "-"):
			fallback, has = rest[1:], true
		default:
			name = ""
		}
		return name, fallback, has, end
	}
	n := nameLength(text[at:])
	return text[at : at+n], "", false, at + n
}

func nameLength(s string) int {
	n := 0
	for n < len(s) && (s[n] == '_' || s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z' || n > 0 && s[n] >= '0' && s[n] <= '9') {
		n++
	}
	return n
}
