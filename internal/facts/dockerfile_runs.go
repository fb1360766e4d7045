package facts

import (
	"path"
	"strings"
)

// markRuns gives each RUN of a Dockerfile the commands that it runs, those of
// the scripts that they lead to among them. The folder that an image is built
// from is the file's own where its scripts are found there, else the top.
func markRuns(all []Fact, files []parsedScript) {
	s := indexScripts(files)
	runs := map[string]map[int][]command{}
	for i := range files {
		if p := &files[i]; p.kind == "docker" {
			runs[p.path] = s.imageRuns(p)
		}
	}
	for i, f := range all {
		if f.Kind != Dockerfile || f.Name != "run" || len(runs[f.Path][f.Start]) == 0 {
			continue
		}
		list := Value{Kind: List, Start: f.Start, End: f.End}
		for _, c := range runs[f.Path][f.Start] {
			list.Items = append(list.Items, c.value())
		}
		all[i].Value = f.Value.With("commands", list)
	}
}

// imageRuns is what each RUN of a file runs, by its first line.
func (s scripts) imageRuns(p *parsedScript) map[int][]command {
	out := map[int][]command{}
	for _, t := range p.targets {
		own := []command{}
		for _, c := range t.commands {
			if c.dir != "/" {
				c.dir = joinDir(strings.TrimPrefix(path.Dir("/"+p.path), "/"), c.dir)
			}
			own = append(own, c)
		}
		reached := s.follow(own)
		if len(reached) == len(own) {
			if higher := s.follow(t.commands); len(higher) > len(own) {
				reached = higher
			}
		}
		for _, c := range reached {
			out[c.start] = append(out[c.start], c)
		}
	}
	return out
}
