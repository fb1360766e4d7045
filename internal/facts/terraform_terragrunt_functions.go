package facts

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// call holds Terragrunt's own functions.
func (c *tgConfig) call(name string, args []Value) (Value, bool) {
	if name == "read_tfvars_file" {
		return c.readVariables(args), true
	}
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = a.Text
	}
	for _, a := range args {
		if a.Kind != String && name != "get_env" && name != "read_terragrunt_config" {
			return Value{}, false
		}
	}
	fileDir := path.Join(tgTop, c.file.dir)
	switch name {
	case "get_terragrunt_dir", "get_original_terragrunt_dir":
		return Str(path.Join(tgTop, c.dir)), true
	case "get_parent_terragrunt_dir":
		return Str(path.Join(tgTop, c.parent(texts).file.dir)), true
	case "path_relative_to_include":
		return Str(relativeTo(c.parent(texts).file.dir, c.dir)), true
	case "get_repo_root":
		return Str(tgTop), true
	case "get_path_from_repo_root":
		return Str(c.dir), true
	case "find_in_parent_folders":
		return c.findAbove(texts), true
	case "read_terragrunt_config":
		return c.read(args), true
	case "dirname":
		return pathText(path.Dir, texts), true
	case "basename":
		return pathText(path.Base, texts), true
	case "get_env":
		return environmentVariable(args), true
	case "file", "templatefile":
		return c.readText(name, texts, fileDir), true
	}
	return Value{}, false
}

// environmentVariable is the default of what get_env asks for. That of a
// variable for the environment's name is the one of whoever tries things out.
func environmentVariable(args []Value) Value {
	if len(args) == 0 {
		return Value{}
	}
	asked := Value{Kind: Unknown, Text: "get_env." + args[0].Text}
	if len(args) == 2 && (!hclIsEnvironment(asked) || environmentOf(args[1].Text) == "") {
		return args[1]
	}
	return asked
}

// readVariables is read_tfvars_file(path), as jsondecode gives it. Where the
// path asks for the environment, it is the one in whose folder the unit lies.
func (c *tgConfig) readVariables(args []Value) Value {
	if len(args) != 1 {
		return Value{}
	}
	before, after := c.place(args[0].Text), ""
	if args[0].Kind == Unknown {
		left, ok := hclFilledIn(args[0], "\x00")
		if !ok {
			return Value{Kind: Unknown}
		}
		before, after, _ = strings.Cut(c.place(left), "\x00")
	}
	for name, file := range c.values { // none of them is for a module by itself
		if strings.HasPrefix(name, before) && strings.HasSuffix(name, after) {
			c.taken[file] = true
		}
	}
	if after != "" {
		before += c.environment() + after
	}
	file := c.values[before]
	if file == nil {
		return Value{Kind: Unknown}
	}
	return Value{Kind: Map, Fields: c.j.values(file)}
}

// environment is the unit's, as its folder writes it.
func (c *tgConfig) environment() string {
	for _, segment := range strings.Split(c.dir, "/") {
		if segment != "live" && environmentWord(strings.ToLower(segment)) != "" {
			return segment
		}
	}
	return production
}

func pathText(f func(string) string, texts []string) Value {
	if len(texts) != 1 {
		return Value{}
	}
	return Str(f(texts[0]))
}

func (c *tgConfig) readText(name string, texts []string, dir string) Value {
	if name != "file" || len(texts) != 1 {
		return Value{Kind: Unknown}
	}
	p := texts[0]
	if !path.IsAbs(p) {
		p = path.Join(dir, p)
	}
	text, ok := c.j.text(strings.TrimPrefix(strings.TrimPrefix(p, tgTop), "/"))
	if !ok || len(text) > 64<<10 {
		return Value{Kind: Unknown}
	}
	return Str(string(text))
}

// parent is the included file of that name, the first without one, else the
// file itself.
func (c *tgConfig) parent(names []string) *tgConfig {
	for _, in := range c.includes {
		if len(names) == 0 || in.name == names[0] {
			return in.config
		}
	}
	return c
}

// relativeTo is the way from one folder to another below it.
func relativeTo(from, to string) string {
	if from == "." {
		return to
	}
	if rest, ok := strings.CutPrefix(to, from+"/"); ok {
		return rest
	}
	return "."
}

// findAbove looks for a file in the folders above the unit.
func (c *tgConfig) findAbove(names []string) Value {
	name := "terragrunt.hcl"
	if len(names) > 0 && names[0] != "" {
		name = names[0]
	}
	for dir := c.dir; dir != "." && dir != "/"; {
		dir = path.Dir(dir)
		if p := path.Join(dir, name); c.files[p] != nil {
			return Str(path.Join(tgTop, p))
		}
	}
	if len(names) > 1 {
		return Str(names[1])
	}
	return Value{Kind: Unknown}
}

