package facts

import (
	"slices"
	"strings"
)

// jenkins walks through a Jenkinsfile, declarative or scripted, without a
// grammar of Groovy: it knows strings, comments, braces and statements.
type jenkins struct {
	src    string
	pos    int
	line   int
	blocks []jenkinsBlock
	base   []situation
	out    []ciStep
}

// jenkinsBlock is a pair of braces and the word before it.
type jenkinsBlock struct {
	word  string
	label string
	runs  []situation // what a stage's conditions let through; nil for all
	never bool
}

// jenkinsWords are the words of structure, which run nothing themselves.
const jenkinsWords = " pipeline agent stages stage steps script node parallel environment options tools triggers parameters post when always success failure unstable changed cleanup fixed aborted def if else for while try catch finally return import library matrix axes axis axis name values expression anyOf allOf not branch any label docker none checkout cleanWs echo timestamps println print dir timeout retry withEnv withCredentials "

func readJenkins(text []byte) []ciStep {
	j := jenkins{src: cleanScript(text), line: 1, base: []situation{onDefault, onOther, onPull}}
	for j.pos < len(j.src) && len(j.blocks) < maxMembers { // nobody nests that deep
		start, text, end := j.statement()
		switch end {
		case '{':
			j.statementDone(start, text)
			j.open(text)
		case '}':
			j.statementDone(start, text)
			if len(j.blocks) > 0 {
				j.blocks = j.blocks[:len(j.blocks)-1]
			}
		default:
			j.statementDone(start, text)
		}
	}
	return j.out
}

// statement reads up to a brace, or to the end of a line or statement outside
// of brackets; comments are left out, strings kept.
func (j *jenkins) statement() (start int, text string, end byte) {
	var b strings.Builder
	depth := 0
	for j.pos < len(j.src) {
		c := j.src[j.pos]
		rest := j.src[j.pos:]
		switch {
		case strings.HasPrefix(rest, "//"):
			j.take(nil, strings.IndexByte(rest+"\n", '\n'))
			continue
		case strings.HasPrefix(rest, "/*"):
			j.take(nil, strings.Index(rest+"*/", "*/")+2)
			continue
		case c == '"' || c == '\'':
			if start == 0 {
				start = j.line
			}
			j.take(&b, stringLength(rest))
			continue
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth = max(depth-1, 0)
		case c == '{' || c == '}':
			j.pos++
			return max(start, 1), b.String(), c
		case (c == '\n' || c == ';') && depth == 0:
			j.take(nil, 1)
			switch trimmed := strings.TrimSpace(b.String()); {
			case trimmed == "":
				start = 0
				b.Reset()
				continue
			case c == '\n' && strings.HasSuffix(trimmed, ","):
				b.WriteByte('\n')
				continue
			}
			return start, b.String(), c
		}
		if start == 0 && c > ' ' {
			start = j.line
		}
		j.take(&b, 1)
	}
	return max(start, 1), b.String(), 0
}

// take moves n bytes on, into b when there is one.
func (j *jenkins) take(b *strings.Builder, n int) {
	text := j.src[j.pos:min(j.pos+n, len(j.src))]
	j.line += strings.Count(text, "\n")
	j.pos += len(text)
	if b != nil {
		b.WriteString(text)
	}
}

// stringLength is the length of the string groovyString that src starts with.
func stringLength(src string) int {
	quote := src[:1]
	if strings.HasPrefix(src, strings.Repeat(quote, 3)) {
		quote = src[:3]
	}
	for i := len(quote); i < len(src); i++ {
		switch {
		case src[i] == '\\':
			i++
		case strings.HasPrefix(src[i:], quote):
			return i + len(quote)
		case src[i] == '\n' && len(quote) == 1:
			return i // not closed on its line: no string after all
		}
	}
	return len(src)
}

func (j *jenkins) open(head string) {
	word := jenkinsWord().FindString(strings.TrimSpace(head))
	b := jenkinsBlock{word: word}
	if s := jenkinsString(head); s.text != "" {
		b.label = s.text
	}
	j.blocks = append(j.blocks, b)
}

var (
	jenkinsWord  = lazily(`^[A-Za-z_][\w.]*`)
	jenkinsShell = lazily(`\b(sh|bat|powershell|pwsh)\s*[(\s]\s*(\(|'|"|script\s*:|label\s*:|return\w+\s*:|encoding\s*:)`)
	jenkinsCall  = lazily(`^(?:def\s+\w+\s*=\s*|\w+\s*=\s*)?([A-Za-z_][\w.]*)(?:\s*\(|\s*['"]|\s+\w+\s*:)`)
)

// statementDone takes a whole statement.
func (j *jenkins) statementDone(start int, raw string) {
	text := strings.TrimSpace(raw)
	if text == "" {
		return
	}
	at := j.innermost("stage")
	switch {
	case j.inside("when") && at >= 0:
		j.condition(&j.blocks[at], text)
		return
	case j.inside("triggers"):
		if strings.HasPrefix(text, "cron") && !slices.Contains(j.base, onSchedule) {
			j.base = append(j.base, onSchedule)
		}
		return
	case j.inside("environment"), j.inside("parameters"), j.inside("options"), j.inside("agent"):
		return
	}
	if s, live := j.place(start, text); live {
		j.call(s, text)
	}
}

