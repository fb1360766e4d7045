package facts

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Names that the expressions below may use: known, unknown and half known.
func evalScope(text string) *hclScope {
	known := map[string]Value{
		"list":  {Kind: List, Items: []Value{Str("a"), Str("b"), Str("a")}},
		"map":   {Kind: Map, Fields: []Field{{"x", Num(1)}, {"y", hclUnknown("aws_y.id")}}},
		"open":  {Kind: List, Items: []Value{Str("a"), hclUnknown("...more")}},
		"env":   hclUnknown("var.environment"),
		"prod":  {Kind: Map, Fields: []Field{{"dev", Num(1)}, {"production", Num(9)}}},
		"sets":  {Kind: Map, Fields: []Field{{"a", Value{Kind: Map, Fields: []Field{{"x", Num(1)}, {"y", Num(2)}, {"z", Value{Kind: Map}}}}}, {"b", Value{Kind: Map, Fields: []Field{{"x", Num(1)}, {"y", Num(3)}, {"z", Value{Kind: Map}}, {"w", Num(4)}}}}}},
		"empty": {Kind: List},
		"none":  {Kind: Null},
		"text":  Str("Hello"),
	}
	return &hclScope{run: newHCLRun(), text: text, resolve: func(t hcl.Traversal) (Value, int) {
		if v, ok := known[t.RootName()]; ok {
			return v, 1
		}
		return Value{Kind: Unknown}, len(t)
	}}
}

