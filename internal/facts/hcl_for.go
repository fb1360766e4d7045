package facts

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// maxHCLElements is how many elements a for expression is followed over.
const maxHCLElements = 2000

func (s *hclScope) forEach(x *hclsyntax.ForExpr) Value {
	coll := s.eval(x.CollExpr)
	if coll.Kind == Absent || coll.Kind == Null {
		return Value{}
	}
	if coll.Kind == Unknown && x.KeyExpr == nil && x.CondExpr == nil && zoneNames(cmp.Or(coll.Text, hclSource(s.text, x.CollExpr.Range()))) {
		return Value{Kind: List, Items: []Value{hclUnknown(hclSource(s.text, x.ValExpr.Range())), hclUnknown("...")}}
	}
	keys, values, ok := hclElements(coll)
	if !ok || len(values) > maxHCLElements {
		return Value{Kind: Unknown}
	}
	var items []Value
	if x.KeyExpr == nil && x.CondExpr == nil && len(values) > 0 {
		items = make([]Value, 0, len(values))
	}
	var set hclFields
	for i, v := range values {
		in := s.with(x.ValVar, v)
		if x.KeyVar != "" {
			in = in.with(x.KeyVar, keys[i])
		}
		if x.CondExpr != nil {
			switch cond := in.eval(x.CondExpr); {
			case cond.Kind == Unknown || cond.Kind == Absent:
				return Value{Kind: Unknown}
			case cond.Text != "true":
				continue
			}
		}
		if x.KeyExpr == nil {
			items = append(items, in.known(x.ValExpr))
		} else if !in.forMember(x, &set) {
			return Value{Kind: Unknown}
		}
	}
	out := Value{Kind: List, Items: items}
	if x.KeyExpr != nil {
		out = Value{Kind: Map, Fields: set.fields}
	}
	if !hclFits(out) {
		return Value{Kind: Unknown}
	}
	return out
}

// zoneNames tells whether a reference is to the zones of a region, of which there
// is always one.
func zoneNames(ref string) bool {
	last := strings.ToLower(ref)
	return strings.Contains(last, "availability_zone") || strings.HasSuffix(last, ".azs")
}

// forMember adds one member; false when its key can't be known.
func (s *hclScope) forMember(x *hclsyntax.ForExpr, set *hclFields) bool {
	key := s.eval(x.KeyExpr)
	if !hclScalar(key) {
		return false
	}
	v := s.known(x.ValExpr)
	if x.Group {
		group := set.get(key.Text)
		v = Value{Kind: List, Items: append(group.Items[:len(group.Items):len(group.Items)], v)}
	}
	set.put(key.Text, v)
	return true
}

// splat is source[*].x: of no list, a list of one; of null, none.
func (s *hclScope) splat(x *hclsyntax.SplatExpr) Value {
	src := s.eval(x.Source)
	switch src.Kind {
	case Absent:
		return Value{}
	case Unknown:
		return s.splatOf(x, src.Text)
	case Null:
		return Value{Kind: List}
	case List:
		if hclOpen(src) || len(src.Items) > maxHCLElements {
			return Value{Kind: Unknown}
		}
	default:
		src = Value{Kind: List, Items: []Value{src}}
	}
	out := Value{Kind: List, Items: make([]Value, 0, len(src.Items))}
	for _, item := range src.Items {
		in := *s
		in.names = &hclName{symbol: x.Item, value: item, next: s.names}
		out.Items = append(out.Items, in.known(x.Each))
	}
	return out
}

// splatOf is what a splat makes of something of which only the number is known:
// aws_subnet.private[*].id of three subnets is three references.
func (s *hclScope) splatOf(x *hclsyntax.SplatExpr, address string) Value {
	if s.number == nil {
		return Value{Kind: Unknown}
	}
	n, ok := s.number(address)
	if !ok || n > maxHCLElements {
		return Value{Kind: Unknown}
	}
	written := strings.TrimPrefix(hclSource(s.text, x.Range()), address)
	member, ok := strings.CutPrefix(written, "[*]")
	if !ok {
		member, ok = strings.CutPrefix(written, ".*")
	}
	if !ok {
		return Value{Kind: Unknown}
	}
	out := Value{Kind: List, Items: make([]Value, n)}
	for i := range out.Items {
		out.Items[i] = hclUnknown(address + "[" + strconv.Itoa(i) + "]" + member)
	}
	return out
}
