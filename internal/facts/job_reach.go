package facts

import (
	"slices"
	"strings"
)

// tellReach says of each step that can drive a system from outside where that
// system stands: `reaches` is deployment where its job deploys, waits for a
// deployment or enters an environment, composition, cluster or container where
// the job puts the system up as such, and address where the step is given one
// that is not this machine's. A step of a job that only starts a program
// beside itself reaches nothing.
func tellReach(facts []Fact) {
	jobs := map[string][]string{}
	for i := range facts {
		f := &facts[i]
		if f.Kind != Workflow && f.Kind != CI {
			continue
		}
		for _, where := range f.putsUp() {
			if !slices.Contains(jobs[f.Group], where) {
				jobs[f.Group] = append(jobs[f.Group], where)
			}
		}
	}
	for i := range facts {
		f := &facts[i]
		if f.Kind != Workflow && f.Kind != CI {
			continue
		}
		reaches := jobs[f.Group]
		if f.givenAddress() {
			reaches = append(slices.Clip(reaches), "address")
		}
		if len(reaches) > 0 {
			slices.Sort(reaches)
			f.Value.Fields = append(f.Value.Fields, Field{"reaches", Strs(reaches)})
		}
	}
}

// Ways to put a system up, by the commands and the actions that do it.
var (
	composesBy    = lazily(`\bcompose\s(.*\s)?(up|start|run)(\s|$)|\bdocker\s+stack\s+deploy\b|\bearthly\s.*\+(e2e|integration)`)
	clustersBy    = lazily(`^(sudo\s+)?(\S*/)?(kind|k3d|minikube|k0s|microk8s)\s(.*\s)?(create|start|cluster)\b|^(\S*/)?(kubectl|oc)\s(.*\s)?(apply|create|rollout|wait)(\s|$)|^helm\s(.*\s)?(install|upgrade)(\s|$)|^(skaffold|tilt|devspace|garden)\s`)
	runsImage     = lazily(`^(sudo\s+)?(docker|podman)\s(.*\s)?run\s`)
	storeImage    = lazily(`(?i)\b(postgres\w*|postgis|mysql|mariadb|redis|valkey|mongo|memcached|rabbitmq|kafka|zookeeper|elasticsearch|opensearch|minio|localstack|selenium/\S+|cypress/\S+|mcr\.microsoft\.com/playwright\S*|mailhog|mailpit|dynamodb-local|azurite|clickhouse\S*)(:\S+)?(\s|$)`)
	storesFile    = lazily(`(?i)\s(-f|--file)[\s=](\S*/)?(docker-)?(compose[.-])?(services?|db|dbs|databases?|deps|dependencies|infra|stores?|postgres\w*|mysql|redis|mongo\w*)\.ya?ml(\s|$)`)
	deploysBy     = lazily(`^(sudo\s+)?(\S*/)?(azd\s(.*\s)?(up|deploy|provision)|sam\s+(deploy|sync)|(npx\s+)?(cdk|cdktf|serverless|sls|sst|wrangler|vercel|netlify|amplify)\s(.*\s)?deploy|firebase\s(.*\s)?deploy|hosting:channel:deploy|fly(ctl)?\s(.*\s)?deploy|gcloud\s(.*\s)?(run|app|functions)\s(.*\s)?deploy|heroku\s|cf\s(.*\s)?push|eb\s+(create|deploy)|az\s+(webapp|containerapp|functionapp)\s(.*\s)?(deploy\w*|up|update|create)|aws\s+(ecs\s+update-service|cloudformation\s+deploy|lambda\s+update-function-code)|(terraform|tofu|pulumi)\s(.*\s)?(apply|up)|ansible-playbook|copilot\s(.*\s)?deploy)(\s|$)`)
	composeAction = lazily(`(?i)(^|/)(compose-action|docker-compose-action|docker-compose[\w-]*|docker-stack[\w-]*)$|^docker-compose(#|$)|(^|/)docker-compose-buildkite-plugin|(^|/)\.github/actions/[\w-]*(compose|stack)[\w-]*$`)
	clusterAction = lazily(`(?i)(^|/)(kind-action|setup-kind|setup-minikube|setup-k3d|setup-k3s|action-k3s|k3d-action|kind-cluster|install-kind|k8s-deploy|k8s-set-context|[\w-]*(kind|k3d|minikube)-cluster|helm-deploy)$`)
)

