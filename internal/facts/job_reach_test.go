package facts

import (
	"strings"
	"testing"
)

// What a step that drives a system reaches: what its job puts up or waits for,
// or what it is told; not what it only starts beside itself.
func TestReaches(t *testing.T) {
	job := func(steps string) string {
		return "on: pull_request\njobs:\n  e2e:\n    runs-on: u\n    steps: [" + steps + "{name: drive, run: npx playwright test}]\n"
	}
	told := func(env string) string {
		return "on: pull_request\njobs:\n  e2e:\n    runs-on: u\n    steps: [{name: drive, run: npx playwright test, env: {" + env + "}}]\n"
	}
	for _, c := range []struct{ name, workflow, want string }{
		{"started beside it", job("{run: npm start &}, "), ""},
		{"composed", job("{run: docker compose -f ci.yml up -d --wait}, "), "composition"},
		{"only what it needs", job("{run: docker compose up -d postgres redis}, "), ""},
		{"a file of what it needs", job("{run: docker compose -f src/main/docker/services.yml up -d}, "), ""},
		{"a container", job("{run: docker run -d -p 80:80 acme/shop}, "), "container"},
		{"a container of a store", job("{run: docker run -d -p 5432:5432 postgres:17}, "), ""},
		{"a cluster", job("{uses: helm/kind-action@v1}, {run: helm upgrade --install shop chart}, "), "cluster"},
		{"deployed by itself", job("{run: sam deploy --no-confirm-changeset}, "), "deployment"},
		{"told an address", told("BASE_URL: 'https://test.acme.example'"), "address"},
		{"told this machine's", told("BASE_URL: 'http://localhost:3000', DATABASE_URL: 'postgres://db.acme.example/shop'"), ""},
		{"told a service's name", told("CYPRESS_BASE_URL: 'http://web:3000'"), ""},
		{"told one of two", told("E2E_BASE_URL: \"${{ inputs.preview && 'https://preview.acme.example/' || 'http://localhost:3000/' }}\""), "address"},
		{"told what was deployed", told("SHOP_URL: '${{ steps.up.outputs.shop }}', PLAYWRIGHT_BASE_URL: '${{ needs.deploy.outputs.url }}'"), "address"},
		{"a source of something else", told("SENTRY_DSN: 'https://a1@sentry.acme.example/4', REPO: 'https://github.com/acme/shop'"), ""},
		{"told with the command", "on: pull_request\njobs:\n  e2e:\n    runs-on: u\n    steps: [{name: drive, run: 'npx cypress run --config baseUrl=https://test.acme.example'}]\n", "address"},
		{"behind a deployment", "on: {push: {branches: [main]}}\njobs:\n  deploy-staging: {runs-on: u, environment: staging, steps: [{run: make deploy}]}\n  e2e: {needs: deploy-staging, runs-on: u, steps: [{name: drive, run: npx playwright test}]}\n", "deployment"},
		{"in an environment", "on: push\njobs: {e2e: {runs-on: u, environment: test, steps: [{name: drive, run: npx playwright test}]}}\n", "deployment"},
		{"a job beside it", "on: push\njobs:\n  up: {runs-on: u, steps: [{run: docker compose up -d}]}\n  e2e: {runs-on: u, steps: [{name: drive, run: npx playwright test}]}\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			read, err := Read(t.Context(), memTree(map[string]string{".github/workflows/a.yml": c.workflow}), Options{})
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, f := range read.All {
				if f.Kind != Workflow || f.Value.Get("name").Text != "drive" {
					continue
				}
				found = true
				var got []string
				for _, v := range f.Value.Get("reaches").Items {
					got = append(got, v.Text)
				}
				if s := strings.Join(got, " "); s != c.want {
					t.Errorf("reaches %q, want %q", s, c.want)
				}
			}
			if !found {
				t.Fatal("the step is no fact")
			}
		})
	}
	read, err := Read(t.Context(), memTree(map[string]string{".gitlab-ci.yml": "e2e:\n  script: [docker compose up -d, npx cypress run]\nunit:\n  script: [npm start &, npx cypress run]\n"}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range read.All {
		if f.Kind == CI && (f.Value.Get("reaches").Kind == List) != (f.Value.Get("job").Text == "e2e") {
			t.Errorf("%s: %v", f.Value.Get("job").Text, f.Value.Get("reaches"))
		}
	}
}
