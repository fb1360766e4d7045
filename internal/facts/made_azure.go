package facts

import (
	"slices"
	"strings"
)

// azureMade is what a command of Azure's command line sets up, as a resource of
// Bicep.
func azureMade(in flags) Fact {
	switch {
	case in.runs("containerapp", "create"), in.runs("containerapp", "up"), in.runs("containerapp", "update"):
		return containerApp(in)
	case in.runs("webapp", "create"), in.runs("webapp", "update"), in.runs("webapp", "config", "set"), in.runs("webapp", "identity", "assign"),
		in.runs("functionapp", "create"), in.runs("functionapp", "update"), in.runs("functionapp", "config", "set"), in.runs("functionapp", "identity", "assign"):
		return azureSite(in)
	}
	return Fact{}
}

func bicepMade(name string, in flags, v Value) Fact {
	called := in.get("name", "n")
	if called.Kind == String {
		v = v.With("_name", called)
	}
	open := slices.ContainsFunc(in.words, func(w string) bool { return w == "update" || w == "set" || w == "assign" })
	if open {
		v = v.With(rest, Boolean(true))
	}
	return Fact{Kind: Bicep, Name: name, Value: v, Open: open}
}

// containerApp is an application of Azure's container service. One that is
// scaled to nothing is only stopped.
func containerApp(in flags) Fact {
	if in.get("max-replicas").Text == "0" {
		return Fact{}
	}
	var env []Value
	for _, f := range in.given {
		switch f.Key {
		case "env-vars", "set-env-vars", "replace-env-vars":
			env = append(env, azurePairs(in.at, f, "secretref:", "secretRef")...)
		}
	}
	var secrets []Value
	for _, v := range membersOf(in.get("secrets", "s")) {
		if name, from, ok := strings.Cut(v.Text, "=keyvaultref:"); ok {
			url, _, _ := strings.Cut(from, ",")
			secrets = append(secrets, mapAt(in.at, "name", Str(name), "keyVaultUrl", at(Str(url), in.at.Start)))
		}
	}
	scale := mapAt(in.at, "minReplicas", in.get("min-replicas"), "maxReplicas", in.get("max-replicas"), "rules", in.get("scale-rule-name"))
	size := mapAt(in.at, "cpu", in.get("cpu"), "memory", in.get("memory"))
	identity := azureIdentity(in, "system-assigned", "user-assigned")
	if len(env)+len(secrets)+len(scale.Fields)+len(size.Fields) == 0 && identity.Kind == Absent && in.get("ingress").Kind == Absent {
		return Fact{}
	}
	container := mapAt(in.at, "image", in.get("image", "i"), "resources", orAbsent(size), "env", listAt(in.at, env))
	configuration := mapAt(in.at, "secrets", listAt(in.at, secrets))
	if ingress := in.get("ingress"); ingress.Kind == String {
		configuration = configuration.With("ingress", mapAt(in.at, "external", at(Boolean(ingress.Text == "external"), in.at.Start), "targetPort", in.get("target-port")))
	}
	if slices.Contains(in.words, "update") {
		container = container.With(rest, Boolean(true))
		scale = scale.With(rest, Boolean(true))
		configuration = configuration.With(rest, Boolean(true))
	}
	template := mapAt(in.at, "containers", listAt(in.at, []Value{container}), "scale", orAbsent(scale))
	return bicepMade("microsoft.app/containerapps", in, mapAt(in.at, "name", in.get("name", "n"), "identity", identity,
		"properties", mapAt(in.at, "configuration", configuration, "template", template)))
}

func orAbsent(v Value) Value {
	if len(v.Fields) == 0 {
		return Value{}
	}
	return v
}

// azurePairs is variables given as NAME=value; with a prefix, the value names a
// secret.
func azurePairs(place Value, f Field, prefix, member string) []Value {
	var out []Value
	for _, v := range few(membersOf(f.Value)) {
		name, value, ok := strings.Cut(v.Text, "=")
		if v.Kind != String || !ok {
			out = append(out, Value{Kind: Unknown, Text: "flag.--" + f.Key, Start: place.Start, End: place.End})
			continue
		}
		one := Value{Kind: String, Text: value, Start: place.Start, End: place.End}
		if wholeName().MatchString(value) {
			one.Kind, one.Text = Unknown, "flag.--"+f.Key
		}
		to := "value"
		if secret, ok := strings.CutPrefix(value, prefix); ok {
			to, one.Text = member, secret
		}
		out = append(out, mapAt(place, "name", at(Str(name), place.Start), to, one))
	}
	return out
}

// azureIdentity is the identity that flags give a resource.
func azureIdentity(in flags, system, user string) Value {
	own, shared := in.get(system).Kind != Absent, in.get(user).Kind != Absent
	kind := ""
	switch {
	case own && shared:
		kind = "SystemAssigned, UserAssigned"
	case own:
		kind = "SystemAssigned"
	case shared:
		kind = "UserAssigned"
	default:
		return Value{}
	}
	return mapAt(in.at, "type", at(Str(kind), in.at.Start))
}

// azureSite is a web application or an application of functions.
func azureSite(in flags) Fact {
	identity := azureIdentity(in, "assign-identity", "identities")
	if slices.Contains(in.words, "identity") {
		identity = mapAt(in.at, "type", at(Str("SystemAssigned"), in.at.Start))
		if in.get("identities").Kind != Absent {
			identity = azureIdentity(in, "", "identities")
		}
	}
	config := mapAt(in.at, "alwaysOn", in.get("always-on"), "minTlsVersion", in.get("min-tls-version"), "ftpsState", in.get("ftps-state"),
		"http20Enabled", in.get("http20-enabled"), "linuxFxVersion", in.get("linux-fx-version"))
	for _, v := range membersOf(in.get("generic-configurations")) {
		docs, _ := yamlDocuments("", []byte(v.Text))
		if len(docs) > 0 {
			config = mergedOver(config, placedAt((&nodeReader{}).value(docs[0]), in.at.Start, in.at.End))
		}
	}
	properties := mapAt(in.at, "httpsOnly", in.get("https-only"), "virtualNetworkSubnetId", in.get("subnet"), "siteConfig", orAbsent(config))
	if properties.Get("httpsOnly").Kind == Absent && slices.Contains(in.words, "update") {
		for _, v := range membersOf(in.get("set")) {
			if value, ok := strings.CutPrefix(v.Text, "httpsOnly="); ok {
				properties = properties.With("httpsOnly", at(Str(value), in.at.Start))
			}
		}
	}
	if len(properties.Fields) == 0 && identity.Kind == Absent && !in.runs("functionapp", "create") {
		return Fact{}
	}
	kind := "app"
	if in.words[0] == "functionapp" {
		kind = "functionapp"
	}
	return bicepMade("microsoft.web/sites", in, mapAt(in.at, "kind", Str(kind), "name", in.get("name", "n"), "identity", identity, "properties", properties))
}