// putsUp is the ways in which a step makes its job's system stand somewhere.
func (f *Fact) putsUp() (out []string) {
	add := func(where string, yes bool) {
		if yes && !slices.Contains(out, where) {
			out = append(out, where)
		}
	}
	v := f.Value
	add("deployment", v.Get("follows").Kind == List || v.Get("environment").Kind == String && v.Get("environment").Text != "github-pages" ||
		slices.ContainsFunc(v.Get("triggers").Items, func(t Value) bool { return t.Text == "deployment_status" }))
	if uses := v.Get("uses").Text; uses != "" {
		name, _, _ := strings.Cut(uses, "@")
		add("composition", composeAction().MatchString(name))
		add("cluster", clusterAction().MatchString(name))
	}
	command := func(text string) {
		if len(text) < 4 {
			return
		}
		add("composition", strings.Contains(text, "compose") && composesBy().MatchString(text) && !runsOnlyStores(text))
		add("cluster", clustersBy().MatchString(text))
		add("container", strings.Contains(text, " run ") && runsImage().MatchString(text) && !storeImage().MatchString(text))
		add("deployment", deploysBy().MatchString(text))
	}
	command(v.Get("run").Text)
	for _, c := range v.Get("commands").Items {
		command(c.Get("text").Text)
	}
	return out
}

// runsOnlyStores tells of a composition of which nothing but what others
// publish is started: `docker compose up -d postgres redis`.
func runsOnlyStores(text string) bool {
	if storesFile().MatchString(text) {
		return true
	}
	_, after, found := strings.Cut(text, " up ")
	if !found {
		return false
	}
	named := false
	for word := range strings.FieldsSeq(after) {
		switch {
		case strings.HasPrefix(word, "-"):
		case storeImage().MatchString(word + " "), word == "db", word == "database", word == "cache":
			named = true
		default:
			return false
		}
	}
	return named
}

// Names under which a suite is told where the system is, and values that lead
// off this machine.
var (
	addressName  = lazily(`(?i)^(\w*[_-])?(base_?-?url|(app|site|web|test|tests|e2e|cypress|playwright|deploy\w*|preview|target|staging|stage|public|frontend|server|service|store\w*|api|env|environment)[_-]?(\w+[_-])?(url|host|hostname|endpoint|address|domain))$`)
	otherMachine = lazily(`(?i)^([\w-]+\.)+[a-z]{2,}(:\d+)?(/|$)|\$\{\{[^}]*(url|host|endpoint|address|domain|outputs\.)[^}]*\}\}`)
	wholeURL     = lazily(`https?://[^\s"'<>,]+`)
	dotted       = lazily(`^https?://([\w-]+\.)+[a-z]{2,}(:\d+)?(/|$)|^https?://[^/]*\$\{\{`)
	ownMachine   = lazily(`(?i)//(localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal)|^(localhost|127\.|0\.0\.0\.0)|\blocalhost:`)
	baseAddress  = lazily(`(?i)\bbase_?-?url[=\s]+["']?(https?://[^\s"',]+|\$\{?\w+|\$\{\{[^}]*\}\})`)
)

// givenAddress tells whether a step is told an address of the system that is
// not this machine's.
func (f *Fact) givenAddress() bool {
	for _, from := range []string{"env", "with"} {
		for _, e := range f.Value.Get(from).Fields {
			text := e.Value.Text
			if addressName().MatchString(e.Key) && isElsewhere(text) || leadsAway(text) {
				return true
			}
		}
	}
	if leadsAway(f.Value.Get("run").Text) {
		return true
	}
	return slices.ContainsFunc(f.Value.Get("commands").Items, func(c Value) bool { return leadsAway(c.Get("text").Text) })
}

func leadsAway(text string) bool {
	m := baseAddress().FindString(text)
	return m != "" && !ownMachine().MatchString(m)
}

// isElsewhere tells whether a value names another machine, be it as one of
// several that an expression chooses from.
func isElsewhere(text string) bool {
	for _, url := range wholeURL().FindAllString(text, maxMembers) {
		if dotted().MatchString(url) && !ownMachine().MatchString(url) {
			return true
		}
	}
	return !strings.Contains(text, "://") && otherMachine().MatchString(text) && !ownMachine().MatchString(text)
}
