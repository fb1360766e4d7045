package facts

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatAnIfDoes(t *testing.T) {
	for _, c := range []struct {
		name, src string
		want      []string
	}{
		{"fails when the command does", "if ! terraform fmt -check; then\n  echo bad\n  exit 1\nfi\nx", []string{"terraform fmt -check", "echo", "x"}},
		{"fails in the other branch", "if a; then exit 0; else echo no; exit 1; fi", []string{"a", "echo"}},
		{"goes on", "if ! a; then\n  echo bad\nfi\nexit 1", []string{"a (only tested by an if)", "echo"}},
		{"fails when it succeeds", "if a; then exit 1; fi", []string{"a (only tested by an if)"}},
		{"remembers", "if ! a; then\n  failed=1\nfi\nexit $failed", []string{"a"}},
		{"remembers and forgets", "if ! a; then\n  failed=1\nfi\necho $failed", []string{"a (only tested by an if)", "echo"}},
		{"another if between", "if ! a; then\n  if b; then c; fi\n  exit 2\nfi", []string{"a", "b (only tested by an if)", "c"}},
		{"by what it says", "if [ -n \"$(gofmt -l .)\" ]; then\n  exit 1\nfi\ntest -z \"$(gofmt -s -l .)\"", []string{"gofmt -l .", "gofmt -s -l ."}},
		{"said and passed over", "if [ -n \"$(a)\" ]; then b; fi\n[ -n \"$(c)\" ] && d", []string{"a (its failure is lost in a command substitution)", "b", "c (its failure is lost in a command substitution)", "d"}},
		{"else without then", "if ! a; else\nthen exit 1\nfi", []string{"a"}},
		{"never ends", "if ! a; then exit 1", []string{"a (only tested by an if)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, cmd := range splitShell(c.src, 1, "", false) {
				text := cmd.text
				if cmd.hint != "" {
					text += " (" + cmd.hint + ")"
				}
				got = append(got, text)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhatAScriptIsToldOfAnEnd(t *testing.T) {
	for _, c := range []struct {
		name, src string
		soft      bool // of its first command
	}{
		{"a function that exits", "function check {\n  if [ $1 -ne 0 ]; then exit 1; fi\n}\nflake8\ncheck $? style\necho done", false},
		{"a function that tells", "function check {\n  echo $1\n}\nflake8\ncheck $? style\necho done", true},
		{"an if", "flake8\nif [ $? -ne 0 ]; then\n  exit 1\nfi\necho done", false},
		{"an if that tells", "flake8\nif [ $? -ne 0 ]; then\n  echo bad\nfi\necho done", true},
		{"remembered", "flake8\nended=$?\necho done\nexit $ended", false},
		{"remembered and judged", "flake8\n\nENDED=$?\n# told\nif [ \"$ENDED\" -ne 0 ]; then\n  echo bad\n  exit 1\nfi\necho done", false},
		{"remembered and told", "flake8\nENDED=$?\nif [ $ENDED -ne 0 ]; then\n  echo bad\nfi\necho done", true},
		{"remembered, then something else", "flake8\nENDED=$?\nENDED=0\nif [ $ENDED -ne 0 ]; then\n  exit 1\nfi\necho done", true},
		{"nobody asks", "flake8\necho done", true},
		{"remembered on one line", "set +e; flake8; ended=$?; make stop; exit $ended", false},
		{"remembered on one line and forgotten", "set +e; flake8; ended=$?; make stop; exit 0", true},
	} {
		p, _ := readScript("scripts/check.sh", []byte("#!/bin/bash\n"+c.src+"\n"))
		for _, cmd := range p.targets[0].commands {
			if cmd.text == "flake8" && (cmd.hint != "") != c.soft {
				t.Errorf("%s: %q, want soft %v", c.name, cmd.hint, c.soft)
			}
		}
	}
}

func TestToolsByTheirPath(t *testing.T) {
	for word, want := range map[string]string{
		"$(shell command -v go 2> /dev/null)":                "go",
		"$(which terraform)":                                 "terraform",
		"$(shell pwd)/tmp/bin/golangci-lint":                 "golangci-lint",
		"$(abspath bin)/goimports":                           "goimports",
		"$(LOCALBIN)/golangci-lint-v1.64.8":                  "golangci-lint",
		"$(LOCALBIN)/golangci-lint-$(GOLANGCI_LINT_VERSION)": "golangci-lint",
		"$(go env GOPATH)/bin/staticcheck":                   "staticcheck",
		"${GOBIN}/revive":                                    "revive",
		"/usr/local/bin/helm":                                "helm",
		"./.venv/bin/flake8":                                 "flake8",
		"node_modules/.bin/eslint":                           "eslint",
		"bin/deploy":                                         "", // a script of one's own
		"./scripts/lint.sh":                                  "",
		"$ROOT/hack/lint":                                    "",
		"${REPO}/bin/lint.sh":                                "",
		"eslint":                                             "",
		"$(shell find . -name golangci-lint)":                "",
		"https://example.com/bin/tool":                       "",
	} {
		if got := toolName(word); got != want {
			t.Errorf("toolName(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestCheckoutIntoAFolder(t *testing.T) {
	for _, c := range []struct{ name, steps, want string }{
		{"its own", "[{uses: actions/checkout@v4, with: {path: src/shop}}, {run: cd src/shop/web && make lint}]", "web"},
		{"another repository's", "[{uses: actions/checkout@v4, with: {path: shop, repository: acme/tools}}, {run: cd shop && make lint}]", "shop"},
		{"at the top too", "[{uses: actions/checkout@v4}, {uses: actions/checkout@v4, with: {path: shop}}, {run: cd shop && make lint}]", "shop"},
		{"another branch", "[{uses: actions/checkout@v4, with: {path: site, ref: gh-pages}}, {run: cd site && make lint}]", "site"},
		{"beside it", "[{uses: actions/checkout@v4, with: {path: shop}}, {run: cd shopping && make lint}]", "shopping"},
	} {
		w, _ := readWorkflow(".github/workflows/ci.yml", []byte("on: push\njobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps: "+c.steps+"\n"))
		steps := w.jobs[0].steps
		cs := steps[len(steps)-1].commands
		if got := cs[len(cs)-1].dir; got != c.want {
			t.Errorf("%s: make runs in %q, want %q", c.name, got, c.want)
		}
	}
}
