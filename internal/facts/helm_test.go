package facts

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// chartFiles takes a txtar of charts apart as the orchestrator would.
func chartFiles(archive string) []chartFile {
	files := txtar.Parse([]byte(archive)).Files
	charts := map[string]bool{}
	for _, f := range files {
		if path.Base(f.Name) == "Chart.yaml" {
			charts[path.Dir(f.Name)] = true
		}
	}
	var out []chartFile
	for _, f := range files {
		dir := path.Dir(f.Name)
		for !charts[dir] && dir != "." {
			dir = path.Dir(dir)
		}
		if isChartFile(strings.TrimPrefix(f.Name, dir+"/")) {
			out = append(out, chartFile{path: f.Name, chart: dir, text: string(f.Data)})
		}
	}
	return out
}

func TestJoinHelm(t *testing.T) {
	const chart = "-- c/Chart.yaml --\napiVersion: v2\nname: web\n"
	const head = "apiVersion: v1\nkind: X\n"
	for _, c := range []struct{ name, files, want string }{
		{"values", chart + "-- c/values.yaml --\na: {b: 3, e: {}}\nlist: [x, y]\n-- c/templates/x.yaml --\n" + head +
			"n: {{ .Values.a.b }}\nq: {{ .Values.a.b | quote }}\nd: {{ .Values.none | default \"z\" }}\nu: {{ .Release.Name }}-x\nr:\n  {{- toYaml .Values.a | nindent 2 }}\n  own: 1\nl:\n{{- range .Values.list }}\n- {{ . }}\n{{- end }}\ng: {{ .Values.gone.deeper }}\n",
			"x. 1-14 {apiVersion:v1 kind:X n:#3 q:3 d:z u:?({{ .Release.Name }}-x) r:{b:#3 e:{} own:#1} l:[x y] g:?({{ .Values.gone.deeper }})}"},
		{"values that an installation fills in", chart + "-- c/values.yaml.template --\nn: 3\nimage: \"${REGISTRY}/web\"\n-- c/templates/x.yaml --\n" + head + "n: {{ .Values.n }}\ni: {{ .Values.image }}\n",
			"x. 1-4 {apiVersion:v1 kind:X n:#3 i:${REGISTRY}/web}"},
		{"a form beside the values", chart + "-- c/values.yaml --\nn: 3\n-- c/values.yaml.tmpl --\nn: 4\nm: 5\n-- c/templates/x.yaml --\n" + head + "n: {{ .Values.n }}\nm: {{ .Values.m | default 1 }}\n",
			"x. 1-4 {apiVersion:v1 kind:X n:#3 m:#1}"},
		{"a form that is no YAML yet", chart + "-- c/values.yaml.tpl --\nn: {{ replicas }}\n{{ if x }}\n-- c/templates/x.yaml --\n" + head + "n: {{ .Values.n | default 1 }}\n",
			"x. 1-3 {apiVersion:v1 kind:X n:#1}"},
		{"conditions", chart + "-- c/values.yaml --\non: true\n-- c/templates/x.yaml --\n{{- if .Values.off }}\n" + head + "{{- end }}\n{{- if .Values.on }}\n---\n" + head + "{{- if .Release.Name | eq \"x\" }}\nm: 1\n{{- else }}\nm: 2\n{{- end }}\n{{- end }}\n{{- if (lookup \"v1\" \"Secret\" \"\" \"\") }}\n---\n" + head + "{{- end }}\n",
			"x. 7-10 {apiVersion:v1 kind:X m:?(1)}\nx. 17-18 {apiVersion:v1 kind:X} (depends on a chart value that is not known)"},
		{"a marker from which what follows is trimmed", chart + "-- c/values.yaml --\non: true\n-- c/templates/x.yaml --\n" + head + "---\n{{- if .Values.on -}}\n" + head + "n: 2\n{{- end }}\n---\n{{- if .Values.off -}}\n" + head + "n: 3\n{{- end }}\n",
			"x. 1-2 {apiVersion:v1 kind:X}\nx. 5-7 {apiVersion:v1 kind:X n:#2}"},
		{"helpers", chart + "-- c/templates/_helpers.tpl --\n{{- define \"name\" -}}{{ printf \"%s-%s\" .Release.Name .Chart.Name | trunc 63 | trimSuffix \"-\" }}{{- end }}\n{{- define \"labels\" }}\napp: {{ .Chart.Name }}\nver: 2\n{{- end }}\n" +
			"-- c/templates/x.yaml --\n" + head + "metadata:\n  name: {{ include \"name\" . }}\n  labels:\n    {{- include \"labels\" . | nindent 4 }}\n    {{- include \"missing\" . | nindent 4 }}\n",
			"x. 1-7 {apiVersion:v1 kind:X metadata:{name:?({{ .Release.Name }}) labels:{app:web ver:#2}}}"},
		{"a name that is not known, within a block", chart + "-- c/templates/_h.tpl --\n{{- define \"full\" }}{{ if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-web{{ end }}{{ end }}\n{{- define \"env\" }}\n- name: HOST\n  value: {{ include \"full\" . }}-db\n- name: KEY\n  value: fixed\n{{- end }}\n" +
			"-- c/templates/x.yaml --\n" + head + "env:\n{{- include \"env\" . | nindent 2 }}\n",
			"x. 1-4 {apiVersion:v1 kind:X env:[{name:HOST value:?({{ include full }}-db)} {name:KEY value:fixed}]}"},
		{"unknown block among members", chart + "-- c/templates/x.yaml --\n" + head + "s:\n  {{- include \"missing\" . | nindent 2 }}\n  a: 1\nt:\n  {{- include \"missing\" . | nindent 2 }}\ni:\n{{ include \"missing\" . }}\n- x\n",
			"x. 1-10 {apiVersion:v1 kind:X s:{a:#1} t:?({{ include missing }}) i:[?({{ include missing }}) x]}"},
		{"item without its space", chart + "-- c/templates/_h.tpl --\n{{- define \"v\" }}\nname: {{ .Release.Name }}-v\nx: 1\n{{- end }}\n-- c/templates/x.yaml --\n" + head +
			"v:\n- {{- include \"v\" . | nindent 2 | trimPrefix (repeat 3 \"\\n\") | trimPrefix \"\\n  \\n\" | trimPrefix (repeat 1 \" \") }}\nw:\n- {{- include \"missing\" . | indent 8 | trimPrefix (repeat 7 \" \") }}\nu:\n- {{- .Release.Name }}\n",
			"x. 1-8 {apiVersion:v1 kind:X v:[{name:?({{ .Release.Name }}-v) x:#1}] w:[?({{ include missing }})] u:[?({{ .Release.Name }})]}"},
		{"JSON within a text", chart + "-- c/values.yaml --\nm: {a: {b: 1, c: [2]}}\n-- c/templates/x.yaml --\n" + head + "v:\n- --params={{ toJson .Values.m }}\n",
			"x. 1-4 {apiVersion:v1 kind:X v:[--params={\"a\":{\"b\":1,\"c\":[2]}}]}"},
		{"members left out and picked", chart + "-- c/values.yaml --\nm: {on: true, a: 1, b: 2}\n-- c/templates/x.yaml --\n" + head + "v: {{ omit .Values.m \"on\" | toJson }}\nw: {{ pick .Values.m \"a\" \"c\" | toJson }}\nu: {{ omit .Values.m .Release.Name | toJson }}\n",
			"x. 1-5 {apiVersion:v1 kind:X v:{a:#1 b:#2} w:{a:#1} u:?({{ .Release.Name }})}"},
		{"production values", chart + "-- c/values.yaml --\nn: 1\n-- c/values-prod.yaml --\nn: 3\n-- c/values-dev.yaml --\nn: 9\n-- c/templates/x.yaml --\n" + head + "n: {{ .Values.n }}\n",
			"x. 1-3 {apiVersion:v1 kind:X n:#3 _env:production}"},
		{"sub-charts", chart + "dependencies:\n- {name: on, condition: on.enabled}\n- {name: off, condition: off.enabled}\n-- c/values.yaml --\noff: {enabled: false}\non: {enabled: true, n: 2}\nglobal: {g: 5}\n-- c/charts/on/Chart.yaml --\nname: on\n-- c/charts/on/values.yaml --\nn: 1\n-- c/charts/on/templates/x.yaml --\n" + head + "n: {{ .Values.n }}{{ .Values.global.g }}\n-- c/charts/off/Chart.yaml --\nname: off\n-- c/charts/off/templates/x.yaml --\n" + head,
			"dependency 4-4 {name:on condition:on.enabled _chart:web}\nx. 1-3 {apiVersion:v1 kind:X n:#25}"},
		{"capabilities", chart + "-- c/templates/x.yaml --\n{{- if semverCompare \">=1.19-0\" .Capabilities.KubeVersion.GitVersion }}\napiVersion: a.k8s.io/v1\n{{- else }}\napiVersion: a.k8s.io/v1beta1\n{{- end }}\nkind: X\nb: {{ .Capabilities.APIVersions.Has \"policy/v1beta1\" }}\nc: {{ .Capabilities.APIVersions.Has \"x.com/v1\" }}\n",
			"x.a.k8s.io 2-8 {apiVersion:a.k8s.io/v1 kind:X b:=false c:?({{ has x.com/v1 }})}"},
		{"with and variables", chart + "-- c/values.yaml --\ns: {a: 1}\n-- c/templates/x.yaml --\n{{- $v := .Values -}}\n" + head + "{{- with .Values.s }}\ns: {{ .a }}\nt: {{ $.Chart.Name }}\n{{- end }}\n{{- with .Values.none }}\nu: 1\n{{- end }}\nv: {{ $v.s.a }}\nw: {{ and $v.s.a (not $v.s.b) }}\n",
			"x. 2-12 {apiVersion:v1 kind:X s:#1 t:web v:#1 w:=true}"},
		{"broken template", chart + "-- c/templates/x.yaml --\n" + head + "{{ if }}\nn: {{ .Values.n }}\nm: 1\n", "x. 1-5 {apiVersion:v1 kind:X n:?({{ .Values.n }}) m:#1} (depends on a chart value that is not known)"},
		{"values that whoever runs the chart gives", chart + "-- c/values.yaml --\nimage: {host: , name: , port: 80}\n-- c/templates/x.yaml --\n" + head + "i: {{ .Values.image.host }}/{{ .Values.image.name }}:{{ .Values.image.tag }}\np: {{ .Values.image.port }}\nr: {{ required \"how much\" .Values.size }}\n",
			"x. 1-5 {apiVersion:v1 kind:X i:?({{ .Values.image.host }}/{{ .Values.image.name }}:{{ .Values.image.tag }}) p:#80 r:?({{ required how much }})}"},
		{"library", "-- c/Chart.yaml --\nname: l\ntype: library\n-- c/templates/x.yaml --\n" + head, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			facts, warnings := joinHelm(chartFiles(c.files))
			var got []Fact
			for _, f := range facts {
				if f.Kind == Kubernetes || f.Name == "dependency" {
					f.Value.Fields = withoutMarks(f.Value.Fields, f.Kind)
					got = append(got, f)
				}
			}
			checkFacts(t, got, c.want)
			if len(warnings) > 0 {
				t.Errorf("warnings: %v", warnings)
			}
		})
	}
}

