package facts

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/bits"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	// maxText is the size in bytes from which on a file is data rather than
	// something that people write and review.
	maxText = 1 << 20

	// maxNesting keeps recursive parsers off a stack of a gigabyte.
	maxNesting = 500
)

// Read reads the facts of a whole tree. Every relevant file is read once and
// parsed once; formats that join several files do so when all have been seen.
// What can't be read becomes a warning; an error means that the tree itself
// could not be had.
func Read(ctx context.Context, t Tree, o Options) (*Facts, error) {
	r := newReader(t, o)
	if err := r.stream(ctx); err != nil {
		return nil, err
	}
	if err := r.readLinks(ctx); err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	return r.together(ctx)
}

// together is what all files say, now that each has been read.
func (r *reader) together(ctx context.Context) (*Facts, error) {
	out := &Facts{Files: r.files}
	for i := range r.tasks {
		if f := r.tasks[i].found; f != nil {
			out.All = append(out.All, f.facts...)
			out.Warnings = append(out.Warnings, f.warnings...)
			f.facts, f.warnings = nil, nil
		}
	}
	if err := r.join(ctx, out); err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	r.asking.trim(out.All, Construct, Kubernetes)
	if err := markImports(ctx, r.tree, r.opts, out); err != nil {
		return nil, err
	}
	r.finish(out)
	return out, nil
}

// reader is one run of Read.
type reader struct {
	tree   Tree
	opts   Options
	table  []format
	files  []File
	layout *layout
	tasks  []task // in the order of files
	visits []visit
	unread []string          // see idle
	links  map[string]string // see readLinks
	asking *asking
}

// task is one file that formats claim.
type task struct {
	file    *File
	formats uint64 // bit i: formats[i] claims it
	found   *found // nil: nothing
}

// visit is one file whose text is needed: there may be a million.
type visit struct {
	file int32 // its number among files
	want int32 // see Options.Want
	task int32 // its number among tasks; -1: no format claims it
}

// source is a file while it is read. Its YAML is parsed once, whatever the
// number of formats that look into it.
type source struct {
	path   string
	text   []byte
	layout *layout
	parsed bool
	docs   []*yaml.Node
	faults []Warning
}

// found is what one file gave: facts, and parts that wait for other files.
type found struct {
	facts    []Fact
	warnings []Warning
	parts    parts
}

func newReader(t Tree, o Options) *reader {
	r := &reader{tree: t, opts: o, table: formats(), asking: newAsking(o.Asked), files: t.Files[:0]}
	areas := areaCache{whole: wholeFolder(t.Files), solo: soleDev(t.Files)}
	for _, f := range t.Files {
		if o.Ignore == nil || !o.Ignore(f.Path) {
			f.Area = areas.of(f.Path)
			r.files = append(r.files, f)
		}
	}
	slices.SortFunc(r.files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	var wants []int32
	var crew Crew
	crew.Go(func() { wants = r.wants() })
	r.claim()
	crew.Wait()
	r.plan(wants)
	return r
}

// find is where a path stands among the files.
func (r *reader) find(path string) (at int, ok bool) {
	return slices.BinarySearchFunc(r.files, path, func(f File, path string) int { return strings.Compare(f.Path, path) })
}

// has tells whether the tree holds a file of this path.
func (r *reader) has(path string) bool {
	_, ok := r.find(path)
	return ok
}

// area is where a path of the tree lies.
func (r *reader) area(path string) Area {
	i, ok := r.find(path)
	if !ok {
		return 0
	}
	return r.files[i].Area
}

// areaOf is where a fact lies. A folder of that name holds what CloudFormation
// calls a template, unless a program makes projects of it.
func (r *reader) areaOf(f *Fact) Area {
	area := r.area(f.Path)
	if f.Kind != CloudFormation || area != AreaTemplate {
		return area
	}
	folder, _ := path.Split(f.Path)
	parent, name := path.Split(strings.TrimSuffix(folder, "/"))
	if name != "template" || r.has(parent+"copier.yml") || r.has(parent+"copier.yaml") || r.has(parent+"cookiecutter.json") {
		return area
	}
	return 0
}

// wants is what Want says of each file; nil when nobody looks.
func (r *reader) wants() []int32 {
	if r.opts.Want == nil || r.opts.OnText == nil {
		return nil
	}
	out := make([]int32, len(r.files))
	for i := range r.files {
		if r.files[i].Size <= maxText {
			out[i] = int32(r.opts.Want(r.files[i]))
		}
	}
	return out
}

// claim makes a task of each file that formats claim.
func (r *reader) claim() {
	r.layout = newLayout(r.files)
	for i := range r.files {
		f := &r.files[i]
		claimed := claims(r.table, *f, r.layout)
		if claimed != 0 && r.idle(*f) {
			r.unread = append(r.unread, f.Path)
			claimed = 0
		}
		if claimed != 0 {
			r.tasks = append(r.tasks, task{file: f, formats: claimed})
		}
	}
}

// plan lists the files to be read, in their order.
func (r *reader) plan(wants []int32) {
	task := int32(0)
	for i := range r.files {
		v := visit{int32(i), 0, -1}
		if wants != nil {
			v.want = wants[i]
		}
		if int(task) < len(r.tasks) && r.tasks[task].file == &r.files[i] {
			v.task = task
			task++
		}
		if v.want > 0 || v.task >= 0 {
			r.visits = append(r.visits, v)
		}
	}
}

// claims asks every format whether the path is one of its own. Copies of other
// people's work and the output of programs are never parsed.
func claims(table []format, f File, l *layout) (set uint64) {
	if f.Area&(AreaVendored|AreaGenerated) != 0 || f.Size == 0 {
		return 0
	}
	p := placeOf(f.Path)
	for i := range table {
		if table[i].claims(p, l) {
			set |= 1 << i
		}
	}
	return set
}

// idle tells of Terraform code that nobody needs to read: among tests or examples
// it proves nothing, and says nothing of code elsewhere but that it is there. The
// repositories of modules and providers hold much of it.
func (r *reader) idle(f File) bool {
	return f.Area != 0 && r.opts.Counts != nil && f.Area&^r.opts.Counts(Terraform) != 0 && terraformRoleOf(f.Path) == terraformCode
}

// read lets every format that claims the file look at it.
func (t *task) read(table []format, text []byte, l *layout, a *asking) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(text, []byte("\x00GITCRYPT")) {
		return // locked by git-crypt: secrets, not the shape of anything
	}
	if bytes.IndexByte(text, 0) >= 0 {
		t.warn(table, t.formats, "is not text")
		return
	}
	if line := tooDeep(text); line > 0 {
		t.warnAt(table, t.formats, line, fmt.Sprintf("nests deeper than %d levels", maxNesting))
		return
	}
	in := &source{path: t.file.Path, text: text, layout: l}
	t.found = &found{}
	defer t.settle(a)
	for set := t.formats; set != 0; set &= set - 1 {
		t.readOne(&table[bits.TrailingZeros64(set)], in)
	}
	unread(t.found.warnings, text)
}

