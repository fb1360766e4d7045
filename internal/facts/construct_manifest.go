package facts

import "slices"

// maxManifests bounds the objects of Kubernetes that one call is handed.
const maxManifests = 100

// manifests gives the objects of Kubernetes that a call of addManifest is
// handed, written out where they are made or bound to names before.
func (p *program) manifests(method string, args []argument) {
	if method != "addManifest" {
		return
	}
	for _, a := range args[:min(len(args), maxManifests)] {
		p.manifest(a.value)
	}
}

// manifest gives an object of Kubernetes, or each of a list of them.
func (p *program) manifest(v Value) {
	for _, item := range v.Items[:min(len(v.Items), maxManifests)] {
		p.manifest(item)
	}
	if v.Kind != Map {
		return
	}
	for _, f := range objectFacts(p.path, v) {
		if p.conditional() {
			f.Hint = "is made only under a condition in the program"
		}
		p.out = append(p.out, f)
	}
}

// joinManifests gives the objects of KubernetesManifest.
func joinManifests(all []Fact) []Fact {
	var out []Fact
	for i := range all {
		if f := &all[i]; f.Kind == Construct && f.Name == "aws-eks.kubernetesmanifest" {
			out = append(out, heldObjects(f, f.Value.Get("manifest"))...)
		}
	}
	return slices.Clip(out)
}
