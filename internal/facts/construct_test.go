package facts

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// compact writes a value on one line: what tests compare.
func compact(v Value) string {
	switch v.Kind {
	case List:
		var items []string
		for _, x := range v.Items {
			items = append(items, compact(x))
		}
		return "[" + strings.Join(items, " ") + "]"
	case Map:
		var members []string
		for _, f := range v.Fields {
			members = append(members, f.Key+"="+compact(f.Value))
		}
		return "{" + strings.Join(members, " ") + "}"
	case Unknown:
		return "?"
	case Null:
		return "null"
	}
	return v.Text
}

func TestConstructs(t *testing.T) {
	cases := []struct{ name, files, want string }{
		{"fields that are bound once", `
-- cdk.json --
{"app": "npx ts-node bin/app.ts"}
-- lib/network.ts --
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
export class Network {
  private readonly azs = 3;
  constructor(scope) {
    this.app = { name: 'app', subnetType: SubnetType.PRIVATE_WITH_EGRESS };
    this.cidr = '10.0.0.0/16';
    if (scope.second) { this.cidr = '10.1.0.0/16'; }
    this.vpc = new Vpc(scope, 'Vpc', { maxAzs: this.azs, cidr: this.cidr, subnetConfiguration: [this.app], tags: other.app });
  }
}
`, `
8-8 aws-ec2.vpc {maxAzs=3 cidr=? subnetConfiguration=[{name=app subnetType=PRIVATE_WITH_EGRESS}] tags=? _id=Vpc}
`},
		{"objects that are handed over, by what the program says they are", `
-- cdk.json --
{"app": "npx ts-node bin/app.ts"}
-- lib/plans.ts --
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
interface Props { api: RestApi; vpc?: ec2.IVpc; other: RestApi; fn: lambda.Function }
export class Plans {
  constructor(scope: Construct, private readonly other: ec2.Vpc, props: Props) {
    props.api.addUsagePlan('Basic', { throttle: { rateLimit: 50 } });
    props.vpc.addFlowLog('All', { trafficType: ec2.FlowLogTrafficType.ALL });
    this.other.addFlowLog('None');
    new lambda.Function(scope, 'F', { tracing: lambda.Tracing.ACTIVE });
  }
}
`, `
7-7 aws-apigateway.restapi.addusageplan {throttle={rateLimit=50} _id=Basic}
8-8 aws-ec2.vpc.addflowlog {trafficType=ALL _id=All}
10-10 aws-lambda.function {tracing=ACTIVE _id=F}
`},
		{"typescript", `
-- cdk.json --
{"app": "npx ts-node bin/app.ts"}
-- lib/stack.ts --
import * as cdk from 'aws-cdk-lib';
import { aws_ecs as ecs, Duration, Stack } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Bucket, type BucketProps, Secret as S } from "aws-cdk-lib/aws-s3";
import { Vpc } from '@aws-cdk/aws-ec2';
// new rds.DatabaseInstance(this, 'no', {});
const days = 7;
const shared = { deletionProtection: true };
export class MyStack extends Stack {
  constructor(scope: Construct, id: string, props: MyProps) {
    const db = new rds.DatabaseInstance(this, 'Db', {
      multiAz: true, port: 5_432, vpc,
      storageEncrypted: props.encrypted ?? true,
      backupRetention: Duration.days(days),
      engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16 }),
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T3, ec2.InstanceSize.MICRO),
      'quoted': ` + "`a ${b}`" + `, plain: ` + "`x`" + `, re: /"/g,
      ...shared,
      onEvent: (e) => { return [1, 2]; },
    });
    const svc: ecs.FargateService = new cdk.aws_ecs.FargateService(this, "Svc", { desiredCount: 2, circuitBreaker: { rollback: true } as any });
    const scaling = svc.autoScaleTaskCount({ maxCapacity: 4 });
    scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 50 });
    this.bucket = new Bucket(this, 'B');
    this.bucket.grantRead(fn);
    if (props.prod) {
      Vpc.fromLookup(this, 'V', { isDefault: true });
    }
    props.table.grantReadData(fn);
    new Error('x');
    new Thing<Foo>(this, 'T', { env: { account: '1' } });
  }
}
`, `
11-20 aws-rds.databaseinstance {multiAz=true port=5432 vpc=? storageEncrypted=? backupRetention={days=7} engine={postgres={version=VER_16}} instanceType={of=[T3 MICRO]} quoted=? plain=x re=? deletionProtection=true onEvent=? _id=Db}
21-21 aws-ecs.fargateservice {desiredCount=2 circuitBreaker={rollback=true} _id=Svc _calls=[autoScaleTaskCount scaleOnCpuUtilization]}
22-22 aws-ecs.fargateservice.autoscaletaskcount {maxCapacity=4 _id=Svc}
23-23 aws-ecs.fargateservice.scaleoncpuutilization {targetUtilizationPercent=50 _id=Svc}
24-24 aws-s3.bucket {_id=B _calls=[grantRead]}
25-25 aws-s3.bucket.grantread {_id=B}
27-27 aws-ec2.vpc.fromlookup {isDefault=true _id=V} is made only under a condition in the program
29-29 unknown.grantreaddata {}
31-31 local.thing {env={account=1} _id=T}`},
		{"without cdk.json, laid out as cdk init does", `
-- infra/package.json --
{}
-- infra/bin/app.ts --
import { App } from 'aws-cdk-lib';
import { WebStack } from '../lib/stacks/web';
const app = new App();
new WebStack(app, 'prod');
-- infra/lib/stacks/web.ts --
import { Bucket } from 'aws-cdk-lib/aws-s3';
export class WebStack extends Stack { constructor() { new Bucket(this, 'B', { versioned: true }); } }
`, `
3-3 core.app {}
4-4 local.webstack {_id=prod}
2-2 aws-s3.bucket {versioned=true _id=B}`},
		{"what Pulumi programs share", `
-- src/apps/api/Pulumi.yaml --
name: api
runtime: python
-- src/apps/web/Pulumi.yaml --
name: web
runtime: python
-- src/apps/lib/database.py --
from pulumi_aws import rds
db = rds.Instance("db", multi_az=True)
-- other/database.py --
from pulumi_aws import rds
db = rds.Instance("db")
`, `
2-2 pulumi:aws.rds.instance {multiAz=true _id=db}`},
		{"a library of constructs", `
-- package.json --
{}
-- lib/monitoring.ts --
import { Bucket } from 'aws-cdk-lib/aws-s3';
export class Monitoring extends Construct { constructor() { new Bucket(this, 'B'); } }
`, ``},
		{"javascript", `
-- cdk.json --
{}
-- app.js --
const { Queue } = require('aws-cdk-lib/aws-sqs');
const rds = require('@aws-cdk/aws-rds');
const { MyStack } = require('./stack');
new MyStack(app, 'prod', { env: prod });
new Queue(this, 'Q', { fifo: true, deadLetterQueue: { queue: new Queue(this, 'Dlq'), maxReceiveCount: 3 } }).grantSendMessages(fn);
`, `
4-4 local.mystack {env=? _id=prod}
5-5 aws-sqs.queue {fifo=true deadLetterQueue={queue={_id=Dlq _new=Queue} maxReceiveCount=3} _id=Q _calls=[grantSendMessages]}
5-5 aws-sqs.queue {_id=Dlq}
5-5 aws-sqs.queue.grantsendmessages {_id=Q}`},
		{"a cluster that is handed over", `
-- cdk.json --
{}
-- lib/autoscaler.ts --
import eks = require("aws-cdk-lib/aws-eks");
export class Autoscaler extends Construct {
  constructor(scope: Construct, id: string, props: { cluster: eks.Cluster }) {
    const account = props.cluster.addServiceAccount("scaler", { namespace: "kube-system" });
    props.cluster.addHelmChart("Scaler", { chart: "cluster-autoscaler", values: { replicas: 2 } });
    props.cluster.addUnheardOf("x", { a: 1 });
  }
}
`, `4-4 aws-eks.cluster.addserviceaccount {namespace=kube-system _id=scaler}
5-5 aws-eks.cluster.addhelmchart {chart=cluster-autoscaler values={replicas=2} _id=Scaler}
6-6 aws-eks.cluster.addunheardof {a=1 _id=x}`},
		{"python", `
-- infra/cdk.json --
{}
-- infra/app.py --
import aws_cdk as cdk
from aws_cdk import aws_rds as rds, Stack
from aws_cdk import (
    aws_ec2 as ec2,  # network
    Duration,
)
from aws_cdk.aws_s3 import Bucket
class MyStack(Stack):
    def __init__(self, scope, construct_id: str, **kwargs) -> None:
        """A doc with rds.DatabaseInstance(self, "no")"""
        vpc = ec2.Vpc(self, "Vpc", max_azs=3, subnet_configuration=[
            ec2.SubnetConfiguration(name="db", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24),
        ])
        self.db = rds.DatabaseInstance(
            self, "Db",
            multi_az=True,
            backup_retention=Duration.days(7),
            tags={"A_b": "c"},
            name=f"{x}-db",
            allocated_storage=size + 1,
        )
        self.db.grant_connect(fn)
        ec2.Vpc.from_lookup(self, "V", is_default=True)
MyStack(app, "Prod", env=cdk.Environment(account="1"))
`, `
11-13 aws-ec2.vpc {maxAzs=3 subnetConfiguration=[{name=db subnetType=PRIVATE_ISOLATED cidrMask=24 _new=SubnetConfiguration}] _id=Vpc}
12-12 aws-ec2.subnetconfiguration {name=db subnetType=PRIVATE_ISOLATED cidrMask=24}
14-21 aws-rds.databaseinstance {multiAz=true backupRetention={days=7} tags={A_b=c} name=? allocatedStorage=? _id=Db _calls=[grantConnect]}
22-22 aws-rds.databaseinstance.grantconnect {_id=Db}
23-23 aws-ec2.vpc.fromlookup {isDefault=true _id=V}
24-24 core.environment {account=1}
24-24 local.mystack {env={account=1 _new=Environment} _id=Prod}`},
		{"go", `
-- cdk.json --
{}
-- main.go --
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	rds "github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecspatterns"
	"github.com/aws/jsii-runtime-go"
)

func f() {
	stack := awscdk.NewStack(scope, &id, &sprops)
	db := rds.NewDatabaseInstance(stack, jsii.String("Db"), &rds.DatabaseInstanceProps{
		MultiAz:         jsii.Bool(true),
		BackupRetention: awscdk.Duration_Days(jsii.Number(7)),
		SubnetType:      awsec2.SubnetType_PRIVATE_ISOLATED,
		Tags:            &map[string]*string{"A": jsii.String("b")},
		Names:           &[]*string{jsii.String("x"), jsii.String("y")},
		Name:            name,
	})
	db.GrantConnect(fn, nil)
	awsecspatterns.NewApplicationLoadBalancedFargateService(stack, jsii.String("S"), nil)
	NewMyStack(app, "Prod", &MyStackProps{awscdk.StackProps{Env: env()}})
}
`, `
11-11 core.stack {}
12-19 aws-rds.databaseinstance {multiAz=true backupRetention={days=7} subnetType=PRIVATE_ISOLATED tags={A=b} names=[x y] name=? _id=Db _calls=[grantConnect]}
20-20 aws-rds.databaseinstance.grantconnect {_id=Db}
21-21 aws-ecs-patterns.applicationloadbalancedfargateservice {_id=S}
22-22 local.mystack {_id=Prod}`},
		{"java", `
-- cdk.json --
{}
-- src/main/java/com/example/App.java --
package com.example;
import software.amazon.awscdk.services.rds.*;
import software.amazon.awscdk.services.s3.deployment.BucketDeployment;
import software.amazon.awscdk.Duration;
class App {
  void f() {
    DatabaseInstance db = DatabaseInstance.Builder.create(this, "Db")
      .multiAz(true)
      .backupRetention(Duration.days(7))
      .subnets(SubnetSelection.builder().subnetType(SubnetType.PRIVATE_ISOLATED).build())
      .zones(List.of("a", "b"))
      .build();
    new BucketDeployment(this, "D", BucketDeploymentProps.builder().prune(false).build());
    new ArrayList<String>();
  }
}
`, `
7-12 aws-rds.databaseinstance {_id=Db multiAz=true backupRetention={days=7} subnets={subnetType=PRIVATE_ISOLATED} zones=[a b]}
7-12 local.databaseinstance {_id=Db multiAz=true backupRetention={days=7} subnets={subnetType=PRIVATE_ISOLATED} zones=[a b]}
13-13 aws-s3-deployment.bucketdeployment {prune=false _id=D}`},
		{"c#", `
-- cdk.json --
{}
-- src/Stack.cs --
using Amazon.CDK;
using Amazon.CDK.AWS.RDS;
using EC2 = Amazon.CDK.AWS.EC2;
class S {
  S() {
    var db = new DatabaseInstance(this, "Db", new DatabaseInstanceProps {
      MultiAz = true,
      BackupRetention = Duration.Days(7),
      Zones = new [] { "a", "b" },
      Tags = new Dictionary<string, string> { ["A"] = "b" },
      Name = $"{x}",
    });
    new EC2.Vpc(this, "V", new EC2.VpcProps { MaxAzs = 2 });
  }
}
`, `
6-12 aws-rds.databaseinstance {multiAz=true backupRetention={days=7} zones=[a b] tags={A=b} name=? _id=Db}
6-12 core.databaseinstance {multiAz=true backupRetention={days=7} zones=[a b] tags={A=b} name=? _id=Db}
6-12 local.databaseinstance {multiAz=true backupRetention={days=7} zones=[a b] tags={A=b} name=? _id=Db}
13-13 aws-ec2.vpc {maxAzs=2 _id=V}`},
		{"pulumi", `
-- ts/Pulumi.yaml --
name: x
runtime: nodejs
-- ts/index.ts --
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ecs } from "@pulumi/awsx";
const cfg = new pulumi.Config();
const pw = cfg.requireSecret("pw");
const db = new aws.rds.Instance("db", { multiAz: true, password: pw }, { protect: true });
new ecs.FargateService("svc", {});
-- py/Pulumi.yaml --
runtime: python
-- py/__main__.py --
import pulumi
import pulumi_aws as aws
from pulumi_aws import s3
db = aws.rds.Instance("db", multi_az=True, opts=pulumi.ResourceOptions(protect=True))
b = s3.Bucket("b", versioning=s3.BucketVersioningArgs(enabled=True))
-- go/Pulumi.yaml --
runtime: go
-- go/main.go --
package main
import "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
func main() {
	db, err := rds.NewInstance(ctx, "db", &rds.InstanceArgs{MultiAz: pulumi.Bool(true), Ids: pulumi.StringArray{pulumi.String("a")}})
}
-- yaml/Pulumi.yaml --
runtime: yaml
resources:
  db:
    type: aws:rds:Instance
    properties:
      multiAz: true
`, `
4-4 pulumi:aws.rds.instance {multiAz=true ids=[a] _id=db}
4-4 pulumi:aws.rds.instance {multiAz=true _id=db _options={protect=true}}
5-5 pulumi:aws.s3.bucket {versioning={enabled=true} _id=b}
4-4 pulumi:config {_calls=[requireSecret]}
5-5 pulumi:config.requiresecret {_id=pw}
6-6 pulumi:aws.rds.instance {multiAz=true password=? _id=db _options={protect=true}}
7-7 pulumi:awsx.ecs.fargateservice {_id=svc}
3-6 pulumi:aws.rds.instance {multiAz=true _id=db}`},
		{"not a program", `
-- lib/stack.ts --
import * as rds from 'aws-cdk-lib/aws-rds';
new rds.DatabaseInstance(this, 'Db', {});
`, ``},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Read(t.Context(), memTree(archive(c.files)), Options{})
			if err != nil || len(got.Warnings) > 0 {
				t.Fatal(err, got.Warnings)
			}
			var lines []string
			for _, f := range got.All {
				if f.Kind == Construct {
					lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d-%d %s %s %s", f.Start, f.End, f.Name, compact(f.Value), f.Hint)))
				}
			}
			var want []string
			if c.want != "" {
				want = strings.Split(strings.TrimSpace(c.want), "\n")
			}
			if !slices.Equal(lines, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func FuzzConstructs(f *testing.F) {
	paths := []string{"a.ts", "a.py", "a.go", "A.java", "A.cs", "Pulumi.yaml"}
	for i, s := range []string{
		"import {Vpc} from 'aws-cdk-lib/aws-ec2'; const v = new Vpc(this, 'v', {a: [1, {b: `x${y}`}], ...z}).grantRead(1)",
		"from aws_cdk import aws_ec2 as ec2\nv = ec2.Vpc(self, 'v', max_azs=1, a=f'{x}', b={'c': -1})",
		"package m\nimport \"github.com/aws/aws-cdk-go/awscdk/v2/awsec2\"\nvar v = awsec2.NewVpc(s, \"v\", &awsec2.VpcProps{A: map[string]x{\"a\": b}})",
		"import software.amazon.awscdk.services.ec2.*; Vpc v = Vpc.Builder.create(this, \"v\").a(List.of(1)).build();",
		"using Amazon.CDK.AWS.EC2; new Vpc(this, \"v\", new VpcProps { A = new [] { 1 } });",
		"resources: {a: {type: 'a:b:C', properties: {d: 1}}}",
	} {
		f.Add(uint8(i), []byte(s))
	}
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		path := paths[int(which)%len(paths)]
		if path == "Pulumi.yaml" {
			checkRead(t, path, text)
			return
		}
		a, _ := readProgram(path, text)
		b, _ := readProgram(path, text)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Error("not the same twice")
		}
		lines := strings.Count(string(text), "\n") + 1
		for _, f := range a {
			if f.Start < 1 || f.End < f.Start || f.End > lines {
				t.Errorf("%s: lines %d to %d of %d", f.Name, f.Start, f.End, lines)
			}
		}
	})
}
