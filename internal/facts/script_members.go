package facts

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// workspaceMembers are the globs of pnpm-workspace.yaml.
func workspaceMembers(name string, text []byte) []string {
	docs, _ := yamlDocuments(name, text)
	if len(docs) == 0 {
		return nil
	}
	return membersNamed(nodeValue(docs[0]).Get("packages"))
}

func membersNamed(list Value) (out []string) {
	if list.Kind != List {
		return nil
	}
	for _, v := range few(list.Items) {
		if v.Kind == String && isSimpleGlob(v.Text) {
			out = append(out, v.Text)
		}
	}
	return out
}

// isSimpleGlob tells of a glob that people write. One of many alternatives takes
// time without end to compare.
func isSimpleGlob(glob string) bool {
	return glob != "" && len(glob) <= 200 && strings.Count(glob, "{") <= 2 && strings.Count(glob, "*") <= 10
}

func workspaceGlobs(files []parsedScript) map[string][]string {
	out := map[string][]string{}
	for _, p := range files {
		if (p.kind == "npm" || p.kind == "pnpm") && len(p.includes) > 0 {
			dir := parentDir(p.path)
			out[dir] = append(out[dir], p.includes...)
		}
	}
	return out
}

// leftOut says whether a workspace that folder lies in excludes it by name.
func (w workspace) leftOut(folder string) bool {
	for dir := folder; dir != ""; {
		dir = parentDir(dir)
		for _, glob := range w.globs[dir] {
			if not, ok := strings.CutPrefix(glob, "!"); ok && workspaceHas(not, dir, folder) {
				return true
			}
		}
	}
	return false
}

// takes says whether folder is of the workspace in dir; where nothing says
// which are, each is.
func (w workspace) takes(folder, dir string) bool {
	said := false
	for _, glob := range w.globs[dir] {
		if !strings.HasPrefix(glob, "!") {
			said = true
			if workspaceHas(glob, dir, folder) {
				return true
			}
		}
	}
	return !said
}

func workspaceHas(glob, dir, folder string) bool {
	ok, err := doublestar.Match(path.Join(dir, strings.TrimSuffix(strings.TrimPrefix(glob, "./"), "/")), folder)
	return err == nil && ok
}
