package facts

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// tgUnit is a terragrunt.hcl that calls a module, or code in its own folder.
type tgUnit struct {
	file       *hclFile
	source     string // as written, after evaluation; empty for code in its own folder
	local      string // the folder of the module, when it lies in this repository
	inputs     Value  // a Map
	env        string
	off        bool
	start, end int
}

func (u *tgUnit) arguments() map[string]Value {
	args := make(map[string]Value, len(u.inputs.Fields))
	for _, f := range u.inputs.Fields {
		args[f.Key] = hclUnplaced(f.Value)
	}
	return args
}

// unit is what the file calls; nil when it calls nothing.
func (c *tgConfig) unit() *tgUnit {
	u := &tgUnit{file: c.file, inputs: c.inputs(), start: 1, end: 1}
	if c.file.body == nil {
		return nil
	}
	if a := c.file.body.Attributes["inputs"]; a != nil {
		u.start, u.end = a.SrcRange.Start.Line, a.SrcRange.End.Line
	}
	if b := c.block("terraform"); b != nil {
		u.start, u.end = b.TypeRange.Start.Line, b.CloseBraceRange.End.Line
	}
	source := c.source()
	switch {
	case source.Kind == Absent:
		if c.j.modules[c.dir] == nil {
			return nil
		}
		u.local = c.dir
	case source.Kind != String || source.Text == "":
		u.source = "?"
	default:
		u.source = source.Text
		u.locate(c)
	}
	if a := c.file.body.Attributes["skip"]; a != nil && c.scope().eval(a.Expr).Text == "true" {
		u.off = true
	}
	if b := c.block("exclude"); b != nil && b.Body.Attributes["if"] != nil && c.scope().eval(b.Body.Attributes["if"].Expr).Text == "true" {
		u.off = true
	}
	if u.env = environmentOfPath(c.dir); u.env == "" {
		for _, name := range []string{"environment", "env", "stage"} {
			if v := u.inputs.Get(name); v.Kind == String && u.env == "" {
				u.env = environmentOf(v.Text)
			}
		}
	}
	return u
}

// locate finds the folder of a source that lies in this repository.
func (u *tgUnit) locate(c *tgConfig) {
	plain, _, _ := strings.Cut(strings.TrimPrefix(u.source, "git::"), "?")
	if strings.HasPrefix(plain, ".") || strings.HasPrefix(plain, tgTop+"/") {
		u.local = c.place(plain)
		if u.local == "" {
			u.local = "."
		}
		return
	}
	if dir := folderOfAddress(u.source); strings.Contains(dir, "/") && u.fits(c.j.modules[dir]) {
		u.local = dir
	}
}

// fits tells whether a folder of this repository takes what the unit gives: it
// is what an address means that pins this repository at a version. Some that
// a variable needs may come from the machine that runs it.
func (u *tgUnit) fits(m *tfModule) bool {
	if m == nil {
		return false
	}
	given, needed := 0, 0
	for name, v := range m.variables {
		has := u.inputs.Get(name).Kind != Absent
		if has {
			given++
		}
		if !has && !v.sets("default") {
			needed++
		}
	}
	return given > 0 && needed <= given
}

// source is where the module comes from: the file's own word, else that of
// the last file that it includes.
func (c *tgConfig) source() Value {
	if b := c.block("terraform"); b != nil && b.Body.Attributes["source"] != nil {
		x := b.Body.Attributes["source"].Expr
		if v := c.scope().known(x); v.Kind != Unknown {
			return v
		}
		if v := c.unpinned(x); v.Kind == String {
			return v
		}
		return c.localArm(x)
	}
	for i := len(c.includes) - 1; i >= 0; i-- {
		if v := c.includes[i].config.source(); v.Kind != Absent {
			return v
		}
	}
	return Value{}
}

// unpinned is an address whose version alone is worked out elsewhere.
func (c *tgConfig) unpinned(x hclsyntax.Expression) Value {
	parts, ok := x.(*hclsyntax.TemplateExpr)
	if !ok || strings.Contains(hclSource(c.file.text, x.Range()), "${values.") { // of a catalogue: whoever uses the unit decides
		return Value{}
	}
	var text strings.Builder
	for _, part := range parts.Parts {
		v := c.scope().eval(part)
		if v.Kind != String {
			break
		}
		text.WriteString(v.Text)
	}
	address, _, ok := strings.Cut(text.String(), "?")
	if !ok {
		return Value{}
	}
	return Str(address)
}

// localArm is the source in this repository where the other choice is the
// same module at a version: what the module says holds either way.
func (c *tgConfig) localArm(x hclsyntax.Expression) Value {
	s := c.scope()
	unknown := s.known(x)
	for {
		switch inner := x.(type) {
		case *hclsyntax.TemplateWrapExpr:
			x = inner.Wrapped
			continue
		case *hclsyntax.ParenthesesExpr:
			x = inner.Expression
			continue
		case *hclsyntax.ConditionalExpr:
			for _, arms := range [2][2]hclsyntax.Expression{{inner.TrueResult, inner.FalseResult}, {inner.FalseResult, inner.TrueResult}} {
				here := s.eval(arms[0])
				local := here.Kind == String && (strings.HasPrefix(here.Text, ".") || strings.HasPrefix(here.Text, tgTop+"/"))
				if local && strings.Contains(hclSource(s.text, arms[1].Range()), path.Base(here.Text)) {
					return here
				}
			}
		}
		return unknown
	}
}

// emitUnit adds the call that a unit makes.
func (j *tfJoin) emitUnit(u *tgUnit) {
	if u.off || u.source == "" {
		return
	}
	in := j.newInstance(&tfModule{dir: u.file.dir, root: true}, nil)
	in.env, in.group = u.env, u.file.dir
	v := placed(Value{Kind: Map, Fields: u.inputs.Fields, Start: u.start, End: u.end}, u.start, u.end)
	source := u.source
	if u.local != "" {
		source = "./" + u.local
	}
	name, version := moduleSource(".", source)
	if !strings.HasPrefix(u.source, tgTop) {
		source = u.source
	}
	v = moduleFields(v, path.Base(u.file.dir), source, version, -1)
	b := &tfBlock{file: u.file, start: u.start}
	in.add(b, "module:"+name, in.askedOnly("module:"+name, v), false)
	if u.local == "" {
		in.emitMade(b, kindsMade(name), v, false)
	}
}
