package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// tgTop is where Terragrunt's absolute paths pretend the repository to lie.
const tgTop = "/repo"

// tgConfig is one Terragrunt file, read for the folder it is read for: a file
// that is included speaks of the folder that includes it.
type tgConfig struct {
	*tgTree
	file     *hclFile
	dir      string // of the unit
	includes []tgInclude
	memo     map[string]Value
	busy     map[string]bool
}

// tgTree is what all Terragrunt files of a repository share.
type tgTree struct {
	j     *tfJoin
	files map[string]*hclFile
	reads map[string]Value // what read_terragrunt_config gives, by path

	values map[string]*hclFile // files of variables, by path
	taken  map[*hclFile]bool   // those that a unit reads, and hands on as its inputs
}

type tgInclude struct {
	name   string
	deep   bool
	config *tgConfig
}

// terragrunt finds the units and emits what configuration files say besides.
func (j *tfJoin) terragrunt(files []terraformFile) {
	tree := &tgTree{j: j, files: map[string]*hclFile{}, reads: map[string]Value{}, values: map[string]*hclFile{}, taken: map[*hclFile]bool{}}
	for i := range files {
		if files[i].role == terraformValues {
			tree.values[files[i].path] = &files[i].hclFile
		}
		if files[i].role == terragruntUnit || files[i].role == terragruntHelper {
			tree.files[files[i].path] = &files[i].hclFile
		}
	}
	included := make(map[string]bool)
	var configs []*tgConfig
	for i := range files {
		if files[i].role != terragruntUnit && files[i].role != terragruntHelper {
			continue
		}
		c := tree.config(&files[i].hclFile, files[i].dir, true)
		for _, in := range c.includes {
			included[in.config.file.path] = true
		}
		if files[i].role == terragruntUnit {
			configs = append(configs, c)
		} else {
			c.emitLocals()
		}
		c.emitState()
		c.emitGenerated()
	}
	for _, c := range configs {
		if !included[c.file.path] {
			if u := c.unit(); u != nil {
				j.units = append(j.units, u)
			}
		}
	}
	for _, u := range j.units {
		j.emitUnit(u)
	}
	for _, m := range j.modules {
		m.values = slices.DeleteFunc(m.values, func(f *hclFile) bool { return tree.taken[f] })
	}
}

// config reads a file for a folder. Terragrunt follows the includes of a file,
// but not those of what it includes.
func (t *tgTree) config(file *hclFile, dir string, includes bool) *tgConfig {
	c := &tgConfig{tgTree: t, file: file, dir: dir, memo: map[string]Value{}, busy: map[string]bool{}}
	if !includes || file.body == nil {
		return c
	}
	for _, b := range file.body.Blocks {
		if b.Type != "include" || b.Body.Attributes["path"] == nil {
			continue
		}
		v := c.scope().eval(b.Body.Attributes["path"].Expr)
		target := t.files[c.place(v.Text)]
		if v.Kind != String || target == nil || target == file {
			continue
		}
		in := tgInclude{config: t.config(target, dir, false)}
		if len(b.Labels) > 0 {
			in.name = b.Labels[0]
		}
		if s := b.Body.Attributes["merge_strategy"]; s != nil {
			in.deep = strings.HasPrefix(c.scope().eval(s.Expr).Text, "deep")
		}
		c.includes = append(c.includes, in)
	}
	return c
}

// place is the path within the repository of a path that code has.
func (c *tgConfig) place(p string) string {
	if rest, ok := strings.CutPrefix(p, tgTop); ok {
		return strings.TrimPrefix(path.Clean(rest), "/")
	}
	return path.Join(c.dir, p)
}

func (c *tgConfig) scope() *hclScope {
	return &hclScope{run: c.j.run, text: c.file.text, resolve: c.resolve, call: c.call}
}

// block is the first block of that kind.
func (c *tgConfig) block(kind string) *hclsyntax.Block {
	if c.file.body != nil {
		for _, b := range c.file.body.Blocks {
			if b.Type == kind {
				return b
			}
		}
	}
	return nil
}

func (c *tgConfig) resolve(t hcl.Traversal) (Value, int) {
	if len(t) < 2 {
		return Value{Kind: Unknown}, len(t)
	}
	switch name := hclStep(t[1]); t.RootName() {
	case "local":
		return c.local(name), 2
	case "include":
		for _, in := range c.includes {
			at := 1
			if in.name != "" {
				if in.name != name {
					continue
				}
				at++
			}
			if len(t) > at+1 && hclStep(t[at]) == "locals" {
				return in.config.local(hclStep(t[at+1])), at + 2
			}
			if len(t) > at && hclStep(t[at]) == "inputs" {
				return in.config.inputs(), at + 1
			}
		}
	}
	return Value{Kind: Unknown}, len(t)
}

func (c *tgConfig) once(name string, eval func() Value) Value {
	if v, ok := c.memo[name]; ok {
		return v
	}
	if c.busy[name] || c.j.run.depth > maxHCLNest {
		return hclUnknown(name)
	}
	c.busy[name] = true
	v := eval()
	delete(c.busy, name)
	if v.Kind != Absent && !hclFits(v) {
		v = hclUnknown(name)
	}
	c.memo[name] = v
	return v
}

func (c *tgConfig) local(name string) Value {
	return c.once("local."+name, func() Value {
		if b := c.block("locals"); b != nil && b.Body.Attributes[name] != nil {
			return hclUnplaced(c.scope().eval(b.Body.Attributes[name].Expr))
		}
		return hclUnknown("local." + name)
	})
}

// locals are all locals of the file, as one Map.
func (c *tgConfig) locals() Value {
	out := Value{Kind: Map}
	if b := c.block("locals"); b != nil {
		for _, a := range sortedAttributes(b.Body, nil) {
			v := c.local(a.Name)
			if v.Kind == Absent {
				v = hclUnknown("local." + a.Name)
			}
			out.Fields = append(out.Fields, Field{a.Name, v})
		}
	}
	return out
}

// inputs are the file's inputs over those of what it includes.
func (c *tgConfig) inputs() Value {
	return c.once("inputs", func() Value {
		out := Value{Kind: Map}
		for _, in := range c.includes {
			out = mergeInputs(out, hclUnplaced(in.config.inputs()), in.deep)
		}
		if c.file.body == nil {
			return out
		}
		if a := c.file.body.Attributes["inputs"]; a != nil {
			deep := len(c.includes) > 0 && c.includes[0].deep
			out = mergeInputs(out, c.scope().known(a.Expr), deep)
		}
		return out
	})
}

func mergeInputs(under, over Value, deep bool) Value {
	if !deep || under.Kind != Map || over.Kind != Map {
		return hclMerge([]Value{under, over})
	}
	return mergedOver(under, over)
}
