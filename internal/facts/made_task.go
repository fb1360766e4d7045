package facts

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Amazon ECS takes task definitions and services as files of JSON or YAML that
// a command registers. They say what resources of CloudFormation say, but for
// the first letters of their members.

const (
	taskDefinition = "aws::ecs::taskdefinition"
	taskService    = "aws::ecs::service"
)

// bareName is what is still to be filled in where JSON wants a value.
var bareName = lazily(`(:\s*|\[\s*)(\$\{[^{}"]*\}|\$\w+|<[\w.-]+>|%\w+%|@@?\w+@@?)(\s*[,}\]\r\n])`)

// readTask reads a task definition or a service of Amazon ECS, with what is
// still to be filled in.
func readTask(in *source, out *found) {
	isTask := bytes.Contains(in.text, []byte("containerDefinitions"))
	if !isTask && !bytes.Contains(in.text, []byte("desiredCount")) {
		return
	}
	t := maskStack(string(in.text))
	t.text = bareName().ReplaceAllString(t.text, `$1"$2"$3`)
	stem, _ := filledStem(in.path)
	docs, _ := yamlDocuments(stem, []byte(t.text))
	for _, doc := range docs {
		if doc.Kind == yaml.DocumentNode && len(doc.Content) > 0 {
			doc = doc.Content[0]
		}
		v := t.known((&nodeReader{}).value(doc))
		if inner := v.Get("taskDefinition"); inner.Kind == Map {
			v = inner
		}
		name, called := "", Value{}
		switch {
		case v.Get("containerDefinitions").Kind == List:
			name, called = taskDefinition, v.Get("family")
		case v.Get("desiredCount").Kind != Absent && firstOf(v.Get("networkConfiguration"), v.Get("loadBalancers"), v.Get("launchType"), v.Get("deploymentConfiguration")).Kind != Absent:
			name, called = taskService, v.Get("serviceName")
		default:
			continue
		}
		made := capitalised(fillable(v))
		if called.Kind == String {
			made = made.With("_name", called)
		}
		if env := environmentOfPath(in.path); env != "" {
			made = made.With("_env", Str(env))
		}
		f := Fact{Kind: CloudFormation, Name: name, Path: in.path, Start: v.Start, End: v.End, Value: made, Made: true}
		if t.shaped {
			f.Hint = shapedHint
		}
		out.facts = append(out.facts, f)
	}
}

// isTaskPath takes JSON and YAML, also where something fills it in first.
func isTaskPath(p place, l *layout) bool {
	stem, _ := filledStem(strings.TrimSuffix(p.path, ".dist"))
	return (isYAML(stem) || strings.HasSuffix(stem, ".json")) && isPlainYAML(placeOf(stem), l)
}

// fillable says what is not known of a file that a script fills in.
func fillable(v Value) Value {
	return mapped(v, func(v Value) Value {
		if v.Kind == String && (wholeName().MatchString(v.Text) || wholeMark().MatchString(v.Text)) {
			v.Kind = Unknown
		}
		return v
	})
}

// wholeMark is a text that is no more than a place to write something in.
var wholeMark = lazily(`^(<[\w. -]+>|%\w+%|@@?\w+@@?|__\w+__|#\{\w+\}#?)$`)

// capitalised is a value with the names of members that CloudFormation has.
func capitalised(v Value) Value {
	if len(v.Items) > 0 {
		items := make([]Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = capitalised(item)
		}
		v.Items = items
	}
	if len(v.Fields) > 0 {
		fields := make([]Field, len(v.Fields))
		for i, f := range v.Fields {
			if f.Key == "cpu" && f.Value.Text == "0" { // which asks for none
				f.Value = Value{Kind: Null}
			}
			fields[i] = Field{stackMember(f.Key), f.Value}
			switch f.Key {
			case "options", "dockerLabels", "driverOpts", "labels":
			default:
				fields[i].Value = capitalised(f.Value)
			}
		}
		v.Fields = fields
	}
	return v
}

func stackMember(name string) string {
	switch name {
	case "":
		return ""
	case "efsVolumeConfiguration":
		return "EFSVolumeConfiguration"
	case "fileSystemId":
		return "FilesystemId"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// ecspressoFolders are the folders whose files ecspresso deploys.
func ecspressoFolders(files []File) []string {
	var out []string
	for _, f := range files {
		base := path.Base(f.Path)
		dir := path.Dir(f.Path)
		if strings.HasPrefix(base, "ecspresso") && (isYAML(base) || strings.HasSuffix(base, ".json") || strings.HasSuffix(base, ".jsonnet")) && !slices.Contains(out, dir) {
			out = append(out, dir)
		}
	}
	return out
}
