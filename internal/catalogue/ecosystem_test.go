package catalogue

import (
	"fmt"
	"testing"
	"testing/fstest"
)

// Every ecosystem that docs/writing-controls.md names can be asked for.
func TestEcosystems(t *testing.T) {
	for _, name := range []string{
		"npm:express", "go:github.com/x/y", "pypi:django", "maven:g:a", "gem:rails", "nuget:Serilog", "crate:serde",
		"composer:laravel/framework", "hex:phoenix", "pub:flutter", "swift:vapor", "maven-plugin:g:a", "gradle-plugin:com.diffplug.spotless",
	} {
		rule := fmt.Sprintf("controls:\n  - id: a\n    title: A\n    category: ci\n    meaning: m\n    rules: [{id: r, strength: proves, summary: s, dependency: {package: [%q]}}]\n    examples: [{name: none, nothing: true, files: {x: y}}]\n", name)
		if _, err := Load(fstest.MapFS{"controls/a.yaml": {Data: []byte(rule)}}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
