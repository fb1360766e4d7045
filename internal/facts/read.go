package facts

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
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
	var crew Crew
	if o.Meanwhile != nil {
		crew.Go(func() { o.Meanwhile(r.files) })
	}
	out, err := r.together(ctx)
	crew.Wait()
	return out, err
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

// visit is one file whose text is needed: there may be a million.
type visit struct {
	file int32 // its number among files
	want int32 // see Options.Want
	task int32 // its number among tasks; -1: no format claims it
}

func newReader(t Tree, o Options) *reader {
	r := &reader{tree: t, opts: o, table: formats(), asking: newAsking(o.Asked), files: t.Files[:0]}
	areas := areaCache{whole: wholeFolder(t.Files), solo: soleDev(t.Files), embed: carriers(t.Files), sites: sites(t.Files)}
	for _, f := range t.Files {
		if o.Ignore == nil || !o.Ignore(f.Path) {
			r.files = append(r.files, f)
		}
	}
	r.inParts(func(_ int, files []File) {
		own := areas
		for i := range files {
			files[i].Area = own.of(files[i].Path)
		}
	})
	slices.SortFunc(r.files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	var wants []int32
	var crew Crew
	crew.Go(func() { wants = r.wants() })
	r.claim()
	crew.Wait()
	r.plan(wants)
	return r
}

// filesInPart is how many files are looked at at a time.
const filesInPart = 500

// inParts hands the files over in parts, with their numbers, that are looked at
// beside each other, and waits for all.
func (r *reader) inParts(look func(part int, files []File)) {
	var crew Crew
	part := 0
	for files := range slices.Chunk(r.files, filesInPart) {
		number := part
		crew.Go(func() { look(number, files) })
		part++
	}
	crew.Wait()
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
	tasks := make([][]task, len(r.files)/filesInPart+1)
	unread := make([][]string, len(tasks))
	r.inParts(func(part int, files []File) {
		for i := range files {
			f := &files[i]
			claimed := claims(r.table, *f, r.layout)
			switch {
			case claimed == 0:
			case r.idle(*f):
				unread[part] = append(unread[part], f.Path)
			default:
				tasks[part] = append(tasks[part], task{file: f, formats: claimed})
			}
		}
	})
	r.tasks, r.unread = slices.Concat(tasks...), slices.Concat(unread...)
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

// finish sets what follows from the path and puts everything in order.
func (r *reader) finish(out *Facts) {
	for i := range out.All {
		out.All[i].Area |= r.areaOf(&out.All[i])
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
