package facts

import (
	"context"
	"slices"
	"testing"
)

// askedFrom are the members of each fact of a kind, as "name: a b c".
func askedFrom(t *testing.T, files map[string]string, kind Kind, asked func(Kind, string) Asked) []string {
	t.Helper()
	read, err := Read(context.Background(), memTree(files), Options{Asked: asked})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range read.All {
		if f.Kind != kind {
			continue
		}
		line := f.Name + ":"
		for _, m := range f.Value.Fields {
			line += " " + m.Key
		}
		out = append(out, line)
	}
	return out
}

// What no rule asks for is neither worked out nor kept, whatever the syntax.
func TestOnlyWhatIsAskedForIsKept(t *testing.T) {
	files := map[string]string{
		"main.tf": `
resource "aws_s3_bucket" "a" {
  bucket = "logs"
  tags   = { team = "a" }
  lifecycle_rule { enabled = true }
  dynamic "logging" {
    for_each = [1]
    content { target_bucket = "b" }
  }
}
variable "size" {
  type        = number
  default     = 3
  description = "how large"
}
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.0.0"
  cidr    = "10.0.0.0/16"
  azs     = ["a", "b"]
}
`,
		"more/main.tf.json": `{"resource": {"aws_s3_bucket": {"b": {"bucket": "x", "acl": "private"}}}}`,
		"stack.yaml": `
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: q, KmsMasterKeyId: alias/aws/sqs}}
`,
		"k8s/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostNetwork: true}\n",
	}
	asked := func(_ Kind, name string) Asked {
		return map[string]Asked{
			"aws_s3_bucket":                        {"bucket": true, "logging": true},
			"variable":                             {"default": true},
			"module:terraform-aws-modules/vpc/aws": {"azs": true},
			"aws_vpc":                              {"cidr_block": true},
			"aws::sqs::queue":                      {"KmsMasterKeyId": true},
			"pod.":                                 {"spec": true},
		}[name]
	}
	for _, c := range []struct {
		kind       Kind
		some, full []string
	}{
		{Terraform,
			[]string{"aws_s3_bucket: bucket logging _name _root", "variable: default _name _root",
				"aws_vpc: _name _source _version cidr_block _env _count _rest _root",
				"module:terraform-aws-modules/vpc/aws: azs _name _source _version _root", "aws_s3_bucket: bucket _name _root"},
			[]string{"aws_s3_bucket: bucket tags lifecycle_rule logging _name _root", "variable: type default description _name _root",
				"aws_vpc: cidr azs _name _source _version cidr_block _env _count _rest _root",
				"module:terraform-aws-modules/vpc/aws: cidr azs _name _source _version _root", "aws_s3_bucket: bucket acl _name _root"}},
		{Kubernetes, []string{"pod.: spec _pod"}, []string{"pod.: apiVersion kind metadata spec _pod"}},
		{CloudFormation, []string{"aws::sqs::queue: KmsMasterKeyId _name"}, []string{"aws::sqs::queue: QueueName KmsMasterKeyId _name"}},
	} {
		if got := askedFrom(t, files, c.kind, asked); !slices.Equal(got, c.some) {
			t.Errorf("%s, some asked for: %q, want %q", c.kind, got, c.some)
		}
		if got := askedFrom(t, files, c.kind, nil); !slices.Equal(got, c.full) {
			t.Errorf("%s: %q, want %q", c.kind, got, c.full)
		}
	}
}

// A chart that Terraform installs is a release of that chart, even when nobody
// asks anything of the block.
func TestReleasesReadWhatNobodyAsksOfTheirBlock(t *testing.T) {
	files := map[string]string{"main.tf": `
resource "helm_release" "x" {
  name       = "x"
  chart      = "cert-manager"
  repository = "https://charts.jetstack.io"
}
`}
	nothing := func(Kind, string) Asked { return Asked{} }
	if got := askedFrom(t, files, Helm, nothing); len(got) != 1 {
		t.Errorf("releases %q, want one", got)
	}
}
