package facts

import (
	"path"

	"go.yaml.in/yaml/v3"
)

// isEBExtension takes the files by which an application tells Elastic Beanstalk
// how to run it.
func isEBExtension(p place, _ *layout) bool {
	return p.ext == ".config" && path.Base(p.dir) == ".ebextensions"
}

// readEBExtension gives the options that a file sets, as those of the
// environment: a list of them, or a map by their namespaces.
func readEBExtension(file string, docs []*yaml.Node) []Fact {
	if len(docs) == 0 {
		return nil
	}
	given := (&nodeReader{}).value(docs[0]).Get("option_settings")
	var options []Value
	option := func(namespace string, f Field) {
		options = append(options, mapAt(f.Value, "Namespace", at(Str(namespace), f.Value.Start), "OptionName", at(Str(f.Key), f.Value.Start), "Value", f.Value))
	}
	for _, one := range few(given.Items) {
		option(one.Get("namespace").Text, Field{one.Get("option_name").Text, one.Get("value")})
	}
	for _, namespace := range few(given.Fields) {
		for _, f := range few(namespace.Value.Fields) {
			option(namespace.Key, f)
		}
	}
	if len(options) == 0 {
		return nil
	}
	v := mapAt(given, "OptionSettings", listAt(given, options))
	if env := environmentOfPath(file); env != "" {
		v = v.With("_env", Str(env))
	}
	return []Fact{{Kind: CloudFormation, Name: "aws::elasticbeanstalk::environment", Path: file, Start: given.Start, End: given.End, Value: v, Made: true}}
}
