package facts

import (
	"bytes"
	"slices"
	"strings"
)

// AreaOf tells from a path in which area a file lies. Only folders inside the
// repository and the file's own name count, never the repository's name: a
// product may be called "demo".
func AreaOf(path string) Area {
	return (&areaCache{}).of(path)
}

// areaCache remembers the last directory: files come sorted by path.
type areaCache struct {
	whole string   // see wholeFolder
	solo  bool     // see soleDev
	embed []string // see carriers
	sites []string // see sites
	dir   string
	area  Area
	valid bool
}

func (c *areaCache) of(path string) Area {
	if isLive(path) {
		return areaOfRunner(path)
	}
	if rest, ok := strings.CutPrefix(path, c.whole); ok && c.whole != "" && rest != "" && rest[0] == '/' {
		path = rest[1:]
	}
	i := strings.LastIndexByte(path, '/')
	if dir := path[:max(i, 0)]; !c.valid || dir != c.dir {
		c.dir, c.area, c.valid = dir, areaOfDir(dir), true
	}
	return c.area | areaOfName(path[i+1:]) | areaOfWorkshop(path, c.solo) | areaOfEmbedded(path) | areaOfCarried(path, c.embed) | areaOfSite(path, c.sites)
}

// areaOfWorkshop knows the folder in which developers run things on their own
// machines: one named development (or dev, where no environment lies beside it)
// at the top, unless what it holds can define an environment of that name or is
// a document.
func areaOfWorkshop(path string, solo bool) Area {
	rest, ok := strings.CutPrefix(path, "development/")
	if !ok && solo {
		rest, ok = strings.CutPrefix(path, "dev/")
	}
	if !ok {
		return 0
	}
	base := rest[strings.LastIndexByte(rest, '/')+1:]
	switch {
	case strings.HasPrefix(base, "kustomization."), strings.HasPrefix(base, "values"):
		return 0
	}
	for _, ext := range [...]string{".tf", ".tofu", ".tfvars", ".hcl", ".bicepparam", ".md", ".mdx", ".rst", ".adoc"} {
		if strings.HasSuffix(base, ext) {
			return 0
		}
	}
	return AreaDev
}

// isLive tells of CI configuration: it runs, whatever its workflows and
// actions are called.
func isLive(path string) bool {
	top, rest, _ := strings.Cut(path, "/")
	switch top {
	case ".github", ".gitea", ".forgejo":
		folder, _, nested := strings.Cut(rest, "/")
		return !nested || folder == "workflows" || folder == "actions" || strings.HasSuffix(folder, "_TEMPLATE")
	case ".circleci", ".gitlab", ".buildkite":
		return true
	}
	return false
}

// areaOfRunner tells of a Dockerfile among the workflows that it makes what they
// run in: nothing of it is deployed.
func areaOfRunner(path string) Area {
	base := path[strings.LastIndexByte(path, '/')+1:]
	if stem, _, _ := strings.Cut(base, "."); strings.EqualFold(stem, "dockerfile") {
		return AreaDev
	}
	return 0
}

// calledDemo are names that environments go by: production/clusters/demo is what
// a cluster of production is called. production/examples holds examples.
var calledDemo = []string{"demo", "demos", "sandbox", "playground", "showcase"}

// areaOfDir looks at each folder name on the way. It stops at the root of Java
// sources: their folders are named after domains (com/example/demo).
func areaOfDir(dir string) (area Area) {
	var buf [64]byte
	deployed, makes := false, false
	for before, top := "", ""; dir != ""; {
		seg, rest, _ := strings.Cut(dir, "/")
		name := lower(buf[:0], seg)
		switch string(name) {
		case "java", "kotlin", "scala", "groovy":
			if before == "main" || before == "test" || top == "src" {
				return area
			}
		case "local":
			if before == "usr" { // a root file system in the making
				break
			}
			area |= AreaDev
		case "production", "prod", "prd":
			deployed = true
		case "generator", "generators":
			makes = true
		case "workshop", "workshops":
			switch before {
			case "terraform", "infra", "infrastructure", "iac", "deploy", "deployment":
			default: // but for what the workshop itself runs on
				area |= AreaExample
			}
		case "templates", "files":
			if makes { // what a generator writes elsewhere
				area |= AreaTemplate
			}
		case "assets", "support", "resources":
			if before == "spec" { // what examples of behaviour are fed with
				area |= AreaTest
			}
		case "grafana", "prometheus", "realm-config", "central-server-config":
			if before == "docker" && top == "main" { // what JHipster lays beside an application for its developers
				area |= AreaDev
			}
		default:
			a := areaOfFolder(name)
			if before == "templates" && (bytes.HasPrefix(name, []byte("new_")) || bytes.HasPrefix(name, []byte("new-"))) {
				a |= AreaTemplate // templates/new_service: what new ones start from
			}
			if deployed && a == AreaExample && slices.Contains(calledDemo, string(name)) {
				a = 0
			}
			area |= a
		}
		top, before, dir = before, seg, rest
	}
	return area
}

// lower appends the lower-case form of a short ASCII name.
func lower(buf []byte, s string) []byte {
	if len(s) > cap(buf) {
		s = s[:cap(buf)]
	}
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf = append(buf, c)
	}
	return buf
}

