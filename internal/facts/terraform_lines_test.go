package facts

import (
	"fmt"
	"strings"
	"testing"
)

// Every value carries the lines where it is said, so that evidence can link them.
func TestTerraformLines(t *testing.T) {
	found, warnings := readTerraformFiles(map[string]string{"main.tf": `provider "aws" {}

locals {
  tags = { a = "1", b = "2" }
}
resource "aws_x" "y" {
  plain = "v"
  tags  = local.tags
  list = [
    "one",
    local.tags.b,
  ]
  policy = <<EOF
{
  "Statement": [
    {"Effect": "${aws_x.z.effect}"}
  ]
}
EOF
  text = jsonencode({
    a = 1
  })
  block {
    inner = true
  }
  block {}
  data = "{\"k\": [1]}"
}
`})
	if len(warnings) > 0 {
		t.Fatalf("warnings: %v", warnings)
	}
	fact := found[len(found)-1]
	for _, c := range []struct {
		path string
		want string
	}{
		{"plain", "7-7"},
		{"tags", "8-8"},
		{"tags.b", "8-8"},
		{"list", "9-12"},
		{"policy", "13-19"},
		{"policy.Statement", "15-16"},
		{"policy.Statement.Effect", "16-16"},
		{"text", "20-22"},
		{"text.a", "21-21"},
		{"block", "23-26"},
		{"block.inner", "24-24"},
		{"data.k", "27-27"},
		{"_name", "6-6"},
	} {
		values := fact.Value.Lookup(c.path)
		if len(values) != 1 {
			t.Errorf("%s: %d values, want 1", c.path, len(values))
			continue
		}
		if got := fmt.Sprintf("%d-%d", values[0].Start, values[0].End); got != c.want {
			t.Errorf("%s: lines %s, want %s", c.path, got, c.want)
		}
	}
	items := fact.Value.Get("list").Items
	if items[0].Start != 10 || items[1].Start != 11 {
		t.Errorf("list items: lines %d and %d, want 10 and 11", items[0].Start, items[1].Start)
	}
}

func TestHCLDepth(t *testing.T) {
	nest := func(open, end string, n int) string {
		return "x = " + strings.Repeat(open, n) + "1" + strings.Repeat(end, n) + "\n"
	}
	for _, c := range []struct {
		name, text string
		deep       bool
	}{
		{"flat", strings.Repeat("a {\n b = [1, 2]\n}\n", 5000), false},
		{"brackets within reason", nest("[", "]", 150), false},
		{"brackets", nest("[", "]", 5000), true},
		{"parentheses", nest("(", ")", 5000), true},
		{"objects", nest("{a=", "}", 5000), true},
		{"templates", nest(`"${`, `}"`, 5000), true},
		{"blocks", strings.Repeat("b {\n", 5000) + strings.Repeat("}\n", 5000), true},
		{"not", nest("!", "", 5000), true},
		{"choices", nest("a ? b : ", "", 5000), true},
		{"choices over lines of an interpolation", `x = "${` + strings.Repeat("a ? b :\n", 5000) + `1}"`, true},
		{"directives", `x = "` + strings.Repeat("%{if a}", 5000) + `"`, true},
		{"closers in comments", "x = " + strings.Repeat("[ /*]*/ ", 5000), true},
		{"closers in strings", "x = " + strings.Repeat(`["]",`, 5000), true},
		{"closers in heredocs", "x = " + strings.Repeat("[<<A\n]\nA\n,", 5000), true},
		{"heredocs", "x = " + strings.Repeat("<<A\n${", 5000), true},
		{"strings that break off", strings.Repeat("x = \"[\n", 5000), true},
		{"openers in strings and comments", strings.Repeat("x = \"[[[\" # {{{(\n// ((\n/* [ */\n", 5000), false},
		{"escapes", strings.Repeat(`x = "\"$${%%{["`+"\n", 5000), false},
	} {
		if got := hclTooDeep(c.text) > 0; got != c.deep {
			t.Errorf("%s: too deep is %v, want %v", c.name, got, c.deep)
		}
		readTerraformFiles(map[string]string{"main.tf": c.text}) // must come back
	}
}

func TestModuleSource(t *testing.T) {
	for _, c := range [][3]string{
		{"terraform-aws-modules/vpc/aws", "terraform-aws-modules/vpc/aws", ""},
		{"terraform-aws-modules/iam/aws//modules/iam-user", "terraform-aws-modules/iam/aws//modules/iam-user", ""},
		{"registry.terraform.io/a/b/c", "a/b/c", ""},
		{"app.terraform.io/a/b/c", "app.terraform.io/a/b/c", ""},
		{"../../modules/db", "./modules/db", ""},
		{"git::https://github.com/acme/Infra.git//db?ref=v1", "github.com/acme/infra//db", "v1"},
		{"git::ssh://git@github.com/acme/infra.git?ref=v2&depth=1", "github.com/acme/infra", "v2"},
		{"git@github.com:acme/infra.git//x", "github.com/acme/infra//x", ""},
		{"git::ssh://git@gitlab.acme.io:2222/acme/infra.git", "gitlab.acme.io/acme/infra", ""},
		{"github.com/acme/infra//x", "github.com/acme/infra//x", ""},
		{"github.com/terraform-aws-modules/terraform-aws-rds-aurora", "terraform-aws-modules/rds-aurora/aws", ""},
		{"tfr:///a/b/c?version=1.2.3", "a/b/c", "1.2.3"},
		{"s3::https://s3.amazonaws.com/bucket/vpc.zip", "s3.amazonaws.com/bucket/vpc.zip", ""},
	} {
		if name, version := moduleSource("live/prod", c[0]); name != c[1] || version != c[2] {
			t.Errorf("moduleSource(%q) = %q, %q; want %q, %q", c[0], name, version, c[1], c[2])
		}
	}
}

func TestEnvironmentOf(t *testing.T) {
	for _, c := range [][2]string{
		{"prod", production}, {"prod-eu-1", production}, {"app_production", production}, {"live", production},
		{"non-prod", development}, {"nonprod", development}, {"pre-prod", staging}, {"preprod", staging},
		{"staging.tfvars", staging}, {"dev", development}, {"qa", development},
		{"product", ""}, {"devops", ""}, {"us-east-1", ""}, {"", ""},
	} {
		if got := environmentOf(c[0]); got != c[1] {
			t.Errorf("environmentOf(%q) = %q, want %q", c[0], got, c[1])
		}
	}
	for _, c := range [][2]string{
		{"non-prod/us-east-1/qa/mysql", development}, {"prod/dev-tools", production}, {"live/us/stage/db", staging},
		{"terraform/lib/vpc", ""}, {"envs/eks-prod", production}, {"env/prod01", production}, {"env/uat2", staging}, {"env/2", ""},
	} {
		if got := environmentOfPath(c[0]); got != c[1] {
			t.Errorf("environmentOfPath(%q) = %q, want %q", c[0], got, c[1])
		}
	}
}
