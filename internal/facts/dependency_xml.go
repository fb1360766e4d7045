package facts

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// maxXMLDepth is deeper than a project file nests.
const maxXMLDepth = 200

// maxXMLText is longer, in bytes, than names and versions are.
const maxXMLText = 4096

// xmlNode is an element of a project file, name spaces left out.
type xmlNode struct {
	name  string
	attrs []xml.Attr
	text  string
	line  int
	nodes []*xmlNode
}

// xmlTree reads a project file: small, so that a tree costs less than code
// that waits for elements. The error has the line where reading stopped.
func xmlTree(text []byte) (root *xmlNode, line int, err error) {
	lines := newLineIndex(text)
	dec := xml.NewDecoder(bytes.NewReader(text))
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	root = &xmlNode{}
	stack := []*xmlNode{root}
	for {
		at := int(dec.InputOffset())
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return root, 0, nil
		}
		if err != nil {
			return nil, lines.of(at), err
		}
		top := stack[len(stack)-1]
		switch t := t.(type) {
		case xml.StartElement:
			if len(stack) > maxXMLDepth {
				return nil, lines.of(at), errors.New("nests too deep")
			}
			n := &xmlNode{name: t.Name.Local, attrs: t.Copy().Attr, line: lines.of(at)}
			top.nodes = append(top.nodes, n)
			stack = append(stack, n)
		case xml.EndElement:
			top.text = strings.TrimSpace(top.text)
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 1 && len(top.nodes) == 0 && len(top.text) < maxXMLText {
				top.text += string(t)
			}
		}
	}
}

// all follows names and returns every element that they lead to.
func (n *xmlNode) all(path ...string) []*xmlNode {
	at := []*xmlNode{n}
	for _, name := range path {
		var next []*xmlNode
		for _, x := range at {
			for _, child := range x.nodes {
				if child.name == name {
					next = append(next, child)
				}
			}
		}
		at = next
	}
	return at
}

// child is the text of the first element of that name.
func (n *xmlNode) child(name string) string {
	for _, c := range n.nodes {
		if c.name == name {
			return c.text
		}
	}
	return ""
}

func (n *xmlNode) attr(name string) string {
	for _, a := range n.attrs {
		if strings.EqualFold(a.Name.Local, name) {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}
