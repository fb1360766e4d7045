package facts

import (
	"slices"
	"strings"
)

// amongObjects tells whether a file lies where people keep the objects of a
// cluster as YAML. Those that only define kinds of objects run nothing, and
// Prow's jobs are objects of no cluster.
func amongObjects(file string) bool {
	folders := strings.Split(strings.ToLower(file), "/")
	among := !strings.HasSuffix(file, ".json") && slices.ContainsFunc(folders[:len(folders)-1], func(f string) bool {
		return slices.Contains([]string{"k8s", "kubernetes", "kube", "manifests", "kustomize"}, f)
	})
	return among && !slices.ContainsFunc(folders, func(f string) bool { return strings.Contains(f, "crd") || f == "jobs" })
}