func TestHCLExpressions(t *testing.T) {
	for _, c := range [][2]string{
		{`1`, "1"}, {`-2.50`, "-2.5"}, {`"a"`, "a"}, {`true`, "true"}, {`null`, "null"}, {`1e3`, "1000"},
		{`[1, who.knows]`, "[1 ?who.knows]"}, {`{ a = 1, "b c" = who.x, (text) = 2 }`, "{a:1 b c:?who.x Hello:2}"},
		{`{ (who.x) = 1, b = 2 }`, "{_rest:?... b:2}"},
		{`"x-${text}"`, "x-Hello"}, {`"x-${who.x}"`, `?"x-${who.x}"`}, {`"${list}"`, "[a b a]"},
		{`"%{ if true }yes%{ else }no%{ endif }"`, "yes"}, {`"%{ for v in list }${v},%{ endfor }"`, "a,b,a,"},
		{`"$${x}"`, "${x}"}, {`"${none}x"`, "ABSENT"},

		{`list[1]`, "b"}, {`list[9]`, "ABSENT"}, {`map.x`, "1"}, {`map["y"]`, "?aws_y.id"}, {`map.z`, "ABSENT"},
		{`open[0]`, "a"}, {`open[1]`, "?open[1]"}, {`none.x`, "ABSENT"}, {`who.x[0].y`, "?who.x[0].y"},
		{`map[who.k]`, "?map[who.k]"}, {`prod[env]`, "9"}, {`lookup(prod, env, 3)`, "9"}, {`env == "prod"`, "true"},
		{`env != "dev"`, "true"}, {`"staging" == env`, "false"}, {`env == "blue"`, `?env == "blue"`},
		{`contains(["prod", "live"], env)`, "true"},

		{`sets[who.k].x`, "1"}, {`sets[who.k].y`, "?sets[who.k].y"}, {`sets[who.k].z`, "{}"}, {`sets[who.k].w`, "?sets[who.k].w"},
		{`try(sets[who.k].x, 9)`, "?sets[who.k].x"}, {`lookup(sets, who.k, {})`, "?lookup(sets, who.k, {})"},
		{`[for k, v in sets[who.k] : k]`, "?[for k, v in sets[who.k] : k]"},

		{`1 + 2 * 3`, "7"}, {`7 % 4`, "3"}, {`1 / 0`, "ABSENT"}, {`2 > 1 && true`, "true"}, {`false && who.x`, "false"},
		{`who.x && false`, "false"}, {`who.x || true`, "true"}, {`!true`, "false"}, {`!who.x`, "?!who.x"}, {`"3" == 3`, "true"},
		{`none == null`, "true"}, {`text != null`, "true"}, {`who.x == null`, "?who.x == null"}, {`[1] == [1]`, "true"},
		{`{ a = 1 } == { a = 2 }`, "false"}, {`1 + who.x`, "?1 + who.x"},

		{`true ? 1 : 2`, "1"}, {`who.x ? 1 : 1`, "1"}, {`who.x ? 1 : 2`, "?who.x ? 1 : 2"}, {`who.x ? [1] : [1]`, "[1]"},
		{`[for v in list : upper(v)]`, "[A B A]"}, {`[for v in list : v if v != "a"]`, "[b]"},
		{`{ for k, v in map : k => v }`, "{x:1 y:?aws_y.id}"}, {`{ for i, v in list : v => i... }`, "{a:[0 2] b:[1]}"},
		{`[for v in who.x : v]`, "?[for v in who.x : v]"}, {`[for v in open : v]`, "?[for v in open : v]"},
		{`list[*]`, "[a b a]"}, {`none[*]`, "[]"}, {`text[*]`, "[Hello]"}, {`[{ n = 1 }, { n = who.x }][*].n`, "[1 ?who.x]"},

		{`length(list)`, "3"}, {`length(open)`, "?length(open)"}, {`length([who.x])`, "1"}, {`length("añb")`, "3"},
		{`merge({ a = 1 }, { a = 2, b = 3 })`, "{a:2 b:3}"}, {`merge({ a = 1 }, who.x, { b = 2 })`, "{a:?who.x _rest:?who.x b:2}"},
		{`merge([{ a = 1 }, { b = 2 }]...)`, "{a:1 b:2}"}, {`merge(who.x...)`, "?merge(who.x...)"},
		{`concat(list, ["c"])`, "[a b a c]"}, {`concat(who.x, ["c"])`, "[?...who.x c]"}, {`concat(who.x, who.y)`, "?concat(who.x, who.y)"},
		{`coalesce(null, "", "x")`, "x"}, {`coalesce(who.x, "x")`, `?coalesce(who.x, "x")`}, {`coalescelist([], [1])`, "[1]"},
		{`compact(["a", "", null, who.x])`, "[a ?...who.x]"}, {`distinct(list)`, "[a b]"}, {`toset(list)`, "[a b]"},
		{`flatten([[1, [2]], 3, who.x])`, "[1 2 3 ?...who.x]"}, {`keys({ b = 1, a = 2 })`, "[a b]"}, {`values({ b = 1, a = who.x })`, "[?who.x 1]"},
		{`one([])`, "null"}, {`one([who.x])`, "?who.x"}, {`element(list, 4)`, "b"}, {`element(list, -1)`, "a"}, {`index(list, "b")`, "1"},
		{`contains(list, "b")`, "true"}, {`contains(list, "z")`, "false"}, {`contains([who.x], "z")`, `?contains([who.x], "z")`},
		{`zipmap(["a"], [who.x])`, "{a:?who.x}"}, {`slice(list, 0, 2)`, "[a b]"}, {`slice(list, 0, 9)`, "ABSENT"}, {`slice(who.x, 1, 3)`, "[?who.x ?who.x]"}, {`slice(who.x, 0, who.y)`, "?slice(who.x, 0, who.y)"}, {`[for k, z in who.availability_zones : k]`, "[?k ?...]"}, {`[for z in who.availability_zones : z if z]`, "?[for z in who.availability_zones : z if z]"}, {`coalesce(who.x, null, 512)`, "?coalesce(who.x, 512)"}, {`coalesce(null, who.x, who.y)`, "?who.x"}, {`coalesce(3, who.x)`, "3"}, {`reverse(list)`, "[a b a]"},
		{`lookup(map, "z", "d")`, "d"}, {`lookup(map, "x")`, "1"}, {`lookup(who.x, "z", "d")`, `?lookup(who.x, "z", "d")`},
		{`alltrue([true, who.x])`, "?alltrue([true, who.x])"}, {`anytrue([true, who.x])`, "true"}, {`alltrue([])`, "true"},
		{`try(map.z, "d")`, "d"}, {`try(who.x, "d")`, "?who.x"}, {`can(map.z)`, "false"}, {`can(map.x)`, "true"}, {`can(who.x)`, "?can(who.x)"},
		{`jsonencode({ a = who.x })`, "{a:?who.x}"}, {`jsondecode("{\"a\": 1}")`, "{a:1}"}, {`jsondecode(jsonencode([1]))`, "[1]"},
		{`yamldecode("a: [1, 2]")`, "{a:[1 2]}"}, {`tostring(3)`, "3"}, {`tonumber("x")`, "ABSENT"}, {`tobool("true")`, "true"},

		{`join("-", ["a", 1])`, "a-1"}, {`join("-", [who.x])`, `?join("-", [who.x])`}, {`split(",", "a,b")`, "[a b]"},
		{`format("%s-%03d", "a", 7)`, "a-007"}, {`format("%s", who.x)`, `?format("%s", who.x)`}, {`format("%99999d", 1)`, `?format("%99999d", 1)`},
		{`replace("a-b", "-", "_")`, "a_b"}, {`replace("a1b2", "/[0-9]/", "")`, "ab"}, {`startswith("prod-x", "prod")`, "true"},
		{`substr("hello", 1, 3)`, "ell"}, {`trimspace(" a ")`, "a"}, {`title("ab cd")`, "Ab Cd"}, {`regex("[a-z]+", "12ab")`, "ab"},
		{`max(1, 5, 3)`, "5"}, {`min(2, who.x)`, "?min(2, who.x)"}, {`floor(1.9)`, "1"}, {`range(3)`, "[0 1 2]"}, {`range(0)`, "[]"}, {`range(-2)`, "[0 -1]"},
		{`range(1.5)`, "[0 1]"}, {`range(1, 3)`, "[1 2]"}, {`range(1024)[1023]`, "1023"}, {`range(99999999)`, "?range(99999999)"},
		{`sort(["b", "a"])`, "[a b]"}, {`setsubtract(["a", "b"], ["a"])`, "[b]"}, {`setintersection(["a", "b"], ["b"])`, "[b]"},
		{`cidrsubnet("10.0.0.0/16", 8, 3)`, "10.0.3.0/24"}, {`cidrhost("10.0.0.0/24", 5)`, "10.0.0.5"}, {`cidrsubnet("fd00::/48", 16, 2)`, "fd00:0:0:2::/64"},
		{`cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)`, "[10.1.0.0/20 10.1.16.0/20 10.1.32.0/24 10.1.48.0/20]"}, {`cidrsubnets("10.1.0.0/16", 1, 1, 1)`, "ABSENT"},
		{`cidrsubnet("10.0.0.0/30", 8, 3)`, "ABSENT"}, {`basename("a/b")`, "b"}, {`timestamp()`, "?timestamp()"}, {`provider::aws::arn_parse("x")`, `?provider::aws::arn_parse("x")`},
		{`sensitive("x")`, "x"}, {`core::max(1, 2)`, "2"},
	} {
		x, diags := hclsyntax.ParseExpression([]byte(c[0]), "", hcl.InitialPos)
		if diags.HasErrors() {
			t.Errorf("%s: %v", c[0], diags)
			continue
		}
		if got := hclLine(evalScope(c[0]).eval(x)); got != c[1] {
			t.Errorf("%s\n got %s\nwant %s", c[0], got, c[1])
		}
	}
}
