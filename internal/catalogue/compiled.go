package catalogue

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io/fs"
	"reflect"
	"strings"
	"sync"

	"github.com/readyline/readyline/internal/readiness"
)

// Two megabytes of YAML take a tenth of a second to read, at every start of
// every command. So what ships is kept in a second form too, which Compile
// makes and LoadCompiled reads. It is never the truth: it names the files that
// it was made of by their checksum, and counts for nothing once they differ.

// content is what the compiled form holds: behind the sums, each after its
// length, the globs, the regular expressions, one part of the controls for each
// of so many processors, and what is left.
type content struct {
	Controls   []*Control
	Facets     []*FacetDef
	Checklists []readiness.Checklist
	Undefined  []string
}

// parts is how many there are of the controls.
const parts = 4

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
	var e encoder
	var controls []byte
	for part := range parts {
		n := len(c.Controls)
		of := c.Controls[part*n/parts : (part+1)*n/parts]
		controls = sized(controls, e.encode(nil, reflect.ValueOf(of)))
	}
	rest := e.encode(nil, reflect.ValueOf(content{nil, c.Facets, c.Checklists, c.undefined}))
	out := sized(sized([]byte(head), e.paths.bytes()), e.regexps.bytes())
	return sized(append(out, controls...), rest), nil
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
	in := decode(body)
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

// decode reads what is behind the sums, on as many processors as there are: a
// command waits for it.
func decode(body string) content {
	whole := decoder{rest: body}
	paths, regexps := decoder{rest: whole.text()}, decoder{rest: whole.text()}
	var g sync.WaitGroup
	g.Go(func() { shared(&paths, &paths.paths) })
	g.Go(func() { shared(&regexps, &regexps.regexps) })
	g.Wait()
	var in [parts + 1]content
	for i := range in {
		d := decoder{rest: whole.text(), paths: paths.paths, regexps: regexps.regexps}
		to := reflect.ValueOf(&in[i]).Elem()
		if i < parts {
			to = reflect.ValueOf(&in[i].Controls).Elem()
		}
		g.Go(func() { d.value(to) })
	}
	g.Wait()
	out := in[parts]
	for i := range parts {
		out.Controls = append(out.Controls, in[i].Controls...)
	}
	return out
}

// shared decodes a table. Of regular expressions, later ones hold earlier ones.
func shared[T any](d *decoder, to *[]*T) {
	n := int(d.uvarint())
	entries := make([]T, n)
	*to = make([]*T, 0, n)
	for i := range entries {
		d.value(reflect.ValueOf(&entries[i]).Elem())
		*to = append(*to, &entries[i])
	}
}
