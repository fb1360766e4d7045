package facts

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// joinReleases gives one fact named "release" for each installation of a chart
// that is kept elsewhere, whoever installs it: Flux, Argo CD, k3s, Kustomize,
// a chart that depends on it, Terraform, Ansible, a CDK or Pulumi program. So
// rules ask once what a cluster runs. chart is the chart's own name, repository
// where it is kept, values what it is given.
func joinReleases(all []Fact) []Fact {
	r := releases{charts: map[string]string{}}
	for i := range all {
		r.learn(&all[i])
	}
	for i := range all {
		r.values.fill(&all[i])
		r.read(&all[i])
	}
	return r.out
}

// releases is the run of joinReleases.
type releases struct {
	charts map[string]string // a Flux repository that holds one chart, by name -> its address
	values releaseValues
	out    []Fact
}

// learn notes where a chart is that releases only name.
func (r *releases) learn(f *Fact) {
	r.values.learn(f)
	switch f.Name {
	case "ocirepository.source.toolkit.fluxcd.io":
		r.charts[f.Value.Get("metadata").Get("name").Text] = f.Value.Get("spec").Get("url").Text
	case "helmchart.source.toolkit.fluxcd.io":
		r.charts[f.Value.Get("metadata").Get("name").Text] = f.Value.Get("spec").Get("chart").Text
	}
}

// makesRelease tells whether Terraform installs charts by blocks of a name.
func makesRelease(name string) bool {
	return name == "helm_release" || strings.HasPrefix(name, "module:aws-ia/eks-blueprints-addon")
}

func (r *releases) read(f *Fact) {
	switch f.Kind {
	case Kubernetes:
		r.object(f)
	case Helm:
		if f.Name == "dependency" {
			r.add(f, f.Value.Get("name"), f.Value.Get("repository"), Value{})
		}
	case Terraform:
		switch {
		case f.Name == "helm_release":
			r.terraform(f)
		case makesRelease(f.Name):
			r.blueprint(f)
		}
	case Ansible:
		if f.Name == "helm" && f.Value.Get("state").Text != "absent" {
			r.add(f, f.Value.Get("chart_ref"), f.Value.Get("chart_repo_url"), firstOf(f.Value.Get("release_values"), f.Value.Get("values")))
		}
	case Construct:
		switch {
		case f.Name == "aws-eks.helmchart", strings.HasSuffix(f.Name, ".addhelmchart"):
			r.add(f, f.Value.Get("chart"), f.Value.Get("repository"), f.Value.Get("values"))
		case strings.HasPrefix(f.Name, "pulumi:kubernetes.helm."):
			repository := firstOf(f.Value.Get("repositoryOpts").Get("repo"), f.Value.Get("fetchOpts").Get("repo"))
			r.add(f, f.Value.Get("chart"), repository, f.Value.Get("values"))
		}
	}
}

// readHelmfile reads the releases of a helmfile.
func readHelmfile(file string, docs []*yaml.Node) []Fact {
	var r releases
	for _, doc := range docs {
		if doc.Kind != yaml.MappingNode || nodeGet(doc, "releases") == nil || nodeGet(doc, "kind") != nil {
			continue
		}
		for _, release := range nodeValue(doc).Get("releases").Items {
			if release.Get("installed").Text == "false" || release.Get("name").Kind == Absent {
				continue
			}
			r.helmfile(file, release)
		}
	}
	return r.out
}

func (r *releases) helmfile(file string, release Value) {
	var values Value
	files := Value{Kind: List, Start: release.Start, End: release.End}
	for _, v := range release.Get("values").Items {
		switch v.Kind {
		case Map:
			values = mergeValues(values, v)
		case String:
			files.Items = append(files.Items, v)
		}
	}
	before := len(r.out)
	r.add(&Fact{Name: "helmfile", Path: file, Start: release.Start, End: release.End}, release.Get("chart"), Value{}, values)
	if len(r.out) > before && len(files.Items) > 0 {
		r.out[before].Value = r.out[before].Value.With(valueFilesKey, files).With("_name", release.Get("name"))
	}
}

// object reads the objects of tools that install charts into a cluster.
func (r *releases) object(f *Fact) {
	spec := f.Value.Get("spec")
	switch f.Name {
	case "helmrelease.helm.toolkit.fluxcd.io":
		chart := spec.Get("chart").Get("spec")
		name := chart.Get("chart")
		if ref := spec.Get("chartRef").Get("name"); ref.Kind == String {
			name = Str(r.charts[ref.Text])
		}
		r.add(f, name, chart.Get("sourceRef").Get("name"), r.values.from(f, spec))
	case "helmrelease.helm.fluxcd.io", "helmrelease.flux.weave.works":
		r.add(f, spec.Get("chart").Get("name"), spec.Get("chart").Get("repository"), spec.Get("values"))
	case "helmchart.helm.cattle.io":
		r.add(f, spec.Get("chart"), spec.Get("repo"), valuesText(f, spec.Get("valuesContent")))
	case "application.argoproj.io":
		r.application(f, spec)
	case "applicationset.argoproj.io":
		r.application(f, spec.Get("template").Get("spec"))
	case "kustomization.kustomize.config.k8s.io":
		for _, c := range f.Value.Get("helmCharts").Items {
			r.add(f, c.Get("name"), c.Get("repo"), c.Get("valuesInline"))
		}
	}
}

