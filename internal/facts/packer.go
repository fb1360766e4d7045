package facts

import (
	"path"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// packerFile is one parsed file of Packer's HCL.
type packerFile struct {
	hclFile
	values bool // a variable file
}

// isPackerPath tells whether a path is one of Packer's own.
func isPackerPath(p string) bool {
	name := strings.TrimSuffix(path.Base(p), ".json")
	return strings.HasSuffix(name, ".pkr.hcl") || strings.HasSuffix(name, ".pkr") && name != path.Base(p) || isPackerValues(p)
}

func isPackerValues(p string) bool {
	name := strings.TrimSuffix(path.Base(p), ".json")
	return strings.HasSuffix(name, ".pkrvars.hcl") || strings.HasSuffix(name, ".pkrvars") && name != path.Base(p)
}

// readPacker parses a file that isPackerPath knows; joinPacker turns the files
// into facts.
func readPacker(name string, text []byte) (packerFile, []Warning) {
	var file hclFile
	var warnings []Warning
	if strings.HasSuffix(name, ".json") {
		file, warnings = parseHCLJSON(name, text, Packer)
	} else {
		file, warnings = parseHCL(name, text, Packer)
	}
	return packerFile{file, isPackerValues(name)}, warnings
}

// packerFolder is one folder of templates, which Packer builds together.
type packerFolder struct {
	in      *tfInstance
	sources []packerSource
	builds  []packerBuild
}

type packerSource struct {
	block *tfBlock
	kind  string // amazon-ebs
	name  string
}

type packerBuild struct {
	block        *tfBlock
	sources      []string // kind.name
	provisioners []*tfBlock
	processors   []*tfBlock
}

const hintUnusedSource = "no build uses this source"

// joinPacker resolves what the files of each folder say together.
func joinPacker(files []packerFile) []Fact {
	files = append([]packerFile(nil), files...)
	sort.SliceStable(files, func(a, b int) bool { return files[a].path < files[b].path })
	j := &tfJoin{run: newHCLRun()}
	j.text = func(string) ([]byte, bool) { return nil, false }
	folders := make(map[string]*tfModule)
	var dirs []string
	for i := range files {
		f := &files[i].hclFile
		m := folders[f.dir]
		if m == nil {
			m = &tfModule{dir: f.dir, variables: map[string]*tfBlock{}, outputs: map[string]*tfBlock{},
				made: map[string]*tfBlock{}, calls: map[string]*tfBlock{}, locals: map[string]tfExpr{}}
			folders[f.dir] = m
			dirs = append(dirs, f.dir)
		}
		if files[i].values {
			m.values = append(m.values, f)
		} else {
			m.blocks = append(m.blocks, fileBlocks(f)...)
		}
	}
	var facts []Fact
	for _, dir := range dirs {
		m := folders[dir]
		m.index()
		facts = append(facts, j.packerFolder(m).facts()...)
	}
	return facts
}

func (j *tfJoin) packerFolder(m *tfModule) *packerFolder {
	args := make(map[string]Value)
	for _, f := range m.values {
		base := path.Base(f.path)
		if env := environmentOf(base); strings.Contains(base, ".auto.") || env == "" || env == production {
			for _, v := range j.values(f) {
				args[v.Key] = v.Value
			}
		}
	}
	p := &packerFolder{in: j.newInstance(m, args)}
	for i := range m.blocks {
		b := &m.blocks[i]
		switch b.kind {
		case "local":
			if x, ok := b.attr("expression"); ok {
				m.locals[b.label(0)] = x
			}
		case "source":
			p.sources = append(p.sources, packerSources(b)...)
		case "build":
			p.builds = append(p.builds, p.build(b))
		}
	}
	return p
}

// packerSources are the sources of a block: one, or in JSON one by each name.
func packerSources(b *tfBlock) []packerSource {
	if b.tree != nil {
		return []packerSource{{b, strings.ToLower(b.label(0)), b.label(1)}}
	}
	var out []packerSource
	for _, kind := range b.json.Fields {
		for _, f := range kind.Value.Fields {
			one := *b
			one.json, one.start, one.end = f.Value, f.Value.Start, f.Value.End
			out = append(out, packerSource{&one, strings.ToLower(kind.Key), f.Key})
		}
	}
	return out
}

func (p *packerFolder) build(b *tfBlock) packerBuild {
	out := packerBuild{block: b}
	if x, ok := b.attr("sources"); ok {
		for _, item := range p.in.eval(x).Items {
			out.sources = append(out.sources, sourceAddress(item.Text))
		}
	}
	var nested []tfBlock
	if b.tree != nil {
		for _, in := range b.tree.Blocks {
			nested = append(nested, packerNested(b.file, in)...)
		}
	} else {
		for _, kind := range b.json.Fields {
			nested = jsonNested(nested, tfBlock{file: b.file, kind: kind.Key}, kind.Value, 1)
		}
	}
	for i := range nested {
		switch in := &nested[i]; in.kind {
		case "source":
			out.sources = append(out.sources, sourceAddress(in.label(0)))
		case "provisioner":
			out.provisioners = append(out.provisioners, in)
		case "post-processor":
			out.processors = append(out.processors, in)
		}
	}
	return out
}

// packerNested is a block of a build; those of a post-processors block stand
// for themselves.
func packerNested(f *hclFile, b *hclsyntax.Block) []tfBlock {
	if b.Type == "post-processors" {
		var out []tfBlock
		for _, in := range b.Body.Blocks {
			if in.Type == "post-processor" {
				out = append(out, packerNested(f, in)...)
			}
		}
		return out
	}
	return []tfBlock{{file: f, kind: b.Type, labels: b.Labels, tree: b.Body,
		start: b.TypeRange.Start.Line, end: max(b.TypeRange.Start.Line, b.CloseBraceRange.End.Line)}}
}

func sourceAddress(s string) string { return strings.TrimPrefix(s, "source.") }

// fields are the attributes and blocks of a block.
func (p *packerFolder) fields(b *tfBlock) Value {
	s := p.in.scope(b.file)
	s.resolve = p.resolve
	v := Value{Kind: Map, Start: b.start, End: b.end}
	if b.tree == nil {
		v.Fields = placed(s.json(b.json), b.start, b.end).Fields
	} else {
		v.Fields = s.bodyFields(b.tree, nil, 0)
	}
	return v
}

// resolve knows a template's names; what a running build would say is unknown.
func (p *packerFolder) resolve(t hcl.Traversal) (Value, int) {
	switch t.RootName() {
	case "var", "local":
		return p.in.resolve(t)
	}
	return Value{Kind: Unknown}, len(t)
}

func (p *packerFolder) facts() []Fact {
	var out []Fact
	add := func(name string, b *tfBlock, v Value, hint string) {
		out = append(out, Fact{Kind: Packer, Name: name, Path: b.file.path, Start: b.start, End: b.end, Value: v, Hint: hint, Group: p.in.mod.dir})
	}
	builds, provisioners := make(map[string]int), make(map[string]int) // by source
	for _, b := range p.builds {
		for _, used := range b.sources {
			builds[used]++
			provisioners[used] += len(b.provisioners)
		}
	}
	for _, s := range p.sources {
		address, hint := s.kind+"."+s.name, ""
		if builds[address] == 0 {
			hint = hintUnusedSource
		}
		v := p.fields(s.block)
		v.Fields = append(v.Fields, packerCounts(s.block.start, s.name, builds[address], provisioners[address])...)
		add("source:"+s.kind, s.block, v, hint)
	}
	for _, b := range p.builds {
		add("build", b.block, p.buildValue(b), "")
		for _, in := range b.provisioners {
			add("provisioner:"+strings.ToLower(in.label(0)), in, p.fields(in), "")
		}
		for _, in := range b.processors {
			add("post-processor:"+strings.ToLower(in.label(0)), in, p.fields(in), "")
		}
	}
	return out
}

func packerCounts(line int, name string, builds, provisioners int) []Field {
	return []Field{{"_name", at(Str(name), line)}, {"_builds", at(Num(builds), line)}, {"_provisioners", at(Num(provisioners), line)}}
}

// buildValue is what a build does in short: its sources, and how many
// provisioners and post-processors of which type it has.
func (p *packerFolder) buildValue(b packerBuild) Value {
	v := Value{Kind: Map, Start: b.block.start, End: b.block.end}
	if x, ok := b.block.attr("name"); ok {
		v.Fields = append(v.Fields, Field{"_name", placed(p.in.eval(x), b.block.start, b.block.end)})
	}
	types := func(blocks []*tfBlock) []string {
		var out []string
		for _, in := range blocks {
			out = append(out, in.label(0))
		}
		return out
	}
	return packerBuildFields(v, b.sources, types(b.provisioners), types(b.processors))
}

func packerBuildFields(v Value, sources, provisioners, processors []string) Value {
	v.Fields = append(v.Fields,
		Field{"sources", placed(Strs(sources), v.Start, v.End)},
		Field{"provisioners", placed(Num(len(provisioners)), v.Start, v.End)},
		Field{"provisioner_types", placed(Strs(provisioners), v.Start, v.End)},
		Field{"post_processors", placed(Num(len(processors)), v.Start, v.End)},
		Field{"post_processor_types", placed(Strs(processors), v.Start, v.End)})
	return v
}
