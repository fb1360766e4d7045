package facts

import "testing"

// A module without a provider of its own is a library's, unless something
// applies it: Flux's controller is told to by an object, or by a chart's template.
func TestAppliedByFlux(t *testing.T) {
	const code = "resource \"aws_sqs_queue\" \"jobs\" {\n  name = var.name\n}\n\nvariable \"name\" {}\n"
	all, err := Read(t.Context(), memTree(archive(
		"-- terraform/tenant/main.tf --\n"+code+
			"-- terraform/pool/main.tf --\n"+code+
			"-- terraform/nobody/main.tf --\n"+code+
			"-- gitops/pool.yaml --\napiVersion: infra.contrib.fluxcd.io/v1alpha2\nkind: Terraform\nmetadata: {name: pool}\nspec:\n  path: ./terraform/pool\n  approvePlan: auto\n"+
			"-- gitops/other.yaml --\napiVersion: acme.dev/v1\nkind: Terraform\nmetadata: {name: nobody}\nspec:\n  path: ./terraform/nobody\n"+
			"-- charts/tenant/Chart.yaml --\napiVersion: v2\nname: tenant\n"+
			"-- charts/tenant/templates/terraform.yaml --\napiVersion: infra.contrib.fluxcd.io/v1alpha2\nkind: Terraform\nmetadata:\n  name: {{ .Values.tenant }}\nspec:\n  path: ./terraform/tenant\n")), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, f := range all.All {
		if f.Kind == Terraform && f.Name == "aws_sqs_queue" {
			got[f.Path] = f.Value.Get("_root").Text == "true"
		}
	}
	for file, want := range map[string]bool{"terraform/tenant/main.tf": true, "terraform/pool/main.tf": true, "terraform/nobody/main.tf": false} {
		if root, ok := got[file]; !ok || root != want {
			t.Errorf("%s: there %v, a root %v, want %v", file, ok, root, want)
		}
	}
}
