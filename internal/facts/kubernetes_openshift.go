package facts

import (
	"strings"
)

const (
	maxParameter = 4 << 10  // bytes of a parameter that is filled in
	maxTemplate  = 64 << 10 // bytes of a text with its parameters filled in
)

var openshiftParameter = lazily(`\$\{\{?(\w+)\}\}?`)

// openshiftObjects are the objects of a template of OpenShift, its parameters
// filled in; false where an object is no such template.
func openshiftObjects(v Value) ([]Value, bool) {
	version := v.Get("apiVersion").Text
	objects := v.Get("objects")
	if v.Get("kind").Text != "Template" || version != "v1" && version != "template.openshift.io/v1" || objects.Kind != List {
		return nil, false
	}
	given := parameters{}
	for _, p := range v.Get("parameters").Items {
		value := p.Get("value")
		if scalar := value.Kind == String || value.Kind == Number || value.Kind == Bool; !scalar || value.Text == "" || len(value.Text) > maxParameter {
			value = Value{Kind: Unknown}
		}
		given[p.Get("name").Text] = value
	}
	out := make([]Value, len(objects.Items))
	for i, item := range objects.Items {
		out[i] = mapped(item, given.fill)
	}
	return out, true
}

// parameters are those of a template by name: what they are unless somebody
// says otherwise, not known where it gives them no value.
type parameters map[string]Value

// fill fills parameters into a text. Those that it does not have are signs of
// the text's own, unless there is nothing else to it.
func (p parameters) fill(v Value) Value {
	if v.Kind != String {
		return v
	}
	if m := openshiftParameter().FindStringSubmatch(v.Text); m != nil && m[0] == v.Text {
		value := p[m[1]]
		if value.Kind == Absent || value.Kind == Unknown || raised(m[1], value.Text) {
			return Value{Kind: Unknown, Text: v.Text, Start: v.Start, End: v.End}
		}
		value.Start, value.End = v.Start, v.End
		return typedParameter(value, strings.HasPrefix(m[0], "${{"))
	}
	open, size := false, len(v.Text)
	text := openshiftParameter().ReplaceAllStringFunc(v.Text, func(blank string) string {
		name := strings.Trim(blank, "${}")
		value, ok := p[name]
		size += len(value.Text)
		switch {
		case !ok || size > maxTemplate:
			return blank
		case value.Kind == Unknown:
			open = true
			return "{{ " + name + " }}"
		}
		return value.Text
	})
	if !open {
		v.Text = text
	} else if !strings.Contains(v.Text, "\n") { // longer texts are files and programs
		v.Kind, v.Text = Unknown, text
	}
	return v
}

// raised tells of a default that production has a word of its own for: a single
// copy is what any place but that makes do with.
func raised(name, text string) bool {
	return text == "1" && strings.Contains(strings.ToLower(name), "replica")
}

// typedParameter is a parameter as a text, or as what it says in double braces.
func typedParameter(v Value, typed bool) Value {
	if !typed {
		v.Kind = String
		return v
	}
	if _, number := v.Float(); number {
		v.Kind = Number
	} else if v.Text == "true" || v.Text == "false" {
		v.Kind = Bool
	}
	return v
}

// openshiftConfig is a DeploymentConfig in the words of a Deployment.
func openshiftConfig(v Value) Value {
	return openshiftImages(changedAt(v, func(strategy Value) Value {
		if strategy.Get("type").Text != "Rolling" {
			return strategy
		}
		rolling := strategy.With("type", at(Str("RollingUpdate"), strategy.Get("type").Start))
		if params := strategy.Get("rollingParams"); params.Kind == Map {
			rolling = rolling.With("rollingUpdate", params)
		}
		return rolling
	}, "spec", "strategy"))
}

// openshiftImages gives the containers of a DeploymentConfig the images that its
// triggers put in place of those that are written there.
func openshiftImages(v Value) Value {
	images := map[string]Value{}
	for _, trigger := range v.Get("spec").Get("triggers").Items {
		change := trigger.Get("imageChangeParams")
		from := change.Get("from")
		if trigger.Get("type").Text != "ImageChange" || from.Get("kind").Text != "ImageStreamTag" {
			continue
		}
		image, space := from.Get("name"), from.Get("namespace")
		if image.Text == "" {
			continue
		}
		if space.Text != "" {
			image.Text = space.Text + "/" + image.Text
			if space.Kind == Unknown {
				image.Kind = Unknown
			}
		}
		for _, name := range change.Get("containerNames").Items {
			images[name.Text] = image
		}
	}
	if len(images) == 0 {
		return v
	}
	return changedAt(v, func(containers Value) Value {
		items := make([]Value, len(containers.Items))
		for i, c := range containers.Items {
			if image, ok := images[c.Get("name").Text]; ok && c.Kind == Map {
				c = c.With("image", image)
			}
			items[i] = c
		}
		containers.Items = items
		return containers
	}, "spec", "template", "spec", "containers")
}

// changedAt is a value with f done to what lies below it at a path, if that is there.
func changedAt(v Value, f func(Value) Value, at ...string) Value {
	if len(at) == 0 {
		return f(v)
	}
	inner := v.Get(at[0])
	if inner.Kind == Absent {
		return v
	}
	return v.With(at[0], changedAt(inner, f, at[1:]...))
}
