package facts

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// fuzzPipeline runs a reader twice over one file and fails when it panics,
// answers differently, or points outside the file.
func fuzzPipeline(f *testing.F, name, seeds string, read func(files []txtar.File) []Fact) {
	ar, err := txtar.ParseFile(seeds)
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range ar.Files {
		if file.Name != "want" {
			f.Add(string(file.Data))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		files := []txtar.File{{Name: name, Data: []byte(text)}}
		got := read(files)
		checkPipelineLines(t, files, got)
		if diff := cmp.Diff(got, read(files)); diff != "" {
			t.Errorf("read twice: %s", diff)
		}
	})
}

func FuzzWorkflow(f *testing.F) {
	fuzzPipeline(f, ".github/workflows/x.yml", "testdata/workflow/basic.txtar", func(files []txtar.File) []Fact {
		facts, _ := workflowFacts(append(files, txtar.File{Name: "action.yml", Data: files[0].Data}, txtar.File{Name: "package.json", Data: files[0].Data}))
		return facts
	})
}

func FuzzScript(f *testing.F) {
	flow := []byte("on: push\njobs:\n  a:\n    steps:\n      - run: npm test && make && task && just && tox && (cd a; tox) && nox && pre-commit run && ./x.sh\n")
	ar, err := txtar.ParseFile("testdata/workflow/indirect.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range ar.Files {
		f.Add(string(file.Data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		files := []txtar.File{{Name: ".github/workflows/x.yml", Data: flow}}
		for _, name := range []string{"package.json", "Makefile", "Taskfile.yml", "justfile", "tox.ini", "a/pyproject.toml", "noxfile.py", ".pre-commit-config.yaml", "x.sh"} {
			files = append(files, txtar.File{Name: name, Data: []byte(text)})
		}
		got, _ := workflowFacts(files)
		checkPipelineLines(t, files, got)
		again, _ := workflowFacts(files)
		if diff := cmp.Diff(got, again); diff != "" {
			t.Errorf("read twice: %s", diff)
		}
	})
}

func FuzzCI(f *testing.F) {
	ar, err := txtar.ParseFile("testdata/ci/systems.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for i, file := range ar.Files {
		f.Add(uint8(i), string(file.Data))
	}
	f.Add(uint8(13), "version: 1\nfrontend: {phases: {build: {commands: [npm run build]}}}\nbackend: {phases: {build: {commands: [amplifyPush --simple]}}}\n")
	f.Add(uint8(14), "resources: [{name: a, type: git}]\njobs: [{name: b, plan: [{get: a, trigger: true}, {do: [{task: t, config: {platform: linux, run: {path: make}}}], ensure: {put: a}}]}]\n")
	names := []string{".gitlab-ci.yml", ".circleci/config.yml", "Jenkinsfile", "azure-pipelines.yml", "buildspec.yml", "cloudbuild.yaml",
		".buildkite/pipeline.yml", ".travis.yml", ".drone.yml", ".woodpecker.yml", "bitbucket-pipelines.yml", ".teamcity/settings.kts", "delivery.yaml", "amplify.yml", "ci/pipeline.yml"}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		files := []txtar.File{{Name: names[int(which)%len(names)], Data: []byte(text)}}
		got, _ := ciFacts(files)
		checkPipelineLines(t, files, got)
		again, _ := ciFacts(files)
		if diff := cmp.Diff(got, again); diff != "" {
			t.Errorf("read twice: %s", diff)
		}
	})
}

func FuzzAnsible(f *testing.F) {
	fuzzPipeline(f, "roles/x/tasks/main.yml", "testdata/ansible/playbook.txtar", func(files []txtar.File) []Fact {
		var out found
		readAnsible(&source{path: files[0].Name, text: files[0].Data}, &out)
		return out.facts
	})
}

func FuzzShell(f *testing.F) {
	f.Add("a && b || true; (c | tee x) & $(d `e`) <<EOF\nf\nEOF\nif g; then h; fi # i\nbash -c 'j; k'")
	f.Add("<<<")
	f.Fuzz(func(t *testing.T, text string) {
		lines := 1
		for _, c := range text {
			if c == '\n' {
				lines++
			}
		}
		for _, c := range splitShell(text, 1, "", false) {
			if c.start < 1 || c.end < c.start || c.end > lines {
				t.Errorf("%q on lines %d-%d of %d", c.text, c.start, c.end, lines)
			}
		}
	})
}
