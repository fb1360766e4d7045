package facts

import (
	"sort"
	"strconv"
)

// hclMerge is merge(): members known to be there are kept beside an unknown
// argument, without their values where that one comes later and may replace
// them.
func hclMerge(args []Value) Value {
	out := Value{Kind: Map}
	at := make(map[string]int)
	for _, a := range args {
		switch a.Kind {
		case Null:
		case Map:
			for _, f := range a.Fields {
				if i, ok := at[f.Key]; ok {
					out.Fields[i].Value = f.Value
				} else {
					at[f.Key] = len(out.Fields)
					out.Fields = append(out.Fields, f)
				}
			}
		case String, Number, Bool:
			return Value{}
		default:
			rest := Value{Kind: Unknown, Text: a.Text}
			for i := range out.Fields {
				out.Fields[i].Value = rest
			}
			if _, ok := at[hclRest]; !ok {
				at[hclRest] = len(out.Fields)
				out.Fields = append(out.Fields, Field{hclRest, rest})
			}
		}
	}
	return out
}

// hclConcat is concat(), or setunion() with its repeats dropped.
func hclConcat(args []Value, distinct bool) Value {
	out := Value{Kind: List}
	known := false
	for _, a := range args {
		switch {
		case a.Kind == List:
			out.Items = append(out.Items, a.Items...)
			known = known || len(a.Items) > 0
		case a.Kind != Null:
			out.Items = append(out.Items, hclUnknown("..."+a.Text))
		}
	}
	if !known && len(out.Items) > 0 {
		return Value{Kind: Unknown}
	}
	if distinct {
		return hclFilter("distinct", out)
	}
	return out
}

// hclCoalesce is the first that is not null. Of one that can't be known, the
// text says what it is when that is null.
func hclCoalesce(args []Value) Value {
	var open Value
	for _, a := range args {
		switch {
		case a.Kind == Null, a.Kind == String && a.Text == "", a.Kind == List && len(a.Items) == 0:
		case open.Kind == Unknown && (a.Kind == Number || a.Kind == Bool):
			return hclUnknown("coalesce(" + open.Text + ", " + a.Text + ")")
		case open.Kind == Unknown && a.Kind == String:
			return hclUnknown("coalesce(" + open.Text + ", " + strconv.Quote(a.Text) + ")")
		case open.Kind == Unknown:
		case a.Kind == Unknown && len(args) > 1 && !hclIsEnvironment(a):
			open = a
		default:
			return a
		}
	}
	return open
}

// hclFilter is compact() or distinct().
func hclFilter(name string, v Value) Value {
	if v.Kind != List {
		return Value{Kind: Unknown}
	}
	out := Value{Kind: List, Start: v.Start, End: v.End}
	seen := make(map[string]bool)
	for _, item := range v.Items {
		if name == "compact" && (item.Kind == Null || item.Kind == String && item.Text == "") {
			continue
		}
		if name == "distinct" && hclScalar(item) {
			if seen[item.Text] {
				continue
			}
			seen[item.Text] = true
		}
		if item.Kind == Unknown && !hclSpread(item) { // it may be empty, or another's twin
			item.Text = "..." + item.Text
		}
		out.Items = append(out.Items, item)
	}
	return out
}

func hclFlatten(v Value) Value {
	if v.Kind != List {
		return Value{Kind: Unknown}
	}
	out := Value{Kind: List, Start: v.Start, End: v.End}
	for _, item := range v.Items {
		switch {
		case item.Kind == List:
			out.Items = append(out.Items, hclFlatten(item).Items...)
		case item.Kind == Unknown && !hclSpread(item): // it may be a list itself
			item.Text = "..." + item.Text
			out.Items = append(out.Items, item)
		default:
			out.Items = append(out.Items, item)
		}
		if len(out.Items) > maxHCLNodes {
			return Value{Kind: Unknown}
		}
	}
	return out
}

func hclLength(v Value) Value {
	switch {
	case v.Kind == Unknown || hclOpen(v):
		return Value{Kind: Unknown}
	case v.Kind == List:
		return Num(len(v.Items))
	case v.Kind == Map:
		return Num(len(v.Fields))
	case v.Kind == String:
		return Num(len([]rune(v.Text)))
	}
	return Value{}
}

// hclMembers is keys() or values(), in the order of the keys as Terraform has it.
func hclMembers(name string, v Value) Value {
	switch {
	case hclScalar(v):
		return Value{}
	case v.Kind != Map || hclOpen(v):
		return Value{Kind: Unknown}
	}
	fields := append([]Field(nil), v.Fields...)
	sort.SliceStable(fields, func(i, j int) bool { return fields[i].Key < fields[j].Key })
	out := Value{Kind: List}
	for _, f := range fields {
		if name == "keys" {
			out.Items = append(out.Items, Str(f.Key))
		} else {
			out.Items = append(out.Items, f.Value)
		}
	}
	return out
}

