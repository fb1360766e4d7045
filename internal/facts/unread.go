package facts

import (
	"regexp"
	"slices"
	"strings"
)

// unread notes, of warnings about a text that no parser accepts, what facts it
// can hold at most: rules about others need not wait for it.
func unread(warnings []Warning, text []byte) {
	for i := range warnings {
		warnings[i].Names = namesWithin(warnings[i].Kinds, text)
	}
}

// namesWithin are the names that facts of some families read from a text can
// have; nil where they can have any.
func namesWithin(kinds []Kind, text []byte) []string {
	names := []string{}
	for _, k := range kinds {
		var within []string
		switch k {
		case CloudFormation:
			within = typesWithin(text)
		case Terraform:
			within = blocksWithin(text)
		case Kubernetes:
			within = objectsWithin(text)
		}
		if within == nil {
			return nil
		}
		names = append(names, within...)
	}
	return names
}

var (
	stackType   = regexp.MustCompile(`\b\w+::\w+::\w+(::\w+)?`)
	includes    = regexp.MustCompile(`(?i)AWS::(CloudFormation::Stack|Serverless::Application|Include|LanguageExtensions)|Fn::(Transform|ForEach)`)
	block       = regexp.MustCompile(`(?m)^[ \t]*(?:resource|data)[ \t]+"(\w+)"`)
	kindWithin  = regexp.MustCompile(`(?m)["']?\bkind["']?:[ \t]*["']?(\w+)`)
	groupWithin = regexp.MustCompile(`(?m)["']?\bapiVersion["']?:[ \t]*["']?([\w./-]+)`)
)

// typesWithin are those of a stack's resources, where it takes in no other text.
func typesWithin(text []byte) []string {
	if includes.Match(text) {
		return nil
	}
	names := []string{"parameter"}
	for _, t := range stackType.FindAll(text, -1) {
		names = append(names, strings.ToLower(string(t)))
	}
	return names
}

// elsewhere are words for what says something of blocks in other files.
var elsewhere = regexp.MustCompile(`\b(module|terraform|provider|variable|locals)\b`)

// blocksWithin are those of Terraform's, where the text says nothing of others.
func blocksWithin(text []byte) []string {
	if elsewhere.Match(text) {
		return nil
	}
	names := []string{}
	for _, m := range block.FindAllSubmatch(text, -1) {
		names = append(names, string(m[1]), "data."+string(m[1]))
	}
	return names
}

// ownGroups are the groups of objects that stand for themselves alone: others
// make something of other files.
var ownGroups = []string{"", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io",
	"storage.k8s.io", "scheduling.k8s.io", "apiextensions.k8s.io", "apps.openshift.io", "route.openshift.io", "template.openshift.io", "image.openshift.io"}

// objectsWithin are those of Kubernetes.
func objectsWithin(text []byte) []string {
	names := []string{}
	for _, version := range groupWithin.FindAllSubmatch(text, -1) {
		group, _, found := strings.Cut(string(version[1]), "/")
		if !found {
			group = ""
		}
		if !slices.Contains(ownGroups, group) {
			return nil
		}
		for _, kind := range kindWithin.FindAllSubmatch(text, -1) {
			names = append(names, objectName(string(kind[1]), string(version[1])))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
