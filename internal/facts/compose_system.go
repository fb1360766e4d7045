package facts

import (
	"path"
	"strings"
)

// minPrograms is how many programs that the project publishes make a system of
// a Compose file. One or two with their database are an offer to users, who
// deploy them in their own ways.
const minPrograms = 3

// maxSystems is in how many folders there may be such files before they are
// things to choose from.
const maxSystems = 3

// markSystems says _system of the services by which a system is run where
// nothing else in the repository deploys it: those of a file that is called
// after production, or that starts three or more images of the project's own,
// and has nothing of a developer's machine.
func markSystems(all []Fact, area func(path string) Area, g *gathered) {
	files := map[string][]*Fact{}
	for i := range all {
		f := &all[i]
		if area(f.Path) != 0 {
			continue
		}
		if f.Kind == Compose {
			files[f.Path] = append(files[f.Path], f)
		} else if deploysElsewhere(f) {
			return
		}
	}
	dirs := map[string]bool{}
	for name, services := range files {
		if isSystem(services) {
			dirs[path.Dir(name)] = true
		} else {
			delete(files, name)
		}
	}
	if len(dirs) == 0 || len(dirs) > maxSystems || g.deploysByCommand() {
		return
	}
	for _, services := range files {
		markSystem(services)
	}
}

// deploysElsewhere tells of facts that only a repository with another way to
// deploy has.
func deploysElsewhere(f *Fact) bool {
	switch f.Kind {
	case Helm, CloudFormation, Serverless, Bicep, Ansible, Construct:
		return true
	case Platform: // the Procfile of a folder is what its image starts
		return f.Name != "procfile" || path.Dir(f.Path) == "."
	case Terraform:
		return strings.Contains(f.Name, "_")
	case Kubernetes:
		return f.Value.Get("_pod").Kind == Map
	}
	return false
}

var deploying = lazily(`^(sudo\s+)?(kubectl|oc|helm|helmfile|kustomize|flyctl|fly|heroku|cf|kamal|cap|eb|copilot|railway|ansible-playbook|terraform|tofu|pulumi|cdk|sam|aws\s+(ecs|lambda|cloudformation|elasticbeanstalk|s3)|az\s+(webapp|functionapp|containerapp|aks|deployment)|gcloud\s+(run|app|functions|container))\s`)

func (g *gathered) deploysByCommand() (found bool) {
	g.commands(func(c command) { found = found || deploying().MatchString(c.text) })
	return found
}

// isSystem tells by the services of one file; what is called after production
// is for no developer.
func isSystem(services []*Fact) bool {
	published := map[string]map[string]bool{} // images by who publishes them
	for _, f := range services {
		if env := f.Value.Get("_env").Text; env == production {
			return true
		} else if env != "" || forDevelopers(f.Value) {
			return false
		}
		name := serviceImage(f.Value)
		by := path.Dir(name)
		if by == "." && strings.HasPrefix(name, "$") {
			by = "$"
		}
		if by == "." || publishers().MatchString(by) || backing().MatchString(path.Base(name)) {
			continue
		}
		if published[by] == nil {
			published[by] = map[string]bool{}
		}
		published[by][f.Value.Get("image").Text] = true
	}
	for _, images := range published {
		if len(images) >= minPrograms {
			return true
		}
	}
	return false
}

// publishers give the world parts of which others make their systems.
var publishers = lazily(`(^|/)(library|bitnami|bitnamilegacy|grafana|prom|confluentinc|hashicorp|elastic|elasticsearch|kibana|logstash|beats|linuxserver|lscr\.io|otel|apache|timberio|jaegertracing|openzipkin|nginx|traefik|quay\.io/prometheus|mcr\.microsoft\.com)(/|$)`)

var variableName = lazily(`\$\{(\w+)[^}]*\}`)

// serviceImage is a service's image without its tag.
func serviceImage(service Value) string {
	image := variableName().ReplaceAllString(service.Get("image").Text, "$$$1")
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		image = image[:i]
	}
	return strings.ToLower(image)
}

// markSystem marks the services of one file: _once those that only prepare
// others, _part those that add to what another file says, _backing those that
// others publish. _asks is the names of the programs that a service's
// environment leads to.
func markSystem(services []*Fact) {
	once, programs := map[string]bool{}, map[string]bool{}
	for _, f := range services {
		for _, on := range f.Value.Get("depends_on").Fields {
			if on.Value.Get("condition").Text == "service_completed_successfully" {
				once[on.Key] = true
			}
		}
		programs[f.Value.Get("_name").Text] = !backing().MatchString(path.Base(serviceImage(f.Value)))
	}
	for _, f := range services {
		name := f.Value.Get("_name").Text
		v := f.Value.With("_system", Boolean(true))
		if once[name] {
			v = v.With("_once", Boolean(true))
		}
		if v.Get("image").Kind == Absent && v.Get("build").Kind == Absent && v.Get("_env").Kind == Absent {
			v = v.With("_part", Boolean(true))
		}
		if !programs[name] {
			v = v.With("_backing", Boolean(true))
		}
		if asks := addressed(v.Get("environment"), name, programs); len(asks) > 0 {
			v = v.With("_asks", Value{Kind: List, Items: asks, Start: asks[0].Start, End: asks[0].End})
		}
		f.Value = v
	}
}

var (
	host      = lazily(`^(?:(\w+)://)?(?:[^@/]*@)?([\w.-]+)(:\d+)?(?:/|$)`)
	leadsTo   = lazily(`(?i)(host|hostname|addr|address|url|uri|endpoint|server|service|services)$`)
	separator = lazily(`[,;\s]+`)
)

// addressed are the other programs that values of the environment name as
// hosts.
func addressed(environment Value, self string, programs map[string]bool) (out []Value) {
	for _, f := range environment.Fields {
		if f.Value.Kind != String {
			continue
		}
		for _, part := range separator().Split(f.Value.Text, maxMembers) {
			m := host().FindStringSubmatch(part)
			if m == nil || m[2] == self || !programs[m[2]] || m[1] == "" && m[3] == "" && !leadsTo().MatchString(f.Key) {
				continue
			}
			out = append(out, Value{Kind: String, Text: m[2], Start: f.Value.Start, End: f.Value.End})
		}
	}
	return out
}
