package facts

import (
	"cmp"
	"slices"
	"strings"
)

// isGcloudSwitch knows the flags of gcloud's deploying commands that take no
// value.
func isGcloudSwitch(name string) bool {
	switch name {
	case "q", "quiet", "allow-unauthenticated", "async", "cpu-throttling", "cpu-boost", "session-affinity", "use-http2", "default-url", "invoker-iam-check",
		"deploy-health-check", "execute-now", "wait", "gen2", "trigger-http", "retry", "serve-all-traffic-latest-revision", "automatic-updates":
		return true
	}
	return strings.HasPrefix(name, "no-") || strings.HasPrefix(name, "clear-")
}

// cloudRun is the object that a command of gcloud deploys to Cloud Run: a
// service as Knative has it, or a job. What no flag says anything of but what
// it runs gives none: its settings may have been made elsewhere.
func cloudRun(in flags) Fact {
	r := revision{at: in.at}
	r.read(in.given)
	if !r.set {
		return Fact{}
	}
	job := slices.Contains(in.words, "jobs")
	name := cmp.Or(in.after("deploy"), in.after("update"), in.after("create"))
	kind, version := "Service", "serving.knative.dev/v1"
	if job {
		kind, version = "Job", "run.googleapis.com/v1"
	}
	spec, template := r.spec, r.template
	containers := make([]Value, len(r.containers))
	for i, c := range r.containers {
		containers[i] = r.open(c, in)
	}
	spec = spec.With("containers", Value{Kind: List, Items: containers, Start: in.at.Start, End: in.at.End})
	revision := mapAt(r.at, "metadata", mapAt(r.at, "annotations", r.open(template, in)), "spec", r.open(spec, in))
	if job {
		revision = mapAt(r.at, "spec", mapAt(r.at, "template", revision),
			"_name", Str(name))
	}
	object := mapAt(r.at, "apiVersion", Str(version), "kind", Str(kind),
		"metadata", mapAt(r.at, "name", Str(name), "annotations", r.open(r.annotations, in)),
		"spec", mapAt(r.at, "template", revision),
		"_name", Str(name))
	made := objectFacts("", object)
	if len(made) == 0 {
		return Fact{}
	}
	made[0].Open = slices.Contains(in.words, "update")
	return made[0]
}

// cloudRunInputs is a step of the action deploy-cloudrun as a command.
func cloudRunInputs(with Value) flags {
	given := with.Get("flags")
	in := parseFlags(splitWords(given.Text), isGcloudSwitch, false, given)
	in.at = with
	in.words = []string{"run", "deploy", with.Get("service").Text}
	if job := with.Get("job").Text; job != "" {
		in.words = []string{"run", "jobs", "deploy", job}
	}
	for _, f := range with.Fields {
		switch f.Key {
		case "image", "timeout":
			in.given = append(in.given, f)
		case "env_vars":
			in.given = append(in.given, Field{"set-env-vars", f.Value})
		case "secrets":
			in.given = append(in.given, Field{"set-secrets", f.Value})
		case "env_vars_file":
			in.given = append(in.given, Field{"env-vars-file", f.Value})
		}
	}
	return in
}

// revision is what flags say of a revision of Cloud Run.
type revision struct {
	at                          Value
	annotations, template, spec Value
	containers                  []Value
	set                         bool // a setting, not only what runs
}

// open says of what a command only changes that there is more to it.
func (r *revision) open(v Value, in flags) Value {
	if slices.Contains(in.words, "update") {
		return v.With(rest, Boolean(true))
	}
	return v
}

func (r *revision) read(given []Field) {
	r.annotations, r.template, r.spec = mapAt(r.at), mapAt(r.at), mapAt(r.at)
	r.containers = []Value{mapAt(r.at)}
	for _, f := range given {
		if f.Key == "container" {
			if last := len(r.containers) - 1; len(r.containers[last].Fields) == 0 {
				r.containers = r.containers[:last]
			}
			r.containers = append(r.containers, mapAt(r.at, "name", f.Value))
			continue
		}
		c := &r.containers[len(r.containers)-1]
		r.set = r.container(c, f) || r.whole(f) || r.set
	}
}

// whole reads a flag about the service or its revisions.
func (r *revision) whole(f Field) bool {
	if key := serviceAnnotation(f.Key); key != "" {
		r.annotations = r.annotations.With(key, f.Value)
		return true
	}
	if key := revisionAnnotation(f.Key); key != "" {
		r.template = r.template.With(key, f.Value)
		return true
	}
	switch f.Key {
	case "concurrency":
		r.spec = r.spec.With("containerConcurrency", f.Value)
	case "timeout":
		f.Value.Text = strings.TrimSuffix(f.Value.Text, "s")
		r.spec = r.spec.With("timeoutSeconds", f.Value)
	case "service-account":
		if isDefaultAccount(f.Value.Text) {
			return false
		}
		r.spec = r.spec.With("serviceAccountName", f.Value)
	case "no-cpu-throttling":
		r.template = r.template.With("run.googleapis.com/cpu-throttling", Str("false"))
	default:
		return false
	}
	return true
}

// isDefaultAccount knows the accounts that whatever has none of its own gets.
func isDefaultAccount(email string) bool {
	return strings.HasSuffix(email, "-compute@developer.gserviceaccount.com") || strings.HasSuffix(email, "@appspot.gserviceaccount.com")
}

func serviceAnnotation(flag string) string {
	switch flag {
	case "ingress":
		return "run.googleapis.com/ingress"
	case "binary-authorization":
		return "run.googleapis.com/binary-authorization"
	case "min":
		return "run.googleapis.com/minScale"
	case "max":
		return "run.googleapis.com/maxScale"
	}
	return ""
}

func revisionAnnotation(flag string) string {
	switch flag {
	case "min-instances":
		return "autoscaling.knative.dev/minScale"
	case "max-instances":
		return "autoscaling.knative.dev/maxScale"
	case "vpc-connector":
		return "run.googleapis.com/vpc-access-connector"
	case "vpc-egress":
		return "run.googleapis.com/vpc-access-egress"
	case "network", "subnet":
		return "run.googleapis.com/network-interfaces"
	case "set-cloudsql-instances", "add-cloudsql-instances":
		return "run.googleapis.com/cloudsql-instances"
	case "execution-environment":
		return "run.googleapis.com/execution-environment"
	case "cpu-boost":
		return "run.googleapis.com/startup-cpu-boost"
	case "key":
		return "run.googleapis.com/encryption-key"
	}
	return ""
}