// read is read_terragrunt_config(path, default).
func (c *tgConfig) read(args []Value) Value {
	if len(args) == 0 || args[0].Kind != String {
		return Value{Kind: Unknown}
	}
	file := c.files[c.place(args[0].Text)]
	if file == nil {
		if len(args) > 1 {
			return args[1]
		}
		return Value{Kind: Unknown}
	}
	if v, ok := c.reads[file.path]; ok {
		return v
	}
	c.reads[file.path] = Value{Kind: Unknown} // files that read each other
	other := c.config(file, file.dir, true)
	v := hclUnplaced(Value{Kind: Map, Fields: []Field{{"locals", other.locals()}, {"inputs", other.inputs()}, {hclRest, hclUnknown("...")}}})
	if !hclFits(v) {
		v = Value{Kind: Unknown}
	}
	c.reads[file.path] = v
	return v
}

// module is the folder that facts of the file are said of.
func (c *tgConfig) module() *tfInstance {
	in := c.j.newInstance(&tfModule{dir: c.dir, root: true}, nil)
	in.env, in.group = environmentOfPath(c.dir), c.dir
	return in
}

// emitState adds the backend that remote_state sets up.
func (c *tgConfig) emitState() {
	b := c.block("remote_state")
	if b == nil || b.Body.Attributes["backend"] == nil {
		return
	}
	backend := c.scope().eval(b.Body.Attributes["backend"].Expr)
	if backend.Kind != String {
		return
	}
	v := Value{Kind: Map, Start: b.TypeRange.Start.Line, End: b.CloseBraceRange.End.Line}
	if a := b.Body.Attributes["config"]; a != nil {
		v.Fields = c.scope().attribute(a).Fields
	}
	c.module().add(&tfBlock{file: c.file, start: v.Start}, "backend."+strings.ToLower(backend.Text), v, false)
}

// emitLocals adds what a file sets that others read: by its locals or inputs.
func (c *tgConfig) emitLocals() {
	if c.file.body == nil {
		return
	}
	v := Value{Kind: Map, Start: 1, End: 1}
	asked := c.j.asked("locals")
	keep := func(fields []Field) {
		for _, f := range fields {
			if asked.has(f.Key) {
				v.Fields = append(v.Fields, f)
			}
		}
	}
	if b := c.block("locals"); b != nil {
		v.Start, v.End = b.TypeRange.Start.Line, b.CloseBraceRange.End.Line
		keep(c.locals().Fields)
	} else if a := c.file.body.Attributes["inputs"]; a != nil {
		v.Start, v.End = a.SrcRange.Start.Line, a.SrcRange.End.Line
		keep(c.inputs().Fields)
	}
	if len(v.Fields) > 0 {
		c.module().add(&tfBlock{file: c.file, start: v.Start}, "locals", v, false)
	}
}

// emitGenerated adds the provider and backend blocks of code that the file
// generates; what is filled in and unknown stays unknown there.
func (c *tgConfig) emitGenerated() {
	if c.file.body == nil {
		return
	}
	for _, b := range c.file.body.Blocks {
		if a := b.Body.Attributes["contents"]; b.Type == "generate" && a != nil {
			c.generated(a.Expr)
		}
	}
}

func (c *tgConfig) generated(x hclsyntax.Expression) {
	text := hclTemplate{json: true}
	parts := []hclsyntax.Expression{x}
	if t, ok := x.(*hclsyntax.TemplateExpr); ok {
		parts = t.Parts
	}
	for _, part := range parts {
		v := c.scope().known(part)
		if v.Kind == Null || !text.add(v) {
			return
		}
	}
	file, _ := parseHCL(c.file.path, []byte(text.String()))
	in, r := c.module(), x.Range()
	for _, b := range fileBlocks(&file) {
		name := factName(&b)
		if name == "" || b.kind == "variable" || b.kind == "locals" {
			continue
		}
		scope := &hclScope{run: c.j.run, text: file.text}
		v := Value{Kind: Map, Start: b.start, End: b.end, Fields: scope.bodyFields(b.tree, repeatAttribute, ownFields)}
		if label := b.label(len(b.labels) - 1); len(b.labels) > 0 {
			v.Fields = append(v.Fields, Field{"_name", at(Str(label), b.start)})
		}
		v = hclPlaceText(text.fill(v), r.Start.Line, r.End.Line)
		in.add(&tfBlock{file: c.file, start: v.Start}, name, v, false)
	}
}
