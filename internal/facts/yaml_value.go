package facts

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// nodeValue is the tree under a node of yamlDocuments: aliases and merge keys
// written out, of repeated keys the last one kept. A value with a tag of its
// own (`!vault`, `!reference`) is Unknown, its source text kept.
func nodeValue(n *yaml.Node) Value {
	return (&nodeReader{}).value(n)
}

// nodeReader turns nodes into values. Tagged, where set, decides what a value
// with a tag of its own means; it answers false to leave it Unknown.
type nodeReader struct {
	tagged func(r *nodeReader, n *yaml.Node) (Value, bool)
}

func (r *nodeReader) value(n *yaml.Node) Value {
	n = follow(n)
	if n == nil {
		return Value{}
	}
	if strings.HasPrefix(n.Tag, "!") && !standardTag(n.Tag) {
		if r.tagged != nil {
			if v, ok := r.tagged(r, n); ok {
				return v
			}
		}
		v := r.plain(n)
		return Value{Kind: Unknown, Text: strings.TrimSpace(n.Tag + " " + v.Text), Start: v.Start, End: v.End}
	}
	return r.plain(n)
}

// plain is the value of a node without regard to its tag's meaning.
func (r *nodeReader) plain(n *yaml.Node) Value {
	switch n.Kind {
	case yaml.MappingNode:
		if name := mustache(n); name != "" {
			return Value{Kind: Unknown, Text: "{{ " + name + " }}", Start: n.Line, End: n.Line}
		}
		return r.mapping(n)
	case yaml.SequenceNode:
		v := Value{Kind: List, Start: n.Line, End: n.Line, Items: make([]Value, 0, len(n.Content))}
		for _, c := range n.Content {
			item := r.value(c)
			if c.Kind == yaml.AliasNode {
				item.Start, item.End = c.Line, c.Line
			}
			v.Items = append(v.Items, item)
			v.End = max(v.End, item.End)
		}
		return v
	case yaml.ScalarNode:
		return scalarValue(n)
	}
	return Value{}
}

// mustache is the name in {{name}}, which is a map to YAML and a blank to
// everybody else; empty for what is one.
func mustache(n *yaml.Node) string {
	if n.Style&yaml.FlowStyle == 0 || len(n.Content) != 2 || n.Content[1].Tag != "!!null" || n.Content[1].Value != "" {
		return ""
	}
	inner := n.Content[0]
	if inner.Kind != yaml.MappingNode || len(inner.Content) != 2 || inner.Content[1].Tag != "!!null" || inner.Content[1].Value != "" {
		return ""
	}
	return inner.Content[0].Value
}

func (r *nodeReader) mapping(n *yaml.Node) Value {
	v := Value{Kind: Map, Start: n.Line, End: n.Line, Fields: make([]Field, 0, len(n.Content)/2)}
	var merged []Value
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, node := n.Content[i], n.Content[i+1]
		member := r.value(node)
		if key.Tag == "!!merge" {
			merged = append(merged, member)
			v.End = max(v.End, node.Line)
			continue
		}
		if node.Kind == yaml.AliasNode { // the use is where the value is said, not the anchor
			member.Start, member.End = key.Line, node.Line
		}
		if member.Start == 0 || member.Start > key.Line {
			member.Start = key.Line
		}
		member.End = max(member.End, key.Line)
		v.End = max(v.End, member.End)
		v.Fields = append(v.Fields, Field{keyText(key), member})
	}
	v.Fields = lastOfEach(v.Fields)
	for _, m := range merged {
		v.Fields = mergeFields(v.Fields, m)
	}
	return v
}

func keyText(key *yaml.Node) string {
	if key = follow(key); key != nil && key.Kind == yaml.ScalarNode {
		return key.Value
	}
	return ""
}

// mergeFields adds what a merge key brings: members not set already, the
// first of a list of maps winning.
func mergeFields(fields []Field, from Value) []Field {
	if from.Kind == List {
		for _, item := range from.Items {
			fields = mergeFields(fields, item)
		}
		return fields
	}
	have := make(map[string]bool, len(fields))
	for _, f := range fields {
		have[f.Key] = true
	}
	for _, f := range from.Fields {
		if !have[f.Key] {
			fields = append(fields, f)
		}
	}
	return fields
}

// lastOfEach drops members whose key comes again further down.
func lastOfEach(fields []Field) []Field {
	if len(fields) < 2 {
		return fields
	}
	last := make(map[string]int, len(fields))
	for i, f := range fields {
		last[f.Key] = i
	}
	if len(last) == len(fields) {
		return fields
	}
	out := fields[:0]
	for i, f := range fields {
		if last[f.Key] == i {
			out = append(out, f)
		}
	}
	return out
}

func scalarValue(n *yaml.Node) Value {
	v := Value{Kind: String, Text: n.Value, Start: n.Line, End: n.Line}
	switch n.Tag {
	case "!!null":
		v.Kind, v.Text = Null, ""
	case "!!bool":
		v.Kind, v.Text = Bool, strings.ToLower(n.Value)
	case "!!int":
		v.Kind = Number
		if i, err := strconv.ParseInt(n.Value, 0, 64); err == nil {
			v.Text = strconv.FormatInt(i, 10)
		}
	case "!!float":
		v.Kind = Number
	}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 && n.Value != "" {
		v.End += strings.Count(strings.TrimSuffix(n.Value, "\n"), "\n") + 1
	}
	return v
}

func standardTag(tag string) bool {
	switch tag {
	case "!!str", "!!map", "!!seq", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!binary", "!!merge", "!!set", "!!omap", "!":
		return true
	}
	return false
}

// follow is the node itself, or what an alias stands for.
func follow(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// nodeGet is the member of a mapping node, aliases and merge keys followed;
// nil where there is none.
func nodeGet(n *yaml.Node, key string) *yaml.Node {
	n = follow(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	var found *yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i]; k.Value == key && k.Kind == yaml.ScalarNode {
			found = follow(n.Content[i+1])
		}
	}
	for i := 0; i+1 < len(n.Content) && found == nil; i += 2 {
		if n.Content[i].Tag == "!!merge" {
			found = mergedGet(n.Content[i+1], key)
		}
	}
	return found
}

func mergedGet(n *yaml.Node, key string) *yaml.Node {
	n = follow(n)
	if n == nil || n.Kind != yaml.SequenceNode {
		return nodeGet(n, key)
	}
	for _, c := range n.Content {
		if found := nodeGet(c, key); found != nil {
			return found
		}
	}
	return nil
}

// nodeText is the text of a scalar member; empty where there is none.
func nodeText(n *yaml.Node, key string) string {
	if m := nodeGet(n, key); m != nil && m.Kind == yaml.ScalarNode {
		return m.Value
	}
	return ""
}
