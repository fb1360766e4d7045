package facts

import (
	"bytes"
	"slices"
	"strings"
)

// namedValues are the facts of files that a helmfile or an application may
// name for values; they go when the releases have been read.
const namedValues = "named values"

// maxNamedValues bounds such a file, in bytes.
const maxNamedValues = 64 << 10

// isNamedValues takes the files that may hold values although their own names
// do not say so: config/datadog.yaml beside a helmfile.
func isNamedValues(p place, l *layout) bool {
	templated := isTemplated(p.path)
	if !p.yaml() && !templated || isForeignValues(p, l) || isChartPath(p, l) || isLive(p.path) || isCI(p.path) || isWorkflow(p.path) {
		return false
	}
	return templated || slices.ContainsFunc(strings.Split(strings.ToLower(p.dir), "/"), func(s string) bool {
		switch s {
		case "config", "configs", "helm", "helmfile", "helmfile.d", "releases", "env", "envs", "environments", "clusters", "overrides", "apps", "services":
			return true
		}
		return false
	})
}

func readNamedValues(in *source, out *found) {
	if len(in.text) > maxNamedValues || bytes.Contains(in.text, []byte("apiVersion:")) || bytes.Contains(in.text, []byte("releases:")) {
		return
	}
	if !slices.ContainsFunc([]string{"resources:", "replicaCount:", "replicas:", "loadBalancerIP:"}, func(word string) bool { return bytes.Contains(in.text, []byte(word)) }) {
		return
	}
	var read found
	if isTemplated(in.path) {
		t := maskActions(string(in.text))
		docs, _ := yamlDocuments(in.path, []byte(t.text))
		read.facts = t.settled(readHelmValues(in.path, docs))
	} else {
		docs, _ := in.documents()
		read.facts = readHelmValues(in.path, docs)
	}
	for _, f := range read.facts {
		f.Name = namedValues
		out.facts = append(out.facts, f)
	}
}

// isNamed knows the facts of such files.
func isNamed(f Fact) bool { return f.Kind == Helm && f.Name == namedValues }
