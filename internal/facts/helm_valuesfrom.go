package facts

import (
	"path"
	"slices"
	"strings"
)

// valueFilesKey is where a helmfile's release keeps the names of its values
// files until all files are read.
const valueFilesKey = "_files"

// releaseValues are the values of this repository that releases only name.
type releaseValues struct {
	files map[string]Value // by path
	maps  map[string]Value // config maps with a values.yaml, by folder and name
}

// learn notes values, and which config map holds which file of them.
func (v *releaseValues) learn(f *Fact) {
	switch {
	case f.Kind == Helm && f.Name == "values", isNamed(*f):
		if v.files == nil {
			v.files = make(map[string]Value)
		}
		values := f.Value
		values.Fields = slices.DeleteFunc(slices.Clone(values.Fields), func(x Field) bool { return x.Key == "_env" || x.Key == "_chart" })
		v.files[f.Path] = values
	case f.Name == "kustomization.kustomize.config.k8s.io":
		dir := path.Dir(f.Path)
		for _, g := range f.Value.Get("configMapGenerator").Items {
			for _, file := range g.Get("files").Items {
				key, from, ok := strings.Cut(file.Text, "=")
				if !ok {
					key, from = path.Base(file.Text), file.Text
				}
				v.keep(dir, g.Get("name").Text, key, Str(path.Join(dir, from)))
			}
		}
	case f.Name == "configmap":
		text := f.Value.Get("data").Get("values.yaml")
		if text.Kind == String {
			v.keep(path.Dir(f.Path), f.Value.Get("metadata").Get("name").Text, "values.yaml", valuesText(f, text))
		}
	}
}

func (v *releaseValues) keep(dir, name, key string, values Value) {
	if v.maps == nil {
		v.maps = make(map[string]Value)
	}
	v.maps[dir+"|"+name+"|"+key] = values
}

// from gives the values of the config maps that a release of Flux names, under
// the values that it has itself. A map that another folder makes is not looked
// for: names repeat from cluster to cluster.
func (v *releaseValues) from(f *Fact, spec Value) Value {
	var values Value
	for _, from := range spec.Get("valuesFrom").Items {
		key := "values.yaml"
		if k := from.Get("valuesKey"); k.Kind == String {
			key = k.Text
		}
		if from.Get("kind").Text != "ConfigMap" || from.Get("targetPath").Kind != Absent {
			continue
		}
		held := v.maps[path.Dir(f.Path)+"|"+from.Get("name").Text+"|"+key]
		if held.Kind == String {
			held = v.files[held.Text]
		}
		values = mergeValues(values, placedAt(held, f.Start, f.End))
	}
	return mergeValues(values, spec.Get("values"))
}

// referred gives the values files of this repository that a source of Argo CD
// names by a reference, $values/envs/prod.yaml.
func (v *releaseValues) referred(f *Fact, helm Value) Value {
	var values Value
	for _, file := range helm.Get("valueFiles").Items {
		if _, name, ok := strings.Cut(file.Text, "/"); ok && strings.HasPrefix(file.Text, "$") {
			values = mergeValues(values, placedAt(v.files[path.Clean(name)], f.Start, f.End))
		}
	}
	return values
}

// fill lays the values of a helmfile's release over those of the files that it
// names. Where the name has the environment in it, production's file counts.
func (v *releaseValues) fill(f *Fact) {
	names := f.Value.Get(valueFilesKey)
	if names.Kind == Absent {
		return
	}
	var values Value
	for _, name := range names.Items {
		values = mergeValues(values, v.named(f, name.Text))
	}
	own := f.Value.Get("values")
	fields := f.Value.Fields
	f.Value.Fields = nil
	for _, field := range fields {
		if field.Key != valueFilesKey && field.Key != "values" {
			f.Value.Fields = append(f.Value.Fields, field)
		}
	}
	if values = mergeValues(values, own); values.Kind != Absent {
		f.Value.Fields = append(f.Value.Fields, Field{"values", placedAt(values, f.Start, f.End)})
	}
}

func (v *releaseValues) named(f *Fact, name string) Value {
	for _, environment := range [...]string{"production", "prod", "prd", "live"} {
		file := strings.NewReplacer("{{ .Environment.Name }}", environment, "{{ .Release.Name }}", f.Value.Get("_name").Text).Replace(name)
		if values, ok := v.files[path.Join(path.Dir(f.Path), file)]; ok {
			return values
		}
	}
	return Value{}
}
