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
	for _, f := range all {
		if f.Kind != Construct || f.Name != "aws-eks.kubernetesmanifest" {
			continue
		}
		p := program{path: f.Path}
		p.manifest(f.Value.Get("manifest"))
		for i := range p.out {
			p.out[i].Hint = f.Hint
		}
		out = append(out, p.out...)
	}
	return slices.Clip(out)
}
