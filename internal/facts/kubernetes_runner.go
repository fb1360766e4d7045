package facts

import (
	"path"
	"strings"
)

const hintRunner = "runs the jobs of pipelines, and nothing that is deployed"

// runner are images that take the jobs of a pipeline.
var runner = lazily(`(^|[-_/])(gha?|github|gitlab|actions?|bitbucket|forgejo|gitea|act)[-_]?(actions?[-_])?runners?($|[-_])|^(inbound-agent|jnlp-slave|azp-agent|azure-pipelines-agent|act_runner|drone-runner-\w+|woodpecker-agent)$`)

// markRunners makes hints of the workloads that only run the jobs of pipelines:
// a runner of one's own is a tool of the developers.
func markRunners(all []Fact) {
	for i := range all {
		f := &all[i]
		if f.Kind != Kubernetes || f.Hint != "" {
			continue
		}
		for _, c := range f.Value.Get("_pod").Get("containers").Items {
			if isRunner(c.Get("image").Text) {
				f.Hint = hintRunner
				break
			}
		}
	}
}

// isRunner tells whether the last two words of an image's name make it one:
// acme/github-runner/base, but not github-runner.acme.io/shop.
func isRunner(image string) bool {
	image, _, _ = strings.Cut(strings.ToLower(image), "@")
	dir, base := path.Split(image)
	base, _, _ = strings.Cut(base, ":")
	dir = strings.TrimSuffix(dir, "/")
	if runner().MatchString(base) || base == "agent" && strings.HasSuffix(dir, "buildkite") {
		return true
	}
	parent := path.Base(dir)
	return strings.Contains(dir, "/") && !strings.Contains(parent, ".") && strings.Contains(base, "runner") && runner().MatchString(parent)
}
