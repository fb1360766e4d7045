package evidence

import "testing"

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