func (r *releases) application(f *Fact, spec Value) {
	for _, source := range append([]Value{spec.Get("source")}, spec.Get("sources").Items...) {
		helm := source.Get("helm")
		own := helm.Get("valuesObject")
		if own.Kind != Map {
			own = valuesText(f, helm.Get("values"))
		}
		values := mergeValues(r.values.referred(f, helm), own)
		for _, p := range helm.Get("parameters").Items {
			values = withSetting(values, p.Get("name").Text, p.Get("value"))
		}
		r.add(f, source.Get("chart"), source.Get("repoURL"), values)
	}
}

// terraform reads a helm_release: its values are texts laid over each other,
// and single ones that are set.
func (r *releases) terraform(f *Fact) {
	var values Value
	for _, v := range f.Value.Get("values").Items {
		if v.Kind != Map {
			v = valuesText(f, v)
		}
		values = mergeValues(values, v)
	}
	sets := f.Value.Get("set")
	for _, s := range membersOf(sets) {
		values = withSetting(values, s.Get("name").Text, s.Get("value"))
	}
	r.add(f, f.Value.Get("chart"), f.Value.Get("repository"), values)
}

// blueprint reads the add-ons that a module for EKS installs as charts.
func (r *releases) blueprint(f *Fact) {
	for _, field := range f.Value.Fields {
		name, ok := strings.CutPrefix(field.Key, "enable_")
		if !ok || field.Value.Text == "false" || field.Value.Kind == Null {
			continue
		}
		add := *f
		add.Start, add.End = field.Value.Start, field.Value.End
		if field.Value.Kind == Unknown && add.Hint == "" {
			add.Hint = hintMaybe
		}
		name = strings.TrimSuffix(strings.ReplaceAll(name, "_", "-"), "-operator")
		r.add(&add, Str(strings.TrimPrefix(name, "aws-cluster-")), Str("eks-blueprints-addons"), f.Value.Get(strings.TrimPrefix(field.Key, "enable_")))
	}
}

// add makes a release of a fact. A chart that lies in this repository is read
// where it lies, and one whose name can't be known is nobody's.
func (r *releases) add(f *Fact, chart, repository, values Value) {
	if chart.Kind != String || chart.Text == "" || chart.Text[0] == '.' || chart.Text[0] == '/' || strings.ContainsAny(chart.Text, "${}"+markOpen) {
		return
	}
	name := path.Base(chart.Text)
	if file, ok := strings.CutSuffix(name, ".tgz"); ok { // mariadb-10.5.0.tgz
		name = strings.TrimRight(file, "0123456789.")
		name = strings.TrimSuffix(name, "-")
	}
	v := Value{Kind: Map, Start: f.Start, End: f.End, Fields: []Field{
		{"chart", at(Str(strings.ToLower(name)), f.Start)}, {"_via", at(Str(f.Name), f.Start)}}}
	for _, more := range []Field{{"repository", repository}, {"values", values}, {"_env", f.Value.Get("_env")}} {
		if more.Value.Kind != Absent {
			v.Fields = append(v.Fields, more)
		}
	}
	r.out = append(r.out, Fact{Kind: Helm, Name: "release", Path: f.Path, Start: f.Start, End: f.End, Value: v, Hint: f.Hint, Group: f.Group})
}

// valuesText reads values that are written as text in a field of another file.
func valuesText(f *Fact, v Value) Value {
	if v.Kind != String {
		return v
	}
	docs, _ := yamlDocuments(f.Path, []byte(v.Text))
	if len(docs) == 0 {
		return Value{}
	}
	return placedAt(nodeValue(docs[0]), f.Start, f.End)
}

// withSetting lays a single value, given by its dotted path, over others.
func withSetting(values Value, name string, v Value) Value {
	if name == "" || strings.ContainsAny(name, `[]\"`) || strings.Count(name, ".") > 20 {
		return values
	}
	segs := strings.Split(name, ".")
	slices.Reverse(segs)
	for _, seg := range segs {
		v = Value{Kind: Map, Start: v.Start, End: v.End, Fields: []Field{{seg, v}}}
	}
	return mergeValues(values, v)
}
