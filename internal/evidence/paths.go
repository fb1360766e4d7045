package evidence

import (
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
)

// pathIndex finds the globs that a path might match, by what every match has:
// its base name, its extension or one of its folders.
type pathIndex struct {
	by   [4]map[string][]glob // by KeyKind
	rest []glob
}

// glob is one glob of a probe.
type glob struct {
	catalogue.Path
	probe int
}

func (x *pathIndex) add(p catalogue.Path, probe int) {
	if p.KeyKind == catalogue.KeyNone {
		x.rest = append(x.rest, glob{p, probe})
		return
	}
	if x.by[p.KeyKind] == nil {
		x.by[p.KeyKind] = map[string][]glob{}
	}
	x.by[p.KeyKind][p.Key] = append(x.by[p.KeyKind][p.Key], glob{p, probe})
}

// match is the probes with a glob that matches, sorted. keep leaves probes out
// before any glob is tried.
func (x *pathIndex) match(path string, keep func(probe int) bool) []int {
	path = strings.ToLower(path)
	var out []int
	try := func(globs []glob) {
		for _, g := range globs {
			if keep(g.probe) && !slices.Contains(out, g.probe) && g.Match(path) {
				out = append(out, g.probe)
			}
		}
	}
	base := path[strings.LastIndexByte(path, '/')+1:]
	try(x.by[catalogue.KeyBase][base])
	if dot := strings.LastIndexByte(base, '.'); dot >= 0 {
		try(x.by[catalogue.KeyExtension][base[dot+1:]])
	}
	if folders := x.by[catalogue.KeySegment]; folders != nil {
		for seg := range strings.SplitSeq(path, "/") {
			try(folders[seg])
		}
	}
	try(x.rest)
	slices.Sort(out)
	return out
}
