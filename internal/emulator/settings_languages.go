package emulator

import (
	"net/http"
	"path"
	"strings"
)

// languages counts bytes as GitHub does: code and markup, neither vendored nor
// documentation. Names decide. GitHub also looks into files whose names leave
// it open, and knows seven hundred languages; no rule asks for more than these.
func (v settingsView) languages(w http.ResponseWriter, r *http.Request) {
	sizes := map[string]int64{}
	for _, entry := range v.tree(r.Context()) {
		if entry.Type != "blob" || entry.Mode == "120000" || isForeign(entry.Path) {
			continue
		}
		if language := languageOf(path.Base(entry.Path)); language != "" {
			sizes[language] += entry.Size
		}
	}
	writeJSON(w, http.StatusOK, sizes)
}

// isForeign knows the folders that hold other people's code, documentation or
// hidden files.
func isForeign(file string) bool {
	for part := range strings.SplitSeq(file, "/") {
		switch strings.ToLower(part) {
		case "vendor", "node_modules", "bower_components", "third_party", "third-party", "docs", "doc", "documentation", "examples", "samples":
			return true
		}
		if strings.HasPrefix(part, ".") {
			return true
		}
	}
	return false
}

// languageOf is a file's language by its name; empty for data, prose and what
// is not known.
func languageOf(base string) string {
	switch base {
	case "Dockerfile", "Containerfile":
		return "Dockerfile"
	case "Makefile", "GNUmakefile":
		return "Makefile"
	case "Gemfile", "Rakefile", "Vagrantfile", "Podfile":
		return "Ruby"
	case "Jenkinsfile":
		return "Groovy"
	case "CMakeLists.txt":
		return "CMake"
	case "Justfile", "justfile":
		return "Just"
	case "Procfile":
		return "Procfile"
	}
	return languageOfExtension(strings.ToLower(path.Ext(base)))
}

func languageOfExtension(ext string) string {
	for _, l := range languageExtensions {
		for e := range strings.FieldsSeq(l.extensions) {
			if e == ext {
				return l.name
			}
		}
	}
	return ""
}

// languageExtensions are the languages that production code is written in.
var languageExtensions = [...]struct{ name, extensions string }{
	{"Astro", ".astro"}, {"Batchfile", ".bat .cmd"}, {"Bicep", ".bicep"}, {"C", ".c .h"}, {"C#", ".cs"}, {"C++", ".cc .cpp .cxx .hh .hpp"},
	{"CSS", ".css"}, {"Clojure", ".clj .cljc .cljs"}, {"Dart", ".dart"}, {"Dockerfile", ".dockerfile"}, {"EJS", ".ejs"}, {"Elixir", ".ex .exs"},
	{"Elm", ".elm"}, {"Erlang", ".erl .hrl"}, {"F#", ".fs .fsx"}, {"Go", ".go"}, {"Go Template", ".gotmpl"}, {"Groovy", ".groovy .gradle"},
	{"HCL", ".tf .tfvars .hcl .tofu"}, {"HTML", ".html .htm"}, {"Handlebars", ".hbs"}, {"Haskell", ".hs"}, {"Java", ".java"},
	{"JavaScript", ".js .cjs .mjs .jsx"}, {"Jinja", ".j2 .jinja"}, {"Julia", ".jl"}, {"Kotlin", ".kt .kts"}, {"Less", ".less"}, {"Lua", ".lua"},
	{"Makefile", ".mk"}, {"Nix", ".nix"}, {"OCaml", ".ml .mli"}, {"Objective-C", ".m"}, {"Open Policy Agent", ".rego"}, {"PHP", ".php"},
	{"PLpgSQL", ".pgsql"}, {"Perl", ".pl .pm"}, {"PowerShell", ".ps1 .psm1"}, {"Python", ".py"}, {"R", ".r"}, {"Ruby", ".rb .rake .gemspec"},
	{"Rust", ".rs"}, {"SCSS", ".scss"}, {"Sass", ".sass"}, {"Scala", ".scala .sbt"}, {"Shell", ".sh .bash .zsh"}, {"Smarty", ".tpl"},
	{"Starlark", ".bzl .star"}, {"Svelte", ".svelte"}, {"Swift", ".swift"}, {"TypeScript", ".ts .mts .cts .tsx"}, {"Visual Basic .NET", ".vb"},
	{"Vue", ".vue"}, {"Zig", ".zig"},
}
