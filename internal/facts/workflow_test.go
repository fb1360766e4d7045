package facts

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestWorkflowArchives reads the small repositories of testdata/workflow;
// each says in its file "want" which facts it holds.
func TestWorkflowArchives(t *testing.T) {
	eachPipelineArchive(t, "testdata/workflow", func(files []txtar.File) []Fact {
		facts, _ := workflowFacts(files)
		return facts
	})
}

func workflowFacts(files []txtar.File) ([]Fact, []Warning) {
	var ws []parsedWorkflow
	var as []parsedAction
	var ss []parsedScript
	var warnings []Warning
	for _, f := range files {
		if isWorkflow(f.Name) {
			w, more := readWorkflow(f.Name, f.Data)
			ws = append(ws, w)
			warnings = append(warnings, more...)
		}
		if isAction(f.Name) {
			if a, ok := readAction(f.Name, f.Data); ok {
				as = append(as, a)
			}
		}
		if scriptKind(f.Name) != "" {
			if s, ok := readScript(f.Name, f.Data); ok {
				ss = append(ss, s)
			}
		}
	}
	return joinWorkflows(ws, as, ss), warnings
}

func eachPipelineArchive(t *testing.T, dir string, read func(files []txtar.File) []Fact) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives in %s (%v)", dir, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var files []txtar.File
			want := ""
			for _, f := range ar.Files {
				if f.Name == "want" {
					want = string(f.Data)
				} else {
					files = append(files, f)
				}
			}
			facts := read(files)
			checkPipelineLines(t, files, facts)
			got := renderPipelines(facts)
			if os.Getenv("UPDATE_ARCHIVES") != "" {
				ar.Files = append(files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}

// checkPipelineLines fails when a fact or an attribute lies outside its file.
func checkPipelineLines(t *testing.T, files []txtar.File, facts []Fact) {
	t.Helper()
	lines := map[string]int{}
	for _, f := range files {
		lines[f.Name] = strings.Count(string(f.Data), "\n") + 1
	}
	for _, f := range facts {
		if f.Start < 1 || f.End < f.Start || f.End > lines[f.Path] {
			t.Errorf("%s %s %s: lines %d-%d of %d", f.Kind, f.Name, f.Path, f.Start, f.End, lines[f.Path])
		}
		mapped(f.Value, func(v Value) Value {
			if v.Start < 0 || v.End < v.Start || v.End > lines[f.Path]+1 {
				t.Errorf("%s %s %s: %q on lines %d-%d of %d", f.Kind, f.Name, f.Path, v.Text, v.Start, v.End, lines[f.Path])
			}
			return v
		})
	}
}

// renderPipelines is one line for each fact, and one below it for each command.
func renderPipelines(facts []Fact) string {
	var b strings.Builder
	for _, f := range facts {
		fmt.Fprintf(&b, "%s %s %s:%d-%d", f.Kind, f.Name, filepath.Base(f.Path), f.Start, f.End)
		for _, key := range []string{"when", "triggers", "environment", "permissions", "needs", "follows", "runs_on", "matrix", "paths_filter", "with", "env", "via", "system", "stage", "job", "image", "uses", "actions", "purpose", "target", "takes"} {
			if key == "triggers" && f.Kind != WorkflowJob || (key == "follows" || key == "target" || key == "takes") && f.Kind != WorkflowJob && f.Name != "azure" || f.Kind == WorkflowJob && (key == "target" || key == "takes") || (key == "job" || key == "uses") && f.Kind != CI {
				continue
			}
			if v := f.Value.Get(key); v.Kind != Absent && (v.Kind != List || len(v.Items) > 0) {
				fmt.Fprintf(&b, " %s=%s", key, renderPipelineValue(v))
			}
		}
		if f.Hint != "" {
			fmt.Fprintf(&b, " (%s)", f.Hint)
		}
		b.WriteByte('\n')
		if f.Kind == Ansible {
			fmt.Fprintf(&b, "    %s\n", renderPipelineValue(f.Value))
		}
		if run := f.Value.Get("run"); f.Kind == CI && run.Kind != Absent {
			fmt.Fprintf(&b, "    %s\n", run.Text)
		}
		if f.Kind == WorkflowJob {
			continue
		}
		for _, c := range f.Value.Get("commands").Items {
			fmt.Fprintf(&b, "    %d %s", c.Start, c.Get("text").Text)
			if via := c.Get("via"); via.Kind != Absent {
				fmt.Fprintf(&b, " [%s:%s]", via.Text, c.Get("via_line").Text)
			}
			if hint := c.Get("hint"); hint.Kind != Absent {
				fmt.Fprintf(&b, " (%s)", hint.Text)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func renderPipelineValue(v Value) string {
	var parts []string
	switch v.Kind {
	case List:
		for _, item := range v.Items {
			parts = append(parts, renderPipelineValue(item))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case Map:
		for _, f := range v.Fields {
			parts = append(parts, f.Key+":"+renderPipelineValue(f.Value))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case Unknown:
		return "?" + strings.ReplaceAll(v.Text, " ", "")
	}
	return v.Text
}

// TestPipelineWarnings reads files that are clearly of a format but broken,
// and files that merely look a little like one.
func TestPipelineWarnings(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'j'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for _, c := range []struct{ name, path, text, want string }{
		{"broken", ".github/workflows/a.yml", "on: push\njobs:\n  a: [\n", "3"},
		{"no jobs", ".github/workflows/a.yml", "on: push\n", "1"},
		{"empty", ".github/workflows/a.yml", "", ""},
		{"only comments", ".github/workflows/a.yml", "# nothing\n", ""},
		{"alias bomb", ".github/workflows/a.yml", bomb + "on: push\njobs: *j\n", "1"},
		{"deep", ".github/workflows/a.yml", "jobs: " + strings.Repeat("[", 300) + strings.Repeat("]", 300), "1"},
		{"large", ".github/workflows/a.yml", strings.Repeat("#", 2<<20), "1"},
		{"byte order mark and Windows lines", ".github/workflows/a.yml", "\ufeffon: push\r\njobs:\r\n  a:\r\n    steps:\r\n      - run: |\r\n          x\r\n", ""},
		{"broken CI", ".gitlab-ci.yml", "a: [\n", "1"},
		{"alias bomb in CI", ".gitlab-ci.yml", bomb, "1"},
		{"broken role", "roles/a/tasks/main.yml", "- apt: {name\n", "1"},
		{"perhaps a playbook", "site.yml", "- hosts: {name\n", ""},
		{"a list", "roles/a/tasks/main.yml", "- 1\n- 2\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := []txtar.File{{Name: c.path, Data: []byte(c.text)}}
			_, warnings := workflowFacts(files)
			_, more := ciFacts(files)
			var out found
			readAnsible(&source{path: c.path, text: []byte(c.text)}, &out)
			warnings = append(append(warnings, more...), out.warnings...)
			got := ""
			for _, w := range warnings {
				got += fmt.Sprint(w.Line)
				if w.Path != c.path || len(w.Kinds) == 0 {
					t.Errorf("warning %+v", w)
				}
			}
			if got != c.want {
				t.Errorf("warnings on lines %q, want %q: %v", got, c.want, warnings)
			}
		})
	}
}
