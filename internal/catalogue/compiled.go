package catalogue

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io/fs"
	"reflect"
	"strings"

	"github.com/readyline/readyline/internal/readiness"
)

// Two megabytes of YAML take a tenth of a second to read, at every start of
// every command. So what ships is kept in a second form too, which Compile
// makes and LoadCompiled reads. It is never the truth: it names the files that
// it was made of by their checksum, and counts for nothing once they differ.

// content is what the compiled form holds.
type content struct {
	Controls   []*Control
	Facets     []*FacetDef
	Checklists []readiness.Checklist
	Undefined  []string
}

// sums tell of what a compiled form was made: the files, and the types that
// they were read into.
const sumsSize = 8

func sums(templates fs.FS) (string, error) {
	table := crc32.MakeTable(crc32.Castagnoli)
	files := crc32.New(table)
	err := eachFile(templates, func(name string, text []byte) {
		fmt.Fprintf(files, "%s %d\n", name, len(text))
		_, _ = files.Write(text)
	})
	if err != nil {
		return "", err
	}
	var shape strings.Builder
	describeType(&shape, reflect.TypeFor[content](), map[reflect.Type]bool{})
	out := binary.BigEndian.AppendUint32(nil, files.Sum32())
	out = binary.BigEndian.AppendUint32(out, crc32.Checksum([]byte(shape.String()), table))
	return string(out), nil
}

// Compile is the compiled form of what ships.
func Compile(templates fs.FS) ([]byte, error) {
	c, err := Load(templates)
	if err != nil {
		return nil, err
	}
	head, err := sums(templates)
	if err != nil {
		return nil, err
	}
	return encode([]byte(head), reflect.ValueOf(content{c.Controls, c.Facets, c.Checklists, c.undefined})), nil
}

// LoadCompiled is Load of the same files, from their compiled form where that
// is theirs.
func LoadCompiled(templates fs.FS, compiled string) (*Catalogue, error) {
	head, err := sums(templates)
	if err != nil {
		return nil, err
	}
	body, ok := strings.CutPrefix(compiled, head)
	if !ok {
		return Load(templates)
	}
	var in content
	d := decoder{rest: body, fields: map[reflect.Type][]int{}}
	d.value(reflect.ValueOf(&in).Elem())
	c := &Catalogue{Controls: in.Controls, Facets: in.Facets, Checklists: in.Checklists, undefined: in.Undefined,
		controls: make(map[string]*Control, len(in.Controls)), facets: make(map[string]*FacetDef, len(in.Facets)), checklists: map[string]int{}}
	for _, ctl := range c.Controls {
		c.controls[ctl.ID] = ctl
	}
	for _, f := range c.Facets {
		c.facets[f.Name] = f
	}
	for i, l := range c.Checklists {
		c.checklists[l.ID] = i
	}
	return c, nil
}
