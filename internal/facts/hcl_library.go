package facts

import (
	"math/big"
	"net/netip"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// hclLibrary is the table of functions that need whole values.
func hclLibrary() map[string]function.Function {
	return map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "floor": stdlib.FloorFunc, "log": stdlib.LogFunc,
		"max": stdlib.MaxFunc, "min": stdlib.MinFunc, "parseint": stdlib.ParseIntFunc, "pow": stdlib.PowFunc,
		"signum": stdlib.SignumFunc, "chomp": stdlib.ChompFunc, "format": stdlib.FormatFunc,
		"formatlist": stdlib.FormatListFunc, "indent": stdlib.IndentFunc, "lower": stdlib.LowerFunc,
		"upper": stdlib.UpperFunc, "regex": stdlib.RegexFunc, "regexall": stdlib.RegexAllFunc,
		"split": stdlib.SplitFunc, "strrev": stdlib.ReverseFunc, "substr": stdlib.SubstrFunc,
		"title": stdlib.TitleFunc, "trim": stdlib.TrimFunc, "trimprefix": stdlib.TrimPrefixFunc,
		"trimsuffix": stdlib.TrimSuffixFunc, "trimspace": stdlib.TrimSpaceFunc, "csvdecode": stdlib.CSVDecodeFunc,
		"formatdate": stdlib.FormatDateFunc, "timeadd": stdlib.TimeAddFunc, "range": stdlib.RangeFunc,
		"sort": stdlib.SortFunc, "chunklist": stdlib.ChunklistFunc, "setproduct": stdlib.SetProductFunc,
	}
}

// library calls a function of the table. A function that no table has can't be
// known; one that refuses its arguments is an error.
func (r *hclRun) library(name string, args []Value) (v Value) {
	f, ok := r.functions[name]
	if !ok || !hclModest(name, args) {
		return Value{Kind: Unknown}
	}
	if v, ok := hclCounting(name, args); ok {
		return v
	}
	in := make([]cty.Value, len(args))
	for i, a := range args {
		in[i] = hclToCty(a, name == "sort" || name == "chunklist")
	}
	defer func() {
		if recover() != nil {
			v = Value{Kind: Unknown}
		}
	}()
	out, err := f.Call(in)
	if err != nil {
		return Value{}
	}
	if v = hclFromCty(out); !hclFits(v) {
		return Value{Kind: Unknown}
	}
	return v
}

// hclCounting is range of one whole number, which the library makes of sums of
// arbitrary precision; false for any other call.
func hclCounting(name string, args []Value) (Value, bool) {
	if name != "range" || len(args) != 1 || args[0].Kind != Number {
		return Value{}, false
	}
	n, err := strconv.Atoi(args[0].Text)
	if err != nil || n < 0 {
		return Value{}, false
	}
	out := Value{Kind: List}
	if n > 0 {
		out.Items = make([]Value, n)
	}
	for i := range out.Items {
		out.Items[i] = Num(i)
	}
	return out, true
}

// hclModest refuses calls whose answers are out of proportion to their text.
func hclModest(name string, args []Value) bool {
	for _, a := range args {
		f, ok := a.Float()
		switch {
		case a.Kind == Number && (!ok || len(a.Text) > 64 || strings.ContainsAny(a.Text, "eExX")):
			return false // a number of a million digits
		case name == "pow" || name == "range":
			if !ok || f > 1024 || f < -1024 {
				return false
			}
		case name == "indent" && ok && a.Kind == Number && f > 200:
			return false
		case len(a.Items) > 200 && name == "setproduct":
			return false
		}
	}
	if name == "format" || name == "formatlist" {
		return len(args) > 0 && !hclWidePad().MatchString(args[0].Text)
	}
	return name != "setproduct" || len(args) <= 2
}

// hclWidePad finds a width or precision of four digits or more in a format.
var hclWidePad = lazily(`%[^a-zA-Z%]*\d{4}`)

func hclToCty(v Value, asList bool) cty.Value {
	switch v.Kind {
	case Bool:
		return cty.BoolVal(v.Text == "true")
	case Number:
		if f, _, err := big.ParseFloat(v.Text, 10, 512, big.ToNearestEven); err == nil {
			return cty.NumberVal(f)
		}
	case String:
		return cty.StringVal(v.Text)
	case Null:
		return cty.NullVal(cty.DynamicPseudoType)
	case List:
		items := make([]cty.Value, len(v.Items))
		same := asList && len(v.Items) > 0
		for i, item := range v.Items {
			items[i] = hclToCty(item, asList)
			same = same && items[i].Type().Equals(items[0].Type())
		}
		if same {
			return cty.ListVal(items)
		}
		return cty.TupleVal(items)
	case Map:
		fields := make(map[string]cty.Value, len(v.Fields))
		for _, f := range v.Fields {
			fields[f.Key] = hclToCty(f.Value, asList)
		}
		return cty.ObjectVal(fields)
	}
	return cty.DynamicVal
}

func hclFromCty(v cty.Value) Value {
	t := v.Type()
	switch {
	case !v.IsKnown():
		return Value{Kind: Unknown}
	case v.IsNull() || t.IsPrimitiveType():
		return hclLiteral(v)
	case t.IsListType() || t.IsTupleType() || t.IsSetType():
		out := Value{Kind: List}
		for it := v.ElementIterator(); it.Next(); {
			_, item := it.Element()
			out.Items = append(out.Items, hclFromCty(item))
		}
		return out
	case t.IsMapType() || t.IsObjectType():
		out := Value{Kind: Map}
		for it := v.ElementIterator(); it.Next(); {
			k, item := it.Element()
			out.Fields = append(out.Fields, Field{k.AsString(), hclFromCty(item)})
		}
		return out
	}
	return Value{Kind: Unknown}
}

