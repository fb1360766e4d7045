package facts

import (
	"slices"
	"strings"
)

// mergePatch lays a strategic merge patch over an object: maps are merged, a
// null takes a member away, lists of named things are merged by name and other
// lists replaced.
func mergePatch(base, patch Value) Value {
	if base.Kind != Map || patch.Kind != Map {
		return patch
	}
	if patch.Get("$patch").Text == "replace" {
		return patch
	}
	out := base
	out.Fields = slices.Clone(base.Fields)
	for _, f := range patch.Fields {
		if strings.HasPrefix(f.Key, "_") || f.Key == "apiVersion" || f.Key == "kind" {
			continue
		}
		at := slices.IndexFunc(out.Fields, func(o Field) bool { return o.Key == f.Key })
		switch {
		case f.Value.Kind == Null && at >= 0:
			out.Fields = slices.Delete(out.Fields, at, at+1)
		case f.Value.Kind == Null:
		case at < 0:
			out.Fields = append(out.Fields, unplaced(f))
		case f.Value.Kind == List && out.Fields[at].Value.Kind == List:
			out.Fields[at].Value = mergeNamed(out.Fields[at].Value, f.Value)
		case f.Key == "name" && f.Value.Text != "":
		case f.Value.Kind == Map && out.Fields[at].Value.Kind == Map:
			out.Fields[at].Value = mergePatch(out.Fields[at].Value, f.Value)
		default:
			out.Fields[at].Value = keepPlace(out.Fields[at].Value, f.Value)
		}
	}
	return out
}

// mergeNamed merges two lists whose members have names; others are replaced.
func mergeNamed(base, patch Value) Value {
	out := base
	out.Items = slices.Clone(base.Items)
	for _, p := range patch.Items {
		name := p.Get("name")
		if name.Kind == Absent {
			return keepPlace(base, patch)
		}
		at := slices.IndexFunc(out.Items, func(o Value) bool { return o.Get("name").Text == name.Text })
		switch {
		case p.Get("$patch").Text == "delete" && at >= 0:
			out.Items = slices.Delete(out.Items, at, at+1)
		case at >= 0:
			out.Items[at] = mergePatch(out.Items[at], p)
		default:
			out.Items = append(out.Items, unplacedValue(p))
		}
	}
	return out
}

// A fact has one path, so what comes from another file has no lines in it.

func unplaced(f Field) Field { return Field{f.Key, unplacedValue(f.Value)} }

func unplacedValue(v Value) Value { return placedAt(v, 0, 0) }

func keepPlace(base, v Value) Value { return placedAt(v, base.Start, base.End) }

// withReplicas sets the count that the kustomization gives for an object.
func withReplicas(v, replicas Value) Value {
	name := v.Get("metadata").Get("name").Text
	for _, r := range replicas.Items {
		spec := v.Get("spec")
		if r.Get("name").Text == name && spec.Kind == Map {
			count := r.Get("count")
			was := spec.Get("replicas")
			count.Start, count.End = was.Start, was.End
			v = v.With("spec", spec.With("replicas", count))
		}
	}
	return v
}

// withImages sets the tags and digests that the kustomization gives.
func withImages(v, images Value) Value {
	if images.Kind != List || len(images.Items) == 0 {
		return v
	}
	spec := v.Get("spec")
	template := spec.Get("template")
	pod := template.Get("spec")
	if pod.Kind != Map {
		return v
	}
	for _, member := range []string{"containers", "initContainers"} {
		list := pod.Get(member)
		if list.Kind != List {
			continue
		}
		list.Items = slices.Clone(list.Items)
		for i, c := range list.Items {
			if image := c.Get("image"); image.Kind == String {
				image.Text = replacedImage(image.Text, images)
				list.Items[i] = c.With("image", image)
			}
		}
		pod = pod.With(member, list)
	}
	return v.With("spec", spec.With("template", template.With("spec", pod)))
}

func replacedImage(image string, images Value) string {
	name, tag, digest := splitImage(image)
	for _, i := range images.Items {
		if i.Get("name").Text != name {
			continue
		}
		if n := i.Get("newName").Text; n != "" {
			name = n
		}
		if t := i.Get("newTag").Text; t != "" {
			tag, digest = t, ""
		}
		if d := i.Get("digest").Text; d != "" {
			tag, digest = "", d
		}
		break
	}
	if tag != "" {
		name += ":" + tag
	}
	if digest != "" {
		name += "@" + digest
	}
	return name
}

// splitImage cuts a reference to an image into its name, tag and digest.
func splitImage(ref string) (name, tag, digest string) {
	name, digest, _ = strings.Cut(ref, "@")
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name, tag = name[:i], name[i+1:]
	}
	return name, tag, digest
}
