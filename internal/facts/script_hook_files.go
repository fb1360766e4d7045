package facts

import (
	"path"
	"slices"
	"strings"
)

// hookFiles are the endings of the files that hooks are handed, by a hook's id
// or the language that its types name. A hook that has none of them is skipped.
var hookFiles = map[string][]string{
	"python": {".py", ".pyi", ".ipynb"}, "ruby": {".rb", ".rake", ".erb"}, "go": {".go"}, "rust": {".rs"}, "php": {".php"},
	"java": {".java"}, "terraform": {".tf"}, "ts": {".ts"}, "typescript": {".ts"},
}

// hookLanguages are the languages of hooks that are usually named without.
var hookLanguages = map[string]string{
	"bandit": "python", "black": "python", "flake8": "python", "isort": "python", "mypy": "python", "pylint": "python",
	"pydocstyle": "python", "pyupgrade": "python", "ruff": "python", "ruff-check": "python", "ruff-format": "python",
	"brakeman": "ruby", "rubocop": "ruby", "gosec": "go", "golangci-lint": "go", "go-vet": "go", "go-fmt": "go",
}

// dropIdleHooks takes from configurations of pre-commit the hooks that no file
// of the repository is for.
func dropIdleHooks(all []parsedScript, files []File) {
	var found map[string]bool
	for i := range all {
		if all[i].kind != "pre-commit" {
			continue
		}
		if found == nil {
			found = endings(files)
		}
		p := &all[i]
		idle := func(t target) bool {
			return len(t.endings) > 0 && !slices.ContainsFunc(t.endings, func(e string) bool { return found[e] })
		}
		p.targets = slices.DeleteFunc(p.targets, idle)
		p.index()
	}
}

func endings(files []File) map[string]bool {
	found := map[string]bool{}
	for i := range files {
		if dot := path.Ext(files[i].Path); dot != "" {
			found[strings.ToLower(dot)] = true
		}
	}
	return found
}

// hookEndings are the endings of the files that a hook is handed; nil when
// that is not known.
func hookEndings(hook Value) []string {
	if hook.Get("always_run").Text == "true" || hook.Get("pass_filenames").Text == "false" {
		return nil
	}
	types := membersOf(hook.Get("types"))
	if language := hookLanguages[hook.Get("id").Text]; language != "" && len(types) == 0 && hook.Get("files").Kind == Absent && hook.Get("types_or").Kind == Absent {
		return hookFiles[language]
	}
	for _, t := range types {
		if e := hookFiles[t.Text]; e != nil {
			return e
		}
	}
	return nil
}
