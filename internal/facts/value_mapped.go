package facts

// placedAt is the tree with every value on the given lines.
func placedAt(v Value, start, end int) Value {
	return mapped(v, func(x Value) Value {
		x.Start, x.End = start, end
		return x
	})
}

// mapped is the tree with f done to every value, members first.
func mapped(v Value, f func(Value) Value) Value {
	if v.Kind == Absent {
		return v
	}
	if len(v.Items) > 0 {
		items := make([]Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = mapped(item, f)
		}
		v.Items = items
	}
	if len(v.Fields) > 0 {
		fields := make([]Field, len(v.Fields))
		for i, m := range v.Fields {
			fields[i] = Field{m.Key, mapped(m.Value, f)}
		}
		v.Fields = fields
	}
	return f(v)
}

// mergedOver is a map with the members of another one over its own, maps
// within them likewise.
func mergedOver(under, over Value) Value {
	out := under
	out.Fields = append([]Field(nil), under.Fields...)
	for _, f := range over.Fields {
		if have := out.Get(f.Key); have.Kind == Map && f.Value.Kind == Map {
			f.Value = mergedOver(have, f.Value)
		}
		out.Fields = hclSet(out.Fields, f.Key, f.Value)
	}
	return out
}
