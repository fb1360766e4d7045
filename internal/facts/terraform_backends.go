package facts

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// accountNumber is how AWS numbers accounts, in an address or in a name. Those of
// one digit alone, and the one that all examples have, are nobody's.
var accountNumber = regexp.MustCompile(`(?:^|[^0-9])([0-9]{12})(?:$|[^0-9])`)

// emitBackends adds where the state of each environment is kept, by the files
// that -backend-config takes: the number of the account, wherever it stands.
func (j *tfJoin) emitBackends(files []terraformFile) {
	for i := range files {
		f := &files[i].hclFile
		if f.body == nil || !isBackendFile(files[i]) {
			continue
		}
		v := Value{Kind: Map, Start: 1, End: 1}
		s := &hclScope{run: j.run, text: f.text}
		for _, a := range sortedAttributes(f.body, nil) {
			text := s.attribute(a)
			m := accountNumber.FindStringSubmatch(text.Text)
			if text.Kind == String && m != nil && m[1] != "123456789012" && strings.Trim(m[1], m[1][:1]) != "" {
				v.Fields = append(v.Fields, Field{"_account", Value{Kind: String, Text: m[1], Start: text.Start, End: text.End}})
				v.Start, v.End = text.Start, text.End
				break
			}
		}
		env := environmentOf(path.Base(f.path))
		if env == "" {
			env = environmentOfPath(f.dir)
		}
		if env != "" && len(v.Fields) > 0 {
			v.Fields = append(v.Fields, Field{"_env", at(Str(env), v.Start)})
			j.facts = append(j.facts, Fact{Kind: Terraform, Name: "tfbackend", Path: f.path, Start: v.Start, End: v.End, Value: v, Group: f.dir})
		}
	}
}

// isBackendFile takes prod.s3.tfbackend, backend-prod.hcl and backends/prod.tfvars.
func isBackendFile(f terraformFile) bool {
	switch f.role {
	case terraformBackend:
		return true
	case terraformValues, terragruntHelper:
		base := strings.ToLower(path.Base(f.path))
		return strings.Contains(base, "backend") || slices.Contains([]string{"backend", "backends", "backend-config", "backend_config"}, strings.ToLower(path.Base(f.dir)))
	}
	return false
}