// A template that takes more steps than people's do, and templates for which
// nothing is left when others took too many, are known by their kinds alone.
func TestTemplatesOfTooManySteps(t *testing.T) {
	files := "-- c/Chart.yaml --\napiVersion: v2\nname: web\n-- c/templates/_h.tpl --\n"
	for i := range 40 {
		files += fmt.Sprintf("{{- define \"h%d\" }}{{ include \"h%d\" . }}{{ include \"h%d\" . }}{{ end }}\n", i, i+1, i+1)
	}
	for i := range 20 {
		files += fmt.Sprintf("-- c/templates/%02d.yaml --\napiVersion: v1\nkind: X\nn: {{ include \"h0\" . }}\n", i)
	}
	facts, warnings := joinHelm(chartFiles(files + "-- d/Chart.yaml --\nname: d\n-- d/templates/x.yaml --\napiVersion: v1\nkind: X\nn: {{ .Chart.Name }}\n"))
	if len(warnings) != 20 || warnings[19].Path != "c/templates/19.yaml" || len(warnings[19].Kinds) != 0 {
		t.Errorf("%d warnings: %v", len(warnings), warnings)
	}
	objects := slices.DeleteFunc(facts, func(f Fact) bool { return f.Kind != Kubernetes })
	if len(objects) != 21 || objects[3].Value.Get("n").Kind != Unknown || objects[20].Value.Get("n").Text != "d" {
		t.Errorf("%d objects: %v", len(objects), objects)
	}
}

