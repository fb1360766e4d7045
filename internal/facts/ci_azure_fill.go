package facts

import (
	"maps"
	"strings"
)

var (
	azureParameter = lazily(`\$\{\{\s*([A-Za-z_]\w*(?:\.\w+)?)\s*\}\}`)
	azureEach      = lazily(`^\$\{\{\s*each\s+([A-Za-z_]\w*)\s+in\s+([A-Za-z_]\w*(?:\.\w+)?)\s*\}\}$`)
	azureCondition = lazily(`^\$\{\{\s*if\s+(eq|ne)\(\s*([A-Za-z_]\w*(?:\.\w+)?)\s*,\s*'?([^',()]*?)'?\s*\)\s*\}\}$`)
)

// azureFill puts parameters into a template.
type azureFill struct {
	given map[string]Value // `parameters.environment`, and within a loop `env`, `env.name`
	left  int              // how many more values may be filled
}

func (f *azureFill) value(v Value, depth int) Value {
	if f.left--; f.left < 0 || depth > maxAzureDepth*2 {
		return v
	}
	switch v.Kind {
	case String:
		return f.text(v)
	case List:
		items := make([]Value, 0, len(v.Items))
		for _, item := range v.Items {
			if each, ok := f.each(item, depth); ok {
				items = append(items, each...)
			} else if filled := f.value(item, depth+1); item.Kind == String && filled.Kind == List { // a list of steps
				items = append(items, filled.Items...)
			} else {
				items = append(items, filled)
			}
		}
		v.Items = items
	case Map:
		fields := make([]Field, 0, len(v.Fields))
		for _, x := range v.Fields {
			if f.holds(x.Key) {
				fields = append(fields, Field{x.Key, f.value(x.Value, depth+1)})
			}
		}
		v.Fields = fields
	}
	return v
}

// each is what a loop over a parameter makes for every member of it; false for
// what is none, or goes over something that is not known.
func (f *azureFill) each(item Value, depth int) ([]Value, bool) {
	if !azureInserted(item) {
		return nil, false
	}
	m := azureEach().FindStringSubmatch(strings.TrimSpace(item.Fields[0].Key))
	if m == nil || f.given[m[2]].Kind != List {
		return nil, false
	}
	var out []Value
	for _, member := range few(f.given[m[2]].Items) {
		in := azureFill{given: maps.Clone(f.given), left: f.left}
		in.given[m[1]] = member
		for _, field := range member.Fields {
			in.given[m[1]+"."+field.Key] = field.Value
		}
		if filled := in.value(item.Fields[0].Value, depth+1); filled.Kind == List {
			out = append(out, filled.Items...)
		}
		f.left = in.left
	}
	return out, true
}

// holds tells whether what stands under a key is put in: all but what a
// condition on a known parameter leaves out.
func (f *azureFill) holds(key string) bool {
	m := azureCondition().FindStringSubmatch(strings.TrimSpace(key))
	if m == nil {
		return true
	}
	v, known := f.given[m[2]]
	if !known || v.Kind == List || v.Kind == Map || strings.Contains(v.Text, "$") {
		return true
	}
	return strings.EqualFold(v.Text, m[3]) == (m[1] == "eq")
}

func (f *azureFill) text(v Value) Value {
	if !strings.Contains(v.Text, "${{") {
		return v
	}
	if m := azureParameter().FindStringSubmatch(v.Text); m != nil && m[0] == strings.TrimSpace(v.Text) {
		if given, ok := f.given[m[1]]; ok {
			return placedAt(given, v.Start, v.End)
		}
	}
	v.Text = azureParameter().ReplaceAllStringFunc(v.Text, func(found string) string {
		given, ok := f.given[azureParameter().FindStringSubmatch(found)[1]]
		if !ok || given.Kind == List || given.Kind == Map {
			return found
		}
		return given.Text
	})
	return v
}
