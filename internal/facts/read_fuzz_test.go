package facts

import (
	"math/bits"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seeds are a path of every format with a small text of it.
func seeds() [][2]string {
	return [][2]string{
		{".github/workflows/ci.yml", "on: push\njobs: {a: {runs-on: x, steps: [{run: make test}]}}\n"},
		{"action.yml", "runs: {using: composite, steps: [{run: ls, shell: bash}]}\n"},
		{"Makefile", "test: build\n\tgo test ./...\n"},
		{".gitlab-ci.yml", "test: {stage: test, script: [make test]}\n"},
		{"azure-pipelines.yml", "trigger: [main]\nsteps: [{template: pipelines/steps.yml, parameters: {a: b}}]\n"},
		{"pipelines/steps.yml", "parameters: [{name: a, default: c}]\nsteps: [{script: \"make ${{ parameters.a }}\"}]\n"},
		{"ci/pipeline.yml", "resources: [{name: a, type: git, source: {branch: main}}]\njobs: [{name: b, plan: [{get: a, trigger: true}, {in_parallel: {steps: [{try: {put: a}, on_failure: {put: a}}]}}]}, {name: c, plan: [{get: a, passed: [b]}, {task: t, file: a/ci/task.yml}]}]\n"},
		{"ci/task.yml", "platform: linux\nrun: {path: sh, args: [-c, \"cd a && make\"]}\n"},
		{"Jenkinsfile", "pipeline { stages { stage('a') { steps { sh 'make' } } } }\n"},
		{"image.pkr.hcl", "source \"amazon-ebs\" \"a\" {\n  region = \"x\"\n}\n"},
		{"image.json", "{\"builders\": [{\"type\": \"amazon-ebs\"}], \"Resources\": {\"A\": {\"Type\": \"AWS::S3::Bucket\"}}}"},
		{"infra/main.bicep", "param env string\nvar a = [for x in [1, 2]: { b: '${x}-${env}' }]\nresource s 'Microsoft.Web/sites@2023' = if (env == 'prod') {\n  name: a[0].b\n  p: env == 'x' ? union({ c: 1 }, a[1]) : json('2')\n}\nmodule m 'm.bicep' = { params: { a: s.id } }\n"},
		{"infra/main.parameters.json", "{\"parameters\": {\"env\": {\"value\": \"${ENV=prod}\"}}}"},
		{"azuredeploy.json", "{\"$schema\": \"deploymentTemplate.json#\", \"parameters\": {\"a\": {\"defaultValue\": 1}}, \"resources\": [{\"type\": \"T\", \"b\": \"[if(equals(parameters('a'), 1), concat('x'), not(true))]\"}]}"},
		{"main.tf", "variable \"a\" { default = { b = [for x in [1, 2] : x] } }\nresource \"t\" \"n\" { c = var.a.b[0] }\n"},
		{"terragrunt.hcl", "terraform { source = \"./m\" }\ninputs = { a = 1 }\n"},
		{"README.md", "<h1>A workshop</h1>\n\n# Other\n"},
		{"Dockerfile", "FROM a AS b\nRUN <<E\nls\nE\nUSER 1\n"},
		{"compose.yaml", "services: {a: &a {image: x}, b: {<<: *a}}\n"},
		{"serverless.yml", "service: a\nprovider: {name: aws}\nfunctions: {f: {handler: x}}\n"},
		{"template.yaml", "Parameters: {P: {Default: x}}\nResources: {A: {Type: 'AWS::S3::Bucket', Properties: {N: !Sub '${P}'}}}\n"},
		{"ecs/task.json", "{\"family\": \"a\", \"cpu\": ${CPU}, \"containerDefinitions\": [{\"name\": \"a\", \"image\": \"<IMAGE>\"}]}"},
		{".ebextensions/a.config", "option_settings: {'aws:autoscaling:asg': {MinSize: 2}}\n"},
		{"openapi.yml", "paths:\n  /a:\n    get:\n      security: [{k: []}]\n      x-amazon-apigateway-integration: {type: aws_proxy}\ncomponents: {securitySchemes: {k: {type: apiKey, x-amazon-apigateway-authtype: custom}}}\n"},
		{"README.md", "# Shop\n[Deploy](https://render.com/deploy?repo=x)\n"},
		{"samconfig.toml", "[prod.deploy.parameters]\nparameter_overrides = \"Size=2\"\n"},
		{"copilot/api/manifest.yml", "type: Backend Service\ncount: {range: 1-2, requests: 1}\nenvironments: {prod: {cpu: 256}}\n"},
		{"render.yaml", "services: [{type: web, name: a, healthCheckPath: /x, scaling: {minInstances: 2}}]\nprojects: [{environments: [{name: production, databases: [{name: d}]}]}]\n"},
		{".do/app.yaml", "spec: {services: [{name: a, instance_count: 2}], jobs: [{kind: PRE_DEPLOY, run_command: x}]}\n"},
		{"fly.toml", "app = \"a\"\n[http_service]\nmin_machines_running = 2\n[[http_service.checks]]\npath = \"/x\"\n[[vm]]\nmemory = \"1gb\"\n"},
		{"railway.toml", "[deploy]\nnumReplicas = 2\nhealthcheckPath = \"/x\"\n"},
		{"manifest.yml", "applications:\n- name: a-((env))\n  instances: ((n))\n  routes: [{route: a.b}]\n  processes: [{type: web, memory: 1G}, {type: worker}]\n"},
		{"vars.yml", "n: 2\nenv: prod\n"},
		{"app.yaml", "runtime: x\nautomatic_scaling: {min_instances: 2}\nhandlers: [{url: /, secure: always}]\n"},
		{"config/deploy.yml", "service: a\nimage: b\nservers: {web: [x, y], job: {hosts: [z], cmd: c}}\nproxy: {ssl: true, healthcheck: {path: /up}}\n"},
		{"Procfile", "web: x\nrelease: y\n# no\n"},
		{"roles/a/tasks/main.yml", "- name: x\n  apt: {name: \"{{ item }}\"}\n  loop: [a]\n"},
		{"chart/Chart.yaml", "name: c\n"},
		{"chart/templates/a.yaml", "{{- if .Values.on }}\napiVersion: v1\nkind: {{ .Values.kind | default \"Pod\" }}\n{{- end }}\n"},
		{"deploy/values-prod.yaml", "image: {tag: x}\n"},
		{"config/shop.yaml", "replicaCount: 2\nresources: {requests: {cpu: 1}}\n"},
		{"k/kustomization.yaml", "apiVersion: v1\nkind: Kustomization\nresources: [a.yaml]\n"},
		{"package.json", "{\"scripts\": {\"test\": \"jest\"}, \"dependencies\": {\"a\": \"1\"}}"},
		{"go.mod", "module a\nrequire b v1.0.0\n"},
		{"requirements.txt", "a==1 ; python_version > '3'\n-r other.txt\n"},
		{"pyproject.toml", "[project]\ndependencies = [\"a>1\"]\n"},
		{"Pipfile", "[packages]\na = \"*\"\n"},
		{"setup.cfg", "[options]\ninstall_requires =\n  a\n"},
		{"setup.py", "setup(install_requires=['a'])\n"},
		{"pom.xml", "<project><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId></dependency></dependencies></project>"},
		{"build.gradle", "dependencies { implementation 'a:b:1' }\n"},
		{"gradle/libs.versions.toml", "[libraries]\na = {module = \"a:b\"}\n"},
		{"build.sbt", "val v = \"1\"\nlibraryDependencies ++= Seq(\"a\" %% \"b\" % v, \"c\" % \"d\" % v.e).map(_ % Test)\n"},
		{"Gemfile", "group :test do\n  gem 'a'\nend\n"},
		{"a.csproj", "<Project><ItemGroup><PackageReference Include=\"A\" Version=\"1\"/></ItemGroup></Project>"},
		{"Cargo.toml", "[dependencies]\na = \"1\"\n"},
		{"composer.json", "{\"require\": {\"a/b\": \"1\"}}"},
		{"mix.exs", "defp deps do\n [{:a, \"~> 1\"}]\nend\n"},
		{"pubspec.yaml", "dependencies: {a: 1}\n"},
		{"Package.swift", ".package(url: \"https://x/a/b\", from: \"1\")\n"},
		{"cdk/cdk.json", "{}"},
		{"cdk/app.ts", "import * as s3 from 'aws-cdk-lib/aws-s3';\nnew s3.Bucket(this, 'B', { versioned: true });\n"},
		{"p/Pulumi.yaml", "name: a\nruntime: yaml\nresources: {b: {type: 'aws:s3:Bucket'}}\n"},
		{"deploy/web.yaml.tmpl", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: @NAME@}\nspec:\n  replicas: {{REPLICAS}}\n{% if a %}\n---\nkind: Service\napiVersion: __V__\n{% endif %}\n"},
		{"deploy/web.yaml.erb", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: <%= name %>}\nspec:\n  <% if environment == 'production' %>\n  replicas: 3\n  <% else %>\n  replicas: 1\n  <% end %>\n"},
	}
}

// Every format is among the seeds, so none escapes the fuzzer.
func TestEveryFormatIsFuzzed(t *testing.T) {
	var files []File
	for _, s := range seeds() {
		files = append(files, File{Path: s[0], Size: int64(len(s[1]))})
	}
	l, table := newLayout(files), formats()
	var claimed uint64
	for _, f := range files {
		claimed |= claims(table, f, l)
	}
	for set := ^claimed & (1<<len(table) - 1); set != 0; set &= set - 1 {
		t.Errorf("no seed is of %s", table[bits.TrailingZeros64(set)].name)
	}
}

// Whatever a file says beside the others: nothing gives up, lines exist, and
// reading again says the same.
func FuzzRead(f *testing.F) {
	all := seeds()
	for i, s := range all {
		f.Add(uint8(i), s[1])
		f.Add(uint8(i), strings.ReplaceAll(s[1], "\n", "\r\n"))
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		files := map[string]string{"chart/Chart.yaml": "name: c\n", "cdk/cdk.json": "{}", "main.tf": "module \"a\" { source = \"./a\" }\n"}
		files[all[int(which)%len(all)][0]] = text
		read := func() *Facts {
			r := newReader(memTree(files), Options{})
			for i := range r.tasks { // one by one, so that the fuzzer sees what leads where
				r.tasks[i].read(formats(), []byte(files[r.tasks[i].file.Path]), r.layout, r.asking)
			}
			got, err := r.together(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		got := read()
		for _, w := range got.Warnings {
			if strings.Contains(w.Message, "gave up") || w.Line < 0 || w.Line > strings.Count(files[w.Path], "\n")+2 {
				t.Errorf("warning %v", w)
			}
		}
		for _, x := range got.All {
			if last := strings.Count(files[x.Path], "\n") + 2; x.Start < 0 || x.Start > last || x.End > last {
				t.Errorf("%s %s at %s:%d-%d, which has %d lines", x.Kind, x.Name, x.Path, x.Start, x.End, last-1)
			}
		}
		if diff := cmp.Diff(got, read()); diff != "" {
			t.Errorf("a second reading differs: %s", diff)
		}
	})
}