// withoutMarks leaves out what every object from a template has.
func withoutMarks(fields []Field, kind Kind) []Field {
	var out []Field
	for _, f := range fields {
		if kind == Helm || f.Key != "_chart" && f.Key != "_template" {
			out = append(out, f)
		}
	}
	return out
}

func TestHelmFunctions(t *testing.T) {
	for expr, want := range map[string]string{
		`"a" | upper`: "A", `default 3 .Values.none`: "#3", `ternary 1 2 true`: "#1", `coalesce nil "x"`: "x",
		`eq 1 2 1`: "=true", `ne "a" "b"`: "=true", `gt 3 2`: "=true", `contains "b" "abc"`: "=true", `hasKey .Values.m "a"`: "=true",
		`printf "%s:%d" "a" 2`: "a:#2", `trunc 2 "abc"`: "ab", `replace "a" "b" "aa"`: "bb", `dig "a" "z" .Values.m`: "#1",
		`index .Values.m "a"`: "#1", `add 1 2`: "#3", `semverCompare "^1.2" "1.9.0"`: "=true", `semverCompare "<1.2" "1.9.0"`: "=false",
		`.Values.m | toJson`: "{a:#1}", `list 1 2 | len`: "#2", `list "a" "b" | join ","`: "a,b", `append (list "a") "b" | join "-"`: "a-b", `print "a" "b"`: "ab",
		`tpl "{{ .Values.m.a }}x" .`: "1x", `tpl "{{ .Release.Name }}" .`: `?({{ .Release.Name }})`, `(.Values.none).deep | default "d"`: "d", `required "x" .Values.none`: `?({{ required x }})`,
		`(dict "k" "v").k`: "v", `.Release.Name | lower`: `?({{ .Release.Name }})`, `randAlphaNum 5`: `?({{ randAlphaNum 5 }})`, `or .Values.none "q"`: "q",
	} {
		files := "-- c/Chart.yaml --\nname: x\n-- c/values.yaml --\nm: {a: 1}\n-- c/templates/x.yaml --\napiVersion: v1\nkind: X\nv: {{ " + expr + " }}\n"
		facts, _ := joinHelm(chartFiles(files))
		got := strings.ReplaceAll(render(facts[len(facts)-1].Value.Get("v")), "a:2", "a:#2")
		if got != want {
			t.Errorf("%s: %s, want %s", expr, got, want)
		}
	}
}

