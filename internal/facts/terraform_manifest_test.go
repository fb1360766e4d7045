package facts

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

func TestObjectsThatTerraformIsHanded(t *testing.T) {
	files := archive(`
-- main.tf --
provider "kubernetes" {}
resource "kubernetes_manifest" "shop" {
  manifest = {
    apiVersion = "argoproj.io/v1alpha1"
    kind       = "Application"
    metadata   = { name = "shop" }
    spec       = { syncPolicy = { automated = { prune = true } } }
  }
}
resource "kubectl_manifest" "pool" {
  yaml_body = <<-YAML
    apiVersion: karpenter.sh/v1
    kind: NodePool
    metadata:
      name: ${var.name}
    spec:
      limits: {cpu: 100}
  YAML
}
resource "kubectl_manifest" "none" {
  count     = 0
  yaml_body = "apiVersion: v1\nkind: Namespace\nmetadata: {name: none}\n"
}
`)
	got, err := Read(context.Background(), memTree(files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range got.All {
		if f.Kind == Kubernetes {
			lines = append(lines, fmt.Sprintf("%d %s %s %v", f.Start, f.Name, f.Value.Get("metadata").Get("name").Text, f.Value.Get("metadata").Get("name").Kind == Unknown))
		}
	}
	want := `
3 application.argoproj.io shop false
12 nodepool.karpenter.sh ${var.name} true`
	if all := "\n" + strings.Join(lines, "\n"); all != want {
		t.Errorf("got%s\nwant%s", all, want)
	}
}

func TestCommandsOfAzureTasks(t *testing.T) {
	for _, c := range []struct{ task, inputs, want string }{
		{"Npm@1", "{command: custom, customCommand: run lint, workingDir: web}", "npm run lint in web"},
		{"Npm@1", "{command: install}", "npm install in "},
		{"DotNetCoreCLI@2", `{command: test, projects: "**/*Tests.csproj", arguments: --no-build}`, "dotnet test **/*Tests.csproj --no-build in "},
		{"Maven@4", "{goals: verify, options: -B}", "mvn verify -B in "},
		{"TerraformTaskV4@4", "{command: apply, workingDirectory: infra}", "terraform apply in "},
		{"Bash@3", "{targetType: filePath, filePath: $(Build.SourcesDirectory)/ci/deploy.sh}", "bash ci/deploy.sh in "},
		{"Bash@3", "{filePath: $(Where)/deploy.sh}", " in "},
		{"PublishTestResults@2", "{testRunner: JUnit}", " in "},
	} {
		docs, _ := yamlDocuments("", []byte(c.inputs))
		v, dir := azureTask(c.task, nodeValue(docs[0]), "")
		if got := v.Text + " in " + dir; got != c.want {
			t.Errorf("%s %s: %q, want %q", c.task, c.inputs, got, c.want)
		}
	}
}
