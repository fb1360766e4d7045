package evidence

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/readyline/readyline/internal/catalogue"
)

const nearly = `
-- controls.yaml --
controls:
  - id: zones
    title: t
    meaning: m
    rules:
      - {id: rds, strength: proves, summary: every database is multi-AZ, every: true, terraform: {type: [aws_db_instance], where: {multi_az: true}}}
      - {id: efs, strength: proves, summary: a file system, terraform: {type: [aws_efs_file_system]}}
      - {id: pair, strength: proves, summary: tests with coverage, workflow: {run: go test}, with: [{workflow: {uses: [codecov/codecov-action]}}]}
      - {id: docs, strength: suggests, summary: says so, content: {path: ["*.md"], match: multi-AZ}}
      - {id: asked, strength: proves, summary: a setting, setting: {name: [branch]}}
-- repo/main.tf --
provider "aws" {}
resource "aws_db_instance" "a" {
  multi_az = false
}
resource "aws_db_instance" "b" {}
-- repo/.github/workflows/ci.yml --
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: go test ./...
-- repo/README.md --
One zone.
`

func TestExplain(t *testing.T) {
	a := txtar.Parse([]byte(nearly))
	c, err := catalogue.Load(fstest.MapFS{"controls/controls.yaml": {Data: []byte(part(a, "controls.yaml"))}})
	if err != nil {
		t.Fatal(err)
	}
	e := New(c)
	got, ok := e.Explain([]Source{{Reading: reading(t, e, a, "repo/")}}, nil, "zones")
	if !ok {
		t.Fatal("the control is not there")
	}
	var misses []string
	for _, m := range got.NearMisses {
		misses = append(misses, fmt.Sprintf("%s %s: %s", m.Rule, place(m.Path, m.Line), m.Why))
	}
	want := []string{
		"rds main.tf:3: multi_az is false",
		"rds main.tf:5: multi_az is not set",
		"pair .github/workflows/ci.yml:6: nothing goes with it: workflow codecov/codecov-action",
		"docs README.md: the text does not match",
	}
	if diff := cmp.Diff(want, misses); diff != "" {
		t.Error(diff)
	}
	looked := strings.Join(got.Looked, "\n")
	wantLooked := `every database is multi-AZ (proves): looked at terraform aws_db_instance; found 2, of which 0 fit
a file system (proves): looked at terraform aws_efs_file_system; there is none
tests with coverage (proves): looked at workflow commands like go test; found 1
says so (suggests): looked at content *.md; found 1, of which 0 fit
a setting (proves): looked at setting branch; needs the repository's settings: branch`
	if diff := cmp.Diff(wantLooked, looked); diff != "" {
		t.Error(diff)
	}
	if _, ok := e.Explain(nil, nil, "none"); ok {
		t.Error("explained a control that is not there")
	}
}
