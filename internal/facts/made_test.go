package facts

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// spoken is a value as JSON, members without those that begin with an
// underscore and what is not known behind a question mark.
func spoken(v Value) any {
	switch v.Kind {
	case Map:
		out := map[string]any{}
		for _, f := range v.Fields {
			if !strings.HasPrefix(f.Key, "_") || f.Key == rest {
				out[f.Key] = spoken(f.Value)
			}
		}
		return out
	case List:
		out := []any{}
		for _, item := range v.Items {
			out = append(out, spoken(item))
		}
		return out
	case Unknown:
		return "?" + v.Text
	}
	return v.Text
}

// madeOf are the facts that something in the files makes.
func madeOf(t *testing.T, files map[string]string, of func(f Fact) Value) string {
	t.Helper()
	got, err := Read(context.Background(), memTree(files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range got.All {
		if !f.Made {
			continue
		}
		text, err := json.Marshal(spoken(of(f)))
		if err != nil {
			t.Fatal(err)
		}
		line := strings.Join(strings.Fields(fmt.Sprintf("%s:%d %s %s %s", f.Path, f.Start, f.Name, f.Value.Get("_env").Text, text)), " ")
		if f.Hint != "" {
			line += " (" + f.Hint + ")"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return "\n" + strings.Join(lines, "\n")
}

func TestServicesThatCommandsDeploy(t *testing.T) {
	files := archive(`
-- .github/workflows/deploy.yml --
on: {push: {branches: [main]}}
env: {MEM: 512Mi}
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: |
          gcloud beta run deploy api --image x \
            --memory "${MEM}" --cpu=1 --timeout 30s --quiet --min-instances 2 \
            --set-env-vars "^;^A=1,2;B=$B" --set-secrets=DB=db:latest,/k/key=k \
            --service-account "$ACCOUNT" --liveness-probe httpGet.path=/ok,periodSeconds=5
      - run: gcloud run deploy bare --image x --region eu
      - run: gcloud run services update web --update-secrets K=k:3
      - run: gcloud run deploy soft --image x --memory 1Gi || true
      - run: gcloud run jobs deploy nightly --image x --memory 1Gi
      - run: ./deploy.sh
      - uses: google-github-actions/deploy-cloudrun@v3
        with:
          service: shop
          env_vars: |
            A=b
            C=d
          flags: --cpu=2 --ingress internal
-- deploy.sh --
#!/bin/bash
set -e
gcloud functions deploy orders --gen2 --memory ${SIZE:-256Mi} --set-secrets K=k:latest
-- .github/workflows/preview.yml --
on: {pull_request: {types: [labeled, synchronize]}, workflow_dispatch: {}}
jobs: {preview: {runs-on: ubuntu-latest, steps: [{run: gcloud run deploy api --cpu 1}]}}
-- .github/workflows/mixed.yml --
on: [push, pull_request]
jobs: {preview: {runs-on: ubuntu-latest, steps: [{run: "gcloud run deploy api-pr-${{ github.event.number }} --cpu 1"}]}}
-- .github/workflows/hand.yml --
on: workflow_dispatch
jobs: {ship: {runs-on: ubuntu-latest, steps: [{run: gcloud run deploy api-staging --cpu 1}]}}
`)
	got := madeOf(t, files, func(f Fact) Value {
		if f.Kind == Terraform {
			return f.Value.Get("service_config")
		}
		spec := f.Value.Get("spec").Get("template")
		for inner := spec.Get("spec").Get("template"); inner.Kind == Map; inner = spec.Get("spec").Get("template") {
			spec = inner
		}
		return spec.With("service", f.Value.Get("metadata").Get("annotations"))
	})
	want := `
.github/workflows/deploy.yml:14 service.serving.knative.dev production {"metadata":{"annotations":{"_rest":"true"}},"service":{"_rest":"true"},"spec":{"_rest":"true","containers":[{"_rest":"true","env":[{"name":"K","valueFrom":{"secretKeyRef":{"key":"3","name":"k"}}}]}]}}
.github/workflows/deploy.yml:15 service.serving.knative.dev production {"metadata":{"annotations":{}},"service":{},"spec":{"containers":[{"image":"x","resources":{"limits":{"memory":"1Gi"}}}]}} (its failure is ignored (|| true))
.github/workflows/deploy.yml:16 job.run.googleapis.com production {"metadata":{"annotations":{}},"service":{},"spec":{"containers":[{"image":"x","resources":{"limits":{"memory":"1Gi"}}}]}}
.github/workflows/deploy.yml:19 service.serving.knative.dev production {"metadata":{"annotations":{}},"service":{"run.googleapis.com/ingress":"internal"},"spec":{"containers":[{"env":[{"name":"A","value":"b"},{"name":"C","value":"d"}],"resources":{"limits":{"cpu":"2"}}}]}}
.github/workflows/deploy.yml:9 service.serving.knative.dev production {"metadata":{"annotations":{"autoscaling.knative.dev/minScale":"2"}},"service":{},"spec":{"containers":[{"env":[{"name":"A","value":"1,2"},{"name":"B","value":"?flag.--set-env-vars"},{"name":"DB","valueFrom":{"secretKeyRef":{"key":"latest","name":"db"}}}],"image":"x","livenessProbe":{"httpGet":{"path":"/ok"},"periodSeconds":"5"},"resources":{"limits":{"cpu":"1","memory":"512Mi"}}}],"serviceAccountName":"?flag.--service-account","timeoutSeconds":"30","volumes":[{"name":"k","secret":{"items":{"key":"latest"},"secretName":"k"}}]}}
.github/workflows/hand.yml:2 service.serving.knative.dev staging {"metadata":{"annotations":{}},"service":{},"spec":{"containers":[{"resources":{"limits":{"cpu":"1"}}}]}} (only a person starts it)
deploy.sh:3 google_cloudfunctions2_function production [{"available_memory":"256Mi","secret_environment_variables":[{"key":"K","secret":"k","version":"latest"}]}]`
	if got != want {
		t.Errorf("got%s\nwant%s", got, want)
	}
}

func TestTaskDefinitionsThatAreDeployed(t *testing.T) {
	const task = `{"family": "api", "cpu": "256", "memory": 512, "taskRoleArn": "${TASK_ROLE}", "containerDefinitions": [
  {"name": "api", "image": "<IMAGE1_NAME>", "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "api"}},
   "secrets": [{"name": "DB", "valueFrom": "arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/db"}]}]}`
	const push = "on: {push: {branches: [main]}}\n"
	deploy := func(steps string) string {
		return push + "jobs:\n  ship:\n    runs-on: ubuntu-latest\n    env: {FILE: ecs/task.json}\n    steps:\n" + steps
	}
	for _, c := range []struct{ name, path, workflow, more, hint string }{
		{"an action", "ecs/task.json", deploy("      - {uses: aws-actions/amazon-ecs-deploy-task-definition@v2, with: {task-definition: ecs/task.json}}\n"), "", ""},
		{"a variable", "ecs/task.json", deploy("      - {uses: aws-actions/amazon-ecs-render-task-definition@v1, with: {task-definition: '${{ env.FILE }}'}}\n"), "", ""},
		{"a file for each environment", "ecs/task-prod.json", deploy("      - {uses: aws-actions/amazon-ecs-deploy-task-definition@v2, with: {task-definition: 'ecs/task-${{ inputs.env }}.json'}}\n"), "", ""},
		{"a command", "task.json", deploy("      - run: aws ecs register-task-definition --region eu --cli-input-json file://task.json\n"), "", ""},
		{"what it is made of", "task.json", deploy("      - run: |\n          envsubst < task.json > out.json\n          aws ecs register-task-definition --cli-input-json file://out.json\n"), "", ""},
		{"a template", "ecs/task.json.tpl", deploy("      - run: |\n          sed s/x/y/ ecs/task.json.tpl > out.json\n          aws ecs register-task-definition --cli-input-json file://out.json\n"), "", ""},
		{"CodePipeline", "taskdef.json", "", "appspec.yaml", ""},
		{"nothing", "task.json", "", "", hintUnregistered},
		{"another file", "old.json", deploy("      - run: |\n          aws ecs describe-task-definition --task-definition api > now.json\n          aws ecs register-task-definition --cli-input-json file://now.json\n"), "", hintUnregistered},
		{"a person", "task.json", strings.Replace(deploy("      - run: aws ecs register-task-definition --cli-input-json file://task.json\n"), push, "on: workflow_dispatch\n", 1), "", hintByHand},
	} {
		files := map[string]string{c.path: task}
		if c.workflow != "" {
			files[".github/workflows/deploy.yml"] = c.workflow
		}
		if c.more != "" {
			files[c.more] = "version: 0.0\n"
		}
		want := fmt.Sprintf(`
%s:1 aws::ecs::taskdefinition%s {"ContainerDefinitions":[{"Image":"?\u003cIMAGE1_NAME\u003e","LogConfiguration":{"LogDriver":"awslogs","Options":{"awslogs-group":"api"}},"Name":"api","Secrets":[{"Name":"DB","ValueFrom":"arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/db"}]}],"Cpu":"256","Family":"api","Memory":"512","TaskRoleArn":"?${TASK_ROLE}"}`,
			c.path, map[bool]string{true: " production"}[strings.Contains(c.path, "prod")])
		if c.hint != "" {
			want += " (" + c.hint + ")"
		}
		if got := madeOf(t, files, func(f Fact) Value { return f.Value }); got != want {
			t.Errorf("%s: got%s\nwant%s", c.name, got, want)
		}
	}
}

func TestManifestsOfCopilot(t *testing.T) {
	files := archive(`
-- copilot/api/manifest.yml --
name: api
type: Load Balanced Web Service
image: {build: Dockerfile, healthcheck: {command: [CMD, /ok]}}
cpu: 256
count: 1
variables: {LEVEL: info}
secrets: {DB: /prod/db}
network: {vpc: {placement: private}}
environments:
  test: {cpu: 128}
  prod:
    variables: {REGION: eu}
    count:
      range: 2-10
      requests: 100
-- copilot/environments/prod/manifest.yml --
name: prod
type: Environment
`)
	want := `
copilot/api/manifest.yml:1 aws::applicationautoscaling::scalingpolicy {"PolicyName":"requests","PolicyType":"TargetTrackingScaling"}
copilot/api/manifest.yml:1 aws::ecs::service {"LaunchType":"FARGATE","NetworkConfiguration":{"AwsvpcConfiguration":{"AssignPublicIp":"DISABLED","Subnets":"private"}}}
copilot/api/manifest.yml:1 aws::ecs::taskdefinition {"ContainerDefinitions":[{"Environment":[{"Name":"LEVEL","Value":"info"},{"Name":"REGION","Value":"eu"}],"HealthCheck":{"Command":["CMD","/ok"]},"Name":"api","Secrets":[{"Name":"DB","ValueFrom":"/prod/db"}]}],"Cpu":"256"}
copilot/api/manifest.yml:14 aws::applicationautoscaling::scalabletarget {"MaxCapacity":"10","MinCapacity":"2","ServiceNamespace":"ecs"}`
	if got := madeOf(t, files, func(f Fact) Value { return f.Value }); got != want {
		t.Errorf("got%s\nwant%s", got, want)
	}
}

func TestResourcesThatAzureAndAWSAreTold(t *testing.T) {
	files := archive(`
-- .github/workflows/deploy.yml --
on: {push: {branches: [main]}}
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - run: az containerapp update -n api -g rg --image x --min-replicas 2 --set-env-vars A=b K=secretref:k
      - run: az containerapp create --name web --cpu 0.5 --memory 1Gi --secrets "k=keyvaultref:https://v/secrets/k,identityref:system" --system-assigned
      - run: az containerapp update -n api --image x
      - run: az containerapp update -n api --min-replicas 0 --max-replicas 0
      - run: az webapp config set -n site -g rg --always-on true --generic-configurations '{"healthCheckPath":"/ok"}'
      - run: az webapp create -n site -g rg -p plan
      - run: aws --region eu lambda update-function-configuration --function-name f --memory-size 512 --environment "Variables={A=b,STAGE=${STAGE}}" --vpc-config SubnetIds=a,b
      - run: aws ecs create-service --service-name s --desired-count 2 --network-configuration "awsvpcConfiguration={subnets=[a,b],assignPublicIp=DISABLED}"
      - run: aws ecs update-service --service s --desired-count 0
      - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
        with: {task-definition: task.json, service: s, desired-count: 3}
`)
	want := `
.github/workflows/deploy.yml:10 microsoft.web/sites {"_rest":"true","kind":"app","name":"site","properties":{"siteConfig":{"alwaysOn":"true","healthCheckPath":"/ok"}}}
.github/workflows/deploy.yml:12 aws::lambda::function {"Environment":{"Variables":{"A":"b","STAGE":"?flag.STAGE"}},"MemorySize":"512","VpcConfig":{"SubnetIds":["a","b"]},"_rest":"true"}
.github/workflows/deploy.yml:13 aws::ecs::service {"DesiredCount":"2","NetworkConfiguration":{"AwsvpcConfiguration":{"AssignPublicIp":"DISABLED","Subnets":["a","b"]}}}
.github/workflows/deploy.yml:16 aws::ecs::service {"DesiredCount":"3","_rest":"true"}
.github/workflows/deploy.yml:6 microsoft.app/containerapps {"_rest":"true","name":"api","properties":{"configuration":{"_rest":"true"},"template":{"containers":[{"_rest":"true","env":[{"name":"A","value":"b"},{"name":"K","secretRef":"k"}],"image":"x"}],"scale":{"_rest":"true","minReplicas":"2"}}}}
.github/workflows/deploy.yml:7 microsoft.app/containerapps {"identity":{"type":"SystemAssigned"},"name":"web","properties":{"configuration":{"secrets":[{"keyVaultUrl":"https://v/secrets/k","name":"k"}]},"template":{"containers":[{"resources":{"cpu":"0.5","memory":"1Gi"}}]}}}`
	if got := madeOf(t, files, func(f Fact) Value { return f.Value }); got != want {
		t.Errorf("got%s\nwant%s", got, want)
	}
}
