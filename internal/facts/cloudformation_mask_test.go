package facts

import (
	"strings"
	"testing"
)

func TestStackTemplates(t *testing.T) {
	const head = "AWSTemplateFormatVersion: 2010-09-09\nResources:\n"
	const hint = " (" + shapedHint + ")"
	for _, c := range []struct{ name, path, text, want string }{
		{"values", "stack.yaml.j2", "{# made for {{ env }} #}\n{% set size = 3 %}\n" + head + "  A:\n    Type: AWS::X::Y\n    Properties: {On: true, Name: \"{{ env }}-a\", Size: {{ size }}, Secret: '{{resolve:ssm:/a}}', Sub: !Sub \"${B}-{{ x }}\"}\n  B{{ n }}: {Type: 'AWS::X::B'}\n",
			"aws::x::y 5-7 {On:=true Name:?({{ env }}-a) Size:?({{ size }}) Secret:{{resolve:ssm:/a}} Sub:?(${B}-{{ x }}) _name:A}\naws::x::b 8-8 {_name:?(B{{ n }})}"},
		{"conditions", "stack.yaml", head + "  A:\n    Type: AWS::X::Y\n    Properties:\n{% if on %}\n      On: true\n{% endif %}\n", "aws::x::y 3-7 {On:=true _name:A}" + hint},
		{"lines", "stack.yml.gotmpl", head + "  A:\n    Type: AWS::X::Y\n    Properties:\n      {{ toYaml .Props }}\n      On: true\n", "aws::x::y 3-7 {On:=true _name:A}" + hint},
		{"properties", "stack.yaml", head + "  A: {Type: AWS::X::Y, Properties: \"{{ props }}\"}\n  B: {Type: AWS::X::Y, Condition: \"{{ c }}\"}\n",
			"aws::x::y 3-3 {_name:A} (its properties are not known)\naws::x::y 4-4 {_name:B} (depends on a condition that is not known)"},
		{"names", "stack.yaml", head + "  A:\n    Type: AWS::X::Y\n    Properties:\n      {{ k }}: true\n", "aws::x::y 3-6 {\ue0000\ue001:=true _name:A}" + hint},
		{"a whole resource", "stack.yaml", head + "  A: {Type: 'AWS::X::Y'}\n  B: {{ b }}\n", "aws::x::y 3-3 {_name:A}" + hint},
		{"a condition's text", "stack.yaml", "Conditions: {Prod: !Equals [\"{{ env }}\", prod]}\n" + head + "  A: {Type: AWS::X::Y, Properties: {On: !If [Prod, true, false]}}\n", "aws::x::y 4-4 {On:?(!If Prod true false) _name:A}"},
		{"JSON", "stack.json.tpl", "{\"Resources\": {\"A\": {\"Type\": \"AWS::X::Y\", \"Properties\": {\"N\": {{ .N }}, \"D\": \"${d}\", \"On\": true}}}}", "aws::x::y 1-1 {N:?({{ .N }}) D:?(${d}) On:=true _name:A}"},
		{"a script's braces", "stack.yaml", head + "  A: {Type: AWS::X::Y, Properties: {Run: \"docker inspect -f '{{.State}}' ${#x[@]}\"}}\n", "aws::x::y 3-3 {Run:docker inspect -f '{{.State}}' ${#x[@]} _name:A}"},
		{"something else", "play.yaml.j2", "Resources: [{{ aws }}, AWS]\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out found
			readStackPart(&source{path: c.path, text: []byte(c.text)}, &out)
			checkFacts(t, out.facts, c.want)
			if len(out.warnings) > 0 {
				t.Errorf("warnings: %v", out.warnings)
			}
		})
	}
}

func FuzzStackTemplate(f *testing.F) {
	f.Add("Resources:\n  A: {Type: 'AWS::X::Y', Properties: {A: {{ x }}, B: '{{resolve:ssm:/a}}'}}\n{% if x %}{# {{ #}\n{{ include \"x\" }}\n")
	f.Add("{{ {% {# AWS Resources: ${#a} %} }} #}")
	f.Fuzz(func(t *testing.T, text string) {
		if got := maskStack(text).text; strings.Count(got, "\n") != strings.Count(text, "\n") {
			t.Error("lines moved")
		}
		read := func() []Fact {
			var out found
			readStackPart(&source{path: "stack.yaml.tpl", text: []byte(text)}, &out)
			return out.facts
		}
		facts := read()
		if renderFacts(facts) != renderFacts(read()) {
			t.Error("not the same twice")
		}
		checkFactLines(t, facts, nil, []byte(text))
	})
}
