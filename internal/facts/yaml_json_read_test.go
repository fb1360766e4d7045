package facts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// renderJSON writes a document in one line, each value with its line.
func renderJSON(b *strings.Builder, n *yaml.Node) {
	fmt.Fprintf(b, "%d%s%q(", n.Line, n.Tag, n.Value)
	for _, c := range n.Content {
		renderJSON(b, c)
	}
	b.WriteByte(')')
}

// tokens renders a text the same way, as encoding/json reads it.
func tokens(b *strings.Builder, dec *json.Decoder, text []byte) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	line := 1 + bytes.Count(text[:dec.InputOffset()], []byte("\n"))
	tag, value := "!!null", ""
	switch t := t.(type) {
	case json.Delim:
		tag = map[json.Delim]string{'{': "!!map", '[': "!!seq"}[t]
	case string:
		tag, value = "!!str", t
	case json.Number:
		tag, value = "!!float", t.String()
		if _, err := t.Int64(); err == nil {
			tag = "!!int"
		}
	case bool:
		tag, value = "!!bool", fmt.Sprint(t)
	}
	fmt.Fprintf(b, "%d%s%q(", line, tag, value)
	if tag == "!!map" || tag == "!!seq" {
		for dec.More() {
			if err := tokens(b, dec, text); err != nil {
				return err
			}
		}
		if _, err := dec.Token(); err != nil {
			return err
		}
	}
	b.WriteByte(')')
	return nil
}

// FuzzJSONDocument holds our reader against encoding/json: the same values on
// the same lines, and nothing that is not JSON.
func FuzzJSONDocument(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, ` [1, -2.5e3, 99999999999999999999, true,false , null]` + "\n", `{"a":{"b":["c\n\u00e9😀",""]},` + "\n\t\"é\xff\":1}", `"x"`, `7`, `{"a":1}x`,
		`{"a":1,}`, `{`, ``, "[1\n,\n2\n]\n\n", `{"a b" : "\"" , "\\":"\ud83d\ude00"}`, strings.Repeat("[", 300) + strings.Repeat("]", 300),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := jsonDocument(text)
		var want strings.Builder
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		wrong := tokens(&want, dec, text)
		if wrong == nil {
			_, wrong = dec.Token()
			if wrong == io.EOF {
				wrong = nil
			} else if wrong == nil {
				wrong = fmt.Errorf("more than a value")
			}
		}
		if err != nil {
			if json.Valid(text) && !strings.Contains(err.Error(), "deep") {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if wrong != nil {
			t.Fatalf("%q is read, and encoding/json says %v", text, wrong)
		}
		var got strings.Builder
		renderJSON(&got, doc)
		if got.String() != want.String() {
			t.Fatalf("%q is read as\n%s, want\n%s", text, got.String(), want.String())
		}
	})
}
