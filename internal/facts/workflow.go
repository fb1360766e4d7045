package facts

import (
	"path"
	"strings"
)

// A workflow is read in two steps: each file by itself (readWorkflow,
// readAction), then together (joinWorkflows), because a called workflow runs
// when its callers do and a step may run a script of the repository.
//
// A step becomes a Workflow fact; its name is the action without the ref, or
// "run". Besides what GitHub's own keys say it has:
//
//   - commands: a List of Maps {text, hint, via, via_line, hook}, one per
//     simple command. A `run:` matcher is tested on each text; a hint lowers
//     only what matched that command; Start and End are the lines to link, in
//     the fact's own file, also when via names the script it was found in.
//   - triggers and when: the events that can start it, and their classes ci,
//     deploy, schedule, manual and other, after the `if` of step and job.
//   - purpose: what a workflow or action of another repository is for, by names.
//   - via, via_line: the action.yml that a step stands in, when it is a step
//     of a local composite action; the lines are those of the calling step.
//
// A job becomes a WorkflowJob fact, named by its id.

// parsedWorkflow is one file of .github/workflows or the like.
type parsedWorkflow struct {
	path       string
	name       string
	situations []situation
	callable   bool // has workflow_call
	paths      Value
	top        Value
	jobs       []parsedJob
	at         map[string]int // where in jobs each is, by its id
}

type parsedJob struct {
	id    string
	value Value
	steps []parsedStep
}

// parsedStep is a step of a job or of a composite action.
type parsedStep struct {
	value    Value
	uses     string // without the ref
	ref      string
	dir      Value // the folder it runs in, as written
	commands []command
}

// parsedAction is a composite action of the repository.
type parsedAction struct {
	path   string
	inputs Value
	steps  []parsedStep
}

// isWorkflow tells by its path whether GitHub, or Gitea or Forgejo, whose
// actions have GitHub's format, take a file for a workflow.
func isWorkflow(name string) bool {
	switch name[:max(strings.LastIndexByte(name, '/'), 0)] {
	case ".github/workflows", ".gitea/workflows", ".forgejo/workflows":
		return isYAML(name)
	}
	return false
}

// actionName is the name and the ref of an action. Gitea and Forgejo take
// addresses too, https://github.com/actions/checkout@v4.
func actionName(uses string) (name, ref string) {
	if _, rest, ok := strings.Cut(uses, "://"); ok && strings.HasPrefix(uses, "http") {
		_, uses, _ = strings.Cut(rest, "/")
	}
	name, ref, _ = strings.Cut(uses, "@")
	return name, ref
}

// isAction tells by its path whether a file describes an action.
func isAction(name string) bool {
	base := path.Base(name)
	return base == "action.yml" || base == "action.yaml"
}

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yml") || strings.HasSuffix(name, ".yaml")
}

var workflowKinds = []Kind{Workflow, WorkflowJob}

// readWorkflow reads one workflow. Keys it does not know cost nothing.
func readWorkflow(name string, text []byte) (parsedWorkflow, []Warning) {
	w := parsedWorkflow{path: name}
	docs, warnings := yamlDocuments(name, text)
	for i := range warnings {
		warnings[i].Kinds = workflowKinds
	}
	if len(docs) == 0 || len(strings.TrimSpace(string(text))) == 0 { // an empty file hides nothing
		return w, warnings
	}
	w.top = nodeValue(docs[0])
	if w.top.Get("jobs").Kind != Map {
		if len(warnings) == 0 {
			warnings = []Warning{{Path: name, Line: 1, Message: "not a workflow: it has no jobs", Kinds: workflowKinds}}
		}
		return w, warnings
	}
	w.name = w.top.Get("name").Text
	w.situations, w.callable = readTriggers(w.top.Get("on"))
	w.paths = pathsFilter(w.top.Get("on"))
	lines := newSourceLines(text)
	shellOf := w.top.Get("defaults").Get("run")
	w.at = map[string]int{}
	for _, f := range w.top.Get("jobs").Fields {
		if f.Value.Kind != Map {
			continue
		}
		own := f.Value.Get("defaults").Get("run")
		j := parsedJob{id: f.Key, value: f.Value}
		j.steps = inPlace(readSteps(f.Value.Get("steps"), lines, firstOf(own.Get("shell"), shellOf.Get("shell")), firstOf(own.Get("working-directory"), shellOf.Get("working-directory"))))
		w.at[j.id] = len(w.jobs)
		w.jobs = append(w.jobs, j)
	}
	return w, warnings
}