// place is a step with what the blocks around it say; live is false in a
// stage that never runs.
func (j *jenkins) place(start int, text string) (s ciStep, live bool) {
	s = ciStep{start: start, end: start + strings.Count(text, "\n")}
	runs := j.base
	for _, b := range j.blocks {
		switch {
		case b.never:
			return s, false
		case b.word == "stage":
			s.stage, s.job = b.label, b.label
			if b.runs != nil {
				runs = b.runs
			}
		case b.word == "catchError" || b.word == "warnError":
			s.hint = hintFailure + "is caught (" + b.word + ")"
		case b.word == "post":
			s.set("if", Str("post"))
		case len(s.fields) == 1 && (b.word == "failure" || b.word == "always" || b.word == "success" || b.word == "unsuccessful"):
			s.fields[0].Value = Str("post " + b.word)
		}
	}
	s.when = triggerClasses(runs)
	return s, true
}

// call adds what a statement runs: a shell script, or a step of a plugin.
func (j *jenkins) call(s ciStep, text string) {
	if loc := jenkinsShell().FindStringIndex(text); loc != nil {
		if strings.Contains(text, "returnStatus: true") {
			s.hint = hintStatusRead + " (returnStatus)"
		}
		from := loc[0]
		if i := strings.Index(text[from:], "script:"); i >= 0 {
			from += i
		}
		lit := jenkinsString(text[from:])
		line := s.start + strings.Count(text[:from], "\n") + lit.line
		s.commands = splitShell(lit.text, line, j.dir(), false)
		for i := range s.commands {
			s.commands[i].start = min(s.commands[i].start, s.end)
			s.commands[i].end = min(max(s.commands[i].end, s.commands[i].start), s.end)
		}
	} else if m := jenkinsCall().FindStringSubmatch(text); m != nil && !strings.Contains(jenkinsWords, " "+m[1]+" ") {
		s.uses = m[1]
		if strings.HasPrefix(m[1], "docker.") || strings.Contains(text, ".push(") {
			s.commands = []command{{text: strings.Join(strings.Fields(text), " "), start: s.start, end: s.end}}
		}
	}
	if s.uses != "" || len(s.commands) > 0 {
		j.out = append(j.out, s)
	}
}

// condition narrows the situations of a stage by one line of its `when`.
func (j *jenkins) condition(stage *jenkinsBlock, text string) {
	if j.inside("not") {
		return
	}
	lit := jenkinsString(text)
	add := func(more ...situation) { stage.runs = append(stage.runs, more...) }
	switch word := jenkinsWord().FindString(text); {
	case word == "branch":
		add(onBranches(Str(lit.text))...)
	case word == "buildingTag" || word == "tag":
		add(onTag)
	case word == "changeRequest":
		add(onPull)
	case word == "triggeredBy":
		add(onSchedule)
	case j.inside("expression") && (text == "false" || text == "return false"):
		stage.never = true
	}
}

func (j *jenkins) inside(word string) bool { return j.innermost(word) >= 0 }

func (j *jenkins) innermost(word string) int {
	for i := len(j.blocks) - 1; i >= 0; i-- {
		if j.blocks[i].word == word {
			return i
		}
	}
	return -1
}

// dir is the folder that the dir('…') blocks around lead to.
func (j *jenkins) dir() string {
	dir := ""
	for _, b := range j.blocks {
		if b.word == "dir" && !strings.Contains(b.label, "$") {
			dir = joinDir(dir, b.label)
		}
	}
	return dir
}

type groovyString struct {
	text string
	line int // lines before it
}

// jenkinsString is the first string groovyString of a text.
func jenkinsString(text string) groovyString {
	at := strings.IndexAny(text, `"'`)
	if at < 0 {
		return groovyString{}
	}
	n := stringLength(text[at:])
	quotes := 1
	if n >= 6 && strings.HasPrefix(text[at:], strings.Repeat(text[at:at+1], 3)) {
		quotes = 3
	}
	if n < 2*quotes {
		return groovyString{}
	}
	inner := strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\'`, `'`, `\$`, `$`).Replace(text[at+quotes : at+n-quotes])
	return groovyString{inner, strings.Count(text[:at], "\n")}
}

var teamcityStep = lazily(`^\s*(scriptContent|tasks|goals|gradleParams|commandLine|path)\s*=\s*`)

// readTeamCity reads the build steps of a Kotlin configuration.
func readTeamCity(text []byte) []ciStep {
	src := cleanScript(text)
	when := triggerClasses([]situation{onDefault, onOther})
	var out []ciStep
	line, rest := 1, src
	for rest != "" {
		if m := teamcityStep().FindStringSubmatchIndex(rest); m != nil && m[1] < len(rest) && rest[m[1]] == '"' {
			key := rest[m[2]:m[3]]
			n := stringLength(rest[m[1]:])
			lit := jenkinsString(rest[m[1] : m[1]+n])
			lines := strings.Count(rest[:m[1]+n], "\n")
			prefix := map[string]string{"tasks": "gradle ", "goals": "mvn "}[key]
			cs := splitShell(prefix+lit.text, line+strings.Count(rest[:m[1]], "\n"), "", false)
			out = append(out, ciStep{when: when, commands: cs, start: line, end: line + lines})
			line += lines
			rest = rest[m[1]+n:]
		}
		_, after, more := strings.Cut(rest, "\n")
		if !more {
			break
		}
		rest = after
		line++
	}
	return out
}
