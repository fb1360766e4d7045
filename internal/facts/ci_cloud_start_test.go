package facts

import (
	"slices"
	"strings"
	"testing"
)

// TestCloudBuildStarts reads builds whose triggers, or whose lack of them, the
// repository shows.
func TestCloudBuildStarts(t *testing.T) {
	const build = "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: [build, -t, eu.gcr.io/x/web, .]\nimages: [eu.gcr.io/x/web]\n"
	const triggers = `
resource "google_cloudbuild_trigger" "test" {
  filename = "ops/test.cloudbuild.yaml"
  github {
    pull_request { branch = "^main$" }
  }
}
resource "google_cloudbuild_trigger" "build" {
  filename = "ops/web-cloudbuild.yaml"
  github {
    push { branch = "^main$" }
  }
}
resource "google_cloudbuild_trigger" "deploy" {
  git_file_source { path = "ops/deploy.cloudbuild.yaml" }
  pubsub_config { topic = "images" }
}
`
	for name, c := range map[string]struct {
		files map[string]string
		want  map[string]string // when, by path
	}{
		"triggers": {
			files: map[string]string{"main.tf": triggers, "ops/test.cloudbuild.yaml": build, "ops/web-cloudbuild.yaml": build,
				"ops/deploy.cloudbuild.yaml": build, "ops/infra.cloudbuild.yaml": build, "ops/other.cloudbuild.yaml": build,
				"setup.sh": "gcloud builds submit ./terraform --config=./ops/infra.cloudbuild.yaml\n"},
			want: map[string]string{"ops/test.cloudbuild.yaml": "ci", "ops/web-cloudbuild.yaml": "ci,deploy",
				"ops/deploy.cloudbuild.yaml": "deploy", "ops/infra.cloudbuild.yaml": "manual", "ops/other.cloudbuild.yaml": "ci,deploy"},
		},
		"a person, by the file's own words": {
			files: map[string]string{"cloudbuild.yaml": "# Usage:\n# `gcloud builds submit --config=cloudbuild.yaml .`\n" + build, "ci/cloudbuild/push.yaml": build},
			want:  map[string]string{"cloudbuild.yaml": "manual", "ci/cloudbuild/push.yaml": "ci,deploy"},
		},
		"a person": {
			files: map[string]string{"cloudbuild.yaml": build, "ops/web.cloudbuild.yaml": build, "setup.sh": "set -e\ngcloud builds submit\n"},
			want:  map[string]string{"cloudbuild.yaml": "manual", "ops/web.cloudbuild.yaml": "manual"},
		},
		"a workflow": {
			files: map[string]string{"cloudbuild.yaml": build, "deploy.sh": "gcloud builds submit\n",
				".github/workflows/a.yml": "on: push\njobs: {a: {runs-on: x, steps: [{run: gcloud builds submit}]}}\n"},
			want: map[string]string{"cloudbuild.yaml": "ci,deploy"},
		},
		"a trigger that names no file": {
			files: map[string]string{"cloudbuild.yaml": build, "setup.sh": "gcloud builds submit\n",
				"main.tf": "variable \"f\" {}\nresource \"google_cloudbuild_trigger\" \"a\" {\n  filename = var.f\n}\n"},
			want: map[string]string{"cloudbuild.yaml": "ci,deploy"},
		},
		"no word of it": {
			files: map[string]string{"cloudbuild.yaml": build, "setup.sh": "gcloud builds submit --tag x\n"},
			want:  map[string]string{"cloudbuild.yaml": "ci,deploy"},
		},
	} {
		got, err := Read(t.Context(), memTree(c.files), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for path, want := range c.want {
			var when, run []string
			for _, f := range got.All {
				if f.Kind == CI && f.Path == path && f.Value.Get("run").Kind == String {
					run = append(run, f.Value.Get("run").Text)
					when = nil
					for _, w := range f.Value.Get("when").Items {
						when = append(when, w.Text)
					}
				}
			}
			if strings.Join(when, ",") != want || !slices.Contains(run, "docker push eu.gcr.io/x/web") {
				t.Errorf("%s: %s runs %q when %v, want %s", name, path, run, when, want)
			}
		}
	}
}
