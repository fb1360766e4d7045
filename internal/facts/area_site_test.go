package facts

import (
	"slices"
	"testing"
)

func TestSites(t *testing.T) {
	for _, c := range []struct {
		want, paths []string
	}{
		{[]string{"website/"}, []string{"website/docusaurus.config.ts", "website/package.json", "go.mod"}},
		{[]string{"tools/pages/"}, []string{"tools/pages/.vitepress/config.mts", "package.json"}},
		{[]string{"website/"}, []string{"website/site/hugo.toml", "website/site/archetypes/default.md", "server/go.mod"}},
		{nil, []string{"docusaurus.config.js", "package.json"}},                 // it is all there is
		{nil, []string{"website/docusaurus.config.js", "website/package.json"}}, // likewise
		{nil, []string{"website/docusaurus.config.js", "infra/main.tf"}},        // infrastructure of that alone
		{nil, []string{"website/hugo.toml", "examples/go.mod"}},                 // no program
		{nil, []string{"pages/hugo.toml", "server/go.mod"}},                     // may be what the program is about
		{nil, []string{"website/package.json", "website/index.html", "server/go.mod"}},
	} {
		files := map[string]string{}
		for _, p := range c.paths {
			files[p] = "x"
		}
		if got := sites(memTree(files).Files); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.paths, got, c.want)
		}
	}
}
