package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// isCloudFoundryValues takes what may be values that a push fills a manifest's
// variables in with: vars.yml, vars-production.yml, deploy-config/staging.yml.
func isCloudFoundryValues(p place, _ *layout) bool {
	if !p.yaml() {
		return false
	}
	switch path.Base(p.dir) {
	case "deploy-config", "vars", "cf", "cf-vars", "cloudfoundry":
		return true
	}
	return strings.HasPrefix(p.base, "vars") || strings.HasSuffix(strings.TrimSuffix(p.base, p.ext), "vars")
}

// cfValues are the values of one such file.
type cfValues struct {
	path   string
	env    string
	values Value
}

func readCloudFoundryValues(in *source, out *found) {
	docs, _ := in.documents()
	if len(docs) != 1 {
		return
	}
	values := nodeValue(docs[0])
	if values.Kind != Map || len(values.Fields) > maxMembers {
		return
	}
	for _, f := range values.Fields {
		if f.Value.Kind == Map || f.Value.Kind == List {
			return
		}
	}
	out.parts.cfValues = &cfValues{in.path, environmentOfPath(path.Base(in.path)), values}
}

// fillManifests makes of each process of Cloud Foundry whose manifest leaves
// something to a push one for each file of values, where these lie beside or below
// the manifest. A manifest that names its environment is filled by that one's.
func fillManifests(facts []Fact, files []cfValues) []Fact {
	if len(files) == 0 {
		return facts
	}
	if slices.ContainsFunc(files, func(v cfValues) bool { return v.env == production }) {
		for i := range files {
			files[i].env = cmp.Or(files[i].env, staging) // demo, beta: one beside production
		}
	}
	out := make([]Fact, 0, len(facts))
	for _, f := range facts {
		filled := false
		if f.Kind == Platform && f.Name == "cloud-foundry" && hasBlanks(f.Value) {
			own := f.Value.Get("_env").Text
			for _, v := range files {
				if dir := path.Dir(f.Path); (dir == "." || strings.HasPrefix(v.path, dir+"/")) && (own == "" || own == v.env) && v.fillsSome(f.Value) {
					out, filled = append(out, v.fill(f)), true
				}
			}
		}
		if !filled {
			out = append(out, f)
		}
	}
	return out
}

func hasBlanks(v Value) bool {
	return v.Kind == Unknown && cfBlank().MatchString(v.Text) ||
		slices.ContainsFunc(v.Items, hasBlanks) || slices.ContainsFunc(v.Fields, func(f Field) bool { return hasBlanks(f.Value) })
}

func (c *cfValues) fillsSome(v Value) bool {
	return v.Kind == Unknown && slices.ContainsFunc(cfBlank().FindAllString(v.Text, -1), func(blank string) bool { return c.value(blank).Kind != Absent }) ||
		slices.ContainsFunc(v.Items, c.fillsSome) || slices.ContainsFunc(v.Fields, func(f Field) bool { return c.fillsSome(f.Value) })
}

func (c *cfValues) value(blank string) Value { return c.values.Get(strings.Trim(blank, "()")) }

func (c *cfValues) fill(f Fact) Fact {
	f.Value = c.filled(f.Value)
	if c.env != "" && f.Value.Get("_env").Kind == Absent {
		f.Value = f.Value.With("_env", Str(c.env))
	}
	return f
}

// filled is a value with its variables filled in; a line is that of the manifest,
// where the variable stands.
func (c *cfValues) filled(v Value) Value {
	return mapped(v, func(v Value) Value {
		if v.Kind != Unknown {
			return v
		}
		if whole := c.value(v.Text); cfBlank().FindString(v.Text) == v.Text && whole.Kind != Absent {
			whole.Start, whole.End = v.Start, v.End
			return whole
		}
		v.Text = cfBlank().ReplaceAllStringFunc(v.Text, func(blank string) string { return cmp.Or(c.value(blank).Text, blank) })
		if !cfBlank().MatchString(v.Text) {
			v.Kind = String
		}
		return v
	})
}
