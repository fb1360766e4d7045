package worker

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/templates"
)

// What would prove a control is shown by what the repository uses already, and
// by files: settings can't be copied.
func TestWouldProve(t *testing.T) {
	cat, err := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		control  string
		rule     string // that came nearest; empty: none
		strength readiness.Strength
		path     string
		want     string
	}{
		{"container-images", "dockerfile", readiness.Suggests, "src/Dockerfile", "docker/build-push-action"},
		{"multiple-instances", "single", readiness.Contradicts, "terraform/ecs.tf", "aws_ecs_service"},
		{"bastion-host", "session-service", readiness.Suggests, "terraform/iam.tf", "resource"},
		{"deployment-environments", "", "", "", "prod"},
		{"dependency-lockfile", "exact-versions", readiness.Suggests, "pom.xml", "gradle"},
	}
	for _, c := range cases {
		t.Run(c.control, func(t *testing.T) {
			f := readiness.Finding{Control: c.control}
			if c.rule != "" {
				f.Evidence = []readiness.Evidence{{Strength: c.strength, Path: c.path, Rule: c.rule}}
			}
			looked, files := wouldProve(cat.Control(c.control), f)
			text := strings.Join(append(slices.Sorted(maps.Keys(files)), slices.Sorted(maps.Values(files))...), "\n")
			if len(looked) == 0 || !strings.Contains(text, c.want) {
				t.Errorf("%d ways, and for an example\n%s", len(looked), text)
			}
		})
	}
	for _, c := range cat.Controls {
		if _, files := wouldProve(c, readiness.Finding{}); len(files) > 0 {
			size := 0
			for _, text := range files {
				size += len(text)
			}
			if size > 4000 {
				t.Errorf("the example of %s is %d characters long", c.ID, size)
			}
		}
	}
}
