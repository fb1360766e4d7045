package facts

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzTerraform(f *testing.F) {
	for _, seed := range []string{
		"",
		"\ufeffresource \"aws_vpc\" \"v\" {\r\n  count = var.x ? 1 : 0\r\n}\r\n",
		"locals {\n a = local.b\n b = [local.a, local.a]\n c = { for k, v in local.b : k => v... }\n}\nresource \"x\" \"y\" { z = local.c }\n",
		"variable \"v\" {\n type = map(object({ a = optional(list(string), [\"x\"]) }))\n default = { k = {} }\n}\noutput \"o\" { value = var.v[\"k\"].a[*] }\n",
		"resource \"a\" \"b\" {\n dynamic \"c\" {\n for_each = { x = 1 }\n content { d = c.value }\n }\n p = <<-E\n  {\"a\": ${x.y}, \"b\": \"%{ if true }c%{ endif }\"}\n  E\n}\n",
		"module \"m\" { source = \"./\" }\nmodule \"n\" { source = \"../\" }\n",
		"x = format(\"%999999999d\", 1)\ny = \"\\ue000\"\nz = 1e99999999\nk = max(1e9999999, -1e-9999999)\n",
		"terraform { source = \"./x\" }\ninclude { path = \"terragrunt.hcl\" }\ninputs = merge(include.inputs, read_terragrunt_config(\"terragrunt.hcl\"))\ngenerate \"g\" { contents = \"provider \\\"a\\\" { b = ${c.d} }\" }\n",
		"{\"resource\": {\"a\": {\"b\": [{\"c\": \"${var.d}\"}]}}}",
		"{\"builders\": [{\"type\": \"docker\", \"a\": \"{{user `b`}}\"}], \"variables\": {\"b\": 1}}",
		"source \"a\" \"b\" {}\nbuild {\n sources = [\"source.a.b\"]\n provisioner \"c\" {}\n}\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Count(text, "\n") + 1
		read := func() []Fact {
			out, warnings := readTerraformFiles(map[string]string{
				"main.tf": text, "sub/main.tf": text, "x.tf.json": text, "prod.tfvars": text, "terragrunt.hcl": text, "unit/terragrunt.hcl": text,
			})
			for _, w := range warnings {
				if strings.Contains(w.Message, "gave up") {
					t.Error(w)
				}
				if w.Line < 0 || w.Line > lines+1 {
					t.Errorf("a warning on line %d of %d", w.Line, lines)
				}
			}
			var parsed []packerFile
			for _, name := range []string{"a.pkr.hcl", "b.pkr.json", "c.pkrvars.hcl"} {
				p, _ := readPacker(name, []byte(text))
				parsed = append(parsed, p)
			}
			out = append(out, joinPacker(parsed)...)
			template, _ := readPackerTemplate("t.json", []byte(text))
			return append(out, template...)
		}
		first := read()
		for _, fact := range first {
			if fact.Start < 1 || fact.End < fact.Start || fact.End > lines {
				t.Errorf("%s %s: lines %d to %d of %d", fact.Path, fact.Name, fact.Start, fact.End, lines)
			}
			checkHCLLines(t, fact.Value, lines)
		}
		if diff := cmp.Diff(first, read()); diff != "" {
			t.Errorf("a second reading differs:\n%s", diff)
		}
	})
}

func checkHCLLines(t *testing.T, v Value, lines int) {
	if v.Kind == Absent || v.Start < 1 || v.End < v.Start || v.End > lines {
		t.Errorf("value %s: lines %d to %d of %d", hclLine(v), v.Start, v.End, lines)
	}
	for _, item := range v.Items {
		checkHCLLines(t, item, lines)
	}
	for _, f := range v.Fields {
		checkHCLLines(t, f.Value, lines)
	}
}

// A thousand blocks of fifteen attributes, half of them references.
func BenchmarkTerraform(b *testing.B) {
	var text strings.Builder
	text.WriteString("provider \"aws\" {}\nvariable \"n\" { default = 3 }\nlocals {\n name = \"x-${var.n}\"\n tags = { a = local.name, b = 2 }\n}\n")
	for range 1000 {
		text.WriteString("resource \"aws_x\" \"y\" {\n a = 1\n b = true\n c = \"text\"\n d = var.n\n e = local.name\n f = \"${local.name}-z\"\n" +
			" g = aws_vpc.v.id\n h = [1, 2, aws_subnet.s.id]\n i = merge(local.tags, { c = 3 })\n j = var.n > 2 ? \"big\" : \"small\"\n" +
			" k = lower(\"ABC\")\n l = { m = { n = var.n } }\n o = jsonencode({ p = aws_q.r.s })\n t = length(local.tags)\n block {\n  u = null\n }\n}\n")
	}
	file, _ := readTerraform("main.tf", []byte(text.String()))
	b.Run("parse", func(b *testing.B) {
		for b.Loop() {
			readTerraform("main.tf", []byte(text.String()))
		}
	})
	b.Run("join", func(b *testing.B) {
		for b.Loop() {
			joinTerraform([]terraformFile{file}, terraformContext{})
		}
	})
}
