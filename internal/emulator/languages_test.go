package emulator

import "testing"

func TestLanguageOf(t *testing.T) {
	for base, want := range map[string]string{
		"main.go": "Go", "App.TSX": "TypeScript", "Dockerfile": "Dockerfile", "main.tf": "HCL", "README.md": "", "values.yaml": "",
		"package.json": "", "Makefile": "Makefile", "noext": "", "Program.cs": "C#",
	} {
		if got := languageOf(base); got != want {
			t.Errorf("%s is %q, want %q", base, got, want)
		}
	}
	for file, want := range map[string]bool{"src/main.go": false, "vendor/x/x.go": true, ".github/x.js": true, "docs/conf.py": true, "web/Vendor/a.js": true} {
		if isForeign(file) != want {
			t.Errorf("%s: foreign is %v", file, !want)
		}
	}
}
