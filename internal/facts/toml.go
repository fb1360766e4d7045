package facts

import (
	"errors"

	"github.com/pelletier/go-toml/v2/unstable"
)

// maxTOMLDepth is deeper than any manifest nests its tables.
const maxTOMLDepth = 100

// tomlValue reads TOML as an attribute tree with lines. It is lenient where a
// manifest may be read all the same: a key set twice keeps its last value.
func tomlValue(text []byte) (Value, int, error) {
	var p unstable.Parser
	p.Reset(text)
	lines := newLineIndex(text)
	root := &tomlTable{}
	at := root
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			at = root.header(lines, e.Key(), e.Kind == unstable.ArrayTable)
		case unstable.KeyValue:
			at.set(lines, e)
		}
	}
	if err := p.Error(); err != nil {
		line := 0
		var perr *unstable.ParserError
		if errors.As(err, &perr) { // what it highlights is a slice of the text
			line = lines.of(min(max(cap(text)-cap(perr.Highlight), 0), len(text)))
		}
		return Value{}, line, err
	}
	return root.value(), 0, nil
}

// tomlTable is a table while it grows.
type tomlTable struct {
	keys   []string
	values []tomlEntry
	index  map[string]int
	depth  int
	line   int
	end    int
}

type tomlEntry struct {
	plain Value
	table *tomlTable
	list  []*tomlTable // of [[key]]
}

func (t *tomlTable) entry(key string) *tomlEntry {
	if i, ok := t.index[key]; ok {
		return &t.values[i]
	}
	if t.index == nil {
		t.index = map[string]int{}
	}
	t.index[key] = len(t.keys)
	t.keys, t.values = append(t.keys, key), append(t.values, tomlEntry{})
	return &t.values[len(t.values)-1]
}

func (t *tomlTable) child(key string, line int) *tomlTable {
	if t.depth > maxTOMLDepth { // deeper keys fall into one table
		return t
	}
	e := t.entry(key)
	if len(e.list) > 0 {
		return e.list[len(e.list)-1]
	}
	if e.table == nil {
		e.table = &tomlTable{depth: t.depth + 1, line: line, end: line}
	}
	return e.table
}

func (t *tomlTable) header(lines lineIndex, key unstable.Iterator, list bool) *tomlTable {
	at := t
	for key.Next() {
		line := lines.of(int(key.Node().Raw.Offset))
		name := string(key.Node().Data)
		if list && key.IsLast() {
			e := at.entry(name)
			e.list = append(e.list, &tomlTable{depth: at.depth + 1, line: line, end: line})
			return e.list[len(e.list)-1]
		}
		at = at.child(name, line)
	}
	return at
}

func (t *tomlTable) set(lines lineIndex, kv *unstable.Node) {
	at := t
	key := kv.Key()
	for key.Next() {
		line := lines.of(int(key.Node().Raw.Offset))
		name := string(key.Node().Data)
		if !key.IsLast() {
			at = at.child(name, line)
			continue
		}
		v := tomlPlain(lines, kv.Value(), line)
		v.Start = line
		at.entry(name).plain = v
		at.end = max(at.end, v.End)
	}
}

// tomlPlain reads the value of a key; line is where the part before it ends.
func tomlPlain(lines lineIndex, n *unstable.Node, line int) Value {
	if n.Raw.Length > 0 {
		line = lines.of(int(n.Raw.Offset))
	}
	v := Value{Start: line, End: line}
	switch n.Kind {
	case unstable.String:
		v.Kind, v.Text = String, string(n.Data)
	case unstable.Bool:
		v.Kind, v.Text = Bool, string(n.Data)
	case unstable.Integer, unstable.Float:
		v.Kind, v.Text = Number, string(n.Data)
	case unstable.Array:
		v.Kind = List
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.Comment {
				continue
			}
			item := tomlPlain(lines, it.Node(), v.End)
			v.Items = append(v.Items, item)
			v.End = max(v.End, item.End)
		}
	case unstable.InlineTable:
		t := &tomlTable{line: line, end: line}
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				t.set(lines, it.Node())
			}
		}
		v = t.value()
	default:
		v.Kind, v.Text = String, string(n.Data)
	}
	return v
}

func (t *tomlTable) value() Value {
	v := Value{Kind: Map, Start: t.line, End: max(t.line, t.end)}
	for i, key := range t.keys {
		e := t.values[i]
		member := e.plain
		switch {
		case e.list != nil:
			member = Value{Kind: List, Start: e.list[0].line, End: e.list[len(e.list)-1].end}
			for _, item := range e.list {
				member.Items = append(member.Items, item.value())
			}
		case e.table != nil:
			member = e.table.value()
		}
		v.Fields = append(v.Fields, Field{key, member})
		v.End = max(v.End, member.End)
	}
	return v
}
