package facts

import (
	"path"
	"strings"
)

// areaOfEmbedded knows the programs and infrastructure that a program in Go
// carries within itself, for those of its users to start from.
func areaOfEmbedded(name string) Area {
	rest, ok := strings.CutPrefix(name, "internal/")
	if !ok {
		if _, rest, ok = strings.Cut(name, "/internal/"); !ok {
			return 0
		}
	}
	i := strings.LastIndexByte(rest, '/')
	if i < 0 || !isCornerstone(rest[i+1:]) {
		return 0
	}
	folder := "/" + rest[:i+1]
	switch {
	case strings.Contains(folder, "/src/"):
		return 0
	case strings.Contains(folder, "/templates/"):
		return AreaTemplate
	case strings.Contains(folder, "/resources/") && !strings.HasSuffix(rest, ".tf"): // Terraform calls so what it makes
		return AreaTemplate
	}
	return 0
}

// maxCarriers bounds the folders that each path is compared with.
const maxCarriers = 100

// carriers are the folders of files for others to start from that a program in
// Go carries whole: the source that embeds them lies in the folder and is called
// after it, or says by its name what it is for, there or beside the folder.
func carriers(files []File) []string {
	var dirs []string
	for i := range files {
		dir, isGo := strings.CutSuffix(files[i].Path, ".go")
		if !isGo {
			continue
		}
		dir, name := path.Split(dir)
		embeds := name == "embed" || name == "embeds"
		for _, folder := range [...]string{"resources", "templates", "scaffold", "skeleton"} {
			switch {
			case len(dirs) >= maxCarriers:
			case path.Base(dir) == folder && (name == folder || embeds):
				dirs = append(dirs, dir)
			case embeds:
				dirs = append(dirs, dir+folder+"/") // beside it, if there is one
			}
		}
	}
	return dirs
}

// areaOfCarried knows what lies below such a folder.
func areaOfCarried(name string, carriers []string) Area {
	for _, dir := range carriers {
		rest, ok := strings.CutPrefix(name, dir)
		if ok && strings.Contains(rest, "/") && isCornerstone(path.Base(rest)) {
			return AreaTemplate
		}
	}
	return 0
}
