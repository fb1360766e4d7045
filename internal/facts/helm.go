package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// chartFile is a file of a Helm chart, kept until all the others are there:
// a template means nothing without the values.
type chartFile struct {
	path  string
	chart string // directory of the chart
	text  string
}

// isChartFile tells whether a file in a chart's directory takes part in the
// chart: rel is its path from there.
func isChartFile(rel string) bool {
	switch ext := path.Ext(rel); {
	case strings.HasPrefix(rel, "templates/"):
		return ext == ".yaml" || ext == ".yml" || ext == ".tpl"
	case isValuesForm(rel):
		return true
	case ext != ".yaml" && ext != ".yml":
		return false
	}
	return rel == "Chart.yaml" || rel == "Chart.yml" || rel == "requirements.yaml" || isValues(rel)
}

// isValuesForm tells of values with blanks that an installation fills in:
// values.yaml.template.
func isValuesForm(rel string) bool {
	switch rel {
	case "values.yaml.template", "values.yaml.tmpl", "values.yaml.tpl", "values.yml.template", "values.yml.tmpl", "values.yml.tpl":
		return true
	}
	return false
}

// isValues tells by its path whether a file holds values: values.yaml,
// values-prod.yaml, prod.values.yaml, values/prod.yaml.
func isValues(p string) bool {
	base := path.Base(p)
	if ext := path.Ext(base); ext != ".yaml" && ext != ".yml" {
		return false
	}
	dir := path.Base(path.Dir(p))
	return strings.HasPrefix(base, "values") || strings.Contains(base, ".values.") || strings.Contains(base, "-values.") || dir == "values"
}

// readHelmValues reads a values file that lies in no chart of this repository:
// values for somebody else's chart.
func readHelmValues(file string, docs []*yaml.Node) []Fact {
	var out []Fact
	for _, doc := range docs {
		if doc.Kind == yaml.MappingNode && (nodeGet(doc, "apiVersion") == nil || nodeGet(doc, "kind") == nil) {
			out = append(out, valuesFact(file, "", nodeValue(doc)))
		}
	}
	return out
}

func valuesFact(file, chart string, v Value) Fact {
	f := Fact{Kind: Helm, Name: "values", Path: file, Start: v.Start, End: v.End}
	if chart != "" {
		v = v.With("_chart", Str(chart))
	}
	if env := environmentOfPath(file); env != "" {
		v = v.With("_env", Str(env))
	}
	f.Value = v
	return f
}

// chart is a Helm chart as its files describe it.
type chart struct {
	dir       string
	about     Value // Chart.yaml
	file      string
	values    Value // production's where there are such, over values.yaml
	own       bool  // there is a values.yaml
	env       string
	requires  []Value // dependencies
	templates []chartFile
	parent    *chart
	off       bool // a parent's values switch it off
}

// joinHelm reads charts: about each, its values and dependencies a fact, and
// a fact for every object that its templates make with its own values.
func joinHelm(files []chartFile) ([]Fact, []Warning) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b chartFile) int { return cmp.Compare(a.path, b.path) })
	h := helmReader{charts: map[string]*chart{}, steps: maxTreeSteps}
	for _, f := range files {
		h.add(f)
		h.steps += stepsPerByte * len(f.text)
	}
	dirs := make([]string, 0, len(h.charts))
	for dir := range h.charts {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs) // parents come before their sub-charts
	for _, dir := range dirs {
		h.adopt(h.charts[dir])
	}
	for _, dir := range dirs {
		h.describe(h.charts[dir])
	}
	for _, dir := range dirs {
		h.render(h.charts[dir])
	}
	return h.facts, h.warnings
}

type helmReader struct {
	charts   map[string]*chart
	facts    []Fact
	warnings []Warning
	steps    int // that are left for rendering
}

// add takes one file into its chart.
func (h *helmReader) add(f chartFile) {
	c := h.charts[f.chart]
	if c == nil {
		c = &chart{dir: f.chart}
		h.charts[f.chart] = c
	}
	rel, inside := strings.CutPrefix(f.path, f.chart+"/")
	if f.chart == "" {
		inside = true
	}
	if strings.HasPrefix(rel, "templates/") && inside {
		c.templates = append(c.templates, f)
		return
	}
	docs, warnings := yamlDocuments(f.path, []byte(f.text))
	if isValuesForm(rel) && (c.own || len(warnings) > 0) { // no YAML yet, or another one is used
		return
	}
	for _, w := range warnings {
		w.Kinds = []Kind{Helm, Kubernetes}
		h.warnings = append(h.warnings, w)
	}
	if len(docs) == 0 || docs[0].Kind != yaml.MappingNode {
		return
	}
	v := nodeValue(docs[0])
	switch {
	case rel == "Chart.yaml" || rel == "Chart.yml":
		c.about, c.file = v, f.path
		c.requires = append(c.requires, v.Get("dependencies").Items...)
	case rel == "requirements.yaml":
		c.requires = append(c.requires, v.Get("dependencies").Items...)
		c.file = cmp.Or(c.file, f.path)
	default:
		h.facts = append(h.facts, valuesFact(f.path, path.Base(f.chart), v))
		switch {
		case inside:
			c.addValues(rel, v)
		case !strings.HasPrefix(path.Base(rel), "values.y"): // whether the chart gets those beside it is not seen
			c.addValues(path.Base(rel), v)
		}
	}
}