func FuzzHelm(f *testing.F) {
	for _, s := range []string{
		"{{ define \"a\" }}{{ include \"a\" . }}{{ end }}apiVersion: v1\nkind: {{ include \"a\" . }}\n",
		"{{ range $k, $v := .Values }}{{ range $.Values.l }}apiVersion: v1\nkind: X\n---\n{{ end }}{{ end }}",
		"apiVersion: v1\nkind: X\na:\n  {{- toYaml .Values.l | nindent 4 }}\n{{- if .Release.Name }}b: {{ printf \"%9999999d\" 1 }}{{ break }}{{ end }}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		files := []chartFile{{"c/Chart.yaml", "c", "name: x\n"}, {"c/values.yaml", "c", "l: [1, {a: 2}]\nn: 3\n"}, {"c/templates/x.yaml", "c", text}}
		facts, warnings := joinHelm(files)
		again, _ := joinHelm(files)
		if renderFacts(facts) != renderFacts(again) {
			t.Error("not the same twice")
		}
		var made []Fact
		for _, fact := range facts {
			if fact.Kind == Kubernetes {
				made = append(made, fact)
			}
		}
		checkFactLines(t, made, warnings, []byte(text))
	})
}

func TestHelmValuesBeside(t *testing.T) {
	const object = "apiVersion: v1\nkind: X\nn: {{ .Values.n }}\n"
	for _, c := range []struct {
		want  string
		files map[string]string
	}{
		{"3", map[string]string{"deploy/web/Chart.yaml": "name: web\n", "deploy/web/templates/x.yaml": object, "deploy/web/values.yaml": "n: 1\n", "deploy/values-prod.yaml": "n: 3\n", "deploy/values-dev.yaml": "n: 9\n"}},
		{"1", map[string]string{"deploy/web/Chart.yaml": "name: web\n", "deploy/web/templates/x.yaml": object, "deploy/web/values.yaml": "n: 1\n", "deploy/values.yaml": "n: 3\n"}},
		{"1", map[string]string{"deploy/web/Chart.yaml": "name: web\n", "deploy/web/templates/x.yaml": object, "deploy/web/values.yaml": "n: 1\n", "deploy/values-prod.yaml": "n: 3\n", "deploy/api/Chart.yaml": "name: api\n"}},
		{"1", map[string]string{"deploy/web/Chart.yaml": "name: web\n", "deploy/web/templates/x.yaml": object, "deploy/web/values.yaml": "n: 1\n", "deploy/grafana-values-prod.yaml": "n: 3\n"}},
	} {
		got, err := Read(t.Context(), memTree(c.files), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range got.All {
			if f.Kind == Kubernetes && f.Value.Get("n").Text != c.want {
				t.Errorf("%v: %s, want %s", c.files, f.Value.Get("n").Text, c.want)
			}
		}
	}
}
