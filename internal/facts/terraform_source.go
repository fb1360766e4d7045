package facts

import (
	"path"
	"strings"
)

// moduleSource normalises where a module comes from: a registry's address
// (terraform-aws-modules/vpc/aws), host/owner/repository//folder of a git
// repository, or ./folder from the top of this repository.
func moduleSource(dir, source string) (name, version string) {
	source, query, _ := strings.Cut(source, "?")
	for _, pair := range strings.Split(query, "&") {
		if k, v, _ := strings.Cut(pair, "="); k == "ref" || k == "version" {
			version = v
		}
	}
	if strings.HasPrefix(source, ".") {
		return "./" + strings.TrimPrefix(path.Join(dir, source), "."), version
	}
	git := strings.HasPrefix(source, "git::") || strings.HasPrefix(source, "git@")
	for _, prefix := range []string{"git::", "hg::", "s3::", "gcs::", "tfr:///", "tfr://"} {
		source = strings.TrimPrefix(source, prefix)
	}
	if _, rest, ok := strings.Cut(source, "://"); ok {
		source = rest
	}
	if user, rest, ok := strings.Cut(source, "@"); ok && !strings.ContainsAny(user, "/") {
		source = rest
		git = true
	}
	if host, rest, ok := strings.Cut(source, ":"); ok && git && !strings.Contains(host, "/") {
		rest = strings.TrimLeft(strings.TrimLeft(rest, "0123456789"), "/")
		source = host + "/" + rest
	}
	source = strings.Replace(source, ".git//", "//", 1)
	source = strings.TrimSuffix(strings.TrimSuffix(source, "/"), ".git")
	source = strings.TrimPrefix(strings.TrimPrefix(source, "registry.terraform.io/"), "registry.opentofu.org/")
	return registryName(strings.ToLower(source)), version
}

// registryName gives the repositories of the community's module families
// (github.com/OWNER/terraform-PROVIDER-NAME) the address that the registry has
// for them, so that both mean one module.
func registryName(source string) string {
	rest, ok := strings.CutPrefix(source, "github.com/")
	if !ok {
		return source
	}
	owner, repo, _ := strings.Cut(rest, "/")
	if owner != "cloudposse" && !(strings.HasPrefix(owner, "terraform-") && strings.HasSuffix(owner, "-modules")) {
		return source
	}
	repo, sub, nested := strings.Cut(repo, "//")
	parts := strings.SplitN(repo, "-", 3)
	if len(parts) != 3 || parts[0] != "terraform" {
		return source
	}
	name := owner + "/" + parts[2] + "/" + parts[1]
	if nested {
		name += "//" + sub
	}
	return name
}
