package catalogue

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// source is a YAML text being read strictly: every key must be known, and
// whatever is wrong is noted with its line.
type source struct {
	file   string
	offset int // lines before the text within the file
	faults *Faults
}

func (s source) fault(n *yaml.Node, format string, args ...any) {
	line := 0
	if n != nil {
		line = n.Line + s.offset
	}
	s.faults.add(s.file, line, format, args...)
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): `)

// parse reads the one document of a text; nil when it is empty or broken.
func (s source) parse(text []byte) *yaml.Node {
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	err := dec.Decode(&doc)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		message, line := err.Error(), 0
		if m := yamlLine.FindStringSubmatch(message); m != nil {
			line, _ = strconv.Atoi(m[1])
			line += s.offset
			message = message[len(m[0]):]
		}
		s.faults.add(s.file, line, "not YAML: %s", strings.TrimPrefix(message, "yaml: "))
		return nil
	}
	if !errors.Is(dec.Decode(new(yaml.Node)), io.EOF) {
		s.fault(&doc, "more than one YAML document")
	}
	if len(doc.Content) == 0 {
		return nil
	}
	return doc.Content[0]
}

// object is a mapping whose keys are asked for one by one.
type object struct {
	source
	node *yaml.Node
	what string
	keys []string
	at   []*yaml.Node // of the keys
	vals []*yaml.Node
	used []bool
}

// object opens a mapping. Anything else is a fault, and an object without keys.
func (s source) object(n *yaml.Node, what string) *object {
	o := &object{source: s, node: n, what: what}
	if n == nil {
		return o
	}
	if n.Kind != yaml.MappingNode {
		s.fault(n, "%s: a mapping is wanted, not %s", what, describe(n))
		return o
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if slices.Contains(o.keys, k.Value) {
			s.fault(k, "%s: key %q is given twice", what, k.Value)
			continue
		}
		o.keys = append(o.keys, k.Value)
		o.at = append(o.at, k)
		o.vals = append(o.vals, n.Content[i+1])
	}
	o.used = make([]bool, len(o.keys))
	return o
}

func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias (write it out)"
	}
	if n.Tag == "!!null" {
		return "nothing"
	}
	return fmt.Sprintf("%q", n.Value)
}

func (o *object) get(key string) *yaml.Node {
	i := slices.Index(o.keys, key)
	if i < 0 {
		return nil
	}
	o.used[i] = true
	return o.vals[i]
}

func (o *object) has(key string) bool { return slices.Contains(o.keys, key) }

// done notes every key that nobody asked for.
func (o *object) done() {
	for i, used := range o.used {
		if !used {
			o.fault(o.at[i], "%s: unknown key %q", o.what, o.keys[i])
		}
	}
}

func (o *object) text(key string) string { return o.scalar(o.get(key), o.what+": "+key) }

func (s source) scalar(n *yaml.Node, what string) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		s.fault(n, "%s: text is wanted, not %s", what, describe(n))
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// need is text that may not be missing.
func (o *object) need(key string) string {
	if !o.has(key) {
		o.fault(o.node, "%s: %q is missing", o.what, key)
	}
	return o.text(key)
}

// texts reads a list of texts, or a single one.
func (o *object) texts(key string) []string { return o.list(o.get(key), o.what+": "+key) }

func (s source) list(n *yaml.Node, what string) []string {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		return []string{s.scalar(n, what)}
	}
	if n.Kind != yaml.SequenceNode {
		s.fault(n, "%s: a list is wanted, not %s", what, describe(n))
		return nil
	}
	out := make([]string, 0, len(n.Content))
	for _, c := range n.Content {
		out = append(out, s.scalar(c, what))
	}
	return out
}

func (o *object) boolean(key string) bool {
	n := o.get(key)
	if n == nil {
		return false
	}
	v, err := strconv.ParseBool(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		o.fault(n, "%s: %s: true or false is wanted, not %s", o.what, key, describe(n))
	}
	return v
}

func (o *object) integer(key string, least int) int {
	n := o.get(key)
	if n == nil {
		return 0
	}
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || v < least {
		o.fault(n, "%s: %s: a whole number from %d is wanted, not %s", o.what, key, least, describe(n))
		return 0
	}
	return v
}

// items opens a list; a fault when it is something else.
func (s source) items(n *yaml.Node, what string) []*yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		s.fault(n, "%s: a list is wanted, not %s", what, describe(n))
		return nil
	}
	return n.Content
}

// oneOf faults a text that is not among those wanted.
func (o *object) oneOf(key string, wanted ...string) string {
	v := o.text(key)
	if v != "" && !slices.Contains(wanted, v) {
		o.fault(o.get(key), "%s: %s: %q is none of %s", o.what, key, v, strings.Join(wanted, ", "))
		return ""
	}
	return v
}
