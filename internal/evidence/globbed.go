package evidence

import "github.com/readyline/readyline/internal/facts"

// globbed is sets of probes by the numbers of files: there may be a million of
// these, and most share a few of those.
type globbed struct {
	sets []*probeSet
	of   []int32 // one more than the number of the set, or 0
}

// probes are those that look at a file.
func (g *globbed) probes(file int) []int {
	if n := g.of[file]; n > 0 {
		return g.sets[n-1].probes
	}
	return nil
}

// globs finds the probes on files that look at each.
func (r *reader) globs(files []facts.File) globbed {
	out := globbed{of: make([]int32, len(files))}
	numbers := map[*probeSet]int32{}
	for i := range files {
		if files[i].Area&^r.engine.anyArea != 0 {
			continue
		}
		set := r.files.match(&files[i])
		if numbers[set] == 0 {
			out.sets = append(out.sets, set)
			numbers[set] = int32(len(out.sets))
		}
		out.of[i] = numbers[set]
	}
	return out
}
