package facts

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// render writes a value on one line: strings bare, maps with their members'
// lines, unknowns with a question mark.
func render(v Value) string {
	switch v.Kind {
	case Absent:
		return "-"
	case Unknown:
		return "?(" + v.Text + ")"
	case Null:
		return "null"
	case Number:
		return "#" + v.Text
	case Bool:
		return "=" + v.Text
	case List:
		var items []string
		for _, item := range v.Items {
			items = append(items, render(item))
		}
		return "[" + strings.Join(items, " ") + "]"
	case Map:
		var fields []string
		for _, f := range v.Fields {
			fields = append(fields, f.Key+":"+render(f.Value))
		}
		return "{" + strings.Join(fields, " ") + "}"
	}
	return v.Text
}

func TestYAMLDocuments(t *testing.T) {
	for _, c := range []struct{ name, path, text, want, warning string }{
		{"scalars", "a.yaml", "a: 1\nb: 0x10\nc: yes\nd: True\ne: ~\nf: 1.5\ng: '3'\nh: 2020-01-01\n", "{a:#1 b:#16 c:yes d:=true e:null f:#1.5 g:3 h:2020-01-01}", ""},
		{"byte order mark and CRLF", "a.yaml", "\ufeffa: 1\r\nb: |\r\n  x\r\n", "{a:#1 b:x\n}", ""},
		{"invalid UTF-8 and controls", "a.yaml", "a: \"x\xff\x01y\"\n", "{a:x  y}", ""},
		{"repeated keys", "a.yaml", "a: 1\nb: 2\na: 3\n", "{b:#2 a:#3}", ""},
		{"merge", "a.yaml", "x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\n", "{x:{a:#1 b:#2} y:{b:#3 a:#1}}", ""},
		{"merge list", "a.yaml", "x: &x {a: 1}\nz: &z {a: 2, c: 4}\ny: {<<: [*x, *z]}\n", "{x:{a:#1} z:{a:#2 c:#4} y:{a:#1 c:#4}}", ""},
		{"tags", "a.yaml", "a: !vault x\nb: !reference [c, d]\n", "{a:?(!vault x) b:?(!reference)}", ""},
		{"documents", "a.yaml", "a: 1\n---\n---\nb: 2\n", "{a:#1} {b:#2}", ""},
		{"one bad document of three", "a.yaml", "a: 1\n---\nb: [\n---\nc: 3\n", "{a:#1} {c:#3}", "3: not valid YAML: did not find expected node content"},
		{"JSON", "a.json", "{\"a\\/\": \"\\ud83d\\ude00\",\n\t\"b\": [1, 2.5, null, true]}", "{a/:😀 b:[#1 #2.5 null =true]}", ""},
		{"JSON in YAML", "a.yaml", "{\"a\": 1,}", "{a:#1}", ""},
		{"cut JSON", "a.json", "{\"a\": 1", "", "1: not valid YAML: did not find expected ',' or '}'"},
		{"blanks of a template", "tenant_template.yaml", "name: {TENANT}-a\nreplicas: 2\n", "", ""},
		{"blanks elsewhere", "tenant.yaml", "name: {TENANT}-a\nreplicas: 2\n", "", "1: not valid YAML: did not find expected key"},
		{"a broken template", "template.yaml", "a: [\n", "", "1: not valid YAML: did not find expected node content"},
		{"self alias", "a.yaml", "a: &a [1, *a]\n", "", "1: an alias refers to what it is part of, not read"},
		{"deep", "a.yaml", strings.Repeat("[", 300) + strings.Repeat("]", 300), "", "1: nested more than 200 deep, not read"},
		{"bomb", "a.yaml", bomb(9), "", "1: more than 200000 values, not read"},
		{"bombs in many documents", "a.yaml", strings.Repeat(bomb(4)+"---\n", 20), "", "13: more than 200000 values, not read"},
		{"large", "a.yaml", strings.Repeat("a", maxYAMLBytes+1), "", "1: larger than 1 MiB, not read"},
		{"empty", "a.yaml", "", "", ""},
		{"comment", "a.yaml", "# nothing\n", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			docs, warnings := yamlDocuments(c.path, []byte(c.text))
			var got []string
			for _, d := range docs {
				got = append(got, render(nodeValue(d)))
			}
			if text := strings.Join(got, " "); text != c.want && !strings.HasPrefix(c.name, "bombs") {
				t.Errorf("got  %s\nwant %s", text, c.want)
			}
			warning := ""
			for _, w := range warnings {
				warning += fmt.Sprintf("%d: %s", w.Line, w.Message)
			}
			if warning != c.warning {
				t.Errorf("warning %q, want %q", warning, c.warning)
			}
		})
	}
}

func bomb(levels int) string {
	text := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i <= levels; i++ {
		text += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 8), i-1)
	}
	return text
}

func TestValueLines(t *testing.T) {
	docs, _ := yamlDocuments("a.yaml", []byte("a:\n  b: |\n    x\n    y\n  c:\n    - 1\n    - d: 2\n      e: 3\nf: >\n  x\n"))
	v := nodeValue(docs[0])
	for _, c := range []struct {
		path       string
		start, end int
	}{{"a", 1, 8}, {"a.b", 2, 4}, {"a.c", 5, 8}, {"a.c.d", 7, 7}, {"f", 9, 10}} {
		got := v.Lookup(c.path)
		if len(got) != 1 || got[0].Start != c.start || got[0].End != c.end {
			t.Errorf("%s: %+v, want lines %d to %d", c.path, got, c.start, c.end)
		}
	}
}

func FuzzYAMLDocuments(f *testing.F) {
	for _, s := range []string{"a: &a [1, *a]\n", "a: 1\n---\nb: !x {c: |\n", "{\"a\": [1,\n2]}", "\ufeff? a\n: - b\r\n", "<<: [{a: 1}]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := bytes.Count(text, []byte("\n")) + 1
		read := func() string {
			var out []string
			docs, warnings := yamlDocuments("a.json", text)
			for _, d := range docs {
				v := nodeValue(d)
				checkLines(t, v, lines)
				out = append(out, render(v))
			}
			return fmt.Sprint(out, warnings)
		}
		if a, b := read(), read(); a != b {
			t.Errorf("read twice:\n%s\n%s", a, b)
		}
	})
}

func checkLines(t *testing.T, v Value, lines int) {
	if v.Start > v.End || v.End > lines {
		t.Fatalf("lines %d to %d of %d: %s", v.Start, v.End, lines, render(v))
	}
	for _, item := range v.Items {
		checkLines(t, item, lines)
	}
	for _, f := range v.Fields {
		checkLines(t, f.Value, lines)
	}
}