// settle forgets that there was anything to find when nothing was: most files
// give nothing.
func (t *task) settle(a *asking) {
	a.trim(t.found.facts, CloudFormation)
	t.found.facts = slices.Clone(t.found.facts) // they are kept: no more than they need
	if len(t.found.facts)+len(t.found.warnings) == 0 && t.found.parts == (parts{}) {
		t.found = nil
	}
}

// readOne runs one format; a parser that panics costs one file, not the scan.
func (t *task) readOne(f *format, in *source) {
	defer func() {
		if p := recover(); p != nil {
			t.found.warnings = append(t.found.warnings, gaveUp(in.path, f.name, f.kinds, p))
		}
	}()
	f.read(in, t.found)
}

func gaveUp(path, what string, kinds []Kind, why any) Warning {
	return Warning{Path: path, Message: fmt.Sprintf("the reader of %s gave up: %v", what, why), Kinds: kinds}
}

func (t *task) oversize(table []format) {
	t.warn(table, t.formats, "is larger than 1 MiB and was not read")
}

func (t *task) unread(table []format, err error) {
	if err == nil {
		t.oversize(table)
		return
	}
	t.warn(table, t.formats, "could not be read: "+err.Error())
}

func (t *task) warn(table []format, set uint64, message string) { t.warnAt(table, set, 0, message) }

// warnAt warns when the path says that the file is of a format and the file
// would have counted; a large data file in YAML is nobody's loss.
func (t *task) warnAt(table []format, set uint64, line int, message string) {
	var kinds []Kind
	for ; set != 0; set &= set - 1 {
		if f := &table[bits.TrailingZeros64(set)]; f.sure || slices.Contains(f.kinds, Kubernetes) && amongObjects(t.file.Path) {
			kinds = append(kinds, f.kinds...)
		}
	}
	if len(kinds) == 0 || t.file.Area != 0 {
		return
	}
	slices.Sort(kinds)
	t.found = &found{warnings: []Warning{{Path: t.file.Path, Line: line, Message: message, Kinds: slices.Compact(kinds)}}}
}

// tooDeep is the line on which brackets nest deeper than any person writes;
// 0 when there is none. Brackets in strings count too: that errs on the side
// of reading less, and real strings are far from the limit.
func tooDeep(text []byte) int {
	if bytes.Count(text, []byte("{"))+bytes.Count(text, []byte("["))+bytes.Count(text, []byte("(")) <= maxNesting {
		return 0 // seen far sooner than how deep they nest
	}
	depth := 0
	for i, c := range text {
		if d := int(nesting[c]); d != 0 {
			if depth = max(depth+d, 0); depth > maxNesting {
				return 1 + bytes.Count(text[:i], []byte("\n"))
			}
		}
	}
	return 0
}

// nesting is by how much each byte nests deeper.
var nesting = [256]int8{'{': 1, '[': 1, '(': 1, '}': -1, ']': -1, ')': -1}

// finish sets what follows from the path and puts everything in order.
func (r *reader) finish(out *Facts) {
	for i := range out.All {
		out.All[i].Area = r.areaOf(&out.All[i])
	}
	slices.SortStableFunc(out.All, func(a, b Fact) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Start, b.Start),
			strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Name, b.Name))
	})
	out.Warnings = r.mergeWarnings(out.Warnings)
}

// mergeWarnings orders warnings, says the same thing once, and leaves out what
// would have proven nothing anyway.
func (r *reader) mergeWarnings(all []Warning) []Warning {
	slices.SortStableFunc(all, func(a, b Warning) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), strings.Compare(a.Message, b.Message))
	})
	var out []Warning
	for _, w := range all {
		if r.area(w.Path) != 0 {
			continue
		}
		if n := len(out) - 1; n >= 0 && out[n].Path == w.Path && out[n].Line == w.Line && out[n].Message == w.Message {
			out[n].Kinds = append(slices.Clone(out[n].Kinds), w.Kinds...)
			slices.Sort(out[n].Kinds)
			out[n].Kinds = slices.Compact(out[n].Kinds)
			continue
		}
		out = append(out, w)
	}
	return out
}
