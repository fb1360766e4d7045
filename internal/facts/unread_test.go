package facts

import (
	"fmt"
	"slices"
	"testing"
)

func TestNamesWithin(t *testing.T) {
	manyKinds := ""
	for i := range 20_000 {
		manyKinds += fmt.Sprintf("apiVersion: apps/v%d\nkind: Kind%d\n", i, i)
	}
	for _, c := range []struct {
		kinds []Kind
		text  string
		want  []string // nil: any
	}{
		{[]Kind{CloudFormation}, "Type: AWS::SQS::Queue\n\"Type\": \"AWS::RDS::DBInstance\"", []string{"aws::rds::dbinstance", "aws::sqs::queue", "parameter"}},
		{[]Kind{CloudFormation}, "Type: AWS::SQS::Queue\nType: AWS::CloudFormation::Stack", nil},
		{[]Kind{CloudFormation}, "Fn::Transform: {Name: AWS::Include}", nil},
		{[]Kind{Terraform}, "resource \"aws_sqs_queue\" \"q\" {\n", []string{"aws_sqs_queue", "data.aws_sqs_queue"}},
		{[]Kind{Terraform}, "resource \"aws_sqs_queue\" \"q\" {}\nmodule \"m\" {", nil},
		{[]Kind{Kubernetes}, "apiVersion: apps/v1\nkind: Deployment\n", []string{"deployment.apps"}},
		{[]Kind{Kubernetes}, "apiVersion: v1\nkind: Service\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application", nil},
		{[]Kind{Kubernetes}, manyKinds, nil},
		{[]Kind{CloudFormation, Workflow}, "Type: AWS::SQS::Queue", nil},
	} {
		if got := namesWithin(c.kinds, []byte(c.text)); !slices.Equal(got, c.want) || (got == nil) != (c.want == nil) {
			t.Errorf("%v of %q: %q, want %q", c.kinds, c.text, got, c.want)
		}
	}
}
