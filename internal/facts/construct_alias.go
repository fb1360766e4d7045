package facts

import "strings"

// Libraries built upon CDK wrap its constructs in classes of their own, and
// name them after what they wrap: GuLambdaFunction, ApiGatewayToLambda. Such an
// object is also a fact under the name of what it wraps, with the properties
// that are written down here; what the wrapper adds can't be known.

// wrapped is what a class is called after -> what it wraps. The first that
// the class's name ends in counts.
var wrapped = [...]struct{ suffix, name string }{
	{"edgefunction", ""}, {"stepfunction", ""}, {"cloudfrontfunction", ""}, {"fieldfunction", ""},
	{"lambdafunction", "aws-lambda.Function"}, {"nodejsfunction", "aws-lambda-nodejs.NodejsFunction"},
	{"pythonfunction", "aws-lambda-python.PythonFunction"}, {"gofunction", "aws-lambda-go.GoFunction"},
	{"scheduledlambda", "aws-lambda.Function"}, {"apilambda", "aws-lambda.Function"}, {"function", "aws-lambda.Function"},
	{"fargateservice", "aws-ecs.FargateService"}, {"ecsservice", "aws-ecs.FargateService"}, {"ecscluster", "aws-ecs.Cluster"},
	{"databaseinstance", "aws-rds.DatabaseInstance"}, {"databasecluster", "aws-rds.DatabaseCluster"},
	{"securitygroup", "aws-ec2.SecurityGroup"}, {"vpc", "aws-ec2.Vpc"},
	{"autoscalinggroup", "aws-autoscaling.AutoScalingGroup"},
	{"applicationloadbalancer", "aws-elasticloadbalancingv2.ApplicationLoadBalancer"},
	{"applicationtargetgroup", "aws-elasticloadbalancingv2.ApplicationTargetGroup"},
	{"compositealarm", "aws-cloudwatch.CompositeAlarm"}, {"alarm", "aws-cloudwatch.Alarm"}, {"dashboard", "aws-cloudwatch.Dashboard"},
	{"monitoringfacade", "aws-cloudwatch.Dashboard"}, {"watchful", "aws-cloudwatch.Dashboard"},
	{"bucket", "aws-s3.Bucket"}, {"queue", "aws-sqs.Queue"}, {"topic", "aws-sns.Topic"}, {"dynamotable", "aws-dynamodb.Table"},
	{"dynamodbtable", "aws-dynamodb.Table"}, {"certificate", "aws-certificatemanager.Certificate"},
	{"restapi", "aws-apigateway.RestApi"}, {"httpapi", "aws-apigatewayv2.HttpApi"}, {"statemachine", "aws-stepfunctions.StateMachine"},
	{"distribution", "aws-cloudfront.Distribution"}, {"cname", "aws-route53.CnameRecord"}, {"arecord", "aws-route53.ARecord"},
	{"userpool", "aws-cognito.UserPool"}, {"secret", "aws-secretsmanager.Secret"}, {"role", "aws-iam.Role"},
}

// combined are the parts in the names of AWS's Solutions Constructs.
var combined = map[string]string{
	"lambda": "aws-lambda.Function", "dynamodb": "aws-dynamodb.Table", "s3": "aws-s3.Bucket", "sqs": "aws-sqs.Queue",
	"sns": "aws-sns.Topic", "apigateway": "aws-apigateway.RestApi", "cloudfront": "aws-cloudfront.Distribution",
	"fargate": "aws-ecs.FargateService", "alb": "aws-elasticloadbalancingv2.ApplicationLoadBalancer", "cognito": "aws-cognito.UserPool",
	"kinesisstreams": "aws-kinesis.Stream", "stepfunctions": "aws-stepfunctions.StateMachine", "wafwebacl": "aws-wafv2.CfnWebACL",
	"eventbridge": "aws-events.Rule",
}

// wraps is what an object of a library's class is besides: names of CDK.
func wraps(name string) []string {
	library, class, ok := cutLast(name, '.')
	switch {
	case !ok, !strings.Contains(library, "cdk") && !strings.Contains(library, "constructs"),
		strings.HasPrefix(library, "aws-cdk"), strings.HasPrefix(library, "cdktf"), strings.HasPrefix(library, "pulumi"):
		return nil
	}
	class = strings.ToLower(class)
	if parts, ok := strings.CutPrefix(library, "@aws-solutions-constructs/aws-"); ok {
		var out []string
		for _, part := range strings.Split(parts, "-") {
			if to := combined[part]; to != "" {
				out = append(out, to)
			}
		}
		return out
	}
	if strings.HasPrefix(library, "@guardian/cdk") && (strings.HasSuffix(class, "ec2app") || strings.HasSuffix(class, "playapp") || strings.HasSuffix(class, "nodeapp")) {
		return []string{"aws-ec2.SecurityGroup", "aws-elasticloadbalancingv2.ApplicationLoadBalancer", "aws-autoscaling.AutoScalingGroup"}
	}
	for _, w := range wrapped {
		if strings.HasSuffix(class, w.suffix) {
			if w.name == "" {
				return nil
			}
			return []string{w.name}
		}
	}
	return nil
}

// cutLast cuts at the last separator.
func cutLast(s string, sep byte) (before, after string, found bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// openEnded says of an object that it may have more members than are shown.
func openEnded(v Value) Value {
	if v.Kind != Map || v.Get(rest).Kind != Absent {
		return v
	}
	return v.With(rest, Value{Kind: Unknown, Text: "what the wrapper adds", Start: v.Start, End: v.End})
}
