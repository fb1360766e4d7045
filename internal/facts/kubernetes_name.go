package facts

import "strings"

// objectName is the kind and its group in lower case: "deployment.apps", and
// "service." for the core group, which has no name.
func objectName(kind, apiVersion string) string {
	group, _, found := strings.Cut(apiVersion, "/")
	if !found {
		group = ""
	}
	if kind == "DeploymentConfig" {
		return "deployment.apps" // OpenShift's own, of the same shape
	}
	if moved := movedGroup(kind, group); moved != "" {
		group = moved
	}
	return strings.ToLower(kind + "." + group)
}

// movedGroup is the group in which a kind is now that was in the core group,
// where OpenShift first had its own, or in the one for what was new.
func movedGroup(kind, group string) string {
	switch group + "/" + kind {
	case "/Route":
		return "route.openshift.io"
	case "/Build", "/BuildConfig":
		return "build.openshift.io"
	case "/ImageStream", "/ImageStreamTag":
		return "image.openshift.io"
	case "extensions/Deployment", "extensions/DaemonSet", "extensions/ReplicaSet":
		return "apps"
	case "extensions/Ingress", "extensions/NetworkPolicy":
		return "networking.k8s.io"
	}
	return ""
}
