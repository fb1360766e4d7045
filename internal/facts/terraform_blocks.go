package facts

import (
	"sort"
	"strings"
)

// gather sorts the blocks of all files into the folders they make up.
func (j *tfJoin) gather(files []terraformFile) {
	tofu := make(map[string]bool) // OpenTofu reads a.tofu in place of a.tf
	for _, f := range files {
		if strings.HasSuffix(f.path, ".tofu") {
			tofu[strings.TrimSuffix(f.path, ".tofu")] = true
		}
	}
	for i := range files {
		f := &files[i].hclFile
		f.open = &j.open
		if files[i].role != terraformCode || strings.HasSuffix(f.path, ".tf") && tofu[strings.TrimSuffix(f.path, ".tf")] {
			continue
		}
		m := j.modules[f.dir]
		if m == nil {
			m = &tfModule{dir: f.dir, variables: map[string]*tfBlock{}, outputs: map[string]*tfBlock{},
				made: map[string]*tfBlock{}, calls: map[string]*tfBlock{}, locals: map[string]tfExpr{}}
			j.modules[f.dir] = m
			j.dirs = append(j.dirs, f.dir)
		}
		m.files = append(m.files, f)
		m.blocks = append(m.blocks, fileBlocks(f)...)
	}
	sort.Strings(j.dirs)
	for _, dir := range j.dirs {
		j.modules[dir].index()
	}
	for i := range files {
		if files[i].role == terraformValues {
			for _, m := range j.valuesFor(&files[i].hclFile) {
				m.values = append(m.values, &files[i].hclFile)
			}
		}
	}
}

// fileBlocks are the top-level blocks of a file.
func fileBlocks(f *hclFile) []tfBlock {
	if f.spans != nil {
		return spanBlocks(f)
	}
	if f.body == nil {
		return jsonBlocks(f)
	}
	blocks := make([]tfBlock, 0, len(f.body.Blocks))
	for _, b := range f.body.Blocks {
		r := b.Range()
		blocks = append(blocks, tfBlock{file: f, kind: b.Type, labels: b.Labels, tree: b.Body,
			start: r.Start.Line, end: max(r.End.Line, b.CloseBraceRange.End.Line)})
	}
	return blocks
}

// jsonLabels is how many labels come before the body of a block.
func jsonLabels(kind string) int {
	switch kind {
	case "resource", "data", "ephemeral":
		return 2
	case "provider", "variable", "output", "module", "check":
		return 1
	}
	return 0
}

func jsonBlocks(f *hclFile) []tfBlock {
	var blocks []tfBlock
	for _, kind := range f.json.Fields {
		blocks = jsonNested(blocks, tfBlock{file: f, kind: kind.Key}, kind.Value, jsonLabels(kind.Key))
	}
	return blocks
}

// jsonNested descends through labels; an array stands for blocks that repeat.
func jsonNested(blocks []tfBlock, b tfBlock, v Value, labels int) []tfBlock {
	switch {
	case v.Kind == List:
		for _, item := range v.Items {
			blocks = jsonNested(blocks, b, item, labels)
		}
	case v.Kind != Map:
	case labels > 0:
		for _, f := range v.Fields {
			named := b
			named.labels = append(b.labels[:len(b.labels):len(b.labels)], f.Key)
			blocks = jsonNested(blocks, named, f.Value, labels-1)
		}
	default:
		b.json, b.start, b.end = v, v.Start, v.End
		blocks = append(blocks, b)
	}
	return blocks
}

// index finds the blocks that others refer to.
func (m *tfModule) index() {
	for i := range m.blocks {
		b := &m.blocks[i]
		switch b.kind {
		case "variable":
			m.variables[b.label(0)] = b
		case "output":
			m.outputs[b.label(0)] = b
		case "module":
			m.calls[b.label(0)] = b
		case "data":
			m.made["data."+b.label(0)+"."+b.label(1)] = b
		case "resource":
			m.made[b.label(0)+"."+b.label(1)] = b
		case "locals":
			m.indexLocals(b)
		}
	}
}

func (m *tfModule) indexLocals(b *tfBlock) {
	if b.span != nil {
		m.folded = append(m.folded, b)
		return
	}
	for _, f := range b.json.Fields {
		m.locals[f.Key] = tfExpr{file: b.file, json: f.Value}
	}
	if b.tree != nil {
		for name, a := range b.tree.Attributes {
			m.locals[name] = tfExpr{file: b.file, x: a.Expr}
		}
	}
}

// local is an expression by its name.
func (m *tfModule) local(name string) (tfExpr, bool) {
	if m.localIn == nil {
		m.localIn = map[string]*tfBlock{}
		for _, b := range m.folded {
			for name := range b.body().Attributes {
				m.localIn[name] = b
			}
		}
	}
	if b := m.localIn[name]; b != nil {
		return b.attr(name)
	}
	x, ok := m.locals[name]
	return x, ok
}

// has tells whether the module has a block of that kind.
func (m *tfModule) has(kinds ...string) bool {
	for i := range m.blocks {
		for _, k := range kinds {
			if m.blocks[i].kind == k {
				return true
			}
		}
	}
	return false
}
