package facts

// environments are the parameters by which a template chooses between
// environments, each with the name that it has for production. A name comes
// from what the template compares the parameter with, or looks it up in. One
// that gives production two names is left out.
func environments(t Value) map[string]string {
	names := map[string]string{}
	note := func(parameter, name string) {
		if have, ok := names[parameter]; ok && have != name {
			name = ""
		}
		names[parameter] = name
	}
	var walk func(v Value, depth int)
	walk = func(v Value, depth int) {
		if depth > maxYAMLDepth {
			return
		}
		for _, item := range v.Items {
			walk(item, depth+1)
		}
		for _, f := range v.Fields {
			walk(f.Value, depth+1)
		}
		call, _ := intrinsic(v)
		if call != "Equals" && call != "FindInMap" {
			return
		}
		args := v.Fields[0].Value.Items
		switch {
		case call == "Equals" && len(args) == 2:
			for i, a := range args {
				if other := args[1-i]; a.Get("Ref").Text != "" && environmentWord(other.Text) == production {
					note(a.Get("Ref").Text, other.Text)
				}
			}
		case call == "FindInMap" && len(args) > 2 && args[1].Get("Ref").Text != "":
			for _, f := range t.Get("Mappings").Get(args[0].Text).Fields {
				if environmentWord(f.Key) == production {
					note(args[1].Get("Ref").Text, f.Key)
				}
			}
		}
	}
	walk(t.Get("Conditions"), 0)
	if t.Get("Mappings").Kind == Map {
		walk(t, 0)
	}
	return names
}

// isEnvironmentParameter tells of a value that is the environment's name, to
// be said when the stack is made.
func (e *stackEvaluator) isEnvironmentParameter(v Value) bool {
	ref := v.Get("Ref").Text
	return environmentParameter().MatchString(ref) && e.parameters[ref].Kind == Unknown &&
		e.template.Get("Parameters").Get(ref).Get("AllowedValues").Kind == Absent
}

var environmentParameter = lazily(`(?i)^(deploy(ment)?|target|app)?(env|environment|stage)(name|type)?$`)
