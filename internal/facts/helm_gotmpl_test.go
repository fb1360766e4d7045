package facts

import (
	"strings"
	"testing"
)

func TestMaskActions(t *testing.T) {
	const text = "a: {{ .Values.a | quote }}\n{{- if .b }}\nb: {{ .b }}\n{{ else }}\nc: 1\n{{- end }}\n{{ toYaml .d }}\ne: x-{{ `{{ .E }}` }}\nf: {{ .unclosed"
	masked := maskActions(text)
	if got, want := strings.Count(masked.text, "\n"), strings.Count(text, "\n"); got != want {
		t.Errorf("%d line ends, want %d:\n%s", got, want, masked.text)
	}
	const want = "a: {{ .Values.a | quote }}\n\n\n\n\n\n\ne: x-{{ .E }}\nf: {{ .unclosed }}"
	if got := masked.marks.unmark(masked.text); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestWholeExpressions(t *testing.T) {
	got := wholeExpressions(strings.Fields("src=a dest=/home/{{ item.key }}/x mode={{ m"))
	if want := "src=a|dest=/home/{{ item.key }}/x|mode={{ m"; strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzHelmfileTemplate(f *testing.F) {
	f.Add("releases:\n- name: a\n  chart: b/{{ .C }}\n  values: [\"{{ .Environment.Name }}/x.yaml\"]\n")
	f.Add("{{ if }}releases:{{ end }}\n{{`{{ x }}`}}\n{{ range }}{{ end }}{{ end }}- {{")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(maskActions(text).text, "\n") != strings.Count(text, "\n") {
			t.Error("lines moved")
		}
		read := func() ([]Fact, []Warning) {
			var out found
			readHelmfilePart(&source{path: "helmfile.yaml.gotmpl", text: []byte(text)}, &out)
			readValuesPart(&source{path: "x.values.yaml.gotmpl", text: []byte(text)}, &out)
			return append(out.facts, joinReleases(out.facts)...), out.warnings
		}
		facts, warnings := read()
		again, _ := read()
		if renderFacts(facts) != renderFacts(again) {
			t.Error("not the same twice")
		}
		checkFactLines(t, facts, warnings, []byte(text))
	})
}
