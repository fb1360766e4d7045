package facts

import (
	"encoding/base64"
	"path"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// readKubernetes gives one fact per object: whatever has an apiVersion and a
// kind. Kustomize's own file may leave both out. Lists are unrolled, objects
// that are switched off are left out.
func readKubernetes(file string, docs []*yaml.Node) []Fact {
	var out []Fact
	for _, doc := range docs {
		if nodeText(doc, "apiVersion") != "" && nodeText(doc, "kind") != "" || isKustomization(file) && doc.Kind == yaml.MappingNode {
			out = append(out, objectFacts(file, nodeValue(doc))...)
		}
	}
	return out
}

func objectFacts(file string, v Value) []Fact {
	kind, version := v.Get("kind"), v.Get("apiVersion")
	if kind.Kind != String && isKustomization(file) {
		kind, version = Str("Kustomization"), Str("kustomize.config.k8s.io/v1beta1")
	}
	if kind.Kind != String || kind.Text == "" || version.Kind == Absent || version.Kind == Null {
		return nil
	}
	if items := v.Get("items"); strings.HasSuffix(kind.Text, "List") && items.Kind == List {
		var out []Fact
		for _, item := range items.Items {
			out = append(out, objectFacts(file, item)...)
		}
		return out
	}
	if objects, ok := openshiftObjects(v); ok {
		var out []Fact
		for _, o := range objects {
			out = append(out, objectFacts(file, o)...)
		}
		return out
	}
	f := Fact{Kind: Kubernetes, Name: objectName(kind.Text, version.Text), Path: file, Start: v.Start, End: v.End}
	if switchedOff(f.Name, v) {
		return nil
	}
	if kind.Text == "DeploymentConfig" {
		v = openshiftConfig(v)
	}
	if f.Name == "secret." {
		v = withoutSecrets(v)
	}
	if pod := podSpec(kind.Text, v); pod.Kind != Absent {
		v = v.With("_pod", pod)
	}
	if env := objectEnvironment(file); env != "" {
		v = v.With("_env", Str(env))
	}
	f.Value = v
	return []Fact{f}
}

// objectEnvironment is the environment that a path names. A file's own name
// counts less: test-connection.yaml is no environment.
func objectEnvironment(file string) string {
	if env := environmentOfPath(path.Dir(file)); env != "" {
		return env
	}
	if env := environmentOf(path.Base(file)); env != development {
		return env
	}
	return ""
}

func switchedOff(name string, v Value) bool {
	spec := v.Get("spec")
	return spec.Get("suspend").Text == "true" && (name == "cronjob.batch" || strings.HasSuffix(name, ".fluxcd.io"))
}

// podSpec is the part of a workload that describes its pods, wherever the
// kind keeps it, so that rules need not know each kind's place for it.
func podSpec(kind string, v Value) Value {
	spec := v.Get("spec")
	switch kind {
	case "Pod":
		return spec
	case "CronJob":
		spec = spec.Get("jobTemplate").Get("spec")
	case "Deployment", "DeploymentConfig", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "Rollout", "Service", "Configuration", "ScaledJob":
	default:
		return Value{}
	}
	return spec.Get("template").Get("spec")
}

// withoutSecrets keeps what a Secret names, not what it holds: facts are
// stored and shown, secrets must be neither.
func withoutSecrets(v Value) Value {
	for _, member := range []string{"data", "stringData"} {
		values := v.Get(member)
		if values.Kind != Map {
			continue
		}
		fields := make([]Field, len(values.Fields))
		for i, f := range values.Fields {
			if f.Value.Kind == String && f.Value.Text != "" {
				f.Value.Text = held(f.Key, f.Value.Text, member)
			}
			fields[i] = f
		}
		values.Fields = fields
		v = v.With(member, values)
	}
	return v
}

// namesOnly knows members of a Secret that say who and where, which is none.
var namesOnly = lazily(`(?i)(^|[-_.a-z])(user(-?name)?|login|e?mail|database|db-?name|host(name)?|port|region|issuer|client-?id)$`)

// decoded is what a member of a Secret says: those of data are written in base64.
func decoded(member, text string) string {
	if plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text)); member == "data" && err == nil && utf8.Valid(plain) {
		return string(plain)
	}
	return text
}

// noSecret knows values that say themselves that they are none.
var noSecret = lazily(`(?i)change[-_ ]?(me|this|it)|\bdummy\b|place-?holder|ephemeral|minikube|replace[-_ ]?(me|this|with)|^(your|insert|enter)[-_ ]|^(asdf\w*|x{3,}|\*+|todo|tbd|none|null|n/a|fake)\s*$`)

// held stands for a value of a Secret: whether it is one, a name, or a place
// that something fills in later.
func held(key, text, member string) string {
	if namesOnly().MatchString(key) {
		return "name"
	}
	for _, mark := range []string{"${", "$(", "{{", "<", "%{"} {
		if strings.Contains(text, mark) {
			return "placeholder"
		}
	}
	for _, scheme := range []string{"op://", "ref+", "vault:", "bws://", "gcp-sm://", "awssm://"} { // names of secrets kept elsewhere
		if strings.HasPrefix(strings.TrimSpace(text), scheme) {
			return "placeholder"
		}
	}
	if noSecret().MatchString(decoded(member, text)) {
		return "placeholder"
	}
	return "redacted"
}
