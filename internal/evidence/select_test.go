package evidence

import (
	"testing"

	"github.com/readyline/readyline/internal/facts"
)

func TestRankOfPath(t *testing.T) {
	for path, want := range map[string]int{
		".github/workflows/deployProd.yml":        0,
		"infra/live/main.tf":                      0,
		"infra/modules/service/main.tf":           1,
		".github/workflows/test.yml":              1,
		".github/workflows/integration-tests.yml": 1,
		"reviews/app.py":                          1,
		".github/workflows/deployDemo.yml":        2,
		"infra/review/alb.tf":                     2,
		"infra/tools/alb.tf":                      2,
		"envs/dev/main.tf":                        2,
		"":                                        1,
	} {
		if got := rankOfPath(path); got != want {
			t.Errorf("rank of %q is %d, not %d", path, got, want)
		}
	}
}

func TestRankOfChecks(t *testing.T) {
	step := func(path, trigger string) hit {
		return hit{path: path, fact: &facts.Fact{Kind: facts.Workflow, Value: facts.Value{Kind: facts.Map, Fields: []facts.Field{{Key: "triggers", Value: facts.Str(trigger)}}}}}
	}
	pull, deploy := step(".github/workflows/ci.yml", "pull_request"), step(".github/workflows/deployProd.yml", "push_default")
	if rank(pull, true) >= rank(deploy, true) {
		t.Error("what looks at pull requests has to come first where changes are checked")
	}
	if rank(pull, false) <= rank(deploy, false) {
		t.Error("what is of production has to come first elsewhere")
	}
}
