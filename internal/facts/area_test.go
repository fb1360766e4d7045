package facts

import (
	"fmt"
	"strings"
	"testing"
)

func TestAreaOf(t *testing.T) {
	cases := `
main.tf
README.md
Dockerfile
.github/workflows/test.yml
.github/workflows/deploy-example.yml
.github/actions/test/action.yml
.circleci/test/config.yml
.github/release-cluster/ingress.yaml
.github/ISSUE_TEMPLATE/test.yml
.github/tests/cluster.yaml test
src/main/java/com/example/demo/Application.java
services/pet/src/main/kotlin/org/acme/samples/App.kt
services/cart/src/main/resources/application.yml
src/cartservice/Dockerfile
crates/shop_test_db/src/lib.rs test
packages/shop-test-utils/index.ts test
crates/latest_db/src/lib.rs
charts/shop/templates/deployment.yaml
templates/base.html
cloudformation/templates/vpc.yaml
environments/production/main.tf
environments/dev/main.tf
development/main.tf
development/shop/kustomization.yaml
development/shop/rules.yaml dev
config/development/settings.yaml
modules/latest/main.tf
attestation/contest.go
cmd/protest/main.go
internal/spec/openapi.yaml
api/openapi.spec.yaml
controller/fake/deployment.yaml test
docker/rootfs/usr/local/bin/run.sh
legacy/main.tf
accounts/data-sandbox-a/main.tf example
extras/backup/job.yaml example
test/main.tf test
tests/unit/a.py test
a/b/testdata/x.yaml test
src/test/java/com/example/AppTest.java test
src/integrationTest/java/com/example/Helper.java test
proto/demo.proto
src/androidTest/java/A.kt test
web/__tests__/a.ts test
web/__mocks__/fs.js test
web/a.spec.ts test
web/a.test.tsx test
web/login.cy.ts test
pkg/a_test.go test
svc/test_views.py test
svc/views_test.py test
svc/conftest.py test
svc/tests.py test
lib/user_spec.rb test
spec/spec_helper.rb test
src/director/spec/assets/manifest.yml test
app/assets/logo.svg
ci/bats/iaas/main.tf test
ci/dockerfiles/shop/Dockerfile
App.Tests/Cart.cs test
src/Basket.UnitTests/Basket.csproj test
src/CartTests.cs test
src/CommandIT.java test
load-tests/k6.js test
test-infra/main.tf test
infra/zones.tftest.hcl test
Dockerfile.test test
docker-compose.test.yml test
charts/x/templates/tests/ping.yaml test
roles/nginx/molecule/default/converge.yml test
e2e/app.ts test
examples/complete/main.tf example
reference-artifacts/add-ons/main.tf example
Example/main.tf example
example-app/main.go example
terraform/basic-example/main.tf example
app_examples/x.tf example
demo/compose.yaml example
sandbox/main.tf example
accounts/acme-sandbox/vpc.tf example
live/production/eu-west-1/clusters/demo/main.tf
live/production/examples/shop/main.tf example
examples/production/demo/main.tf example
quickstart/main.tf example
values.example.yaml example
terraform.example.tfvars example
config-sample.yml example
example.tfvars example
docs/deploy.yaml docs
api-docs/index.yaml docs
documentation/a.md docs
doc/a.md docs
vendor/github.com/a/b/go.mod vendored
src/third_party/x.tf vendored
web/node_modules/x/package.json vendored
.terraform/modules/vpc/main.tf vendored
ios/Pods/A/Podfile vendored
venv/lib/python3/site-packages/x.py vendored
dist/app.js generated
infra/cdk.out/Stack.template.json generated
.serverless/cf.json generated
.aws-sam/build/template.yaml generated
live/.terragrunt-cache/a/main.tf generated
api/v1/api.pb.go generated
web/lib.min.js generated
api/user_pb2_grpc.py generated
deprecated/main.tf deprecated
archive/2019/main.tf deprecated
deprecated-cluster/main.tf deprecated
{{cookiecutter.name}}/Dockerfile template
a/{{ cookiecutter.project_slug }}/main.tf template
backstage/skeleton/catalog-info.yaml template
template/main.tf template
templates/new_service/terraform/main.tf template
templates/news/list.html
docker-compose-test-secrets/private.pem test
latest-secrets/a.yaml
a-test-results/b.json
pkg/generator/templates/basic/stacks/prod.yaml template
generators/app/templates/src/main/appengine/app.yaml template
lib/generators/catalog.go
pkg/generator/render.go
src/main/docker/grafana/provisioning/dashboards/jvm.json dev
src/main/docker/Dockerfile
src/main/docker/realm/web.json
docker/grafana/dashboards/shop.json
cli/internal/synthesis/templates/main.bicep template
internal/resources/languages/javascript/package.json template
internal/templates/home.html
internal/src/main/resources/docker-compose.yml
infra/internal/main.tf
infra/internal/resources/queue.tf
.devcontainer/Dockerfile dev
.github/workflows/ui-tests/Dockerfile dev
.github/actions/deploy/action.yml
.github/images/api/Dockerfile
Dockerfile.coverage test
src/coverage-api/Dockerfile
apps/storybook/package.json docs
src/storybooks/Dockerfile
.vscode/settings.json dev
compose/local/django/Dockerfile dev
local-running/Dockerfile dev
infra/local_setup/main.tf dev
shop-local-running/Dockerfile dev
shop-local-gateway/Dockerfile
src/local-storage/Dockerfile
services/local-authorities/Dockerfile
Dockerfile.dev dev
dev.Dockerfile dev
docker-compose.override.yml dev
docker-compose.dev.yml dev
docker-compose.gcb.yml test
compose.ci.yaml test
docker-compose.gitlab.yml
Dockerfile.ci
docs/examples/main.tf docs example
examples/x/main_test.go example test
`
	for line := range strings.Lines(strings.TrimSpace(cases)) {
		path, want := strings.TrimSpace(line), Area(0)
		for words := strings.Fields(path); len(words) > 1; words = words[:len(words)-1] {
			a, ok := areaNames[words[len(words)-1]]
			if !ok {
				break
			}
			want |= a
			path = strings.TrimSpace(strings.TrimSuffix(path, words[len(words)-1]))
		}
		if got := AreaOf(path); got != want {
			t.Errorf("AreaOf(%q) = %08b, want %08b", path, got, want)
		}
	}
}

