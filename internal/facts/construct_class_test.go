package facts

import (
	"strings"
	"testing"
)

func TestWrappers(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"library":           {`import { GuSecurityGroup } from '@guardian/cdk/lib/constructs/ec2';` + "\nconst g = new GuSecurityGroup(this, 'G', { a: 1 });\ng.addIngressRule(x, y);", "@guardian/cdk/lib/constructs/ec2.gusecuritygroup {a=1 _id=G}; aws-ec2.securitygroup {a=1 _id=G _rest=? _calls=[addIngressRule]}; aws-ec2.securitygroup.addingressrule {_id=G}"},
		"joined":            {`import { LambdaToSqs } from '@aws-solutions-constructs/aws-lambda-sqs'; // cdk` + "\nnew LambdaToSqs(this, 'L', {});", "@aws-solutions-constructs/aws-lambda-sqs.lambdatosqs {_id=L}; aws-lambda.function {_id=L _rest=?}; aws-sqs.queue {_id=L _rest=?}"},
		"no wrapper":        {`import { EdgeFunction } from 'some-cdk-lib';` + "\nnew EdgeFunction(this, 'E', {});", "some-cdk-lib.edgefunction {_id=E}"},
		"own class":         {`import * as l from 'aws-cdk-lib/aws-lambda';` + "\nclass W extends l.Function {\n constructor() { super(scope, id, { memorySize: 128, timeout: t }); }\n}\nnew W(this, 'w', { timeout: 3 });", "local.w {timeout=3 _id=w}; aws-lambda.function {memorySize=128 timeout=3 _id=w _rest=?}"},
		"nobody makes it":   {`import * as l from 'aws-cdk-lib/aws-lambda';` + "\nclass W extends l.Function {}", ""},
		"stage's choice":    {`import * as l from 'aws-cdk-lib/aws-lambda';` + "\nnew l.Function(this, 'f', { a: stage === 'PROD' ? 2 : 1, b: stage !== 'prod' ? 2 : 1, c: x ? 2 : 1, d: isProd ? 2 : 1 });", "aws-lambda.function {a=2 b=1 c=? d=2 _id=f}"},
		"props":             {`import * as d from 'aws-cdk-lib/aws-dynamodb';` + "\nclass Store extends Construct {\n constructor(scope, id, props) {\n  new d.Table(this, 't', { a: props?.pitr, b: props.other, c: { d: this.props.pitr } });\n }\n}\nclass App extends Stack {\n constructor(scope, id) {\n  new Store(this, 's', { pitr: true, other: x });\n }\n}", "aws-dynamodb.table {a=true b=? c={d=true} _id=t}; local.store {pitr=true other=? _id=s}"},
		"props that differ": {`import * as d from 'aws-cdk-lib/aws-dynamodb';` + "\nclass Store extends Construct {\n constructor(scope, id, props) {\n  new d.Table(this, 't', { a: props.pitr });\n }\n}\nnew Store(this, 's', { pitr: true });\nnew Store(this, 'u', { pitr: false });", "aws-dynamodb.table {a=? _id=t}; local.store {pitr=true _id=s}; local.store {pitr=false _id=u}"},
		"many conditions":   {`import * as l from 'aws-cdk-lib/aws-lambda';` + "\nnew l.Function(this, 'f', { a: stage === 'PROD' && x ? 2 : 1 });", "aws-lambda.function {a=? _id=f}"},
	} {
		facts, _ := readProgram("cdk/lib/x.ts", []byte(c.text))
		var got []string
		for _, f := range joinClasses(joinProps(facts)) {
			got = append(got, f.Name+" "+compact(f.Value))
		}
		if got := strings.Join(got, "; "); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, c.want)
		}
	}
	facts, _ := readProgram("cdk/x.py", []byte("from aws_cdk import aws_lambda as l\nclass W(l.Function):\n    def __init__(self, scope, id, **kw):\n        super().__init__(scope, id, memory_size=128, **kw)\nW(self, 'w', timeout=3)\n"))
	var got []string
	for _, f := range joinClasses(joinProps(facts)) {
		got = append(got, f.Name+" "+compact(f.Value))
	}
	if got := strings.Join(got, "; "); got != "local.w {timeout=3 _id=w}; aws-lambda.function {memorySize=128 _id=w timeout=3 _rest=?}" && got != "local.w {timeout=3 _id=w}; aws-lambda.function {memorySize=128 timeout=3 _id=w _rest=?}" {
		t.Errorf("python: %s", got)
	}
}
