package facts

import "strings"

// parseCatalog reads a Gradle version catalog. Its entries are no facts by
// themselves: a build script has to use them.
func parseCatalog(path string, text []byte) (*catalogFile, []Warning) {
	doc, line, err := tomlValue(text)
	if err != nil {
		return nil, broken(path, line, "version catalog: "+err.Error())
	}
	base := path[strings.LastIndexByte(path, '/')+1:]
	c := &catalogFile{path: path, name: strings.TrimSuffix(base, ".versions.toml"), entries: map[string][]declared{}}
	versions := doc.Get("versions")
	for _, f := range doc.Get("libraries").Fields {
		d := coordinates(f.Value.Text)
		if f.Value.Kind == Map {
			d = coordinates(f.Value.Get("module").Text)
			if group := f.Value.Get("group").Text; group != "" {
				d = coordinates(group + ":" + f.Value.Get("name").Text)
			}
			d.version = catalogVersion(f.Value, versions)
		}
		c.entries[catalogKey(f.Key)] = []declared{d}
	}
	for _, f := range doc.Get("bundles").Fields {
		var all []declared
		for _, item := range f.Value.Items {
			all = append(all, c.entries[catalogKey(item.Text)]...)
		}
		c.entries["bundles."+catalogKey(f.Key)] = all
	}
	for _, f := range doc.Get("plugins").Fields {
		id, version, _ := strings.Cut(f.Value.Text, ":")
		if f.Value.Kind == Map {
			id, version = f.Value.Get("id").Text, catalogVersion(f.Value, versions)
		}
		c.entries["plugins."+catalogKey(f.Key)] = []declared{{name: id, version: version}}
	}
	return c, nil
}

// catalogKey is how a script writes the name of an entry.
func catalogKey(s string) string { return strings.NewReplacer("-", ".", "_", ".").Replace(s) }

func catalogVersion(entry, versions Value) string {
	v := entry.Get("version")
	if ref := v.Get("ref"); ref.Kind == String {
		return versions.Get(ref.Text).Text
	}
	return v.Text
}

// joinGradle looks the names that scripts use up in the nearest catalog above.
func joinGradle(scripts []*gradleFile, catalogs []*catalogFile) (out []Fact) {
	for _, g := range scripts {
		for _, a := range g.aliases {
			c := nearestCatalog(g.path, a.catalog, catalogs)
			if c == nil {
				continue
			}
			for _, d := range c.entries[a.name] {
				d.dev, d.line = a.dev, a.line
				if strings.HasPrefix(a.name, "plugins.") {
					g.plugins = append(g.plugins, d)
				} else {
					g.all = append(g.all, d)
				}
			}
		}
		out = append(out, dependencies("maven", g.path, g.all)...)
		out = append(out, dependencies("gradle-plugin", g.path, g.plugins)...)
	}
	return out
}

// nearestCatalog is the catalog of that name whose build (the folder above
// gradle/) holds the script; the deepest one wins.
func nearestCatalog(script, name string, catalogs []*catalogFile) (best *catalogFile) {
	depth := -1
	for _, c := range catalogs {
		root := parent(c.path)
		if strings.HasSuffix(root, "gradle") {
			root = parent(root)
		}
		if c.name == name && below(script, root) && len(root) > depth {
			best, depth = c, len(root)
		}
	}
	return best
}

// below tells whether a path lies in a directory; the root holds everything.
func below(path, dir string) bool {
	return dir == "" || strings.HasPrefix(path, dir) && len(path) > len(dir) && path[len(dir)] == '/'
}