var areaNames = map[string]Area{
	"test": AreaTest, "example": AreaExample, "docs": AreaDocs, "vendored": AreaVendored, "generated": AreaGenerated,
	"deprecated": AreaDeprecated, "template": AreaTemplate, "dev": AreaDev,
}

func BenchmarkAreaOf(b *testing.B) {
	var paths []string
	for i := range 50_000 {
		paths = append(paths, fmt.Sprintf("services/svc%d/internal/handlers/v1/handler_%d.go", i%50, i))
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range paths {
			AreaOf(p)
		}
	}
}

func FuzzAreaOf(f *testing.F) {
	f.Add("a/{{x}}/Dockerfile.dev")
	f.Add("//..")
	f.Fuzz(func(t *testing.T, path string) {
		if a, b := AreaOf(path), (&areaCache{}).of(path); a != b {
			t.Errorf("%q: %b and %b", path, a, b)
		}
	})
}

// A folder called template holds what new projects are made of, or what
// CloudFormation calls templates.
func TestTemplatesOfStacks(t *testing.T) {
	const stack = "Resources:\n  A: {Type: AWS::SQS::Queue}\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  Area
	}{
		{"a stack", map[string]string{"template/shop.yaml": stack}, 0},
		{"a stack beside the code", map[string]string{"backend/template/shop.yaml": stack}, 0},
		{"a project of copier's", map[string]string{"template/shop.yaml": stack, "copier.yml": "_subdirectory: template\n"}, AreaTemplate},
		{"deep in a project", map[string]string{"template/infra/shop.yaml": stack}, AreaTemplate},
		{"of an example", map[string]string{"example/template/shop.yaml": stack}, AreaTemplate | AreaExample},
		{"other formats", map[string]string{"template/a.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"}, AreaTemplate},
	} {
		read, err := Read(t.Context(), memTree(c.files), Options{})
		if err != nil || len(read.All) == 0 {
			t.Fatalf("%s: %d facts, %v", c.name, len(read.All), err)
		}
		if got := read.All[0].Area; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
