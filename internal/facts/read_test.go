package facts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// memTree is a tree of a txtar archive, handed over in reverse order: Read must
// not lean on an order.
func memTree(files map[string]string) Tree {
	var t Tree
	for path, text := range files {
		t.Files = append(t.Files, File{Path: path, Size: int64(len(text))})
	}
	slices.SortFunc(t.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	t.Text = func(ctx context.Context, paths []string, yield func(string, []byte, error)) error {
		for _, p := range slices.Backward(paths) {
			if err := ctx.Err(); err != nil {
				return err
			}
			buf := []byte(files[p])
			yield(p, buf, nil)
			clear(buf) // the bytes belong to yield only while it runs
		}
		return nil
	}
	return t
}

func archive(text string) map[string]string {
	files := map[string]string{}
	for _, f := range txtar.Parse([]byte(text)).Files {
		files[f.Name] = string(f.Data)
	}
	return files
}

func names(facts []Fact) (out []string) {
	for _, f := range facts {
		out = append(out, fmt.Sprintf("%s:%d %s %s", f.Path, f.Start, f.Kind, f.Name))
	}
	return out
}

func TestRead(t *testing.T) {
	files := archive(`
-- b/package.json --
{
  "dependencies": {"Express": "^4"}
}
-- a/go.mod --
module x
require (
	github.com/a/b v1.2.3
	github.com/c/d v1.2.3 // indirect
)
-- node_modules/x/package.json --
{"dependencies": {"y": "1"}}
-- test/package.json --
{"dependencies": {"y": "1"}}
-- bad/package.json --
{"dependencies":
   {"y" 1}}
-- ignored/package.json --
{"dependencies": {"y": "1"}}
-- README.md --
hello
`)
	var seen []string
	var steps int
	got, err := Read(t.Context(), memTree(files), Options{
		Ignore:   func(p string) bool { return strings.HasPrefix(p, "ignored/") },
		Want:     func(f File) int { return strings.Count(f.Path, ".md") },
		OnText:   func(f File, _ int, text []byte) { seen = append(seen, f.Path+"="+string(text)) },
		Progress: func(done, of int) { steps++ },
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a/go.mod:3 dependency go:github.com/a/b", "b/package.json:2 dependency npm:express",
		"test/package.json:1 dependency npm:y"}
	if !slices.Equal(names(got.All), want) {
		t.Errorf("facts %q, want %q", names(got.All), want)
	}
	if got.All[2].Area != AreaTest || got.All[0].Area != 0 {
		t.Errorf("areas %v %v", got.All[2].Area, got.All[0].Area)
	}
	if len(got.Warnings) != 1 || got.Warnings[0].Path != "bad/package.json" || got.Warnings[0].Line != 2 {
		t.Errorf("warnings %v", got.Warnings)
	}
	if !slices.Equal(seen, []string{"README.md=hello\n"}) || steps != 5 || len(got.Files) != 6 {
		t.Errorf("seen %q, %d steps, %d files", seen, steps, len(got.Files))
	}
}

func TestReadHardFiles(t *testing.T) {
	files := map[string]string{
		"big/package.json":    `{"dependencies": {"a": "1"}}` + strings.Repeat(" ", maxText),
		"nul/package.json":    "{\"dependencies\": {\"a\x00\": \"1\"}}",
		"deep/package.json":   "\n" + strings.Repeat("[", 100_000),
		"bom/package.json":    "\xef\xbb\xbf{\"dependencies\":\r\n {\"a\": \"1\"}}",
		"empty/package.json":  "",
		"lock/a.tfvars":       "\x00GITCRYPT\x00secrets",
		"fill/in.tfvars":      "region = {{ region }}\n",
		"vendor/package.json": "{",
		"test/package.json":   strings.Repeat("[", 100_000),
		"k8s/all.yaml":        "kind: Service\n" + strings.Repeat("# more\n", maxText/7+1),
		"k8s/crds/all.yaml":   strings.Repeat("# more\n", maxText/7+1),
		"data/all.yaml":       strings.Repeat("# more\n", maxText/7+1),
	}
	got, err := Read(t.Context(), memTree(files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"bom/package.json:2 dependency npm:a"}; !slices.Equal(names(got.All), want) {
		t.Errorf("facts %q, want %q", names(got.All), want)
	}
	var warnings []string
	for _, w := range got.Warnings {
		warnings = append(warnings, fmt.Sprintf("%s:%d %s", w.Path, w.Line, w.Message))
	}
	want := []string{"big/package.json:0 is larger than 1 MiB and was not read",
		"deep/package.json:2 nests deeper than 500 levels", "k8s/all.yaml:0 is larger than 1 MiB and was not read", "nul/package.json:0 is not text"}
	if !slices.Equal(warnings, want) {
		t.Errorf("warnings %q, want %q", warnings, want)
	}
}

func TestReadErrors(t *testing.T) {
	tree := memTree(map[string]string{"package.json": "{}", "a/package.json": "{}"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, tree, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	tree.Text = func(_ context.Context, paths []string, yield func(string, []byte, error)) error {
		yield("package.json", nil, errors.New("blob missing"))
		return nil
	}
	got, err := Read(t.Context(), tree, Options{})
	if err != nil || len(got.Warnings) != 2 || got.Warnings[1].Message != "could not be read: blob missing" {
		t.Errorf("%v %v", got, err)
	}
}

func TestCommandsPointAtFiles(t *testing.T) {
	got, err := Read(t.Context(), memTree(archive(`
-- .github/workflows/deploy.yml --
on: {push: {branches: [main]}}
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - run: docker stack deploy -c stack/docker-compose.prod.yml shop
      - run: docker compose -f compose.ci.yaml up -d
      - run: ssh host 'cd /srv && docker compose up -d'
      - uses: appleboy/ssh-action@v1
        with:
          script: |
            cd ~/shop/web
            git pull
            docker compose up -d
            docker compose -f web/missing.yaml up -d
  elsewhere:
    runs-on: ubuntu-latest
    steps:
      - uses: appleboy/ssh-action@v1
        with: {script: docker compose -f compose.host.yaml up -d}
  copied:
    runs-on: ubuntu-latest
    steps:
      - uses: appleboy/scp-action@v1
        with: {source: api/compose.yaml}
      - uses: appleboy/ssh-action@v1
        with: {script: "cd /opt && docker compose -f api/compose.yaml up -d"}
  own:
    runs-on: [self-hosted, production]
    steps:
      - run: docker compose -f own/compose.yml --project-name shop up -d
      - run: docker compose -f own/compose.once.yml run migrate
-- .github/workflows/checks.yml --
on: pull_request
jobs:
  checks:
    runs-on: self-hosted
    steps:
      - run: docker compose -f own/compose.checks.yml up -d
-- own/compose.yml --
services: {f: {image: x}}
-- own/compose.once.yml --
services: {g: {image: x}}
-- own/compose.checks.yml --
services: {h: {image: x}}
-- web/docker-compose.yml --
services: {d: {image: x}}
-- compose.host.yaml --
services: {e: {image: x}}
-- api/compose.yaml --
services: {f: {image: x}}
-- stack/docker-compose.prod.yml --
services: {a: {image: x}}
-- compose.ci.yaml --
services: {b: {image: x}}
-- compose.yaml --
services: {c: {image: x}}
`)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var deployed []string
	for _, f := range got.All {
		if f.Kind == Compose && f.Value.Get("_deployed").Text == "true" {
			deployed = append(deployed, f.Path)
		}
	}
	if want := []string{"api/compose.yaml", "compose.yaml", "own/compose.yml", "stack/docker-compose.prod.yml", "web/docker-compose.yml"}; !slices.Equal(deployed, want) {
		t.Errorf("deployed %q, want %q", deployed, want)
	}
}

func TestAppliedDir(t *testing.T) {
	cases := []struct{ dir, text, want string }{
		{"", "terraform apply -auto-approve", "."},
		{"infra", "terraform -chdir=prod plan", "infra/prod"},
		{"live", "terragrunt run-all apply", "live"},
		{"", "terragrunt --working-dir live/prod apply", "live/prod"},
		{"", "terraform fmt -check", ""},
		{"", "echo terraform apply", ""},
	}
	for _, c := range cases {
		if got, _ := appliedDir(command{text: c.text, dir: c.dir}); got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.text, c.dir, got, c.want)
		}
	}
}

// What goes wrong beside the reader is told where the reader was called: one
// look ends by it, and not the process.
func TestAPanicReachesTheCaller(t *testing.T) {
	tree := Tree{Files: []File{{Path: "a.go", Size: 1}, {Path: "b.go", Size: 1}},
		Text: func(_ context.Context, paths []string, yield func(string, []byte, error)) error {
			for _, p := range paths {
				yield(p, []byte("x"), nil)
			}
			return nil
		}}
	defer func() {
		if p := fmt.Sprint(recover()); !strings.Contains(p, "no such probe") {
			t.Errorf("the caller hears %q", p)
		}
	}()
	_, err := Read(t.Context(), tree, Options{
		Want:   func(File) int { return 1 },
		OnText: func(File, int, []byte) { panic("no such probe") },
	})
	t.Errorf("read on: %v", err)
}
