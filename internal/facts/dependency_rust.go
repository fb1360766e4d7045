package facts

func isCargo(p place, _ *layout) bool { return p.base == "cargo.toml" }

// readCargo reads what a crate depends on. [workspace.dependencies] only names
// versions for the members, which say themselves what they use.
func readCargo(path string, text []byte) ([]Fact, []Warning) {
	doc, line, err := tomlValue(text)
	if err != nil {
		return nil, broken(path, line, "Cargo.toml: "+err.Error())
	}
	all := crates(doc)
	for _, target := range doc.Get("target").Fields {
		all = append(all, crates(target.Value)...)
	}
	return dependencies("crate", path, all), nil
}

func crates(doc Value) (all []declared) {
	for _, table := range []struct {
		name string
		dev  bool
	}{{"dependencies", false}, {"dev-dependencies", true}, {"build-dependencies", true}} {
		for _, f := range doc.Get(table.name).Fields {
			name := f.Key
			if real := f.Value.Get("package"); real.Kind == String {
				name = real.Text
			}
			all = append(all, declared{name, versionOf(f.Value), table.dev, f.Value.Start})
		}
	}
	return all
}
