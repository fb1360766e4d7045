package facts

import (
	"context"
	"testing"
)

func TestTitleOf(t *testing.T) {
	for text, want := range map[string]string{
		"# Kubernetes workshop\n\ntext\n":                               "Kubernetes workshop",
		"<!-- lint off -->\n<strong>\n  <h2>The Workshop</h2>\n":        "The Workshop",
		"Shop\n====\n\n# Tutorial\n":                                    "Shop",
		"[![badge](x)](y)\n\n## Web shop\n":                             "Web shop",
		"no heading\n":                                                  "",
		"= A hands-on lab\n":                                            "A hands-on lab",
		"---\ntitle: x\n---\n# Shop\n":                                  "title: x",
		"<h1 align=\"center\">Tutorials</h1>\n":                         "Tutorials",
		"text above\n\n---\n\n# Not a rule but a title: bootcamp app\n": "Not a rule but a title: bootcamp app",
	} {
		if got := titleOf([]byte(text)); got != want {
			t.Errorf("title of %q: %q, want %q", text, got, want)
		}
	}
}

func TestWorkshop(t *testing.T) {
	const job = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec: {schedule: '* * * * *'}\n"
	for readme, exercise := range map[string]bool{"# EKS Workshop\n": true, "# Web shop\n\nSee the workshop.\n": false} {
		files := map[string]string{"README.md": readme, "modules/jobs/job.yaml": job}
		got, err := Read(context.Background(), memTree(files), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range got.All {
			if f.Kind == Kubernetes && (f.Hint != "") != exercise {
				t.Errorf("%q: hint %q", readme, f.Hint)
			}
		}
	}
}
