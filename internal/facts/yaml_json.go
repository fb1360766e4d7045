package facts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// jsonDocument reads one JSON value into the nodes that YAML gives. YAML's own
// parser refuses JSON that is valid: long keys, surrogate pairs, tabs.
func jsonDocument(text []byte) (*yaml.Node, error) {
	if !json.Valid(text) {
		var any json.RawMessage
		return nil, fmt.Errorf("read JSON: %w", json.Unmarshal(text, &any))
	}
	r := jsonReader{text: text, line: 1}
	return r.value(1)
}

// jsonReader goes through a text that is known to be valid.
type jsonReader struct {
	text []byte
	at   int
	line int
	free []yaml.Node // made many at a time
}

// next is the byte that the next value, or the end of a list or map, begins
// with.
func (r *jsonReader) next() byte {
	for ; ; r.at++ {
		switch r.text[r.at] {
		case '\n':
			r.line++
		case ' ', '\t', '\r', ',', ':':
		default:
			return r.text[r.at]
		}
	}
}

func (r *jsonReader) node(kind yaml.Kind, tag string) *yaml.Node {
	if len(r.free) == 0 {
		r.free = make([]yaml.Node, 32)
	}
	n := &r.free[0]
	r.free = r.free[1:]
	n.Kind, n.Tag, n.Line, n.Column = kind, tag, r.line, 1
	return n
}

func (r *jsonReader) value(depth int) (*yaml.Node, error) {
	c := r.next()
	if depth > maxYAMLDepth {
		return nil, fmt.Errorf("read JSON: nested more than %d deep on line %d", maxYAMLDepth, r.line)
	}
	switch c {
	case '{':
		n := r.node(yaml.MappingNode, "!!map")
		return n, r.members(n, '}', depth)
	case '[':
		n := r.node(yaml.SequenceNode, "!!seq")
		return n, r.members(n, ']', depth)
	case '"':
		n := r.node(yaml.ScalarNode, "!!str")
		n.Style = yaml.DoubleQuotedStyle
		n.Value = r.quoted()
		return n, nil
	}
	n := r.node(yaml.ScalarNode, "!!bool")
	switch n.Value = r.word(); n.Value {
	case "true", "false":
	case "null":
		n.Tag, n.Value = "!!null", ""
	default:
		n.Tag = "!!float"
		if _, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
			n.Tag = "!!int"
		}
	}
	return n, nil
}

func (r *jsonReader) members(n *yaml.Node, end byte, depth int) error {
	r.at++
	for r.next() != end {
		c, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.Content = append(n.Content, c)
	}
	r.at++
	return nil
}

// quoted is the string that begins here.
func (r *jsonReader) quoted() string {
	from := r.at
	plain := true
	for r.at++; r.text[r.at] != '"'; r.at++ {
		switch c := r.text[r.at]; {
		case c == '\\':
			plain = false
			r.at++
		case c >= utf8.RuneSelf:
			plain = false
		}
	}
	r.at++
	if plain {
		return string(r.text[from+1 : r.at-1])
	}
	var out string
	_ = json.Unmarshal(r.text[from:r.at], &out) // the text is valid
	return out
}

// word is the number or name that begins here.
func (r *jsonReader) word() string {
	from := r.at
	for r.at < len(r.text) && bytes.IndexByte([]byte(",]} \t\r\n"), r.text[r.at]) < 0 {
		r.at++
	}
	return string(r.text[from:r.at])
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
