package facts

import (
	"fmt"
	"testing"
)

func TestContainerOfAModule(t *testing.T) {
	const task = `resource "aws_ecs_task_definition" "api" {
  family                = "api"
  container_definitions = %s
}
module "api" {
  source                       = "%s"
  version                      = "0.61.1"
  container_name               = "api"
  container_memory_reservation = 256
  healthcheck                  = { command = ["CMD-SHELL", "curl -f localhost:${var.port}/health"], retries = 3 }
  map_environment              = merge({ DD_SERVICE = "api" }, var.more)
  map_secrets                  = { DB_PASSWORD = aws_ssm_parameter.db.arn }
}
variable "port" {}
variable "more" {}
`
	const container = "[{name:api memoryReservation:256 environment:[{name:DD_SERVICE value:?var.more} ?...] " +
		"secrets:[{name:DB_PASSWORD valueFrom:?aws_ssm_parameter.db.arn}] " +
		"healthCheck:{command:[CMD-SHELL ?\"curl -f localhost:${var.port}/health\"] retries:3} essential:true}]"
	for _, c := range []struct{ name, definitions, source, want string }{
		{"an object within a list", `jsonencode([module.api.json_map_object])`, "cloudposse/ecs-container-definition/aws", container},
		{"a list by itself", `module.api.json_map_encoded_list`, "cloudposse/ecs-container-definition/aws", container},
		{"by the address of its repository", `module.api.json_map_encoded_list`, "git::https://github.com/cloudposse/terraform-aws-ecs-container-definition.git?ref=0.61.1", container},
		{"of several", `jsonencode([module.api[0].sensitive_json_map_object])`, "cloudposse/ecs-container-definition/aws", container},
		{"a module of another name", `module.api.json_map_encoded_list`, "acme/ecs-container-definition/aws", "?module.api.json_map_encoded_list"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, _ := readTerraformFiles(map[string]string{"main.tf": fmt.Sprintf(task, c.definitions, c.source), "backend.tf": `terraform {
  backend "s3" {}
}`})
			for _, f := range found {
				if f.Name != "aws_ecs_task_definition" {
					continue
				}
				if got := hclLine(f.Value.Get("container_definitions")); got != c.want {
					t.Errorf("container_definitions\n got %s\nwant %s", got, c.want)
				}
				return
			}
			t.Fatal("no task definition")
		})
	}
}