func hclOne(v Value) Value {
	switch {
	case v.Kind != List || hclOpen(v):
		return Value{Kind: Unknown}
	case len(v.Items) == 0:
		return Value{Kind: Null}
	case len(v.Items) == 1:
		return v.Items[0]
	}
	return Value{}
}

func hclReverse(v Value) Value {
	if v.Kind != List {
		return Value{Kind: Unknown}
	}
	out := Value{Kind: List, Items: make([]Value, len(v.Items))}
	for i, item := range v.Items {
		out.Items[len(v.Items)-1-i] = item
	}
	return out
}

// hclTruths is anytrue() or alltrue().
func hclTruths(v Value, any bool) Value {
	if v.Kind != List {
		return Value{Kind: Unknown}
	}
	unknown := false
	for _, item := range v.Items {
		switch {
		case item.Kind == Unknown:
			unknown = true
		case (item.Text == "true") == any:
			return Boolean(any)
		}
	}
	if unknown {
		return Value{Kind: Unknown}
	}
	return Boolean(!any)
}

// hclPair holds functions of a collection and something to look for in it.
func hclPair(name string, args []Value) Value {
	if len(args) < 2 {
		return Value{}
	}
	coll, key := args[0], args[1]
	switch name {
	case "lookup":
		v := hclIndex(coll, key)
		if v.Kind == Absent && len(args) > 2 {
			return args[2]
		}
		return v
	case "element":
		n := len(coll.Items)
		if f, ok := key.Float(); ok && coll.Kind == List && !hclOpen(coll) && n > 0 {
			return coll.Items[((int(f)%n)+n)%n]
		}
	case "contains":
		return hclContains(coll, key)
	case "zipmap":
		return hclZip(coll, key)
	case "slice":
		return hclSlice(args)
	case "index":
		for i, item := range coll.Items {
			if eq, sure := hclEqual(item, key); !sure {
				break
			} else if eq {
				return Num(i)
			}
		}
	}
	return Value{Kind: Unknown}
}

func hclContains(coll, key Value) Value {
	if coll.Kind != List {
		return Value{Kind: Unknown}
	}
	if hclIsEnvironment(key) {
		for _, item := range coll.Items {
			if environmentOf(item.Text) == production {
				return Boolean(true)
			}
		}
	}
	sure := true
	for _, item := range coll.Items {
		eq, ok := hclEqual(item, key)
		if ok && eq {
			return Boolean(true)
		}
		sure = sure && ok
	}
	if !sure {
		return Value{Kind: Unknown}
	}
	return Boolean(false)
}

func hclZip(keys, values Value) Value {
	if keys.Kind != List || values.Kind != List || hclOpen(keys) || hclOpen(values) || len(keys.Items) != len(values.Items) {
		return Value{Kind: Unknown}
	}
	var set hclFields
	for i, k := range keys.Items {
		if !hclScalar(k) {
			return Value{Kind: Unknown}
		}
		set.put(k.Text, values.Items[i])
	}
	return Value{Kind: Map, Fields: set.fields}
}

// hclSlice is a part of a list. Of a list that can't be known, Terraform still
// refuses a part that is not all there, so its length is known.
func hclSlice(args []Value) Value {
	if len(args) != 3 {
		return Value{Kind: Unknown}
	}
	from, ok := args[1].Float()
	to, ok2 := args[2].Float()
	items := args[0].Items
	switch {
	case !ok || !ok2:
		return Value{Kind: Unknown}
	case args[0].Kind == Unknown && from >= 0 && from <= to && to-from <= maxHCLElements:
		parts := make([]Value, int(to-from))
		for i := range parts {
			parts[i] = hclUnknown(args[0].Text)
		}
		return Value{Kind: List, Items: parts}
	case args[0].Kind != List || hclOpen(args[0]):
		return Value{Kind: Unknown}
	case from < 0 || to < from || to > float64(len(items)):
		return Value{}
	}
	return Value{Kind: List, Items: items[int(from):int(to):int(to)]}
}

// hclSets is what the first set has, and all others have (both) or have not.
func hclSets(args []Value, both bool) Value {
	for _, a := range args {
		if a.Kind != List || !hclWhole(a) {
			return Value{Kind: Unknown}
		}
	}
	out := Value{Kind: List}
	if len(args[0].Items) > maxHCLElements {
		return Value{Kind: Unknown}
	}
	for _, item := range hclFilter("distinct", args[0]).Items {
		keep := true
		for _, other := range args[1:] {
			keep = keep && (hclContains(other, item).Text == "true") == both
		}
		if keep {
			out.Items = append(out.Items, item)
		}
	}
	return out
}
