package facts

import (
	"runtime"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// openBlocks are the blocks that were parsed because somebody asked.
type openBlocks struct{ blocks []*tfBlock }

// fold gives their trees up. They are parsed again when they are asked for.
func (o *openBlocks) fold() {
	for _, b := range o.blocks {
		b.tree = nil
	}
	clear(o.blocks)
	o.blocks = o.blocks[:0]
}

// spanBlocks are the blocks of a file that is parsed block by block.
func spanBlocks(f *hclFile) []tfBlock {
	blocks := make([]tfBlock, len(f.spans))
	for i := range f.spans {
		s := &f.spans[i]
		blocks[i] = tfBlock{file: f, kind: s.kind, labels: s.labels, start: s.start, end: s.end, span: s}
	}
	return blocks
}

// body is what the block holds; nil in JSON.
func (b *tfBlock) body() *hclsyntax.Body {
	if b.tree == nil && b.span != nil {
		b.parse()
		if o := b.file.open; o != nil {
			o.blocks = append(o.blocks, b)
		}
	}
	return b.tree
}

func (b *tfBlock) parse() { b.tree, b.line, b.fault = parseSpan(b.file, *b.span) }

// member is an attribute as far as it can be told without parsing the block;
// found, and not plain, where it can't be.
func (b *tfBlock) member(name string) (text string, plain, found bool) {
	if b.tree != nil || b.span == nil {
		return "", false, true
	}
	return hclSetting(b.file.text[b.span.from:b.span.to], name)
}

// sets tells whether the block has an attribute.
func (b *tfBlock) sets(name string) bool {
	if b.tree == nil && b.span != nil {
		_, _, found := b.member(name)
		return found
	}
	_, ok := b.attr(name)
	return ok
}

// openText is how many bytes of code are parsed at a time.
const openText = 512 << 10

// emitModules adds the facts of all folders of code. Some of them are parsed
// beside each other, then turned into facts in their order, and given up.
func (j *tfJoin) emitModules() {
	j.open.fold()
	for from, to := 0, 0; from < len(j.dirs); from = to {
		for size := 0; to < len(j.dirs) && (to == from || size < openText); to++ {
			for _, f := range j.modules[j.dirs[to]].files {
				size += len(f.text)
			}
		}
		j.parse(j.dirs[from:to])
		for _, dir := range j.dirs[from:to] {
			j.emitModule(j.modules[dir])
		}
		j.open.fold()
	}
}

// parse opens the blocks of some folders.
func (j *tfJoin) parse(dirs []string) {
	for _, dir := range dirs {
		m := j.modules[dir]
		for i := range m.blocks {
			if b := &m.blocks[i]; b.tree == nil && b.span != nil {
				j.open.blocks = append(j.open.blocks, b)
			}
		}
	}
	all := j.open.blocks
	var crew Crew
	for n, share := 0, len(all)/runtime.GOMAXPROCS(0)+1; n < len(all); n += share {
		part := all[n:min(n+share, len(all))]
		crew.Go(func() {
			for _, b := range part {
				b.parse()
			}
		})
	}
	crew.Wait()
	for _, dir := range dirs {
		j.warnOf(j.modules[dir])
	}
}

// warnOf tells of the first fault in each file of a folder, and of what its
// blocks with faults are.
func (j *tfJoin) warnOf(m *tfModule) {
	var told *hclFile
	any := false // a block of the file says something of others
	for i := range m.blocks {
		b := &m.blocks[i]
		if b.fault == "" {
			continue
		}
		if b.file != told {
			told, any = b.file, false
			j.warnings = append(j.warnings, Warning{Path: b.file.path, Line: b.line, Message: "parse HCL: " + b.fault, Kinds: []Kind{Terraform}})
		}
		last := &j.warnings[len(j.warnings)-1]
		if any = any || b.kind != "resource" && b.kind != "data"; any {
			last.Names = nil
		} else {
			last.Names = append(last.Names, b.label(0), "data."+b.label(0))
		}
	}
}
