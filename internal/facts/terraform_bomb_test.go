package facts

import (
	"fmt"
	"strings"
	"testing"
)

// Texts made to cost more than their size stay cheap: the report is bounded,
// and the evaluation ends. The test's own time limit is the measure.
func TestTerraformBombs(t *testing.T) {
	var doubling, chain, nested, terragrunt strings.Builder
	doubling.WriteString("locals {\n l0 = [\"0123456789\"]\n")
	for i := 1; i < 60; i++ {
		fmt.Fprintf(&doubling, " l%d = [local.l%d, local.l%d]\n s%d = \"${local.s%d}${local.s%d}\"\n", i, i-1, i-1, i, i-1, i-1)
	}
	doubling.WriteString(" s0 = \"0123456789\"\n}\nresource \"x\" \"y\" {\n a = local.l59\n b = local.s59\n c = jsonencode(local.l59)\n}\n")
	for i := range 20_000 {
		fmt.Fprintf(&chain, "locals { c%d = local.c%d }\n", i, i+1)
	}
	chain.WriteString("resource \"x\" \"y\" { a = local.c0 }\n")
	nested.WriteString("resource \"x\" \"y\" {\n")
	for range 12 {
		nested.WriteString("dynamic \"b\" {\n for_each = range(60)\n content {\n a = [for i in range(1000) : [for j in range(1000) : i]]\n")
	}
	nested.WriteString(strings.Repeat("}\n}\n", 12) + "}\n")
	for i := range 40 {
		fmt.Fprintf(&terragrunt, "include \"i%d\" {\n path = \"../u%d/terragrunt.hcl\"\n}\n", i, i)
	}
	files := map[string]string{
		"doubling/main.tf": doubling.String(),
		"chain/main.tf":    chain.String(),
		"nested/main.tf":   nested.String(),
		"sum/main.tf":      "resource \"x\" \"y\" { a = " + strings.Repeat("1+", 100_000) + "1\n}\n",
		"json/main.tf":     "resource \"x\" \"y\" {\n a = \"" + strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000) + "\"\n}\n",
	}
	var wide, blocks strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&wide, "k%d = 1\n", i)
		fmt.Fprintf(&blocks, "b%d {}\n", i)
	}
	files["wide/main.tf"] = "locals {\n a = {\n" + wide.String() + "}\n}\nresource \"x\" \"y\" {\n a = local.a == local.a\n" + blocks.String() + "}\n"
	for i := range 12 { // each module calls the next ten times over
		calls := ""
		for c := range 10 {
			calls += fmt.Sprintf("module \"c%d\" {\n source = \"../m%d\"\n x = \"%d\"\n}\n", c, (i+1)%12, c)
		}
		files[fmt.Sprintf("m%d/main.tf", i)] = "provider \"p\" {}\nvariable \"x\" { default = \"\" }\n" + calls + "output \"o\" { value = [module.c1.o, module.c2.o, var.x] }\n"
	}
	for i := range 40 {
		files[fmt.Sprintf("u%d/terragrunt.hcl", i)] = terragrunt.String()
	}
	found, _ := readTerraformFiles(files)
	nodes := 0
	for _, f := range found {
		left := 1 << 30
		hclCount(f.Value, &left)
		nodes += 1<<30 - left
	}
	if len(found) == 0 || nodes > 10_000_000 {
		t.Errorf("%d facts of %d nodes", len(found), nodes)
	}
	t.Logf("%d facts of %d nodes", len(found), nodes)
}
