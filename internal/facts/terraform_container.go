package facts

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// known is an output of a module that is not in the tree, where it is nothing
// but the call's arguments under other names. Those of
// cloudposse/ecs-container-definition are containers of a task definition.
func (in *tfInstance) known(name string, t hcl.Traversal) (Value, int) {
	b := in.mod.calls[name]
	if b == nil || len(t) < 3 {
		return Value{Kind: Unknown}, len(t)
	}
	if source, _ := moduleSource(in.mod.dir, b.literal("source")); source != "cloudposse/ecs-container-definition/aws" {
		return Value{Kind: Unknown}, len(t)
	}
	at := 2
	if _, ok := t[at].(hcl.TraverseIndex); ok && len(t) > 3 {
		at++
	}
	list := false
	switch strings.TrimPrefix(hclStep(t[at]), "sensitive_") {
	case "json_map_object", "json_map_encoded", "json_map":
	case "json_map_encoded_list", "json":
		list = true
	default:
		return Value{Kind: Unknown}, len(t)
	}
	v := in.once("module."+name, func() Value {
		_, args := in.arguments(b)
		return containerOf(args)
	})
	if list {
		v = Value{Kind: List, Items: []Value{v}}
	}
	return v, at + 1
}

// containerOf is a container of a task definition, from the arguments of a
// call of cloudposse/ecs-container-definition.
func containerOf(args map[string]Value) Value {
	out := Value{Kind: Map}
	for _, m := range containerMembers() {
		v, ok := args[m.argument]
		if !ok || v.Kind == Null || v.Kind == Absent {
			continue
		}
		if m.value != "" && v.Kind == Map {
			v = namedList(v, m.value)
		}
		out = out.With(m.member, v)
	}
	if out.Get("essential").Kind == Absent {
		out = out.With("essential", Boolean(true))
	}
	for _, f := range args["container_definition"].Fields {
		out = out.With(f.Key, f.Value)
	}
	return out
}

// containerMember is what a member of a container is given by. Where the
// argument is a map, the member lists a name and such a value for each.
type containerMember struct{ member, argument, value string }

// containerMembers are in the order in which they are set: a map of variables
// takes the place of a list.
func containerMembers() []containerMember {
	return []containerMember{
		{"name", "container_name", ""}, {"image", "container_image", ""}, {"essential", "essential", ""},
		{"cpu", "container_cpu", ""}, {"memory", "container_memory", ""}, {"memoryReservation", "container_memory_reservation", ""},
		{"environment", "environment", ""}, {"environment", "map_environment", "value"}, {"environmentFiles", "environment_files", ""},
		{"secrets", "secrets", ""}, {"secrets", "map_secrets", "valueFrom"},
		{"healthCheck", "healthcheck", ""}, {"logConfiguration", "log_configuration", ""}, {"portMappings", "port_mappings", ""},
		{"readonlyRootFilesystem", "readonly_root_filesystem", ""}, {"user", "user", ""}, {"privileged", "privileged", ""},
		{"linuxParameters", "linux_parameters", ""}, {"mountPoints", "mount_points", ""}, {"ulimits", "ulimits", ""},
		{"startTimeout", "start_timeout", ""}, {"stopTimeout", "stop_timeout", ""}, {"dependsOn", "container_depends_on", ""},
		{"command", "command", ""}, {"entryPoint", "entrypoint", ""}, {"dockerLabels", "docker_labels", ""},
		{"firelensConfiguration", "firelens_configuration", ""}, {"repositoryCredentials", "repository_credentials", ""},
	}
}

// namedList is a map as Amazon ECS lists variables and secrets.
func namedList(v Value, member string) Value {
	out := Value{Kind: List}
	for _, f := range v.Fields {
		if f.Key == hclRest {
			out.Items = append(out.Items, hclUnknown("..."))
			continue
		}
		out.Items = append(out.Items, Value{Kind: Map, Fields: []Field{{"name", Str(f.Key)}, {member, f.Value}}})
	}
	return out
}
