package facts

import (
	"slices"
	"strings"
	"testing"
)

func TestFunctionsThatNothingCalls(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"called", "build() {\n  go build\n}\nbuild", "go build, build"},
		{"not called", "push() {\n  docker push a\n}\ngo build", "go build"},
		{"on one line", "a() { docker push a; }\nb() { go build; }\nb", "go build, b"},
		{"by the keyword", "function push {\n  docker push a\n}\nfunction build() {\n  go build\n}\nbuild | tail", "go build, build, tail"},
		{"a brace below", "push()\n{\n  docker push a\n}\ngo build", "go build"},
		{"by another function", "a() { go build; }\nmain() {\n  a\n}\nb() { c; }\nc() { docker push a; }\nmain \"$@\"", "go build, a, main \"$@\""},
		{"as an argument", "push() { docker push a; }\nretry() { \"$@\"; }\nretry push", "docker push a, \"$@\", retry push"},
		{"as it is told", "push() { docker push a; }\n\"$1\"", "docker push a, \"$1\""},
		{"what a container is told", "push() { docker push a; }\ndocker run --rm x $cmd", "docker run --rm x $cmd, $cmd"},
		{"by a case", "push() { docker push a; }\ncase $1 in\n  push) push ;;\nesac", "docker push a, push"},
		{"at the end", "tidy() { docker rmi a; }\ntrap tidy EXIT\ngo build", "docker rmi a, go build"},
		{"by what is substituted", "tag() { git describe; }\nx=$(tag)", "git describe, tag"},
		{"braces within", "push() {\n  if a; then\n    b || { c; exit 1; }\n  fi\n  docker push a\n}\ngo build", "go build"},
		{"never closed", "push() {\n  docker push a\ngo build", "docker push a, go build"},
	} {
		var got []string
		for _, cmd := range withoutIdle(splitShell(c.src, 1, "", false)) {
			got = append(got, cmd.text)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, strings.Join(got, ", "), c.want)
		}
	}
}

func TestFunctionsOfLibraries(t *testing.T) {
	files := map[string]string{
		".github/workflows/a.yml": "on: push\njobs: {a: {runs-on: x, steps: [{run: ./scan.sh}, {run: '. ./lib.sh && lint'}]}}\n",
		"scan.sh":                 "#!/bin/bash\nmain() {\n  source ./lib.sh\n  scan\n}\nmain \"$@\"\n",
		"lib.sh":                  "#!/bin/bash\nscan() {\n  gitleaks detect\n}\npush() {\n  docker push acme/shop\n}\n",
	}
	read, err := Read(t.Context(), memTree(files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var runs [][]string
	for _, f := range read.All {
		if f.Kind == Workflow {
			var texts []string
			for _, c := range f.Value.Get("commands").Items {
				texts = append(texts, c.Get("text").Text)
			}
			runs = append(runs, texts)
		}
	}
	if len(runs) != 2 || !slices.Contains(runs[0], "gitleaks detect") || slices.Contains(runs[0], "docker push acme/shop") {
		t.Errorf("%q", runs)
	}
	if deep := strings.Repeat("f() { ", 20_000) + strings.Repeat("}\n", 20_000); len(withoutIdle(splitShell(deep, 1, "", false))) > 20_000 {
		t.Error("more than there is")
	}
}
