package facts

import (
	"fmt"
	"strings"
	"testing"
)

func TestPlatforms(t *testing.T) {
	for _, c := range []struct{ name, path, text, want string }{
		{"Fly", "fly.production.toml", `app = "shop"
[deploy]
  release_command = "bin/migrate"
[http_service]
  force_https = true
  min_machines_running = 2
  [[http_service.checks]]
    path = "/healthz"
[[vm]]
  memory = "1gb"
[processes]
  app = "x"
`, "fly 1-12 type=web _name=shop memory=1gb release=bin/migrate instances=2 https=true health_check={path=/healthz} _env=production"},
		{"Fly without requests", "fly.toml", "app = \"mailer\"\n[env]\nA = \"b\"\n", "fly 1-3 type=worker _name=mailer env={A=b}"},
		{"Render", "render.yaml", `services:
  - type: web
    name: shop
    healthCheckPath: /up
    preDeployCommand: bin/rails db:migrate
    autoDeployTrigger: checksPass
    scaling: {minInstances: 2, maxInstances: 5}
  - {type: redis, name: cache}
projects:
  - name: shop
    environments:
      - name: staging
        databases: [{name: orders, highAvailability: {enabled: true}}]
`, "render 2-7 type=web _name=shop instances=2 max_instances=5 health_check={path=/up} release=bin/rails db:migrate auto_deploy=true" +
			"|render 8-8 type=cache _name=cache|render 13-13 type=database _name=orders _env=staging engine=postgres ha=true"},
		{"DigitalOcean", ".do/app.yaml", `services: [{name: web, instance_count: 2, health_check: {http_path: /up}}]
jobs: [{name: m, kind: PRE_DEPLOY, run_command: migrate}]
databases: [{name: db, engine: PG, production: true}]
`, "digitalocean 1-1 type=web _name=web instances=2 health_check={path=/up}|digitalocean 2-2 type=job _name=m release=migrate command=migrate|digitalocean 3-3 type=database _name=db engine=pg managed=true"},
		{"Cloud Foundry", "manifest_api_prod.yml", `applications:
  - name: api
    instances: 4
    memory: 512M
    health-check-type: http
    health-check-http-endpoint: /status
    services: [redis-prod]
    routes: [{route: api.example.gov}]
  - name: ((app))-worker
    no-route: true
    instances: ((n))
`, "cloud-foundry 2-8 type=web _name=api instances=4 memory=512M health_check={type=http path=/status} hosts=[api.example.gov] services=[redis-prod] _env=production" +
			"|cloud-foundry 9-11 type=worker _name=? instances=? _env=production"},
		{"processes of Cloud Foundry", "manifest.yml", `applications:
- name: shop
  processes:
  - {type: web, instances: 3, memory: 1G}
  - {type: worker, instances: 1, command: work}
`, "cloud-foundry 4-4 type=web _name=shop instances=3 memory=1G|cloud-foundry 5-5 type=worker _name=shop instances=1 command=work"},
		{"a worker beside what answers", "manifest.yml", "applications:\n- name: shop\n  processes:\n  - {type: worker, command: work}\n  - {type: web, instances: 2}\n",
			"cloud-foundry 4-4 type=worker _name=shop command=work|cloud-foundry 5-5 type=web _name=shop instances=2"},
		{"a worker beside the application as a whole", "manifest.yml", "applications:\n- name: shop\n  instances: 2\n  processes:\n  - {type: worker, instances: 1, command: work}\n",
			"cloud-foundry 2-5 type=web _name=shop instances=2|cloud-foundry 5-5 type=worker _name=shop instances=1 command=work"},
		{"another manifest", "manifest.yml", "name: x\napplications: none\n", ""},
		{"App Engine", "app.yaml", "runtime: go122\nautomatic_scaling:\n  min_instances: 2\n  max_instances: 9\nhandlers:\n- {url: /, secure: always}\n",
			"app-engine 1-6 type=web instances=2 max_instances=9 scales=true https=true"},
		{"no App Engine", "app.yaml", "apiVersion: v1\nruntime: x\n", ""},
		{"Kamal", "config/deploy.yml", `service: shop
image: acme/shop
servers:
  web: [10.0.0.1, 10.0.0.2]
  job: {hosts: [10.0.0.3], cmd: bin/jobs}
proxy: {ssl: true, host: shop.example.com, healthcheck: {path: /up}}
`, "kamal 4-4 type=web _name=shop instances=2 image=acme/shop strategy=proxy health_check={path=/up} https=true hosts=shop.example.com" +
			"|kamal 5-5 type=worker _name=shop instances=1 image=acme/shop command=bin/jobs"},
		{"Procfile", "Procfile", "web: bundle exec puma\n# worker: x\nrelease: bin/rails db:migrate\n",
			"procfile 1-1 type=web _name=web command=bundle exec puma|procfile 3-3 type=release _name=release command=bin/rails db:migrate release=bin/rails db:migrate"},
		{"Railway", "railway.json", `{"deploy": {"numReplicas": 2, "healthcheckPath": "/up"}}`, "railway 1-1 type=web instances=2 health_check={path=/up}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			read, err := Read(t.Context(), memTree(map[string]string{c.path: c.text}), Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range read.All {
				if f.Kind == Platform {
					got = append(got, spelled(f))
				}
			}
			if text := strings.Join(got, "|"); text != c.want {
				t.Errorf("got\n%s\nwant\n%s", text, c.want)
			}
		})
	}
}

