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
		for _, key := range []string{"when", "triggers", "environment", "permissions", "needs", "runs_on", "matrix", "paths_filter", "with", "env", "via", "system", "stage", "job", "image", "uses", "actions"} {
			if key == "triggers" && f.Kind != WorkflowJob || (key == "job" || key == "uses") && f.Kind != CI {
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
