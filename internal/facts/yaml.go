package facts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The bounds of one YAML or JSON file. They are far above what people write
// and far below what hurts: aliases count as often as they are used.
const (
	maxYAMLBytes = 1 << 20
	maxYAMLNodes = 200_000
	maxYAMLDepth = 200

	maxBadDocuments = 10
)

// yamlDocuments reads every document of a YAML or JSON text and returns their
// roots; documents that say nothing are left out. One that does not parse
// costs a warning (its Kinds are for the caller to set) and no other document.
// What is returned is bounded: walked with aliases followed, all roots
// together have at most maxYAMLNodes nodes, nested at most maxYAMLDepth deep.
func yamlDocuments(path string, text []byte) ([]*yaml.Node, []Warning) {
	if len(text) > maxYAMLBytes {
		return nil, []Warning{{Path: path, Line: 1, Message: "larger than 1 MiB, not read"}}
	}
	text = cleanText(text)
	docs, warnings := decodeDocuments(path, text)
	left, lines := maxYAMLNodes, bytes.Count(text, []byte("\n"))+1
	for i, doc := range docs {
		if reason := measure(doc, lines, &left); reason != "" {
			return docs[:i], append(warnings, Warning{Path: path, Line: doc.Line, Message: reason})
		}
	}
	return docs, warnings
}

func decodeDocuments(path string, text []byte) ([]*yaml.Node, []Warning) {
	if looksLikeJSON(path, text) {
		if doc, err := jsonDocument(text); err == nil {
			return []*yaml.Node{doc}, nil
		}
	}
	docs, err := decodeYAML(text)
	if err != nil && blackedOut().Match(text) {
		text = blackedOut().ReplaceAll(text, []byte(`$1"$2"`))
		docs, err = decodeYAML(text)
	}
	if err == nil {
		return docs, nil
	}
	if filledIn(path, text) {
		return nil, nil
	}
	parts := splitDocuments(text)
	if len(parts) < 2 {
		return docs, []Warning{yamlWarning(path, err, 0)}
	}
	docs = docs[:0]
	var warnings []Warning
	for _, part := range parts {
		got, err := decodeYAML(part.text)
		if err != nil {
			warnings = append(warnings, yamlWarning(path, err, part.line))
		}
		if len(warnings) == maxBadDocuments {
			break // whatever it is, it is not YAML
		}
		for _, doc := range got {
			shiftLines(doc, part.line)
		}
		docs = append(docs, got...)
	}
	return docs, warnings
}

// blackedOut is a value of which somebody took away a part before showing the file:
// ****-prod. YAML takes the first asterisk for an alias.
var blackedOut = lazily(`(?m)^([ \t]*(?:-[ \t]+)*(?:[\w./-]+:[ \t]+)?)(\*{3,}[^\s#"']*)[ \t]*\r?$`)

func decodeYAML(text []byte) (docs []*yaml.Node, err error) {
	defer func() { // the parser reports some faults by panicking
		if r := recover(); r != nil {
			err = fmt.Errorf("read YAML: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var doc yaml.Node
		if err := dec.Decode(&doc); err != nil {
			if errors.Is(err, io.EOF) {
				return docs, nil
			}
			return docs, err
		}
		if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 && doc.Content[0].Tag != "!!null" {
			docs = append(docs, doc.Content[0])
		}
	}
}

// blank knows what a program fills in.
var blank = lazily(`[:-] *"?(\{\{?|<|%|@|\[\[|__)[A-Za-z][\w.]*(\}\}?|>|%|@|\]\]|__)`)

// filledIn tells of a text that is none of YAML's until some program has filled
// its blanks in, and is called a template: nobody has to mend it.
func filledIn(path string, text []byte) bool {
	return strings.Contains(strings.ToLower(path[strings.LastIndexByte(path, '/')+1:]), "template") && blank().Match(text)
}

type textPart struct {
	line int // lines before it
	text []byte
}

// splitDocuments cuts a text at its document markers, so that one document
// that does not parse leaves the others readable.
func splitDocuments(text []byte) []textPart {
	var parts []textPart
	start, startLine, line := 0, 0, 0
	for at := 0; at < len(text); line++ {
		end := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if at > 0 && bytes.HasPrefix(text[at:], []byte("---")) && (at+3 >= end || bytes.IndexByte([]byte(" \t\r\n"), text[at+3]) >= 0) {
			parts = append(parts, textPart{startLine, text[start:at]})
			start, startLine = at, line
		}
		at = end
	}
	return append(parts, textPart{startLine, text[start:]})
}

func shiftLines(n *yaml.Node, by int) {
	n.Line += by
	for _, c := range n.Content {
		shiftLines(c, by)
	}
}

var yamlErrorLine = lazily(`\bline (\d+): `)

func yamlWarning(path string, err error, offset int) Warning {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if m := yamlErrorLine().FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = strings.Replace(message, m[0], "", 1)
	}
	return Warning{Path: path, Line: line + offset, Message: "not valid YAML: " + message}
}

func looksLikeJSON(name string, text []byte) bool {
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
		return false
	}
	ext := path.Ext(name)
	return ext != ".yaml" && ext != ".yml"
}

// measure walks a document as if every alias were written out, and tells in
// words why it is too much to be read. On the way it pulls back what the
// parser puts on a line after the last one (an empty value at the very end).
func measure(doc *yaml.Node, lines int, left *int) string {
	m := measurer{size: map[*yaml.Node]extent{}, lines: lines}
	e := m.of(doc)
	switch {
	case m.cyclic:
		return "an alias refers to what it is part of, not read"
	case e.depth > maxYAMLDepth:
		return fmt.Sprintf("nested more than %d deep, not read", maxYAMLDepth)
	case e.nodes > *left:
		return fmt.Sprintf("more than %d values, not read", maxYAMLNodes)
	}
	*left -= e.nodes
	return ""
}

type extent struct{ nodes, depth int }

type measurer struct {
	size   map[*yaml.Node]extent // of what aliases refer to; zero while under way
	lines  int
	cyclic bool
}

func (m *measurer) of(n *yaml.Node) extent {
	if n.Kind == yaml.AliasNode {
		e, seen := m.size[n.Alias]
		if !seen {
			return m.of(n.Alias)
		}
		if e.nodes == 0 {
			m.cyclic = true
		}
		return e
	}
	if n.Anchor != "" {
		m.size[n] = extent{}
	}
	n.Line = min(n.Line, m.lines)
	e := extent{nodes: 1, depth: 1}
	for _, c := range n.Content {
		ce := m.of(c)
		e.nodes = min(e.nodes+ce.nodes, 1<<40)
		e.depth = max(e.depth, ce.depth+1)
	}
	if n.Anchor != "" {
		m.size[n] = e
	}
	return e
}
