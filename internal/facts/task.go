package facts

import (
	"bytes"
	"fmt"
	"math/bits"
	"slices"

	"go.yaml.in/yaml/v3"
)

// task is one file that formats claim.
type task struct {
	file    *File
	formats uint64 // bit i: formats[i] claims it
	found   *found // nil: nothing
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