// areaOfFolder knows a lower-case folder name whole, or by the first or last
// of its words: example-app, app_examples, Shop.UnitTests.
func areaOfFolder(name []byte) Area {
	if a := areaOfWord(name); a != 0 {
		return a
	}
	if a := areaOfWhole(name); a != 0 {
		return a
	}
	first, last := 0, len(name)
	for first < len(name) && name[first] != '-' && name[first] != '_' {
		first++
	}
	for last > 0 && name[last-1] != '-' && name[last-1] != '_' && name[last-1] != '.' {
		last--
	}
	var area Area
	if first < len(name) {
		area |= areaOfWord(name[:first])
	}
	if last > 0 {
		area |= areaOfWord(name[last:])
		switch string(name[last:]) {
		case "unittests", "integrationtests", "functionaltests", "acceptancetests", "endtoendtests":
			area |= AreaTest
		case "secrets", "certs", "keys", "data", "db", "database", "util", "utils", "helper", "helpers", "support", "harness", "kit": // shop_test_db
			if before := name[:last-min(last, 1)]; bytes.HasSuffix(before, []byte("_test")) || bytes.HasSuffix(before, []byte("-test")) {
				area |= AreaTest
			}
		}
	}
	if len(name) > 1 && name[0] == '{' && name[1] == '{' {
		area |= AreaTemplate
	}
	if i := bytes.Index(name, []byte("-local-")); i >= 0 && areaOfWhole(name[i+1:]) == AreaDev { // shop-local-running
		area |= AreaDev
	}
	if bytes.Contains(name, []byte("-sandbox-")) { // data-sandbox-a
		area |= AreaExample
	}
	return area
}

// areaOfWord knows the words that mean the same alone and in a compound.
func areaOfWord(word []byte) Area {
	switch string(word) {
	case "test", "tests", "fixture", "fixtures", "mock", "mocks", "e2e":
		return AreaTest
	case "example", "examples", "sample", "samples", "demo", "demos", "sandbox", "playground", "tutorial",
		"tutorials", "quickstart", "quickstarts", "workshop", "workshops":
		return AreaExample
	case "docs":
		return AreaDocs
	case "deprecated", "archived", "obsolete":
		return AreaDeprecated
	case "cookiecutter", "skeleton", "skeletons", "scaffold", "scaffolds", "scaffolding", "boilerplate", "boilerplates":
		return AreaTemplate
	}
	return 0
}

// areaOfWhole knows the names that mean something only as the whole name.
func areaOfWhole(name []byte) Area {
	switch string(name) {
	case "testing", "testdata", "testlib", "testutil", "testutils", "testhelper", "testhelpers", "__tests__", "__test__",
		"__mocks__", "__fixtures__", "__snapshots__", "unittest", "unittests", "integrationtests", "androidtest",
		"integrationtest", "functionaltest", "commontest", "jvmtest", "cypress", "molecule", "fake", "fakes", "stubs", "inttest",
		"testresources", "testfixtures", "bats", "brats":
		return AreaTest
	case "getting-started", "getting_started", "extras", "poc", "pocs", "lab", "labs", "exercise", "exercises", "contrib", "gist", "gists",
		"reference-artifacts", "reference-architecture", "reference-architectures", "reference-implementation", "reference-implementations":
		return AreaExample
	case "doc", "documentation", "javadoc", "javadocs", "adr", "adrs", "storybook", ".storybook":
		return AreaDocs
	case "vendor", "vendors", "vendored", "_vendor", "third_party", "third-party", "thirdparty", "3rdparty", "3rd_party",
		"3rd-party", "node_modules", "bower_components", "jspm_packages", ".terraform", "pods", "carthage", "godeps",
		"site-packages", "dist-packages", ".venv", "venv", "virtualenv", ".virtualenv", ".bundle", ".yarn",
		".pnpm-store", ".eggs", ".tox", ".nox", "external_roles", "ansible_collections":
		return AreaVendored
	case "dist", "generated", "__generated__", "autogen", "auto-generated", "cdk.out", "cdktf.out", ".serverless",
		".aws-sam", ".next", ".nuxt", ".svelte-kit", ".angular", ".docusaurus", ".parcel-cache", ".turbo",
		".terragrunt-cache", "__pycache__", "coverage", "htmlcov", "storybook-static", "_site", "bazel-out":
		return AreaGenerated
	case "archive", "archives", "old", "_old", "retired", "attic", "graveyard", "unused", "disabled", "_archive",
		"_deprecated", "_disabled", ".archive", ".archives", ".old", ".attic", ".retired", ".unused", ".disabled":
		return AreaDeprecated
	case "template", "archetype-resources", "project-template", "project-templates", "project_template",
		"starter-template", "starter-templates", "starters":
		return AreaTemplate
	case ".devcontainer", ".vscode", ".idea", ".gitpod", ".codesandbox", ".localstack", "localstack", "local-dev",
		"localdev", "local_dev", "dev-env", "devenv", "dev_env", "hack", "minikube", "vagrant",
		"local-development", "local_development", "localdevelopment", "local-running", "local_running", "running-locally", "run-locally",
		"run-local", "run_local", "local-run", "local-setup", "local_setup", "local-env", "local_env", "localenv", "local-environment",
		"local_environment", "local-stack", "local_stack", "local-docker", "docker-local", "docker_local", "local-cluster", "local-k8s":
		return AreaDev
	}
	return 0
}
