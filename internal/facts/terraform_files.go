package facts

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// json is the value of a JSON member: its texts are templates.
func (s *hclScope) json(v Value) Value {
	switch v.Kind {
	case List:
		items := make([]Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = s.json(item)
		}
		v.Items = items
	case Map:
		fields := make([]Field, len(v.Fields))
		for i, f := range v.Fields {
			fields[i] = Field{f.Key, s.json(f.Value)}
		}
		v.Fields = fields
	case String:
		return s.jsonText(v)
	}
	return v
}

func (s *hclScope) jsonText(v Value) Value {
	if !strings.Contains(v.Text, "${") && !strings.Contains(v.Text, "%{") || len(v.Text) > 64<<10 {
		return v
	}
	out, ok := s.parseTemplate(v.Text)
	if !ok || out.Kind == Absent {
		out = hclUnknown(v.Text)
	}
	out = hclUnplaced(out)
	out.Start, out.End = v.Start, v.End
	return out
}

// parseTemplate evaluates a text as a template of its own.
func (s *hclScope) parseTemplate(text string) (Value, bool) {
	tokens, _ := hclsyntax.LexTemplate([]byte(text), "", hcl.InitialPos)
	if hclTokensTooDeep(tokens) > 0 {
		return Value{}, false
	}
	x, diags := hclsyntax.ParseTemplate([]byte(text), "", hcl.InitialPos)
	if diags.HasErrors() {
		return Value{}, false
	}
	in := *s
	in.text = text
	return in.eval(x), true
}

// call holds the functions that read files beside the code.
func (in *tfInstance) call(name string, args []Value) (Value, bool) {
	switch {
	case len(args) == 1 && (name == "base64encode" || name == "base64gzip") && args[0].Kind == String && bootScript(args[0].Text):
		return args[0], true // what a machine runs, whichever way it is handed over
	case name != "file" && name != "templatefile" || len(args) == 0:
		return Value{}, false
	}
	text, ok := in.file(args[0])
	switch {
	case !ok || len(text) > 64<<10:
		return Value{Kind: Unknown}, true
	case name == "file":
		return Str(string(text)), true
	}
	return in.templateFile(string(text), args[1:]), true
}

// file is the text of a file beside the code: production's, where the name of
// the environment chooses it.
func (in *tfInstance) file(name Value) (text []byte, ok bool) {
	if name.Kind == String {
		return in.fileAt(name.Text)
	}
	for _, env := range [...]string{"prod", "production", "prd", "live"} {
		if filled, whole := hclFilledIn(name, env); whole && !ok {
			text, ok = in.fileAt(filled)
		}
	}
	return text, ok
}

func (in *tfInstance) fileAt(name string) (text []byte, ok bool) {
	if path.IsAbs(name) {
		return nil, false
	}
	return in.j.text(path.Join(in.mod.dir, name))
}

// bootScript tells a script that a machine runs when it starts.
func bootScript(text string) bool {
	return strings.HasPrefix(text, "#!/") || strings.HasPrefix(text, "#cloud-config") || strings.HasPrefix(text, "<powershell>")
}

// templateFile fills a file in that is JSON, such as container definitions. A
// script that says the same whatever is filled in is shown as it is written; any
// other text is left unknown.
func (in *tfInstance) templateFile(text string, args []Value) Value {
	if bootScript(text) && !strings.Contains(text, "%{") {
		return Str(text)
	}
	if len(args) != 1 || args[0].Kind != Map || !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") &&
		!strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "[") {
		return Value{Kind: Unknown}
	}
	s := &hclScope{run: in.j.run, text: text}
	for _, f := range args[0].Fields {
		s = s.with(f.Key, f.Value)
	}
	v, ok := s.parseTemplate(text)
	if ok && v.Kind == String {
		v, ok = hclParseJSON(v.Text)
	}
	if !ok || v.Kind != Map && v.Kind != List {
		return Value{Kind: Unknown}
	}
	return hclUnplaced(v)
}
