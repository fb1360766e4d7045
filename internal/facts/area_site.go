package facts

import (
	"path"
	"slices"
	"strings"
)

// maxSites bounds the folders that each path is compared with.
const maxSites = 20

// calledSite are folders at the top that hold what is said about the product.
var calledSite = []string{"website", "homepage", "landing", "landing-page", "marketing", "marketing-site"}

// sites are the folders of websites about the repository's program: what a
// generator of documentation makes pages of, wherever it lies, and a static
// website in a folder that is called so, beside a program. They are its
// documents, and what their visitors do is no use of the product.
func sites(files []File) []string {
	var docs, static []string
	for i := range files {
		dir, base := path.Split(files[i].Path)
		switch stem, _, _ := strings.Cut(base, "."); {
		case dir == "" || len(docs)+len(static) >= maxSites:
		case stem == "docusaurus" && strings.HasPrefix(base, "docusaurus.config."), stem == "config" && strings.HasSuffix(dir, "/.vitepress/"):
			docs = append(docs, strings.TrimSuffix(dir, ".vitepress/"))
		case base == "hugo.toml", base == "hugo.yaml", base == "_config.yml", base == "default.md" && strings.HasSuffix(dir, "/archetypes/"):
			if top, _, _ := strings.Cut(dir, "/"); slices.Contains(calledSite, top) {
				static = append(static, top+"/")
			}
		}
	}
	static = slices.Compact(static)
	if found := append(docs, static...); len(found) > 0 && hasProgram(files, found) {
		return found
	}
	return nil
}

// hasProgram tells whether a program lies outside of these folders.
func hasProgram(files []File, folders []string) bool {
	for i := range files {
		p := files[i].Path
		switch path.Base(p) {
		case "package.json", "pom.xml", "build.gradle", "build.gradle.kts", "go.mod", "Cargo.toml", "pyproject.toml", "requirements.txt",
			"Gemfile", "composer.json", "mix.exs":
			if AreaOf(p) == 0 && areaOfSite(p, folders) == 0 {
				return true
			}
		}
	}
	return false
}

// areaOfSite knows what lies in such a folder.
func areaOfSite(name string, sites []string) Area {
	for _, dir := range sites {
		if strings.HasPrefix(name, dir) {
			return AreaDocs
		}
	}
	return 0
}