// readAction reads an action.yml; ok is false when it has no steps to follow.
func readAction(name string, text []byte) (a parsedAction, ok bool) {
	docs, _ := yamlDocuments(name, text)
	if len(docs) == 0 {
		return a, false
	}
	top := nodeValue(docs[0])
	a = parsedAction{path: name, inputs: top.Get("inputs")}
	a.steps = readSteps(top.Get("runs").Get("steps"), newSourceLines(text), Value{}, Value{})
	return a, len(a.steps) > 0
}

func readSteps(list Value, lines *sourceLines, shell, dir Value) []parsedStep {
	var out []parsedStep
	for i, v := range list.Items {
		if v.Kind != Map {
			continue
		}
		limit := len(lines.text)
		if i+1 < len(list.Items) {
			limit = list.Items[i+1].Start - 1
		}
		v.End = max(v.Start, min(lines.blockEnd(v), max(limit, v.Start)))
		s := parsedStep{value: v}
		s.uses, s.ref = actionName(v.Get("uses").Text)
		if run := v.Get("run"); run.Kind == String {
			run.End = max(run.Start, min(run.End, v.End))
			if strings.Count(run.Text, "\n") == 0 || strings.Count(run.Text, "\n") < v.End-run.Start && !oneLineEach(run) {
				run.End = max(run.End, min(lines.textEnd(run.Start), v.End))
			}
			sh := firstOf(v.Get("shell"), shell).Text
			if sh == "" || strings.HasPrefix(sh, "bash") || strings.HasPrefix(sh, "sh") || strings.HasPrefix(sh, "pwsh") || strings.HasPrefix(sh, "powershell") || strings.HasPrefix(sh, "cmd") || strings.HasPrefix(sh, "zsh") {
				if strings.HasPrefix(sh, "p") { // PowerShell escapes, and continues lines, with a backquote
					run.Text = strings.NewReplacer("`\n", "\\\n", "`", "").Replace(run.Text)
				}
				s.dir = firstOf(v.Get("working-directory"), dir)
				s.commands = blockCommands(run, workDir(s.dir), strings.HasPrefix(sh, "bash"))
			}
		}
		if s.uses != "" {
			s.commands = inputCommands(s.uses, v.Get("with"), workDir(firstOf(v.Get("with").Get("working-directory"), dir)))
		}
		out = append(out, s)
	}
	return out
}

// oneLineEach tells that a block keeps its lines, so that they can be counted.
func oneLineEach(run Value) bool {
	return strings.Count(strings.TrimSuffix(run.Text, "\n"), "\n")+1 == run.End-run.Start
}

// sourceLines is the lines of a file, and where what starts on each ends.
type sourceLines struct {
	text []string
	ends map[int]int
}

func newSourceLines(text []byte) *sourceLines {
	return &sourceLines{text: strings.Split(cleanScript(text), "\n"), ends: map[int]int{}}
}

// blockEnd is the last line of a map that starts a list item.
func (l *sourceLines) blockEnd(v Value) int {
	end := v.End
	for _, f := range v.Fields {
		end = max(end, l.textEnd(f.Value.Start), f.Value.End)
	}
	for end > v.Start && end <= len(l.text) && strings.TrimSpace(l.text[end-1]) == "" {
		end--
	}
	return min(end, len(l.text))
}

// textEnd is the last line of what starts with the key on line start: the
// lines below it that are indented deeper.
func (l *sourceLines) textEnd(start int) int {
	if start < 1 || start > len(l.text) {
		return start
	}
	if end, ok := l.ends[start]; ok {
		return end
	}
	indent := keyIndent(l.text[start-1])
	end := start
	for i := start; i < len(l.text); i++ {
		if strings.TrimSpace(l.text[i]) == "" {
			continue
		}
		if len(l.text[i])-len(strings.TrimLeft(l.text[i], " ")) <= indent {
			break
		}
		end = i + 1
	}
	l.ends[start] = end
	return end
}

func keyIndent(line string) int {
	rest := strings.TrimLeft(line, " ")
	for strings.HasPrefix(rest, "- ") {
		rest = strings.TrimLeft(rest[2:], " ")
	}
	return len(line) - len(rest)
}

func firstOf(values ...Value) Value {
	for _, v := range values {
		if v.Kind != Absent && v.Kind != Null {
			return v
		}
	}
	return Value{}
}

// workDir is a working-directory as a folder of the repository; one that is
// worked out while running is nowhere.
func workDir(v Value) string {
	t := strings.TrimPrefix(v.Text, "${{ github.workspace }}")
	if strings.Contains(t, "${{") {
		return "/"
	}
	return joinDir("", strings.TrimPrefix(t, "/"))
}
