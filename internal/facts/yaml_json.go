package facts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// jsonDocument reads one JSON value into the nodes that YAML gives. YAML's own
// parser refuses JSON that is valid: long keys, surrogate pairs, tabs.
func jsonDocument(text []byte) (*yaml.Node, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	r := jsonReader{dec: dec, text: text, line: 1}
	doc, err := r.value(1)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("read JSON: text after the value on line %d", r.line)
	}
	return doc, nil
}

type jsonReader struct {
	dec  *json.Decoder
	text []byte
	at   int // how far lines have been counted
	line int // the line that at lies on
}

func (r *jsonReader) token() (json.Token, int, error) {
	t, err := r.dec.Token()
	if err != nil {
		return nil, 0, err
	}
	to := int(r.dec.InputOffset()) // no token but white space spans lines
	r.line += bytes.Count(r.text[r.at:to], []byte("\n"))
	r.at = to
	return t, r.line, nil
}

func (r *jsonReader) value(depth int) (*yaml.Node, error) {
	t, line, err := r.token()
	if err != nil {
		return nil, err
	}
	if depth > maxYAMLDepth {
		return nil, fmt.Errorf("read JSON: nested more than %d deep on line %d", maxYAMLDepth, line)
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: line, Column: 1}
	switch t := t.(type) {
	case json.Delim:
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		if t == '{' {
			n.Kind, n.Tag = yaml.MappingNode, "!!map"
		}
		return n, r.members(n, depth)
	case string:
		n.Tag, n.Value, n.Style = "!!str", t, yaml.DoubleQuotedStyle
	case json.Number:
		n.Tag, n.Value = "!!float", t.String()
		if _, err := t.Int64(); err == nil {
			n.Tag = "!!int"
		}
	case bool:
		n.Tag, n.Value = "!!bool", fmt.Sprint(t)
	default:
		n.Tag = "!!null"
	}
	return n, nil
}

func (r *jsonReader) members(n *yaml.Node, depth int) error {
	for r.dec.More() {
		c, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.Content = append(n.Content, c)
	}
	_, _, err := r.token()
	return err
}

// cleanText replaces the bytes that YAML refuses or counts as line breaks
// where git does not, so that a stray one costs neither the file nor its line
// numbers. A text without such bytes is returned as it is.
func cleanText(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}) {
		return text // UTF-16, which the YAML parser reads
	}
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[i:])
		}
		if unreadable(r, size) || r == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			return cleaned(text, i)
		}
		i += size
	}
	return text
}

func cleaned(text []byte, from int) []byte {
	out := make([]byte, from, len(text))
	copy(out, text)
	for i := from; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if unreadable(r, size) || r == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			out = append(out, ' ')
		} else {
			out = append(out, text[i:i+size]...)
		}
		i += size
	}
	return out
}

func unreadable(r rune, size int) bool {
	switch {
	case r < 0x20:
		return r != '\t' && r != '\n' && r != '\r'
	case r < 0x7f:
		return false
	case r == utf8.RuneError && size == 1:
		return true
	}
	return r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffe || r == 0xffff
}
