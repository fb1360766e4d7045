package facts

import (
	"path"
	"strings"
)

const (
	fluxKustomization = "kustomization.kustomize.toolkit.fluxcd.io"
	hintLeftOut       = "no kustomization includes it"

	fluxListed = 3 // so many files that are listed make a list
)

// markLeftOut makes hints of what Flux is not told of. Repositories that list
// one file of Flux for each application (apps/loki/ks.yaml) take an application
// out by taking its file out of the list; its objects stay where they are.
func (k *kustomize) markLeftOut() {
	files := 0
	for i := range k.objects {
		if k.objects[i].Name == fluxKustomization {
			files++
		}
	}
	if files <= fluxListed {
		return
	}
	included, seen := map[int]bool{}, map[string]bool{}
	for _, dir := range k.dirs {
		for _, i := range k.under(dir, seen) {
			included[i] = true
		}
	}
	listed := map[string]int{} // base name to how many files of it are listed
	live := map[string]bool{}  // folders that Flux is told of
	for i, f := range k.objects {
		if f.Name == fluxKustomization && included[i] {
			listed[path.Base(f.Path)]++
			live[path.Dir(f.Path)] = true
		}
	}
	var out []string
	for i, f := range k.objects {
		dir := path.Dir(f.Path)
		if f.Name == fluxKustomization && !included[i] && listed[path.Base(f.Path)] >= fluxListed && !live[dir] && k.listedByHand(dir) {
			out = append(out, dir+"/")
		}
	}
	for _, dir := range out {
		for i := range k.objects {
			if f := &k.objects[i]; f.Hint == "" && strings.HasPrefix(f.Path, dir) {
				f.Hint = hintLeftOut
			}
		}
	}
}

// listedByHand tells whether a folder lies below one whose kustomization lists
// what there is. Where there is none, Flux takes all that it finds.
func (k *kustomize) listedByHand(dir string) bool {
	for dir != "." && dir != "/" {
		dir = path.Dir(dir)
		if own, ok := k.overlays[dir]; ok && own.Get("resources").Kind == List {
			return true
		}
	}
	return false
}
