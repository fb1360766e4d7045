package facts

import "testing"

func TestAnyEnvironment(t *testing.T) {
	for _, pair := range [][2]string{
		{"chart/values-prod.yaml", "chart/values-staging.yaml"},
		{"live/Production/eu/env.hcl", "live/pre-prod/eu/env.hcl"},
		{"src/appsettings.Production.json", "src/appsettings.UAT2.json"},
		{"inventories/prd/group_vars/all.yml", "inventories/dev/group_vars/all.yml"},
	} {
		if a, b := AnyEnvironment(pair[0]), AnyEnvironment(pair[1]); a != b {
			t.Errorf("%s is %s, %s is %s", pair[0], a, pair[1], b)
		}
	}
	for _, pair := range [][2]string{
		{"chart/values-prod.yaml", "other/values-staging.yaml"},
		{"chart/products.yaml", "chart/stages.yaml"},
		{"a/prod.yaml", "a/prod/b.yaml"},
	} {
		if AnyEnvironment(pair[0]) == AnyEnvironment(pair[1]) {
			t.Errorf("%s and %s are no twins", pair[0], pair[1])
		}
	}
}
