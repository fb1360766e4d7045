package facts

import (
	"strings"
	"testing"
)

func TestPackagesThatAWorkspaceTakes(t *testing.T) {
	var parsed []parsedScript
	for path, text := range map[string]string{
		"package.json":                 `{"workspaces":["packages/*","./apps/**","!packages/legacy"]}`,
		"packages/a/package.json":      `{"name":"a","scripts":{"test":"jest"}}`,
		"packages/legacy/package.json": `{"name":"legacy","scripts":{"test":"mocha"}}`,
		"apps/x/y/package.json":        `{"name":"y","scripts":{"test":"vitest"}}`,
		"tools/package.json":           `{"name":"tools","scripts":{"test":"ava"}}`,
		"web/pnpm-workspace.yaml":      "packages:\n  - \"parts/*\"\n  - \"!parts/old\"\n",
		"web/package.json":             `{"workspaces":{"packages":["parts/*"]}}`,
		"web/parts/n/package.json":     `{"name":"n","scripts":{"test":"karma"}}`,
		"web/parts/old/package.json":   `{"name":"old","scripts":{"test":"tap"}}`,
		"many/package.json":            `{"name":"many","workspaces":["` + strings.Repeat("{a,a}", 34) + `x"]}`,
		"lib/one/package.json":         `{"name":"one","scripts":{"lint":"eslint"}}`,
	} {
		p, ok := readScript(path, []byte(text))
		if !ok {
			t.Fatal(path)
		}
		parsed = append(parsed, p)
	}
	for _, c := range []struct{ text, dir, want string }{
		{"npm test --workspaces", "", " vitest jest"},
		{"npm test -w legacy", "", ""},
		{"npm test -w tools", "", " ava"},
		{"pnpm -r test", "web", " karma"},
		{"pnpm -r lint", "lib", " eslint"},
	} {
		var got string
		for _, f := range indexScripts(parsed).follow([]command{{text: c.text, dir: c.dir}})[1:] {
			got += " " + f.text
		}
		if got != c.want {
			t.Errorf("%s: %q", c.text, got)
		}
	}
}
