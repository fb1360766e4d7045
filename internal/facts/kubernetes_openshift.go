package facts

import (
	"regexp"
	"strings"
)

// maxParameter bounds, in bytes, a parameter of a template that is filled in.
const maxParameter = 4 << 10

var openshiftParameter = regexp.MustCompile(`\$\{\{?(\w+)\}\}?`)

// openshiftObjects are the objects of a template of OpenShift, its parameters
// filled in; false where an object is no such template.
func openshiftObjects(v Value) ([]Value, bool) {
	version := v.Get("apiVersion").Text
	objects := v.Get("objects")
	if v.Get("kind").Text != "Template" || version != "v1" && version != "template.openshift.io/v1" || objects.Kind != List {
		return nil, false
	}
	given := map[string]Value{}
	for _, p := range v.Get("parameters").Items {
		if value := p.Get("value"); len(value.Text) <= maxParameter && (value.Kind == String || value.Kind == Number || value.Kind == Bool) {
			given[p.Get("name").Text] = value
		}
	}
	out := make([]Value, len(objects.Items))
	for i, item := range objects.Items {
		out[i] = openshiftFilled(item, given)
	}
	return out, true
}

// openshiftFilled fills parameters in. One that has no default, or is put
// together with others, stays as it is written: alone it is not known.
func openshiftFilled(v Value, given map[string]Value) Value {
	switch v.Kind {
	case Map:
		fields := make([]Field, len(v.Fields))
		for i, f := range v.Fields {
			fields[i] = Field{f.Key, openshiftFilled(f.Value, given)}
		}
		v.Fields = fields
	case List:
		items := make([]Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = openshiftFilled(item, given)
		}
		v.Items = items
	case String:
		m := openshiftParameter.FindStringSubmatch(v.Text)
		if m == nil {
			return v
		}
		value, ok := given[m[1]]
		switch {
		case m[0] == v.Text && ok:
			value.Start, value.End = v.Start, v.End
			return typedParameter(value, strings.HasPrefix(m[0], "${{"))
		case m[0] == v.Text:
			v.Kind = Unknown
		case ok:
			v.Text = strings.Replace(v.Text, m[0], value.Text, 1)
		}
	}
	return v
}

// typedParameter is a parameter as a text, or as what it says in double braces.
func typedParameter(v Value, typed bool) Value {
	if !typed {
		if v.Kind != String {
			v.Kind = String
		}
		return v
	}
	if _, number := v.Float(); number {
		v.Kind = Number
	} else if v.Text == "true" || v.Text == "false" {
		v.Kind = Bool
	}
	return v
}
