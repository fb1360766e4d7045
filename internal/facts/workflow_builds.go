package facts

import (
	"strings"
)

// madeOrPut is what a job does with what is deployed.
type madeOrPut struct {
	attribute string
	command   expression
	action    expression
	called    expression // a workflow of another repository, by its name
}

// doings are making it out of source, where what sets up a compiler is taken
// for building with it, and putting an image in place that was made before.
var doings = [...]madeOrPut{
	{
		attribute: "builds",
		command:   lazily(`\b(docker|buildx|podman|sam|npm|yarn|pnpm|mvn|mvnw|gradlew?|sbt|go|cargo|make)\s+(run\s+)?(build|package|bake|assemble|dist)\b|\b(cdk|serverless|sls|sst)\s+deploy\b|\bdocker\s+buildx\b|\bgcloud\s+(builds|functions\s+deploy|app\s+deploy)\b`),
		action:    lazily(`build-push-action|bake-action|setup-(node|java|go)\b`),
		called:    lazily(`/\.github/workflows/[^/]*(build|package|docker|image|container|publish)`),
	},
	{
		attribute: "puts_image",
		command:   lazily(`^(kubectl|oc)\s(.*\s)?set\s+image\s|^helm\s(.*\s)?upgrade\s.*[Ii]mage|^kustomize\s+edit\s+set\s+image\s|^(gcloud\s(.*\s)?run|(flyctl|fly)|az\s+(containerapp|webapp))\s.*--image[= ]|^aws\s(.*\s)?(ecs\s+register-task-definition|lambda\s+update-function-code\s.*--image-uri)\b|^docker\s+service\s+update\s.*--image[= ]`),
		action:    lazily(`(?i)^(aws-actions/amazon-ecs-render-task-definition|google-github-actions/deploy-cloudrun|azure/(k8s-deploy|container-apps-deploy-action|aci-deploy))$`),
	},
}

// tellDoings tells of each job whether it builds something, and whether it puts
// an image in place, itself or by the workflow of this repository that it
// calls; of one kept elsewhere only what its name says.
func (j *workflowJoin) tellDoings(facts []Fact) {
	for i := range doings {
		d := &doings[i]
		own, files := map[int]bool{}, map[string]bool{}
		for k := range facts {
			if f := &facts[k]; f.Kind == WorkflowJob && d.done(f.Value) {
				own[k], files[f.Path] = true, true
			}
		}
		for range maxCallDepth {
			for k := range facts {
				f := &facts[k]
				if f.Kind == WorkflowJob && files[j.localWorkflow(f.Value.Get("uses").Text)] {
					own[k], files[f.Path] = true, true
				}
			}
		}
		for k := range facts {
			f := &facts[k]
			if uses := f.Value.Get("uses").Text; f.Kind == WorkflowJob && (own[k] || uses == "" || j.localWorkflow(uses) != "") {
				f.Value.Fields = append(f.Value.Fields, Field{d.attribute, Boolean(own[k])})
			}
		}
	}
}

func (d *madeOrPut) done(job Value) bool {
	if uses := job.Get("uses").Text; uses != "" {
		return d.called != nil && d.called().MatchString(strings.ToLower(uses)) && !strings.HasPrefix(uses, "./")
	}
	for _, a := range job.Get("actions").Items {
		if d.action().MatchString(a.Text) {
			return true
		}
	}
	for _, c := range job.Get("commands").Items {
		if d.command().MatchString(c.Get("text").Text) {
			return true
		}
	}
	return false
}
