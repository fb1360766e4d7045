package facts

// hclEqual compares two values, lines aside; sure is false where an unknown
// part decides.
func hclEqual(a, b Value) (eq, sure bool) {
	switch {
	case a.Kind == Unknown || b.Kind == Unknown || a.Kind == Absent || b.Kind == Absent:
		return false, false
	case hclScalar(a) && hclScalar(b):
		return a.Text == b.Text, true
	case a.Kind != b.Kind:
		return false, true
	case hclOpen(a) || hclOpen(b):
		return false, false
	case len(a.Items) != len(b.Items) || len(a.Fields) != len(b.Fields):
		return false, true
	}
	sure = true
	other := hclFields{fields: b.Fields}
	for i := range a.Items {
		if eq, ok := hclEqual(a.Items[i], b.Items[i]); ok && !eq {
			return false, true
		} else if !ok {
			sure = false
		}
	}
	for _, f := range a.Fields {
		g := other.get(f.Key)
		if g.Kind == Absent {
			return false, true
		}
		if eq, ok := hclEqual(f.Value, g); ok && !eq {
			return false, true
		} else if !ok {
			sure = false
		}
	}
	return sure, sure
}

// hclJoin is what is true of both values: equal parts are kept, others become
// Unknown with the given source text.
func hclJoin(a, b Value, text string) Value {
	unknown := hclUnknown(text)
	switch {
	case a.Kind == Unknown && b.Kind == Unknown && a.Text == b.Text:
		return a
	case a.Kind != b.Kind || a.Kind == Unknown:
		if hclScalar(a) && hclScalar(b) && a.Text == b.Text {
			return a
		}
		return unknown
	case a.Kind == List:
		if len(a.Items) != len(b.Items) || hclOpen(a) || hclOpen(b) {
			return unknown
		}
		out := Value{Kind: List, Items: make([]Value, len(a.Items))}
		for i := range a.Items {
			out.Items[i] = hclJoin(a.Items[i], b.Items[i], text)
		}
		return out
	case a.Kind == Map:
		return hclJoinMaps(a, b, text)
	case a.Text != b.Text:
		return unknown
	}
	return a
}

func hclJoinMaps(a, b Value, text string) Value {
	out := Value{Kind: Map, Fields: make([]Field, 0, len(a.Fields))}
	missing := Value{Kind: Unknown, Text: text}
	left, right := hclFields{fields: a.Fields}, hclFields{fields: b.Fields}
	for _, f := range a.Fields {
		if g := right.get(f.Key); g.Kind != Absent {
			out.Fields = append(out.Fields, Field{f.Key, hclJoin(f.Value, g, text)})
		} else {
			out.Fields = append(out.Fields, Field{f.Key, missing})
		}
	}
	for _, f := range b.Fields {
		if left.get(f.Key).Kind == Absent {
			out.Fields = append(out.Fields, Field{f.Key, missing})
		}
	}
	return out
}

// hclAgreed is what is true of every member of a map: what one of them is, that
// nobody knows which, as far as they agree.
func hclAgreed(all Value) Value {
	if hclOpen(all) || len(all.Fields) == 0 {
		return Value{Kind: Unknown}
	}
	out := all.Fields[0].Value
	for _, f := range all.Fields[1:] {
		out = hclBoth(out, f.Value)
	}
	return out
}

func hclBoth(a, b Value) Value {
	if a.Kind != Map || b.Kind != Map {
		if eq, sure := hclEqual(a, b); eq && sure || a.Kind == Null && b.Kind == Null {
			return a
		}
		return Value{Kind: Unknown}
	}
	out := Value{Kind: Map, Fields: make([]Field, 0, len(a.Fields))}
	right := hclFields{fields: b.Fields}
	for _, f := range a.Fields {
		if g := right.get(f.Key); g.Kind != Absent {
			out.Fields = append(out.Fields, Field{f.Key, hclBoth(f.Value, g)})
		}
	}
	if len(out.Fields) < max(len(a.Fields), len(b.Fields)) {
		out.Fields = append(out.Fields, Field{hclRest, hclUnknown("...")})
	}
	return out
}

// hclElements are the keys and values of what for_each, for and dynamic go
// over; ok is false when they can't be known.
func hclElements(v Value) (keys, values []Value, ok bool) {
	if hclOpen(v) {
		return nil, nil, false
	}
	switch v.Kind {
	case List:
		keys = make([]Value, len(v.Items))
		for i := range keys {
			keys[i] = Num(i)
		}
		return keys, v.Items[:len(v.Items):len(v.Items)], true
	case Map:
		for _, f := range v.Fields {
			keys = append(keys, Str(f.Key))
			values = append(values, f.Value)
		}
		return keys, values, true
	}
	return nil, nil, false
}

// hclFits tells whether a value stays within what one value may hold, so that
// locals that double each other stay small.
func hclFits(v Value) bool {
	left := maxHCLNodes
	return hclCount(v, &left)
}

func hclCount(v Value, left *int) bool {
	if *left -= 1 + len(v.Text)/64; *left < 0 {
		return false
	}
	for _, item := range v.Items {
		if !hclCount(item, left) {
			return false
		}
	}
	for _, f := range v.Fields {
		if !hclCount(f.Value, left) {
			return false
		}
	}
	return true
}

// hclUnplaced is the value without lines: it goes to another place, whose
// lines it then gets.
func hclUnplaced(v Value) Value { return placedAt(v, 0, 0) }
