package facts

import "strings"

// cloudFunction is the function that a command of gcloud deploys, as Terraform
// would describe it.
func cloudFunction(in flags) Fact {
	config := mapAt(in.at)
	for _, f := range in.given {
		switch f.Key {
		case "set-env-vars", "update-env-vars", "env-vars-file":
			config = config.With("environment_variables", functionVariables(in.at, f))
		case "set-secrets", "update-secrets":
			config = functionSecrets(in.at, config, f)
		case "timeout":
			f.Value.Text = strings.TrimSuffix(f.Value.Text, "s")
			config = config.With("timeout_seconds", f.Value)
		default:
			if name := functionArgument(f.Key); name != "" && !isDefaultAccount(f.Value.Text) {
				config = config.With(name, f.Value)
			}
		}
	}
	if len(config.Fields) == 0 {
		return Fact{}
	}
	name := in.after("deploy")
	v := mapAt(in.at, "name", Str(name),
		"build_config", mapAt(in.at, "runtime", in.get("runtime"), "entry_point", in.get("entry-point")),
		"service_config", Value{Kind: List, Items: []Value{config}, Start: in.at.Start, End: in.at.End},
		"_name", Str(name))
	return Fact{Kind: Terraform, Name: "google_cloudfunctions2_function", Value: v}
}

func functionArgument(flag string) string {
	switch flag {
	case "memory":
		return "available_memory"
	case "cpu":
		return "available_cpu"
	case "min-instances":
		return "min_instance_count"
	case "max-instances":
		return "max_instance_count"
	case "concurrency":
		return "max_instance_request_concurrency"
	case "service-account", "run-service-account":
		return "service_account_email"
	case "vpc-connector":
		return "vpc_connector"
	case "egress-settings":
		return "vpc_connector_egress_settings"
	case "ingress-settings":
		return "ingress_settings"
	}
	return ""
}

func functionVariables(at Value, f Field) Value {
	if f.Key == "env-vars-file" {
		return Value{Kind: Unknown, Text: "flag.--" + f.Key, Start: at.Start, End: at.End}
	}
	out := mapAt(at)
	for _, p := range gcloudPairs(f) {
		if p.Key == "" {
			return p.Value
		}
		out = out.With(p.Key, p.Value)
	}
	return out
}

func functionSecrets(at Value, config Value, f Field) Value {
	for _, p := range gcloudPairs(f) {
		name, version, _ := strings.Cut(p.Value.Text, ":")
		block, member := "secret_environment_variables", "key"
		if strings.HasPrefix(p.Key, "/") {
			block, member = "secret_volumes", "mount_path"
		}
		list := config.Get(block)
		list.Kind, list.Start, list.End = List, at.Start, at.End
		list.Items = append(list.Items[:len(list.Items):len(list.Items)], mapAt(at, member, Str(p.Key), "secret", Str(name), "version", Str(version)))
		config = config.With(block, list)
	}
	return config
}

// functionInputs is a step of the action deploy-cloud-functions as a command,
// by the names its inputs have in one version or another.
func functionInputs(with Value) flags {
	in := flags{words: []string{"functions", "deploy", with.Get("name").Text}, at: with}
	for _, f := range with.Fields {
		name := ""
		switch f.Key {
		case "memory", "memory_mb", "available_memory":
			name = "memory"
		case "cpu":
			name = "cpu"
		case "timeout", "service_timeout":
			name = "timeout"
		case "min_instances", "min_instance_count":
			name = "min-instances"
		case "max_instances", "max_instance_count":
			name = "max-instances"
		case "max_instance_request_concurrency":
			name = "concurrency"
		case "service_account", "service_account_email":
			name = "service-account"
		case "vpc_connector":
			name = "vpc-connector"
		case "ingress_settings":
			name = "ingress-settings"
		case "env_vars", "environment_variables":
			name = "set-env-vars"
		case "secrets", "secret_environment_variables", "secret_volumes":
			name = "set-secrets"
		case "runtime", "entry_point":
			name = strings.ReplaceAll(f.Key, "_", "-")
		default:
			continue
		}
		in.given = append(in.given, Field{name, f.Value})
	}
	return in
}
