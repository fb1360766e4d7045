package facts

import (
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

// maxNamesWithin bounds the names of one text: beyond them it may hold anything.
const maxNamesWithin = 200

// namesWithin are the names that facts of some families read from a text can
// have, each once; nil where they can have any.
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
	slices.Sort(names)
	if names = slices.Compact(names); len(names) > maxNamesWithin {
		return nil
	}
	return names
}

// caughtOnce is what the group of a pattern catches in a text, each once.
func caughtOnce(pattern expression, text []byte) []string {
	var out []string
	for _, m := range pattern().FindAllSubmatch(text, -1) {
		out = append(out, string(m[1]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var (
	stackType   = lazily(`\b(\w+::\w+::\w+(?:::\w+)?)`)
	includes    = lazily(`(?i)AWS::(CloudFormation::Stack|Serverless::Application|Include|LanguageExtensions)|Fn::(Transform|ForEach)`)
	block       = lazily(`(?m)^[ \t]*(?:resource|data)[ \t]+"(\w+)"`)
	kindWithin  = lazily(`(?m)["']?\bkind["']?:[ \t]*["']?(\w+)`)
	groupWithin = lazily(`(?m)["']?\bapiVersion["']?:[ \t]*["']?([\w./-]+)`)
)

// typesWithin are those of a stack's resources, where it takes in no other text.
func typesWithin(text []byte) []string {
	if includes().Match(text) {
		return nil
	}
	names := []string{"parameter"}
	for _, t := range caughtOnce(stackType, text) {
		names = append(names, strings.ToLower(t))
	}
	return names
}

// elsewhere are words for what says something of blocks in other files.
var elsewhere = lazily(`\b(module|terraform|provider|variable|locals)\b`)

// blocksWithin are those of Terraform's, where the text says nothing of others.
func blocksWithin(text []byte) []string {
	if elsewhere().Match(text) {
		return nil
	}
	names := []string{}
	for _, name := range caughtOnce(block, text) {
		names = append(names, name, "data."+name)
	}
	return names
}

// ownGroups are the groups of objects that stand for themselves alone: others
// make something of other files.
var ownGroups = []string{"", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io",
	"storage.k8s.io", "scheduling.k8s.io", "apiextensions.k8s.io", "apps.openshift.io", "route.openshift.io", "template.openshift.io", "image.openshift.io"}

// objectsWithin are those of Kubernetes: each kind of the text in each group.
func objectsWithin(text []byte) []string {
	versions, kinds := caughtOnce(groupWithin, text), caughtOnce(kindWithin, text)
	if len(versions)*len(kinds) > maxNamesWithin {
		return nil
	}
	names := []string{}
	for _, version := range versions {
		group, _, found := strings.Cut(version, "/")
		if !found {
			group = ""
		}
		if !slices.Contains(ownGroups, group) {
			return nil
		}
		for _, kind := range kinds {
			names = append(names, objectName(kind, version))
		}
	}
	return names
}
