package facts

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// hostile are files made to cost a reader its memory, its stack or its day.
// Line is where the warning points; 0 is the file as a whole, and -1 no
// warning: the file can be read, or nothing says that it would have counted.
func hostile() []struct {
	name, path, text string
	line             int
} {
	repeat := strings.Repeat
	var bomb strings.Builder
	bomb.WriteString("services:\n  a0: &a0 {image: x}\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&bomb, "  a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	return []struct {
		name, path, text string
		line             int
	}{
		{"YAML bomb", "compose.yaml", bomb.String(), 1},
		{"YAML that holds itself", "compose.yaml", "services: &a\n  b: *a\n", 1},
		{"deep flow YAML", "compose.yaml", "services:\n  a: " + repeat("[", 200_000), 2},
		{"deep block YAML", "compose.yaml", "services:\n" + nested(900), 1},
		{"deep lists in YAML", "compose.yaml", "services:\n  " + repeat("- ", 200_000) + "a\n", 2},
		{"broken YAML", "compose.yaml", "services:\n  a: [\n", 2},
		{"deep JSON", "package.json", "{\"a\":\n" + repeat("[", 400_000), 2},
		{"deep objects in JSON", "package.json", repeat("{\"a\":", 100_000), 1},
		{"broken JSON", "package.json", "{\r\n \"dependencies\": {\r\n\"a\" 1}}", 3},
		{"deep HCL", "main.tf", "locals {\n  a = " + repeat("[", 100_000) + "\n}\n", 2},
		{"deep parentheses in HCL", "main.tf", "locals {\n  a = " + repeat("(", 600) + "1" + repeat(")", 600) + "\n}\n", 2},
		{"deep templates in HCL", "main.tf", "locals {\n  a = " + repeat("\"${", 100_000) + "\n}\n", 2},
		{"deep blocks in HCL", "main.tf", repeat("a {\n", 50_000), 501},
		{"many nots in HCL", "main.tf", "locals {\n  a = " + repeat("!", 500_000) + "true\n}\n", 2},
		{"broken HCL", "main.tf", "locals {\n  a = \n}\n", 2},
		{"broken Dockerfile", "Dockerfile", "FROM x\nRUN <<EOF\nnever ends\n", 1},
		{"Dockerfile of one line", "Dockerfile", "FROM x\nRUN " + repeat("a \\\n", 200_000), 1},
		{"Dockerfile of stages upon stages", "Dockerfile", stages(1500), -1},
		{"deep workflow", ".github/workflows/ci.yml", "on: push\njobs: " + repeat("{a: ", 100_000), 2},
		{"broken TOML", "pyproject.toml", "[project\nname = 1\n", 1},
		{"deep TOML", "Cargo.toml", "a = " + repeat("[", 300_000), 1},
		{"deep XML", "pom.xml", repeat("<a>", 200_000), 1},
		{"XML entities", "pom.xml", "<!DOCTYPE a [<!ENTITY b \"" + repeat("c", 1000) + "\">]>\n<project>" + repeat("&b;", 10_000) + "</project>", 2},
		{"zero bytes", "compose.yaml", "services:\x00\n", 0},
		{"no UTF-8", "main.tf", "locals {\n  a = \"\xff\xfe\"\n}\n", -1},
		{"no UTF-8 in YAML", "compose.yaml", "services:\n  a:\n    image: \"\xff\xfe\"\n", -1},
		{"no UTF-8 in JSON", "package.json", "{\"dependencies\": {\"\xff\": \"1\"}}", -1},
		{"line ends of Windows", "compose.yaml", "services:\r\n  a:\r\n    image: x\r\n", -1},
		{"50 MB", "compose.yaml", repeat("a: b\n", 10_000_000), 0},
	}
}

// stages are as many, each of the one before it, with thousands of variables.
func stages(n int) string {
	var b strings.Builder
	b.WriteString("FROM a AS s0\nENV")
	for i := range 4000 {
		fmt.Fprintf(&b, " E%d=x", i)
	}
	b.WriteString("\n")
	for i := range n {
		fmt.Fprintf(&b, "FROM s%d AS s%d\n", i, i+1)
	}
	return b.String()
}

// nested is YAML with so many levels.
func nested(levels int) string {
	var b strings.Builder
	for i := range levels {
		b.WriteString(strings.Repeat(" ", i+1) + "a:\n")
	}
	return b.String()
}

// Each of them ends in a warning with its path and line, in bounded memory, and
// the file beside it still counts.
func TestHostileFiles(t *testing.T) {
	for _, c := range hostile() {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got, err := Read(t.Context(), memTree(map[string]string{c.path: c.text, "zz/package.json": `{"dependencies": {"express": "4"}}`}), Options{})
			runtime.ReadMemStats(&after)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(got.All, func(f Fact) bool { return f.Path == "zz/package.json" }) {
				t.Error("the file beside it gives nothing")
			}
			lines := []int{}
			for _, w := range got.Warnings {
				if w.Path != c.path || w.Message == "" {
					t.Errorf("warning %v", w)
				}
				lines = append(lines, w.Line)
			}
			if c.line < 0 && len(lines) > 0 || c.line >= 0 && !slices.Contains(lines, c.line) {
				t.Errorf("warnings %v, want line %d", got.Warnings, c.line)
			}
			if spent := (after.TotalAlloc - before.TotalAlloc) >> 20; spent > 512 {
				t.Errorf("took %d MiB", spent)
			}
		})
	}
}

// A tree may have more paths than any repository that people work in. Set
// READYLINE_HOSTILE_PATHS=1000000 for more than GitHub takes.
func TestHostileTree(t *testing.T) {
	n := 200_000
	if v, err := strconv.Atoi(os.Getenv("READYLINE_HOSTILE_PATHS")); err == nil {
		n = v
	}
	tree := Tree{Files: make([]File, 0, n), Text: func(_ context.Context, paths []string, yield func(string, []byte, error)) error {
		for _, p := range paths {
			yield(p, []byte(`{"dependencies": {"express": "4"}}`), nil)
		}
		return nil
	}}
	for i := range n {
		tree.Files = append(tree.Files, File{Path: fmt.Sprintf("d%d/d%d/file%d.txt", i/1000, i/10%100, i), Size: 1})
	}
	tree.Files = append(tree.Files, File{Path: "zz/package.json", Size: 40})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := Read(t.Context(), tree, Options{})
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.All) != 1 || len(got.Files) != n+1 {
		t.Errorf("%d facts of %d files", len(got.All), len(got.Files))
	}
	if spent := (after.TotalAlloc - before.TotalAlloc) / uint64(n); spent > 512 {
		t.Errorf("took %d bytes for each path", spent)
	}
}
