package facts

import (
	"strings"
)

// madeNames are the names of arguments as modules write them: what is left of
// each without its trimmings, and for each kind of resource the path of the
// attribute that such a name stands for. Modules are called thousands of times
// with the same few names. The zero value is ready.
type madeNames struct {
	plain map[string]string
	paths map[*tfMade]map[string]string
}

// path is the path of the attribute that an argument is another name of; empty
// when there is none.
func (n *madeNames) path(k *tfMade, argument string) string {
	paths, known := n.paths[k]
	if !known {
		paths = map[string]string{}
		for _, a := range k.attributes {
			name, path, renamed := strings.Cut(a, "=")
			if !renamed {
				path = name
			}
			if plain := n.of(name); paths[plain] == "" {
				paths[plain] = path
			}
		}
		if n.paths == nil {
			n.paths = map[*tfMade]map[string]string{}
		}
		n.paths[k] = paths
	}
	return paths[n.of(argument)]
}

// of is a name without what some put around it and others don't:
// enable_deletion_protection, deletion_protection_enabled, db_deletion_protection.
func (n *madeNames) of(name string) string {
	plain, known := n.plain[name]
	if !known {
		plain = name
		for range 3 {
			plain = argumentPrefix().ReplaceAllString(plain, "")
			plain = argumentSuffix().ReplaceAllString(plain, "")
		}
		if n.plain == nil {
			n.plain = map[string]string{}
		}
		n.plain[name] = plain
	}
	return plain
}

var (
	argumentPrefix = lazily(`^(?:enable|is|use|rds|db|pgsql|aurora|cluster|eks|redis|elasticache|lambda|alb|lb|vpc|s3|bucket|sqs|queue|kms|efs|task|service|asg)_`)
	argumentSuffix = lazily(`_(?:enabled|in_days|days|period|id|ids|arn|arns|identifier)$`)
)
