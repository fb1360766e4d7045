package facts

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

func isPulumiYAML(p place, _ *layout) bool {
	return p.base == "pulumi.yaml" || p.base == "pulumi.yml"
}

// readPulumi reads a program written in YAML: its resources are named as those
// of the other languages.
func readPulumi(path string, docs []*yaml.Node) []Fact {
	var out []Fact
	for _, doc := range docs {
		for _, r := range nodeValue(doc).Get("resources").Fields {
			name := pulumiToken(r.Value.Get("type").Text)
			if name == "" {
				continue
			}
			v := r.Value.Get("properties")
			if v.Kind != Map {
				v = Value{Kind: Map}
			}
			v = v.With("_id", textAt(r.Key, r.Value.Start))
			if options := r.Value.Get("options"); options.Kind == Map {
				v = v.With("_options", options)
			}
			v.Start, v.End = r.Value.Start, r.Value.End
			out = append(out, Fact{Kind: Construct, Name: strings.ToLower(name), Path: path, Start: v.Start, End: v.End, Value: v})
		}
	}
	return out
}

// pulumiToken turns aws:rds:Instance, aws:rds/instance:Instance into the name
// of the class.
func pulumiToken(s string) string {
	parts := strings.Split(s, ":")
	switch len(parts) {
	case 2:
		return "pulumi:" + parts[0] + "." + parts[1]
	case 3:
		module, _, _ := strings.Cut(parts[1], "/")
		if module == "index" {
			return "pulumi:" + parts[0] + "." + parts[2]
		}
		return "pulumi:" + parts[0] + "." + module + "." + parts[2]
	}
	return ""
}