// What a push fills in stands in files of values, one for each environment.
func TestCloudFoundryValues(t *testing.T) {
	read, err := Read(t.Context(), memTree(map[string]string{
		"manifest.yml":                 "applications:\n- name: shop-((env))\n  instances: ((web_instances))\n  memory: ((memory))\n",
		"deploy-config/production.yml": "env: production\nweb_instances: 4\n",
		"deploy-config/demo.yml":       "env: demo\nweb_instances: 1\nmemory: 1G\n",
		"deploy-config/lists.yml":      "env: {a: b}\n",
	}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range read.All {
		got = append(got, spelled(f))
	}
	want := "cloud-foundry 2-4 type=web _name=shop-demo instances=1 memory=1G _env=staging|" +
		"cloud-foundry 2-4 type=web _name=shop-production instances=4 memory=? _env=production"
	if text := strings.Join(got, "|"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

// spelled is what a fact of a platform says, but for what its file said besides.
func spelled(f Fact) string {
	words := []string{f.Name, fmt.Sprintf("%d-%d", f.Start, f.End)}
	for _, m := range f.Value.Fields {
		if m.Key != "settings" && m.Key != "_root" {
			words = append(words, m.Key+"="+compact(m.Value))
		}
	}
	return strings.Join(words, " ")
}

func TestAppEngineOfABuild(t *testing.T) {
	const app, plugin = "src/main/appengine/app.yaml", "<project><build><plugins><plugin><groupId>com.google.cloud.tools</groupId><artifactId>appengine-maven-plugin</artifactId></plugin></plugins></build></project>"
	for _, c := range []struct {
		hint  string
		files map[string]string
	}{
		{hintNoAppEngine, map[string]string{app: "runtime: java21\n", "pom.xml": "<project/>"}},
		{"", map[string]string{app: "runtime: java21\n", "pom.xml": plugin}},
		{"", map[string]string{app: "runtime: java21\n", ".github/workflows/a.yml": "on: push\njobs: {a: {runs-on: x, steps: [{run: gcloud app deploy src/main/appengine/app.yaml}]}}\n"}},
		{"", map[string]string{"app.yaml": "runtime: java21\n"}},
	} {
		read, err := Read(t.Context(), memTree(c.files), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range read.All {
			if f.Kind == Platform && f.Hint != c.hint {
				t.Errorf("%v: %q, want %q", c.files, f.Hint, c.hint)
			}
		}
	}
}
