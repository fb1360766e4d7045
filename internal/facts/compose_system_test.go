package facts

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// threePrograms are a system of three images, the first of them with more of
// its service.
func threePrograms(more string) string {
	return "services:\n  a: {image: acme/a:1" + more + "}\n  b: {image: acme/b:1}\n  c: {image: acme/c:1}\n"
}

func TestMarkSystems(t *testing.T) {
	const at = "compose.yaml"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string // services that are marked
	}{
		{"three programs of one publisher", map[string]string{at: threePrograms("")}, "a b c"},
		{"of three", map[string]string{at: "services: {a: {image: a/a}, b: {image: b/b}, c: {image: c/c}}"}, ""},
		{"of one image", map[string]string{at: "services: {a: {image: acme/a:1}, b: {image: acme/a:1}, c: {image: acme/a:1}}"}, ""},
		{"of a publisher of parts", map[string]string{at: "services: {a: {image: grafana/a}, b: {image: grafana/b}, c: {image: grafana/c}}"}, ""},
		{"by names that are filled in", map[string]string{at: "services: {a: {image: '${IMAGE}:${V}-a'}, b: {image: '${IMAGE}:${V}-b'}, c: {image: $C}}"}, "a b c"},
		{"by tags that are filled in", map[string]string{at: "services: {a: {image: 'postgres:${P}'}, b: {image: 'redis:${R}'}, c: {image: 'nginx:${N}'}}"}, ""},
		{"built here alone", map[string]string{at: "services: {a: {build: a}, b: {build: b}, c: {build: c}}"}, ""},
		{"one program", map[string]string{at: "services: {a: {image: acme/a}, db: {image: postgres}}"}, ""},
		{"one program in production", map[string]string{"docker-compose.prod.yml": "services: {a: {image: acme/a}}"}, "a"},
		{"staging", map[string]string{"compose.staging.yaml": threePrograms("")}, ""},
		{"development", map[string]string{"compose.dev.yaml": threePrograms("")}, ""},
		{"the source", map[string]string{at: threePrograms(", volumes: ['./src:/app/src']")}, ""},
		{"settings", map[string]string{at: threePrograms(", volumes: ['./nginx.conf:/etc/nginx.conf:ro', 'data:/var/lib']")}, "a b c"},
		{"the environment", map[string]string{at: threePrograms(", environment: [NODE_ENV=development]")}, ""},
		{"profiles", map[string]string{at: threePrograms(", environment: {SPRING_PROFILES_ACTIVE: 'docker,mysql'}")}, "a b c"},
		{"reloading", map[string]string{at: threePrograms(", command: [uvicorn, app, --reload]")}, ""},
		{"tests", map[string]string{at: threePrograms(", command: [python, -m, pytest, --cov, .]")}, ""},
		{"tests at the start", map[string]string{at: threePrograms(", entrypoint: npm run test:e2e")}, ""},
		{"a stage", map[string]string{at: threePrograms(", build: {context: ., target: dev}")}, ""},
		{"a stand-in", map[string]string{at: threePrograms("") + "  m: {image: axllent/mailpit}\n"}, ""},
		{"a cluster", map[string]string{at: threePrograms(""), "k8s/a.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{name: a, image: a}]}}}\n"}, ""},
		{"a platform", map[string]string{at: threePrograms(""), "fly.toml": "app = 'a'\n[http_service]\ninternal_port = 80\n"}, ""},
		{"what an image starts", map[string]string{at: threePrograms(""), "docker/Procfile": "web: bundle exec puma\n"}, "a b c"},
		{"what a platform starts", map[string]string{at: threePrograms(""), "Procfile": "web: bundle exec puma\n"}, ""},
		{"infrastructure", map[string]string{at: threePrograms(""), "main.tf": "resource \"aws_ecs_service\" \"a\" {}\n"}, ""},
		{"a command", map[string]string{at: threePrograms(""), ".github/workflows/d.yml": "on: {push: {branches: [main]}}\njobs: {d: {runs-on: u, steps: [{run: helm upgrade a acme/a}]}}\n"}, ""},
		{"many to choose from", map[string]string{"a/" + at: threePrograms(""), "b/" + at: threePrograms(""), "c/" + at: threePrograms(""), "d/" + at: threePrograms("")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			read, err := Read(t.Context(), memTree(c.files), Options{})
			if err != nil {
				t.Fatal(err)
			}
			marked := map[string]bool{}
			for _, f := range read.All {
				if f.Kind == Compose && f.Value.Get("_system").Text == "true" {
					marked[f.Name] = true
				}
			}
			if got := strings.Join(slices.Sorted(maps.Keys(marked)), " "); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestMarkSystem(t *testing.T) {
	text := threePrograms(", environment: {B_URL: 'http://user@b:80/x', PEERS: 'c:7000,a:7000', MODE: b, C_HOST: c}, depends_on: {m: {condition: service_completed_successfully}}") +
		"  m: {image: acme/m}\n  db: {image: postgres}\n  ui: {depends_on: [a]}\n"
	read, err := Read(t.Context(), memTree(map[string]string{"compose.yaml": text}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range read.All {
		line := f.Name
		for _, asks := range f.Value.Get("_asks").Items {
			line += ">" + asks.Text
		}
		for _, mark := range [...]string{"_once", "_part", "_backing"} {
			if f.Value.Get(mark).Text == "true" {
				line += " " + mark
			}
		}
		got = append(got, line)
	}
	if want := "a>b>c>c; b; c; m _once; db _backing; ui _part"; strings.Join(got, "; ") != want {
		t.Errorf("%q, want %q", got, want)
	}
}
