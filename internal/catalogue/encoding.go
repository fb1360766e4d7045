package catalogue

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// The encoding of plain data by its types. A structure is a set of bits, one
// for each exported field that is not zero, and those fields; a list or a text
// is its length and what it holds; a pointer is what it points to. Nothing says
// what anything is: who decodes has the same types, which describeType proves.
//
// Two things are written otherwise. What rules share, globs and regular
// expressions, stands once in a table, and its number wherever it is pointed
// to. Examples are an encoding of their own, decoded when they are asked for.

var (
	pathType     = reflect.TypeFor[*Path]()
	regexpType   = reflect.TypeFor[*Regexp]()
	examplesType = reflect.TypeFor[Examples]()
)

// encoder numbers what is shared as it comes across it.
type encoder struct{ paths, regexps table }

// table is encodings, each once, by their numbers.
type table struct {
	known   map[string]uint64
	entries [][]byte
}

func (t *table) number(entry []byte) uint64 {
	n, ok := t.known[string(entry)]
	if !ok {
		if t.known == nil {
			t.known = map[string]uint64{}
		}
		n = uint64(len(t.entries))
		t.known[string(entry)] = n
		t.entries = append(t.entries, entry)
	}
	return n
}

func (t *table) bytes() []byte {
	out := binary.AppendUvarint(nil, uint64(len(t.entries)))
	for _, e := range t.entries {
		out = append(out, e...)
	}
	return out
}

// sized writes a part that can be passed over.
func sized(to, part []byte) []byte {
	return append(binary.AppendUvarint(to, uint64(len(part))), part...)
}

func (e *encoder) encode(to []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			return append(to, 1)
		}
		return append(to, 0)
	case reflect.Int, reflect.Int64:
		return binary.AppendVarint(to, v.Int())
	case reflect.Uint8, reflect.Uint16:
		return binary.AppendUvarint(to, v.Uint())
	case reflect.Float64:
		return binary.AppendUvarint(to, math.Float64bits(v.Float()))
	case reflect.String:
		return append(binary.AppendUvarint(to, uint64(v.Len())), v.String()...)
	case reflect.Pointer:
		switch v.Type() {
		case pathType:
			return binary.AppendUvarint(to, e.paths.number(e.encode(nil, v.Elem())))
		case regexpType:
			return binary.AppendUvarint(to, e.regexps.number(e.encode(nil, v.Elem())))
		}
		return e.encode(to, v.Elem())
	case reflect.Slice:
		to = binary.AppendUvarint(to, uint64(v.Len()))
		for i := range v.Len() {
			to = e.encode(to, v.Index(i))
		}
		return to
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
		to = binary.AppendUvarint(to, uint64(len(keys)))
		for _, k := range keys {
			to = e.encode(e.encode(to, k), v.MapIndex(k))
		}
		return to
	case reflect.Struct:
		if v.Type() == examplesType {
			return sized(to, e.encode(nil, reflect.ValueOf(v.Interface().(Examples).All())))
		}
		var set uint64
		fields := exported(v.Type())
		for bit, i := range fields {
			if !v.Field(i).IsZero() {
				set |= 1 << bit
			}
		}
		to = binary.AppendUvarint(to, set)
		for bit, i := range fields {
			if set&(1<<bit) != 0 {
				to = e.encode(to, v.Field(i))
			}
		}
		return to
	}
	panic(fmt.Sprintf("catalogue: no encoding for %s", v.Type()))
}

// exported lists the exported fields of a structure.
func exported(t reflect.Type) []int {
	var out []int
	for i := range t.NumField() {
		if t.Field(i).IsExported() {
			out = append(out, i)
		}
	}
	return out
}

// describeType spells a type out, down to plain ones.
func describeType(to *strings.Builder, t reflect.Type, seen map[reflect.Type]bool) {
	fmt.Fprintf(to, "%s %s\n", t, t.Kind())
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		describeType(to, t.Elem(), seen)
	case reflect.Map:
		describeType(to, t.Key(), seen)
		describeType(to, t.Elem(), seen)
	case reflect.Struct:
		if t == examplesType {
			describeType(to, reflect.TypeFor[[]Example](), seen)
			return
		}
		if seen[t] {
			return
		}
		seen[t] = true
		for _, i := range exported(t) {
			to.WriteString(t.Field(i).Name + " ")
			describeType(to, t.Field(i).Type, seen)
		}
	}
}

// decoder reads what encode wrote. Texts are parts of the encoded one.
type decoder struct {
	rest    string
	fields  map[reflect.Type][]int
	paths   []*Path
	regexps []*Regexp
}

func (d *decoder) uvarint() uint64 {
	var x uint64
	for shift := 0; ; shift += 7 {
		b := d.rest[0]
		d.rest = d.rest[1:]
		x |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return x
		}
	}
}

func (d *decoder) text() string {
	n := d.uvarint()
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

// value sets v, which is zero, to what comes next.
func (d *decoder) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(d.uvarint() != 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(d.integer()))
	case reflect.Uint8, reflect.Uint16:
		v.SetUint(d.uvarint())
	case reflect.Float64:
		v.SetFloat(math.Float64frombits(d.uvarint()))
	case reflect.String:
		v.SetString(d.text())
	case reflect.Pointer:
		switch v.Type() {
		case pathType:
			v.Set(reflect.ValueOf(d.paths[d.uvarint()]))
			return
		case regexpType:
			v.Set(reflect.ValueOf(d.regexps[d.uvarint()]))
			return
		}
		p := reflect.New(v.Type().Elem())
		d.value(p.Elem())
		v.Set(p)
	case reflect.Slice:
		n := int(d.uvarint())
		if n == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0)) // it is there, and empty
			return
		}
		v.Grow(n) // without the header on the heap that MakeSlice makes
		v.SetLen(n)
		for i := range n {
			d.value(v.Index(i))
		}
	case reflect.Map:
		d.members(v)
	case reflect.Struct:
		if v.CanAddr() && d.quick(v.Addr().Interface()) {
			return
		}
		t := v.Type()
		if t == examplesType {
			v.Set(reflect.ValueOf(Examples{encoded: d.text()}))
			return
		}
		fields, ok := d.fields[t]
		if !ok {
			fields = exported(t)
			if d.fields == nil {
				d.fields = map[reflect.Type][]int{}
			}
			d.fields[t] = fields
		}
		set := d.uvarint()
		for bit, i := range fields {
			if set&(1<<bit) != 0 {
				d.value(v.Field(i))
			}
		}
	default:
		panic(fmt.Sprintf("catalogue: no encoding for %s", v.Type()))
	}
}

func (d *decoder) members(v reflect.Value) {
	n := int(d.uvarint())
	out := reflect.MakeMapWithSize(v.Type(), n)
	for range n {
		key, member := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		d.value(key)
		d.value(member)
		out.SetMapIndex(key, member)
	}
	v.Set(out)
}
