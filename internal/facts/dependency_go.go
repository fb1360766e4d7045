package facts

import (
	"errors"

	"golang.org/x/mod/modfile"
)

func isGoMod(p place, _ *layout) bool { return p.base == "go.mod" }

// readGoMod reads what the module requires itself. Go has no development
// scope: what only tests import is required like the rest.
func readGoMod(path string, text []byte) ([]Fact, []Warning) {
	f, err := modfile.ParseLax(path, text, nil)
	if err != nil {
		var list modfile.ErrorList
		if errors.As(err, &list) && len(list) > 0 {
			return nil, broken(path, list[0].Pos.Line, "go.mod: "+list[0].Err.Error())
		}
		return nil, broken(path, 0, "go.mod: "+err.Error())
	}
	var all []declared
	for _, r := range f.Require {
		if !r.Indirect {
			all = append(all, declared{name: r.Mod.Path, version: r.Mod.Version, line: r.Syntax.Start.Line})
		}
	}
	return dependencies("go", path, all), nil
}