func hclJoinText(args []Value) Value {
	if len(args) != 2 || args[1].Kind != List || !hclScalar(args[0]) {
		return Value{Kind: Unknown}
	}
	parts, size := make([]string, len(args[1].Items)), 0
	for i, item := range args[1].Items {
		if !hclScalar(item) {
			return Value{Kind: Unknown}
		}
		parts[i] = item.Text
		if size += len(item.Text) + len(args[0].Text); size > maxHCLString {
			return Value{Kind: Unknown}
		}
	}
	return Str(strings.Join(parts, args[0].Text))
}

// hclText holds functions of text that go-cty has not, or not as Terraform has them.
func hclText(name string, args []Value) (Value, bool) {
	texts := make([]string, len(args))
	for i, a := range args {
		if !hclScalar(a) {
			return Value{}, false
		}
		texts[i] = a.Text
	}
	switch {
	case name == "replace" && len(args) == 3:
		return hclReplace(texts[0], texts[1], texts[2]), true
	case len(args) == 2 && name == "startswith":
		return Boolean(strings.HasPrefix(texts[0], texts[1])), true
	case len(args) == 2 && name == "endswith":
		return Boolean(strings.HasSuffix(texts[0], texts[1])), true
	case len(args) == 1 && (name == "basename" || name == "dirname"):
		return hclPathPart(name, texts[0]), true
	case len(args) == 2 && name == "strcontains":
		return Boolean(strings.Contains(texts[0], texts[1])), true
	case strings.HasPrefix(name, "cidr"):
		return hclCIDR(name, args), true
	}
	return Value{}, false
}

func hclPathPart(name, p string) Value {
	if name == "basename" {
		return Str(path.Base(p))
	}
	return Str(path.Dir(p))
}

func hclReplace(text, old, with string) Value {
	if len(old) > 1 && old[0] == '/' && old[len(old)-1] == '/' {
		re, err := regexp.Compile(old[1 : len(old)-1])
		if err != nil {
			return Value{}
		}
		text = re.ReplaceAllString(text, with)
	} else if n := strings.Count(text, old); n*len(with) > maxHCLString {
		return Value{Kind: Unknown}
	} else {
		text = strings.ReplaceAll(text, old, with)
	}
	if len(text) > maxHCLString {
		return Value{Kind: Unknown}
	}
	return Str(text)
}

// hclCIDR is cidrsubnet(prefix, newbits, number), cidrhost(prefix, number) or
// cidrsubnets(prefix, newbits…).
func hclCIDR(name string, args []Value) Value {
	prefix, err := netip.ParsePrefix(args[0].Text)
	if err != nil {
		return Value{}
	}
	prefix = prefix.Masked()
	n := make([]int, len(args))
	for i, a := range args[1:] {
		f, ok := a.Float()
		if !ok || f < -1<<31 || f > 1<<31 {
			return Value{}
		}
		n[i+1] = int(f)
	}
	switch {
	case name == "cidrsubnet" && len(args) == 3:
		return hclSubnet(prefix, n[1], big.NewInt(int64(n[2])))
	case name == "cidrsubnets" && len(args) > 1:
		return hclSubnets(prefix, n[1:])
	case name == "cidrhost" && len(args) == 2:
		host := hclSubnet(prefix, prefix.Addr().BitLen()-prefix.Bits(), big.NewInt(int64(n[1])))
		host.Text, _, _ = strings.Cut(host.Text, "/")
		return host
	}
	return Value{Kind: Unknown}
}

// hclSubnets cuts one network after the other from a prefix, each at the next
// place where a network of its size can begin.
func hclSubnets(prefix netip.Prefix, newBits []int) Value {
	size := prefix.Addr().BitLen()
	next := new(big.Int)
	out := Value{Kind: List, Items: make([]Value, 0, len(newBits))}
	for _, bits := range newBits {
		if bits < 0 || prefix.Bits()+bits > size {
			return Value{}
		}
		step := new(big.Int).Lsh(big.NewInt(1), uint(size-prefix.Bits()-bits))
		number, rest := new(big.Int).DivMod(next, step, new(big.Int))
		if rest.Sign() > 0 {
			number.Add(number, big.NewInt(1))
		}
		subnet := hclSubnet(prefix, bits, number)
		if subnet.Kind != String {
			return Value{}
		}
		out.Items = append(out.Items, subnet)
		next.Mul(number.Add(number, big.NewInt(1)), step)
	}
	return out
}

func hclSubnet(prefix netip.Prefix, newBits int, number *big.Int) Value {
	size := prefix.Addr().BitLen()
	bits := prefix.Bits() + newBits
	if newBits < 0 || bits > size || number.Sign() < 0 || number.BitLen() > newBits {
		return Value{}
	}
	at := new(big.Int).SetBytes(prefix.Addr().AsSlice())
	at.Or(at, new(big.Int).Lsh(number, uint(size-bits)))
	addr, ok := netip.AddrFromSlice(at.FillBytes(make([]byte, size/8)))
	if !ok {
		return Value{}
	}
	return Str(netip.PrefixFrom(addr, bits).String())
}
