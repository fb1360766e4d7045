package facts

import "strings"

// areaOfEmbedded knows the programs and infrastructure that a program in Go
// carries within itself, for those of its users to start from.
func areaOfEmbedded(path string) Area {
	rest, ok := strings.CutPrefix(path, "internal/")
	if !ok {
		if _, rest, ok = strings.Cut(path, "/internal/"); !ok {
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
