package facts

import (
	"path"
	"slices"
	"strings"
)

// dispatched is the workflows of this repository that a job starts by hand,
// so to speak, and the ways in which the job itself comes to run then. What
// checks a proposal starts nothing that counts.
func (j *workflowJoin) dispatched(job *parsedJob, runs []situation, add func(*parsedWorkflow, situation)) {
	for i := range job.steps {
		s := &job.steps[i]
		names := dispatches(s)
		if len(names) == 0 {
			continue
		}
		for _, w := range j.files {
			if !slices.ContainsFunc(names, w.isCalled) || !w.startedBy("workflow_dispatch") {
				continue
			}
			for _, run := range possible(runs, s.value.Get("if")) {
				if run.name == "push_default" || run.name == "push_tag" || run.name == "release" || run.name == "schedule" || run.name == afterCI {
					add(w, situation{run.name, "workflow_dispatch"})
				}
			}
		}
	}
}

// isCalled tells whether a workflow goes by a name: its file's or its own.
func (w *parsedWorkflow) isCalled(name string) bool {
	return name != "" && (name == path.Base(w.path) || name == w.path || name == w.name)
}

func (w *parsedWorkflow) startedBy(event string) bool {
	return slices.ContainsFunc(w.situations, func(s situation) bool { return s.event == event })
}

// dispatches is the names of the workflows of this repository that a step
// starts.
func dispatches(s *parsedStep) []string {
	if strings.EqualFold(s.uses, "benc-uk/workflow-dispatch") {
		with := s.value.Get("with")
		if repo := with.Get("repo").Text; repo == "" || strings.Contains(repo, "github.repository") {
			return []string{with.Get("workflow").Text}
		}
		return nil
	}
	var out []string
	for _, c := range s.commands {
		if rest, ok := strings.CutPrefix(c.text, "gh workflow run "); ok && c.hint == "" {
			out = append(out, dispatchedName(splitWords(rest)))
		}
	}
	return out
}

// dispatchedName is the workflow among the arguments of `gh workflow run`;
// empty where it is another repository's.
func dispatchedName(args []string) string {
	name := ""
	for i := 0; i < len(args); i++ {
		flag, value, inline := strings.Cut(args[i], "=")
		if !strings.HasPrefix(flag, "-") {
			if name == "" {
				name = strings.Trim(args[i], `"'`)
			}
			continue
		}
		if flag == "--json" {
			continue
		}
		if !inline && i+1 < len(args) {
			i++
			value = args[i]
		}
		if (flag == "-R" || flag == "--repo") && !strings.Contains(strings.ToLower(value), "github_repository") && !strings.Contains(value, "github.repository") {
			return ""
		}
	}
	return name
}
