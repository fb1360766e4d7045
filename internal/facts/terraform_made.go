package facts

import (
	"slices"
	"strings"
)

// tfMade is a kind of resource that modules are named after. The arguments of a
// module that is kept elsewhere are what it gives its resource, mostly under the
// resource's own names.
type tfMade struct {
	resource   string
	words      []string // of the module's name: one of them is there, or some that follow each other
	signs      []string // of its arguments: one of them is there
	switches   []string // of its arguments, without trimmings: one of them is on
	attributes []string // of the resource, which arguments name otherwise; "cidr=cidr_block" another name of one
}

// kindsMade are the kinds that a module is named after.
func kindsMade(name string) []*tfMade {
	words := moduleWords(name)
	if slices.ContainsFunc(words, besideResource) {
		return nil
	}
	var out []*tfMade
	called := " " + strings.Join(words, " ") + " "
	for _, kinds := range [...][]tfMade{madeByModules, madeElsewhere} {
		for i := range kinds {
			if slices.ContainsFunc(kinds[i].words, func(w string) bool { return strings.Contains(called, " "+w+" ") }) {
				out = append(out, &kinds[i])
			}
		}
	}
	return out
}

// emitMade adds what a call of a module that is not in the tree makes, as far
// as its arguments say it. What they don't say may still be.
func (in *tfInstance) emitMade(b *tfBlock, kinds []*tfMade, call Value, maybe bool) {
	for _, kind := range kinds {
		if v, ok := kind.of(call, &in.j.names); ok {
			name := kind.named(v)
			in.add(b, name, in.openEnded(in.askedOnly(name, v)), maybe)
			made := &in.j.facts[len(in.j.facts)-1]
			made.Open, made.Made = true, true
		}
	}
}

// askedOnly is what rules look at of a fact: the rest is not kept.
func (in *tfInstance) askedOnly(name string, v Value) Value {
	asked := in.j.asked(name)
	if asked == nil {
		return v
	}
	kept := make([]Field, 0, len(v.Fields))
	for _, f := range v.Fields {
		if asked.has(f.Key) {
			kept = append(kept, f)
		}
	}
	v.Fields = kept
	return v
}

// openEnded says that a module may say more of its resource than it is told;
// what is said of every block of code is known all the same.
func (in *tfInstance) openEnded(v Value) Value {
	null := Value{Kind: Null, Start: v.Start, End: v.Start}
	if in.env == "" {
		v.Fields = append(v.Fields, Field{"_env", null})
	}
	if v.Get("_count").Kind == Absent {
		v.Fields = append(v.Fields, Field{"_count", null})
	}
	return v.With(hclRest, Value{Kind: Unknown, Text: "what the module adds", Start: v.Start, End: v.End})
}

// of is the resource as the arguments of a call describe it; ok is false where
// they don't show that there is one.
func (k *tfMade) of(call Value, names *madeNames) (v Value, ok bool) {
	v = Value{Kind: Map, Start: call.Start, End: call.End}
	signed, on := len(k.signs) == 0, len(k.switches) == 0
	for _, f := range call.Fields {
		if slices.Contains(k.switches, names.of(f.Key)) {
			if !switchedOn(f.Value) {
				return v, false
			}
			on, v.Start, v.End = true, f.Value.Start, f.Value.End
		}
		if createsNothing(f) {
			return v, false
		}
		if strings.HasSuffix(f.Key, "parameter_group_name") {
			continue // the module may make the group
		}
		signed = signed || slices.Contains(k.signs, f.Key) && f.Value.Kind != Null
		v.Fields = append(v.Fields, f)
	}
	if !signed || !on {
		return v, false
	}
	for _, f := range call.Fields {
		if path := names.path(k, f.Key); path != "" && path != f.Key {
			v = withPath(v, path, saidAs(path, f.Value))
		}
	}
	return v, true
}

// createsNothing tells of an argument that switches a module off.
func createsNothing(f Field) bool {
	if f.Value.Kind != Bool || f.Value.Text == "true" {
		return false
	}
	switch f.Key {
	case "create", "enabled", "enable", "module_enabled", "create_db_instance", "create_cluster", "create_vpc", "create_bucket", "create_lb",
		"create_function", "create_replication_group", "create_table", "create_queue":
		return true
	}
	return false
}

// named is the resource that a call makes: of a database, the cluster where the
// module or its engine is called one.
func (k *tfMade) named(call Value) string {
	if k.resource != "aws_db_instance" {
		return k.resource
	}
	words := moduleWords(call.Get("_source").Text)
	if slices.Contains(words, "aurora") || slices.Contains(words, "cluster") || strings.HasPrefix(call.Get("engine").Text, "aurora") {
		return "aws_rds_cluster"
	}
	return k.resource
}

// saidAs is a switch in the resource's words.
func saidAs(path string, v Value) Value {
	if path == "versioning_configuration.status" {
		return at(Str("Enabled"), v.Start)
	}
	return v
}

func switchedOn(v Value) bool {
	if v.Kind == Map {
		for _, name := range []string{"enabled", "status"} {
			if on := v.Get(name); on.Kind != Absent {
				return switchedOn(on)
			}
		}
		return len(v.Fields) > 0
	}
	return v.Kind == Bool && v.Text == "true" || v.Kind == String && strings.EqualFold(v.Text, "enabled") ||
		v.Kind == String && v.Text == "true" || v.Kind == List && len(v.Items) > 0
}

// withPath adds a member at a dotted path, unless there is one.
func withPath(v Value, path string, member Value) Value {
	first, rest, nested := strings.Cut(path, ".")
	have := v.Get(first)
	if !nested {
		if have.Kind == Absent {
			v.Fields = append(v.Fields[:len(v.Fields):len(v.Fields)], Field{first, member})
		}
		return v
	}
	inner := Value{Kind: Map, Start: member.Start, End: member.End}
	if have.Kind == List && len(have.Items) == 1 {
		have = have.Items[0]
	}
	switch have.Kind {
	case Map:
		inner = have
	case Absent:
		inner.Fields = []Field{{hclRest, hclUnknown("...")}}
	default:
		return v
	}
	block := Value{Kind: List, Items: []Value{withPath(inner, rest, member)}, Start: member.Start, End: member.End}
	return v.With(first, block)
}

// moduleWords are the words of the last part of a module's name, without what
// tells whose it is.
func moduleWords(name string) []string {
	name = strings.TrimPrefix(name, "module:")
	repo, sub, nested := strings.Cut(name, "//")
	for strings.Contains(sub, "//") {
		repo, sub, _ = strings.Cut(sub, "//")
	}
	parts := strings.Split(repo, "/")
	last := parts[len(parts)-1]
	if n := len(parts); n > 2 && !strings.Contains(parts[0], ".") && !strings.HasPrefix(name, fetchedModule) || n == 4 && parts[0] == "app.terraform.io" {
		last = parts[n-2] // namespace/name/provider
	}
	if nested && sub != "" {
		parts = strings.Split(strings.TrimSuffix(sub, "/"), "/")
		last = parts[len(parts)-1]
	}
	if i := strings.LastIndex(last, "terraform-"); i >= 0 {
		last = last[i+len("terraform-"):]
	}
	return strings.FieldsFunc(last, func(r rune) bool { return r == '-' || r == '_' || r == '.' })
}

// besideResource tells of a word by which a module makes something for a
// resource, not the resource.
func besideResource(word string) bool { return slices.Contains(besides, word) }
