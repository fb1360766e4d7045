package facts

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOutline(t *testing.T) {
	text := "# top\nvariable \"v\" {}\n\nresource \"aws_s3_bucket\" \"logs\" { // one\n  bucket = \"logs\"\n  p = <<-E\n  } ${a[\"}\"]}\n  E\n" +
		"  inner {\n    bucket = \"other\"\n    deep = \"yes\"\n  }\n  later = \"a${b}\"\n  noted = \"c\" # said\n  equal == 1\n}\n/* { */\nlocals { a = \"b\" }\n"
	blocks, ok := hclOutline(text)
	if !ok || len(blocks) != 3 {
		t.Fatalf("%v, %v", blocks, ok)
	}
	var got []hclSpan
	for _, b := range blocks {
		b.from, b.to = 0, 0
		got = append(got, b)
	}
	want := []hclSpan{{kind: "variable", labels: []string{"v"}, start: 2, end: 2},
		{kind: "resource", labels: []string{"aws_s3_bucket", "logs"}, start: 4, end: 16}, {kind: "locals", start: 18, end: 18}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(hclSpan{})); diff != "" {
		t.Error(diff)
	}
	resource := text[blocks[1].from:blocks[1].to]
	for name, want := range map[string]string{"bucket": "logs true true", "deep": " false false", "later": " false true", "noted": " false true",
		"equal": " false false", "buck": " false false", "p": " false true"} {
		value, plain, found := hclSetting(resource, name)
		if got := value + " " + Boolean(plain).Text + " " + Boolean(found).Text; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if value, plain, found := hclSetting(text[blocks[2].from:blocks[2].to], "a"); value != "" || plain || !found {
		t.Errorf("in one line: %q, %v, %v", value, plain, found) // what follows on the line is for the parser
	}
	for _, other := range []string{"a = 1\n", "x {} y {}\n", "x\n{}\n", "x {", "x {}}", "\"x\" {}\n", "x \"a${b}\" {}\n", "x /* y */ {}\n", "x {\n a = \"\n\"\n}\n"} {
		if blocks, ok := hclOutline(other); ok {
			t.Errorf("%q: %v", other, blocks)
		}
	}
}

// What the outline says of a file is what the parser says.
func FuzzOutline(f *testing.F) {
	for _, seed := range []string{
		"", "variable \"v\" {\n  type = string\n  default = \"x\"\n}\n", "module m {\n source = \"./m\"\n}\nmodule \"n\" { source = \"../n\" }\n",
		"resource \"a\" \"b\" {\r\n  c = <<E\n}\nE\n  d {\n    e = \"f\" # g\n  }\n}\n# h\n/* i */\nlocals {\n  j = \"k${l}\"\n}\n",
		"terraform {\n  backend \"s3\" {}\n  cloud {}\n}\nx {}\n", "x {}\ny",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = hclClean([]byte(text))
		blocks, ok := hclOutline(text)
		if !ok {
			return
		}
		whole, warnings := parseHCL("x.tf", []byte(text), Terraform)
		file := &hclFile{path: "x.tf", text: text}
		faults := 0
		for _, b := range blocks {
			if _, _, fault := parseSpan(file, b); fault != "" {
				faults++
			}
		}
		if (len(warnings) > 0) != (faults > 0) {
			t.Fatalf("of the whole: %v; of %d blocks, %d have faults", warnings, len(blocks), faults)
		}
		if faults > 0 {
			return
		}
		parsed := fileBlocks(&whole)
		if len(parsed) != len(blocks) {
			t.Fatalf("%d blocks, the parser has %d", len(blocks), len(parsed))
		}
		for i, b := range blocks {
			p := parsed[i]
			if b.kind != p.kind || !cmp.Equal(append([]string{}, b.labels...), append([]string{}, p.labels...)) || b.start != p.start || b.end != p.end {
				t.Fatalf("%+v, the parser has %s %q on lines %d to %d", b, p.kind, p.labels, p.start, p.end)
			}
			for _, name := range []string{"source", "default", "a", "bucket", "d"} {
				value, plain, found := hclSetting(text[b.from:b.to], name)
				if _, has := p.attr(name); found != has {
					t.Fatalf("%s of block %d: found %v, the parser %v", name, i, found, has)
				}
				if plain && value != p.literal(name) {
					t.Fatalf("%s of block %d is %q, the parser has %q", name, i, value, p.literal(name))
				}
			}
		}
	})
}
