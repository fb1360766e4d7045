package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// platformFact is one application, job or store as the file of the platform that
// runs it describes it. Words are pairs of a name and a value, in the terms that
// all platforms share; what the file doesn't say is left out.
func platformFact(file, platform, kind string, said Value, words ...any) Fact {
	v := mapAt(said, append([]any{"type", at(Str(kind), said.Start)}, words...)...)
	v = v.With("settings", said)
	if dir := path.Dir(file); dir == "." || dir == ".do" || dir == "config" {
		v = v.With("_root", Boolean(true))
	}
	if env := cmp.Or(environmentOfPath(file), environmentOf(v.Get("_name").Text)); env != "" && v.Get("_env").Kind == Absent {
		v = v.With("_env", Str(env))
	}
	return Fact{Kind: Platform, Name: platform, Path: file, Start: max(said.Start, 1), End: said.End, Value: v}
}

// eachOf calls read for every map of a list.
func eachOf(list Value, read func(Value) Fact) []Fact {
	var out []Fact
	for _, item := range few(list.Items) {
		if item.Kind == Map {
			out = append(out, read(item))
		}
	}
	return out
}

// isYAMLNamed takes YAML files of a name, for an environment or not: app.yaml,
// app.production.yml.
func isYAMLNamed(p place, names ...string) bool {
	stem, _, _ := strings.Cut(p.base, ".")
	return p.yaml() && slices.Contains(names, stem)
}

// under is a value under one name; absent where the value is.
func under(v Value, name string) Value {
	if v.Kind == Absent || v.Kind == Null {
		return Value{}
	}
	return mapAt(v, name, v)
}

// keyed is a list of maps as a map, by two of their members.
func keyed(list Value, key, value string) Value {
	out := Value{Kind: Map, Start: list.Start, End: list.End}
	for _, item := range few(list.Items) {
		if k := item.Get(key).Text; k != "" {
			v := item.Get(value)
			if v.Kind == Absent {
				v = Value{Kind: Unknown, Text: k, Start: item.Start, End: item.End}
			}
			out.Fields = append(out.Fields, Field{k, v})
		}
	}
	if len(out.Fields) == 0 {
		return Value{}
	}
	return out
}
