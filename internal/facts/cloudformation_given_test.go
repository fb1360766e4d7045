package facts

import (
	"context"
	"testing"
)

func TestParametersThatDeploymentsGive(t *testing.T) {
	const template = "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nParameters:\n  Shift: {Type: String, Default: AllAtOnce}\n  Stage: {Type: String, AllowedValues: [dev, prod]}\n  Size: {Type: Number}\n" +
		"Resources:\n  F: {Type: 'AWS::Serverless::Function', Properties: {Shift: !Ref Shift, Stage: !Ref Stage, Size: !Ref Size}}\n"
	const onPush = "on: {push: {branches: [main]}}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n"
	for _, c := range []struct {
		name, want string
		files      map[string]string
	}{
		{"nothing", "{Shift:AllAtOnce Stage:prod Size:?(!Ref Size)}", nil},
		{"SAM's settings, production's of several", "{Shift:Canary10Percent5Minutes Stage:prod Size:512}", map[string]string{
			"samconfig.toml": "version = 0.1\n[default.deploy.parameters]\nparameter_overrides = \"Shift=Linear10PercentEvery1Minute Stage=dev\"\n[prod.deploy.parameters]\nparameter_overrides = 'Shift=\"Canary10Percent5Minutes\" Stage=prod Size=512'\n"}},
		{"SAM's settings without an environment", "{Shift:Canary10Percent5Minutes Stage:prod Size:512}", map[string]string{
			"samconfig.yaml": "version: 0.1\ndefault: {global: {parameters: {stack_name: shop}}, deploy: {parameters: {template_file: template.yaml, parameter_overrides: [Shift=Canary10Percent5Minutes, Stage=dev, Size=512]}}}\n"}},
		{"SAM's settings for another environment", "{Shift:AllAtOnce Stage:prod Size:?(!Ref Size)}", map[string]string{
			"samconfig.toml": "version = 0.1\n[staging.deploy.parameters]\nparameter_overrides = \"Size=128\"\n"}},
		{"SAM's settings for another template", "{Shift:AllAtOnce Stage:prod Size:?(!Ref Size)}", map[string]string{
			"samconfig.toml": "version = 0.1\n[default.deploy.parameters]\ntemplate_file = \"other.yaml\"\nparameter_overrides = \"Size=128\"\n"}},
		{"a command", "{Shift:Canary10Percent5Minutes Stage:prod Size:?(!Ref Size)}", map[string]string{
			".github/workflows/deploy.yml": onPush + "      - run: aws cloudformation deploy --stack-name shop --template-file ./template.yaml --parameter-overrides Shift=Canary10Percent5Minutes Size=$SIZE --capabilities CAPABILITY_IAM\n"}},
		{"a command with a file", "{Shift:Canary10Percent5Minutes Stage:prod Size:1024}", map[string]string{
			"params/prod.json":             `[{"ParameterKey": "Shift", "ParameterValue": "Canary10Percent5Minutes"}, {"ParameterKey": "Size", "ParameterValue": "1024"}]`,
			".github/workflows/deploy.yml": onPush + "      - run: aws cloudformation update-stack --stack-name shop --template-body file://template.yaml --parameters file://params/prod.json\n"}},
		{"an action", "{Shift:Linear10PercentEvery1Minute Stage:prod Size:256}", map[string]string{
			".github/workflows/deploy.yml": onPush + "      - uses: aws-actions/aws-cloudformation-github-deploy@v1\n        with: {name: shop, template: template.yaml, parameter-overrides: \"Shift=Linear10PercentEvery1Minute,Size=256,Stage=${{ inputs.stage }}\"}\n"}},
		{"deployments that differ", "{Shift:AllAtOnce Stage:prod Size:256}", map[string]string{
			".github/workflows/deploy.yml": onPush + "      - run: sam deploy -t template.yaml --parameter-overrides Shift=Canary10Percent5Minutes Size=256\n      - run: sam deploy -t template.yaml --parameter-overrides Shift=Linear10PercentEvery1Minute Size=256\n"}},
		{"a stack that nests it", "{Shift:Canary10Percent5Minutes Stage:prod Size:2048}", map[string]string{
			"sizes.yaml": "Parameters: {Base: {Type: Number, Default: 2048}}\nResources: {A: {Type: 'AWS::SNS::Topic'}}\nOutputs: {PrivateSize: {Value: !Ref Base}}\n",
			"main.yaml":  "Resources:\n  Sizes: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: ./sizes.yaml}}\n  Shop:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: !Sub 'https://${Bucket}.s3.amazonaws.com/${Prefix}/template.yaml'\n      Parameters: {Shift: Canary10Percent5Minutes, Size: !GetAtt Sizes.Outputs.PrivateSize, Stage: !Ref Unknown}\n"}},
		{"a change under review", "{Shift:AllAtOnce Stage:prod Size:?(!Ref Size)}", map[string]string{
			".github/workflows/preview.yml": "on: pull_request\njobs: {preview: {runs-on: ubuntu-latest, steps: [{run: \"sam deploy -t template.yaml --parameter-overrides Size=128\"}]}}\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{"template.yaml": template}
			for name, text := range c.files {
				files[name] = text
			}
			read, err := Read(context.Background(), memTree(files), Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, f := range read.All {
				if f.Kind == CloudFormation && f.Name == "aws::serverless::function" {
					v := f.Value
					v.Fields = v.Fields[:3]
					got += render(v)
				}
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
