package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The composite action's last step, run as GitHub runs it, on a repository of
// its own; what it builds before is this test's own binary.
func TestActionScans(t *testing.T) {
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Steps []struct {
				ID  string
				Env map[string]string
				Run string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(artefacts(t)["action.yml"]), &action); err != nil {
		t.Fatal(err)
	}
	step := action.Runs.Steps[len(action.Runs.Steps)-1]
	if step.ID != "scan" || strings.Contains(step.Run, "${{") {
		t.Fatalf("step %q puts inputs into its script:\n%s", step.ID, step.Run)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name   string
		inputs map[string]string
		ok     bool
		report string // what the report holds
	}{
		{"as it is", nil, true, `"version": "2.1.0"`},
		{"two checklists as JSON", map[string]string{"checklist": "gruntwork-aws, solution-readiness", "format": "json"}, true, `"id": "solution-readiness"`},
		{"too low", map[string]string{"fail-under": "100", "format": "markdown"}, false, "#"},
		{"an input that would be a command", map[string]string{"path": "$(touch hacked); rm -rf ."}, false, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir, temp := t.TempDir(), t.TempDir()
			for _, args := range [][]string{{"init", "-q"}, {"-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "Begin"}} {
				if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
					t.Fatalf("git: %v: %s", err, out)
				}
			}
			if err := os.Symlink(self, filepath.Join(temp, "readyline")); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "READYLINE_TEST_MAIN=1", "RUNNER_TEMP="+temp,
				"GITHUB_OUTPUT="+filepath.Join(temp, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(temp, "summary"))
			for name, value := range step.Env {
				input := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(value, "${{ inputs."), "}}"))
				set, ok := c.inputs[input]
				if !ok {
					set = action.Inputs[input].Default
				}
				cmd.Env = append(cmd.Env, name+"="+set)
			}
			out, err := cmd.CombinedOutput()
			if (err == nil) != c.ok {
				t.Fatalf("ended with %v:\n%s", err, out)
			}
			if _, err := os.Stat(filepath.Join(dir, "hacked")); err == nil {
				t.Error("an input was run")
			}
			report, _ := os.ReadFile(filepath.Join(dir, "readyline-report"))
			if !strings.Contains(string(report), c.report) {
				t.Errorf("report:\n%.500s", report)
			}
			if summary, err := os.ReadFile(filepath.Join(temp, "summary")); c.report != "" && (err != nil || len(summary) == 0) {
				t.Errorf("no summary: %v", err)
			}
		})
	}
}