// addValues lays production's values over the chart's own; those of other
// environments are not what production runs with.
func (c *chart) addValues(rel string, v Value) {
	switch {
	case rel == "values.yaml" || rel == "values.yml" || isValuesForm(rel):
		c.values, c.own = mergeValues(v, c.values), true
	case environmentOfPath(rel) == production:
		c.values, c.env = mergeValues(c.values, v), production
	}
}

// adopt gives a sub-chart what its parent's values say about it.
func (h *helmReader) adopt(c *chart) {
	if path.Base(path.Dir(c.dir)) != "charts" {
		return
	}
	c.parent = h.charts[strings.TrimPrefix(path.Dir(path.Dir(c.dir)), ".")]
	if c.parent == nil {
		return
	}
	name := cmp.Or(c.about.Get("name").Text, path.Base(c.dir))
	for _, dep := range c.parent.requires {
		if dep.Get("name").Text == name {
			c.off = dependencyOff(dep, c.parent.values)
			name = cmp.Or(dep.Get("alias").Text, name)
			break
		}
	}
	c.off = c.off || c.parent.off
	c.env = cmp.Or(c.env, c.parent.env)
	if own := c.parent.values.Get(name); own.Kind == Map {
		c.values = mergeValues(c.values, own)
	}
	if global := c.parent.values.Get("global"); global.Kind == Map {
		c.values = mergeValues(c.values, Value{Kind: Map, Fields: []Field{{"global", global}}})
	}
}

// dependencyOff tells whether the values switch a dependency off: by the first
// of its conditions that has a value, else by its tags.
func dependencyOff(dep, values Value) bool {
	for _, condition := range strings.Split(dep.Get("condition").Text, ",") {
		v := values
		for _, seg := range strings.Split(strings.TrimSpace(condition), ".") {
			v = v.Get(seg)
		}
		if v.Kind == Bool {
			return v.Text == "false"
		}
	}
	off := false
	for _, tag := range dep.Get("tags").Items {
		switch values.Get("tags").Get(tag.Text).Text {
		case "true":
			return false
		case "false":
			off = true
		}
	}
	return off
}

// describe adds the facts about a chart itself.
func (h *helmReader) describe(c *chart) {
	if c.off {
		return
	}
	if c.about.Kind == Map {
		h.facts = append(h.facts, Fact{
			Kind: Helm, Name: "chart", Path: c.file, Start: c.about.Start, End: c.about.End,
			Value: c.about.With("_name", c.about.Get("name")),
		})
	}
	for _, dep := range c.requires {
		if dep.Kind == Map && !dependencyOff(dep, c.values) {
			file := c.file
			if c.about.Get("dependencies").Kind != List && c.about.Kind == Map {
				file = path.Join(c.dir, "requirements.yaml")
			}
			h.facts = append(h.facts, Fact{
				Kind: Helm, Name: "dependency", Path: file, Start: dep.Start, End: dep.End,
				Value: dep.With("_chart", c.about.Get("name")),
			})
		}
	}
}

// mergeValues lays one set of values over another as Helm does: maps are
// merged, a null takes a value away, all else is replaced.
func mergeValues(base, over Value) Value {
	if over.Kind == Absent {
		return base
	}
	if base.Kind != Map || over.Kind != Map {
		return over
	}
	byKey := make(map[string]Value, len(over.Fields))
	for _, f := range over.Fields {
		byKey[f.Key] = f.Value
	}
	out := Value{Kind: Map, Start: base.Start, End: base.End}
	for _, f := range base.Fields {
		o, changed := byKey[f.Key]
		delete(byKey, f.Key)
		if changed && o.Kind == Null {
			continue
		}
		out.Fields = append(out.Fields, Field{f.Key, mergeValues(f.Value, o)})
	}
	for _, f := range over.Fields {
		if _, left := byKey[f.Key]; left {
			out.Fields = append(out.Fields, f)
		}
	}
	return out
}
