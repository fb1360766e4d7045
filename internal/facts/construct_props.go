package facts

import (
	"slices"
	"strings"
)

// body marks where a class of the program stands until joinProps has seen
// every file.
const body = "body:"

// fromProps is what a class takes from what it was made with: props.a,
// this.props.a, props?.a.
var fromProps = lazily(`^(?:this\.)?props\??\.(\w+)$`)

// maxPropsDepth bounds the classes that hand on what they were given.
const maxPropsDepth = 4

// body notes from which line to which a class goes.
func (p *program) body(i int) {
	if p.lang != script {
		return
	}
	open := i + 2
	for open < len(p.code) && open < i+60 && p.tok(open) != "{" {
		open++
	}
	depth := 0
	for j := open; j < len(p.code) && p.work < maxWork; j++ {
		p.work++
		switch p.tok(j) {
		case "{":
			depth++
		case "}":
			depth--
		}
		if depth == 0 {
			p.out = append(p.out, Fact{Kind: Construct, Name: body + "local." + strings.ToLower(p.tok(i+1)), Path: p.path, Start: p.code[i].line, End: p.code[j].line})
			return
		}
	}
}

// joinProps fills in what the program's own classes take from their props,
// where everybody who makes one gives the same literal.
func joinProps(all []Fact) []Fact {
	bodies := classBodies{map[string][]Fact{}, map[string]int{}}
	kept := slices.DeleteFunc(all, func(f Fact) bool {
		if f.Kind != Construct || !strings.HasPrefix(f.Name, body) {
			return false
		}
		if len(bodies.files[f.Path]) < maxMembers {
			bodies.files[f.Path] = append(bodies.files[f.Path], f)
		}
		bodies.named[f.Name]++
		return true
	})
	if len(bodies.named) == 0 {
		return kept
	}
	for range maxPropsDepth {
		made := map[string][]Value{}
		for _, f := range kept {
			if f.Kind == Construct && strings.HasPrefix(f.Name, "local.") {
				made[f.Name] = append(made[f.Name], f.Value)
			}
		}
		changed := false
		for i := range kept {
			if given := made[bodies.of(&kept[i])]; len(given) > 0 {
				var c bool
				kept[i].Value, c = filledProps(kept[i].Value, given)
				changed = changed || c
			}
		}
		if !changed {
			break
		}
	}
	return kept
}

// classBodies is where the program's own classes stand.
type classBodies struct {
	files map[string][]Fact // by path
	named map[string]int    // how many have a name
}

// of is the class that a construct stands in, as its name is where it is made;
// empty when there is none, or another class of that name.
func (c classBodies) of(f *Fact) string {
	if f.Kind != Construct {
		return ""
	}
	for _, b := range c.files[f.Path] {
		if b.Start <= f.Start && f.End <= b.End && c.named[b.Name] == 1 {
			return strings.TrimPrefix(b.Name, body)
		}
	}
	return ""
}

// filledProps is a value with what is known of the props it takes.
func filledProps(v Value, given []Value) (Value, bool) {
	changed := false
	switch v.Kind {
	case Unknown:
		m := fromProps().FindStringSubmatch(v.Text)
		if m == nil {
			return v, false
		}
		first := given[0].Get(m[1])
		for _, g := range given {
			if x := g.Get(m[1]); x.Kind != first.Kind || x.Text != first.Text {
				return v, false
			}
		}
		if first.Kind != Bool && first.Kind != Number && first.Kind != String {
			return v, false
		}
		return Value{Kind: first.Kind, Text: first.Text, Start: v.Start, End: v.End}, true
	case Map:
		fields := slices.Clone(v.Fields)
		for i := range fields {
			var c bool
			fields[i].Value, c = filledProps(fields[i].Value, given)
			changed = changed || c
		}
		if changed {
			v.Fields = fields
		}
	case List:
		items := slices.Clone(v.Items)
		for i := range items {
			var c bool
			items[i], c = filledProps(items[i], given)
			changed = changed || c
		}
		if changed {
			v.Items = items
		}
	}
	return v, changed
}
