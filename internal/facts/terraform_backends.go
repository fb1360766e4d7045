package facts

import (
	"path"
	"slices"
	"strings"
)

// accountNumber is how AWS numbers accounts, in an address or in a name. Those of
// one digit alone, and the one that all examples have, are nobody's.
var accountNumber = lazily(`(?:^|[^0-9])([0-9]{12})(?:$|[^0-9])`)

// emitBackends adds where the state of each environment is kept, by the files
// that -backend-config takes: the number of the account, wherever it stands.
func (j *tfJoin) emitBackends(files []terraformFile) {
	for i := range files {
		f := &files[i].hclFile
		if f.body == nil || !isBackendFile(files[i]) {
			continue
		}
		v, keeps := Value{Kind: Map, Start: 1, End: 1}, false
		s := &hclScope{run: j.run, text: f.text}
		for _, a := range sortedAttributes(f.body, nil) {
			keeps = keeps || keepsState(a.Name)
			if account := accountNamed(s.attribute(a)); account.Kind != Absent && len(v.Fields) == 0 {
				v.Fields = append(v.Fields, Field{"_account", account})
				v.Start, v.End = account.Start, account.End
			}
		}
		env := environmentOf(path.Base(f.path))
		if env == "" {
			env = environmentOfPath(f.dir)
		}
		if env != "" && keeps {
			v.Fields = append(v.Fields, Field{"_env", at(Str(env), v.Start)})
			j.facts = append(j.facts, Fact{Kind: Terraform, Name: "tfbackend", Path: f.path, Start: v.Start, End: v.End, Value: v, Group: f.dir})
		}
	}
}

// keepsState tells of an argument that says where state is kept.
func keepsState(name string) bool {
	switch name {
	case "bucket", "key", "prefix", "workspace_key_prefix", "container_name", "storage_account_name", "organization", "address", "path", "conn_str", "hostname":
		return true
	}
	return false
}

// accountNamed is the first account that a value names, or one within it.
func accountNamed(v Value) Value {
	if v.Kind == String {
		m := accountNumber().FindStringSubmatch(v.Text)
		if m != nil && m[1] != "123456789012" && strings.Trim(m[1], m[1][:1]) != "" {
			return Value{Kind: String, Text: m[1], Start: v.Start, End: v.End}
		}
	}
	for _, item := range few(v.Items) {
		if account := accountNamed(item); account.Kind != Absent {
			return account
		}
	}
	for _, f := range few(v.Fields) {
		if account := accountNamed(f.Value); account.Kind != Absent {
			return account
		}
	}
	return Value{}
}

// accountOfBlock is the account that a provider of AWS works in or a backend
// keeps the state in, by the role that it takes, by what it is confined to or by
// the bucket's name.
func accountOfBlock(name string, v Value) Value {
	switch name {
	case "provider.aws":
		return accountNamed(Value{Kind: List, Items: []Value{v.Get("allowed_account_ids"), v.Get("assume_role"), v.Get("assume_role_with_web_identity")}})
	case "backend.s3":
		return accountNamed(Value{Kind: List, Items: []Value{v.Get("assume_role"), v.Get("role_arn"), v.Get("bucket")}})
	}
	return Value{}
}

// isBackendFile takes prod.s3.tfbackend, prod.backend, backend-prod.hcl and
// backends/prod.tfvars.
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
