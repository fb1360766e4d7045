package facts

import "strings"

// container reads a flag about a container, and tells whether it is a setting.
func (r *revision) container(c *Value, f Field) bool {
	switch f.Key {
	case "image":
		*c = c.With("image", f.Value)
		return false
	case "cpu", "memory":
		limits := c.Get("resources").Get("limits")
		if limits.Kind != Map {
			limits = mapAt(r.at)
		}
		*c = c.With("resources", mapAt(r.at, "limits", limits.With(f.Key, f.Value)))
	case "set-env-vars", "update-env-vars":
		for _, p := range gcloudPairs(f) {
			r.variable(c, p.Key, "value", p.Value)
		}
	case "env-vars-file":
		r.variable(c, "", "value", Value{Kind: Unknown, Text: "flag.--env-vars-file"})
	case "set-secrets", "update-secrets":
		for _, p := range gcloudPairs(f) {
			r.secret(c, p)
		}
	case "liveness-probe", "startup-probe", "readiness-probe":
		kind, _, _ := strings.Cut(f.Key, "-")
		probe := mapAt(r.at)
		for _, p := range gcloudPairs(f) {
			probe = withBelow(probe, strings.Split(p.Key, "."), p.Value)
		}
		*c = c.With(kind+"Probe", probe)
	default:
		return false
	}
	return true
}

// variable adds one of the environment's. Without a name, all that is known is
// that there are some.
func (r *revision) variable(c *Value, name, member string, value Value) {
	env := c.Get("env")
	one := mapAt(r.at, "name", at(Str(name), r.at.Start), member, value)
	if name == "" {
		one = Value{Kind: Unknown, Text: value.Text, Start: r.at.Start, End: r.at.End}
	}
	*c = c.With("env", Value{Kind: List, Items: append(env.Items[:len(env.Items):len(env.Items)], one), Start: r.at.Start, End: r.at.End})
}

// secret adds what comes from Secret Manager: NAME=secret:version, or with a
// path a file.
func (r *revision) secret(c *Value, p Field) {
	name, version := p.Value, Str("latest")
	if p.Value.Kind == String {
		if secret, v, ok := strings.Cut(p.Value.Text, ":"); ok {
			name.Text, version.Text = secret, v
		}
		if wholeName().MatchString(version.Text) {
			version = Value{Kind: Unknown, Text: version.Text}
		}
	}
	if strings.HasPrefix(p.Key, "/") {
		volume := mapAt(r.at, "name", name, "secret", mapAt(r.at, "secretName", name, "items", mapAt(r.at, "key", version)))
		volumes := r.spec.Get("volumes")
		r.spec = r.spec.With("volumes", Value{Kind: List, Items: append(volumes.Items[:len(volumes.Items):len(volumes.Items)], volume), Start: r.at.Start, End: r.at.End})
		return
	}
	r.variable(c, p.Key, "valueFrom", mapAt(r.at, "secretKeyRef", mapAt(r.at, "name", name, "key", placedAt(version, r.at.Start, r.at.End))))
}

// gcloudPairs is the members of KEY=value,KEY=value; another sign may part
// them when the text begins with it (^;^), as lines do in inputs of actions.
func gcloudPairs(f Field) []Field {
	v := f.Value
	if v.Kind != String {
		return []Field{{"", v}}
	}
	text, sep := v.Text, ","
	if rest, ok := strings.CutPrefix(text, "^"); ok {
		if sign, body, ok := strings.Cut(rest, "^"); ok && sign != "" {
			text, sep = body, sign
		}
	} else if strings.Contains(text, "\n") {
		sep = "\n"
	}
	var out []Field
	for _, pair := range few(strings.Split(text, sep)) {
		pair = strings.Trim(strings.TrimSpace(pair), ",")
		key, value, ok := strings.Cut(pair, "=")
		if pair == "" || strings.HasPrefix(pair, "#") {
			continue
		}
		member := Value{Kind: String, Text: value, Start: v.Start, End: v.End}
		switch {
		case !ok && strings.ContainsAny(pair, "$`"): // pairs that are put together elsewhere
			key, member.Kind, member.Text = "", Unknown, "flag.--"+f.Key
		case !ok: // a part of the value before it
			continue
		case wholeName().MatchString(value):
			member.Kind, member.Text = Unknown, "flag.--"+f.Key
		}
		out = append(out, Field{strings.TrimSpace(key), member})
	}
	return out
}

// withBelow is a map with a member set below others.
func withBelow(v Value, path []string, member Value) Value {
	if len(path) == 1 {
		return v.With(path[0], member)
	}
	inner := v.Get(path[0])
	if inner.Kind != Map {
		inner = Value{Kind: Map, Start: v.Start, End: v.End}
	}
	return v.With(path[0], withBelow(inner, path[1:], member))
}
