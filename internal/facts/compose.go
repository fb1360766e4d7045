package facts

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

// isCompose tells by its name whether a file is Compose's: compose.yaml,
// docker-compose.prod.yml, compose-dev.yaml.
func isCompose(p string) bool {
	if ext := strings.ToLower(path.Ext(p)); ext != ".yml" && ext != ".yaml" {
		return false
	}
	base := strings.ToLower(path.Base(p))
	base = strings.TrimPrefix(strings.TrimPrefix(base, "docker"), "-")
	if strings.HasPrefix(base, "stack.") || strings.HasPrefix(base, "stack-") || strings.HasPrefix(base, "swarm.") || strings.HasPrefix(base, "swarm-") {
		return base != strings.ToLower(path.Base(p)) // docker-stack.yml; stack.yml is anybody's
	}
	return strings.HasPrefix(base, "compose.") || strings.HasPrefix(base, "compose-") || strings.HasPrefix(base, "compose_")
}

// readCompose gives one fact per service: short forms written out, `extends`
// within the file followed, variables replaced by their defaults.
func readCompose(file string, docs []*yaml.Node) []Fact {
	var out []Fact
	for _, doc := range docs {
		if services := nodeGet(doc, "services"); services == nil || services.Kind != yaml.MappingNode {
			continue
		}
		services := (&nodeReader{tagged: composeTag}).value(doc).Get("services")
		c := composeReader{services: services, left: maxYAMLNodes}
		for _, s := range services.Fields {
			if s.Value.Kind != Map || strings.HasPrefix(s.Key, "x-") {
				continue
			}
			v := c.extended(s.Value, 0)
			v = c.service(v).With("_name", Str(s.Key)).With("_file", Str(path.Base(file)))
			if env := environmentOfPath(file); env != "" {
				v = v.With("_env", Str(env))
			}
			out = append(out, Fact{
				Kind: Compose, Name: strings.ToLower(s.Key), Path: file,
				Start: s.Value.Start, End: s.Value.End, Value: v,
			})
		}
	}
	return out
}

// composeTag reads the tags by which one Compose file changes another.
func composeTag(r *nodeReader, n *yaml.Node) (Value, bool) {
	switch n.Tag {
	case "!override":
		return r.plain(n), true
	case "!reset":
		return Value{Kind: Null, Start: n.Line, End: n.Line}, true
	}
	return Value{}, false
}

type composeReader struct {
	services Value
	left     int // values that may still be made by extending
}

// extended is a service with what it extends under it, where that is in the
// same file.
func (c *composeReader) extended(v Value, depth int) Value {
	extends := v.Get("extends")
	name := extends.Text
	if extends.Kind == Map && extends.Get("file").Kind == Absent {
		name = extends.Get("service").Text
	}
	base := c.services.Get(name)
	if name == "" || base.Kind != Map || depth > 20 || c.left < 0 {
		return v
	}
	base = c.extended(base, depth+1)
	out := v
	out.Fields = append([]Field(nil), v.Fields...)
	for i, f := range out.Fields {
		if b := base.Get(f.Key); f.Value.Kind == Map && b.Kind == Map {
			out.Fields[i].Value.Fields = mergeFields(append([]Field(nil), f.Value.Fields...), b)
		}
	}
	out.Fields = mergeFields(out.Fields, base)
	c.left -= len(out.Fields) + len(base.Fields)
	return out
}

// service writes short forms out and fills variables in.
func (c *composeReader) service(v Value) Value {
	out := filled(v)
	for i, f := range out.Fields {
		switch f.Key {
		case "environment", "labels":
			out.Fields[i].Value = pairs(f.Value)
		case "build":
			if f.Value.Kind == String {
				out.Fields[i].Value = Value{Kind: Map, Fields: []Field{{"context", f.Value}}, Start: f.Value.Start, End: f.Value.End}
			}
		case "deploy":
			if labels := f.Value.Get("labels"); labels.Kind == List {
				out.Fields[i].Value = f.Value.With("labels", pairs(labels))
			}
		}
	}
	return out
}

// filled replaces ${NAME:-default} by the default and makes what has none Unknown.
func filled(v Value) Value {
	return mapped(v, func(v Value) Value {
		if v.Kind == String && strings.Contains(v.Text, "$") {
			text := strings.ReplaceAll(v.Text, "$$", "\x00") // an escaped dollar sign
			got := expandVars(text, nil)
			v.Kind, v.Text = got.Kind, strings.ReplaceAll(got.Text, "\x00", "$")
		}
		return v
	})
}

// pairs turns a list of KEY=value into the map that it stands for.
func pairs(v Value) Value {
	if v.Kind != List {
		return v
	}
	out := Value{Kind: Map, Start: v.Start, End: v.End}
	for _, item := range v.Items {
		key, value, found := strings.Cut(item.Text, "=")
		member := Value{Kind: String, Text: value, Start: item.Start, End: item.End}
		if !found || item.Kind == Unknown {
			member.Kind, member.Text = Unknown, item.Text
		}
		out.Fields = append(out.Fields, Field{key, member})
	}
	out.Fields = lastOfEach(out.Fields)
	return out
}
