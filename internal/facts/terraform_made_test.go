package facts

import (
	"slices"
	"testing"
)

// A module for Azure or Google that is kept elsewhere says of its resource what
// its arguments say.
func TestMadeInOtherClouds(t *testing.T) {
	for _, c := range []struct{ name, call, kind, path, want string }{
		{"a function app", `source = "acme-dx/azure-function-app/azurerm"
  health_check_path = "/info"`, "azurerm_linux_function_app", "site_config.health_check_path", "/info"},
		{"a gateway", `source = "github.com/acme/terraform-azurerm-v4//vpn_gateway?ref=v7"
  pip_sku = "Standard"
  vpn_client_configuration = [{ address_space = ["172.16.2.0/24"] }]`, "azurerm_virtual_network_gateway", "vpn_client_configuration.address_space", "172.16.2.0/24"},
		{"a database of Google's", `source = "GoogleCloudPlatform/sql-db/google//modules/cloud_sql"
  database_version = "POSTGRES_16"
  availability_type = "REGIONAL"`, "google_sql_database_instance", "settings.availability_type", "REGIONAL"},
		{"a slot of an application", `source = "github.com/acme/terraform-azurerm-v4//app_service_slot?ref=v7"
  health_check_path = "/info"`, "azurerm_linux_web_app", "", ""},
		{"an application of another kind", `source = "github.com/acme/modules//app_service?ref=v7"
  replicas = 2`, "azurerm_linux_web_app", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			read, err := Read(t.Context(), memTree(map[string]string{"main.tf": "module \"a\" {\n  " + c.call + "\n}\n"}), Options{})
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(read.All, func(f Fact) bool { return f.Name == c.kind })
			if i < 0 || c.path == "" {
				if i >= 0 || c.path != "" {
					t.Fatalf("fact %d of %v", i, read.All)
				}
				return
			}
			found := read.All[i].Value.Lookup(c.path)
			if len(found) == 1 && found[0].Kind == List {
				found = found[0].Items
			}
			if len(found) != 1 || found[0].Text != c.want {
				t.Errorf("%s is %v, want %q", c.path, found, c.want)
			}
		})
	}
}
