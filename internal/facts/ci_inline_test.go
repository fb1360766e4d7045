package facts

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

func TestBuildsWithinInfrastructure(t *testing.T) {
	cases := []struct{ name, files, want string }{
		{"a template's CodeBuild project", `
-- template.yaml --
Resources:
  Build:
    Type: AWS::CodeBuild::Project
    Properties:
      Source:
        Type: CODEPIPELINE
        BuildSpec: !Sub |
          version: 0.2
          phases:
            pre_build:
              commands:
                - npm test
            build:
              commands:
                - docker push ${Repository}:latest
`, `
template.yaml:12 npm test [ci deploy]
template.yaml:15 docker push ${Repository}:latest [ci deploy]`},
		{"Amplify", `
-- template.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  App:
    Type: AWS::Amplify::App
    Properties:
      BuildSpec: |-
        frontend:
          phases:
            build: {commands: [cd www, npm run build]}
-- www/package.json --
{"scripts": {"build": "react-scripts build"}}
-- amplify.yml --
applications:
  - appRoot: site
    frontend:
      phases:
        build:
          commands: [npm run build]
-- site/package.json --
{"scripts": {"build": "vite build"}}
`, `
amplify.yml:6 npm run build [ci deploy]
amplify.yml:6 vite build [ci deploy]
template.yaml:9 npm run build [ci deploy]
template.yaml:9 react-scripts build [ci deploy]`},
		{"by the clock", `
-- main.tf --
provider "aws" {}
resource "aws_codebuild_project" "smoke" {
  source {
    type      = "NO_SOURCE"
    buildspec = file("smoke.yml")
  }
}
resource "aws_cloudwatch_event_rule" "clock" { schedule_expression = "rate(10 minutes)" }
resource "aws_cloudwatch_event_target" "clock" {
  rule = aws_cloudwatch_event_rule.clock.name
  arn  = aws_codebuild_project.smoke.arn
}
-- smoke.yml --
version: 0.2
phases: {build: {commands: [rspec spec/smoke]}}
-- template.yaml --
Resources:
  Smoke:
    Type: AWS::CodeBuild::Project
    Properties: {Source: {Type: NO_SOURCE, BuildSpec: "version: 0.2\nphases: {build: {commands: [npm test]}}"}}
  Clock:
    Type: AWS::Events::Rule
    Properties: {ScheduleExpression: rate(1 day), Targets: [{Arn: !GetAtt Smoke.Arn, Id: smoke}]}
`, `
main.tf:5 rspec spec/smoke [schedule]
template.yaml:4 npm test [schedule]`},
		{"Terraform, in the code and from a file", `
-- main.tf --
provider "aws" {}
resource "aws_codebuild_project" "build" {
  source {
    buildspec = <<-EOF
      version: 0.2
      phases:
        build:
          commands:
            - make test
    EOF
  }
}
resource "aws_codebuild_project" "other" {
  source { buildspec = file("${path.module}/other.txt") }
}
-- other.txt --
phases: {build: {commands: [make lint]}}
`, `
main.tf:9 make test [manual]`},
		{"CDK", `
-- cdk.json --
{}
-- lib/stack.ts --
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import { CodePipeline, ShellStep } from 'aws-cdk-lib/pipelines';
new codebuild.PipelineProject(this, 'Build', {
  buildSpec: codebuild.BuildSpec.fromObject({ phases: { build: { commands: ['npm ci', 'npm test'] } } }),
});
new codebuild.Project(this, 'Publish', { buildSpec: codebuild.BuildSpec.fromObject({ phases: { build: { commands: ['make publish'] } } }) });

new CodePipeline(this, 'P', { synth: new ShellStep('Synth', { commands: ['npx cdk synth'] }) });
`, `
lib/stack.ts:4 npm ci [ci deploy]
lib/stack.ts:4 npm test [ci deploy]
lib/stack.ts:6 make publish [manual]
lib/stack.ts:8 npx cdk synth [ci deploy]
lib/stack.ts:8 cdk synth [ci deploy]`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Read(context.Background(), memTree(archive(c.files)), Options{Asked: func(Kind, string) Asked { return Asked{} }})
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, f := range got.All {
				if f.Kind == CI {
					lines = append(lines, fmt.Sprintf("%s:%d %s %s", f.Path, f.Start, f.Value.Get("run").Text, compact(f.Value.Get("when"))))
				}
			}
			if all := strings.Join(lines, "\n"); all != strings.TrimSpace(c.want) {
				t.Errorf("got\n%s\nwant%s", all, c.want)
			}
		})
	}
}
