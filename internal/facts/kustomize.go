package facts

import (
	"path"
	"slices"
	"strings"
)

func isKustomization(p string) bool {
	base := path.Base(p)
	return base == "kustomization.yaml" || base == "kustomization.yml" || base == "Kustomization"
}

// joinKustomize applies what production's overlays say to the objects of
// their bases: replicas, images and patches. An object that no production
// overlay changes stays as it is; generators are left alone. The patches
// themselves, being parts of objects and not objects, are dropped.
func joinKustomize(facts []Fact) []Fact {
	k := kustomize{objects: facts, overlays: map[string]Value{}, byDir: map[string][]int{}}
	for i, f := range facts {
		if f.Kind != Kubernetes {
			continue
		}
		dir := path.Dir(f.Path)
		if isKustomization(f.Path) {
			k.overlays[dir] = f.Value
			k.dirs = append(k.dirs, dir)
		}
		k.byDir[dir] = append(k.byDir[dir], i)
	}
	if len(k.dirs) == 0 {
		return facts
	}
	k.objects = slices.Clone(facts)
	k.dropped = make([]bool, len(facts))
	slices.Sort(k.dirs)
	for _, dir := range k.dirs {
		k.overlay(dir)
	}
	k.dropUnused()
	k.markLeftOut()
	var out []Fact
	for i, f := range k.objects {
		if !k.dropped[i] {
			out = append(out, f)
		}
	}
	return out
}

// dropUnused drops the objects of components that no kustomization includes,
// which is how optional parts are left out. Where there are only components
// somebody else includes them.
func (k *kustomize) dropUnused() {
	used := map[int]bool{}
	var optional []string
	seen := map[string]bool{}
	for _, dir := range k.dirs {
		if k.overlays[dir].Get("kind").Text == "Component" {
			optional = append(optional, dir)
			continue
		}
		for _, i := range k.under(dir, seen) {
			used[i] = true
		}
	}
	if len(optional) == len(k.dirs) {
		return
	}
	clear(seen)
	for _, dir := range optional {
		for _, i := range k.under(dir, seen) {
			if !used[i] {
				k.dropped[i] = true
			}
		}
	}
}

type kustomize struct {
	objects  []Fact
	dropped  []bool
	overlays map[string]Value // directory to its kustomization
	dirs     []string
	byDir    map[string][]int // directory to the indexes of its objects
}

func (k *kustomize) overlay(dir string) {
	own := k.overlays[dir]
	patches := k.patches(dir, own)
	if environmentOfPath(dir+"/x") != production {
		return
	}
	for _, i := range k.under(dir, map[string]bool{}) {
		f := &k.objects[i]
		if isKustomization(f.Path) {
			continue
		}
		for _, p := range patches {
			if !p.fits(*f) {
				continue
			}
			if p.value.Kind == List {
				f.Value = applyOperations(f.Value, p.value)
			} else {
				f.Value = mergePatch(f.Value, p.value)
			}
		}
		f.Value = withReplicas(withImages(f.Value, own.Get("images")), own.Get("replicas"))
		if pod := podSpec(f.Value.Get("kind").Text, f.Value); pod.Kind != Absent {
			f.Value = f.Value.With("_pod", pod)
		}
		f.Value = f.Value.With("_env", Str(production))
	}
}

// under lists the objects that a kustomization deploys, its bases included.
func (k *kustomize) under(dir string, seen map[string]bool) []int {
	if seen[dir] {
		return nil
	}
	seen[dir] = true
	own, ok := k.overlays[dir]
	if !ok {
		return nil
	}
	var out []int
	for _, list := range []string{"resources", "bases", "components"} {
		for _, r := range own.Get(list).Items {
			at := path.Join(dir, r.Text)
			if strings.Contains(r.Text, "://") {
				continue
			}
			out = append(out, k.under(at, seen)...)
			for _, i := range k.byDir[path.Dir(at)] {
				if k.objects[i].Path == at && !k.dropped[i] {
					out = append(out, i)
				}
			}
		}
	}
	return out
}

// kpatch is a strategic merge patch (a map) or a list of operations, and what
// it is for.
type kpatch struct {
	value      Value
	kind, name string // empty fits every one
}

func (p kpatch) fits(f Fact) bool {
	kind, name := f.Value.Get("kind").Text, f.Value.Get("metadata").Get("name").Text
	return (p.kind == "" || p.kind == kind) && (p.name == "" || p.name == name)
}

func (k *kustomize) patches(dir string, own Value) []kpatch {
	var out []kpatch
	for _, p := range own.Get("patchesStrategicMerge").Items {
		out = append(out, k.patchOf(dir, p, Value{})...)
	}
	for _, p := range append(slices.Clone(own.Get("patches").Items), own.Get("patchesJson6902").Items...) {
		from := p.Get("patch")
		if p.Get("path").Text != "" {
			from = p.Get("path")
		}
		out = append(out, k.patchOf(dir, from, p.Get("target"))...)
	}
	return out
}

// patchOf reads a patch that is written inline or names a file beside.
func (k *kustomize) patchOf(dir string, from, target Value) []kpatch {
	var values []Value
	if strings.Contains(from.Text, "\n") || strings.HasPrefix(from.Text, "{") || strings.HasPrefix(from.Text, "[") {
		docs, _ := yamlDocuments("", []byte(from.Text))
		for _, d := range docs {
			values = append(values, placedAt(nodeValue(d), from.Start, from.End))
		}
	} else if at := path.Join(dir, from.Text); from.Text != "" {
		for _, i := range k.byDir[path.Dir(at)] {
			if k.objects[i].Path == at {
				k.dropped[i] = true
				values = append(values, k.objects[i].Value)
			}
		}
	}
	var out []kpatch
	for _, v := range values {
		p := kpatch{value: v, kind: v.Get("kind").Text, name: v.Get("metadata").Get("name").Text}
		if target.Kind == Map {
			p.kind, p.name = target.Get("kind").Text, target.Get("name").Text
		}
		if p.kind != "" || p.name != "" {
			out = append(out, p)
		}
	}
	return out
}
