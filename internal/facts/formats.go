package facts

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// format is one family of files that Read knows.
type format struct {
	name   string
	kinds  []Kind
	sure   bool // the path alone says that the file is of this format
	claims func(p place, l *layout) bool
	read   func(in *source, out *found)
}

// formats is the one table of formats. Its order is the order in which several
// formats look at one file; it has room for 64.
func formats() []format {
	deps := []Kind{Dependency}
	return []format{
		{"workflows", workflowKinds, true, byPath(isWorkflow), readWorkflowPart},
		{"actions", workflowKinds, false, byPath(isAction), readActionPart},
		{"scripts", workflowKinds, false, isScriptFile, readScriptPart},
		{"CI", []Kind{CI}, true, byPath(isCI), readCIPart},
		{"Concourse", []Kind{CI}, false, isConcourse, readConcoursePart},
		{"Azure's templates", []Kind{CI}, false, isAzureTemplate, readAzureTemplatePart},
		{"Packer", []Kind{Packer}, true, byPath(isPackerPath), readPackerPart},
		{"Packer's JSON", []Kind{Packer}, false, isPlainJSON, each(readPackerTemplate)},
		{"Terraform", []Kind{Terraform}, true, isTerraform, readTerraformPart},
		{"Terraform's neighbours", []Kind{Terraform}, false, besideTerraform, readNeighbour},
		{"Bicep", []Kind{Bicep}, true, isBicep, readBicepPart},
		{"Bicep's values", []Kind{Bicep}, false, isBicepValues, readBicepValues},
		{"Azure's JSON", []Kind{Bicep}, false, isPlainJSON, readARM},
		{"Dockerfile", []Kind{Dockerfile}, true, isDockerfile, each(readDockerfile)},
		{"Compose", []Kind{Compose}, true, byPath(isCompose), eachYAML(Compose, "services", "", readCompose)},
		{"Serverless", []Kind{Serverless}, true, byPath(isServerless), eachYAML(Serverless, "", "", readServerless)},
		{"CloudFormation", []Kind{CloudFormation}, false, isStackPath, readStackPart},
		{"API descriptions", []Kind{CloudFormation}, false, isPlainYAML, eachYAML(CloudFormation, "paths", "x-amazon-apigateway-", readOpenAPI)},
		{"SAM's settings", []Kind{CloudFormation}, true, isSAMConfig, readSAMConfig},
		{"task definitions", []Kind{CloudFormation}, false, isTaskPath, readTask},
		{"Elastic Beanstalk", []Kind{CloudFormation}, true, isEBExtension, eachYAML(CloudFormation, "option_settings", "", readEBExtension)},
		{"Copilot", []Kind{CloudFormation}, true, isCopilot, eachYAML(CloudFormation, "type", "", readCopilot)},
		{"Render", []Kind{Platform}, true, isRender, eachYAML(Platform, "", "", readRender)},
		{"DigitalOcean", []Kind{Platform}, true, isDigitalOcean, eachYAML(Platform, "", "", readDigitalOcean)},
		{"Fly", []Kind{Platform}, true, isFly, each(readFly)},
		{"Railway", []Kind{Platform}, true, isRailway, readRailway},
		{"Cloud Foundry", []Kind{Platform}, false, isCloudFoundry, eachYAML(Platform, "applications", "", readCloudFoundry)},
		{"Cloud Foundry's values", []Kind{Platform}, false, isCloudFoundryValues, readCloudFoundryValues},
		{"App Engine", []Kind{Platform}, false, isAppEngine, eachYAML(Platform, "runtime", "", readAppEngine)},
		{"Kamal", []Kind{Platform}, false, isKamal, eachYAML(Platform, "service", "image", readKamal)},
		{"Procfile", []Kind{Platform}, true, isProcfile, each(readProcfile)},
		{"front page", nil, false, isFrontPage, readFrontPage},
		{"offers", nil, false, isOfferPage, readOffers},
		{"Ansible", []Kind{Ansible}, false, isPlainYAML, readAnsible},
		{"Helm", []Kind{Helm, Kubernetes}, true, isChartPath, readChartPart},
		{"Helm values", []Kind{Helm}, false, isForeignValues, readValuesPart},
		{"named values", []Kind{Helm}, false, isNamedValues, readNamedValues},
		{"Helmfile", []Kind{Helm}, false, isHelmfilePath, readHelmfilePart},
		{"Kubernetes", []Kind{Kubernetes}, false, isPlainYAML, readObjects},
		{"filled in Kubernetes", []Kind{Kubernetes}, false, isFilledManifest, readFilledManifest},
		{"Kubernetes by ERB", []Kind{Kubernetes}, false, isERBManifest, readERBManifest},
		{"package.json", deps, true, isPackageJSON, each(readPackageJSON)},
		{"go.mod", deps, true, isGoMod, each(readGoMod)},
		{"requirements", deps, false, isRequirements, each(readRequirements)},
		{"pyproject.toml", deps, true, isPyproject, each(readPyproject)},
		{"Pipfile", deps, true, isPipfile, each(readPipfile)},
		{"setup.cfg", deps, true, isSetupCfg, each(readSetupCfg)},
		{"setup.py", deps, true, isSetupPy, each(readSetupPy)},
		{"pom.xml", deps, true, isPom, each(readPom)},
		{"Gradle", deps, true, isGradle, readGradlePart},
		{"version catalog", deps, true, isCatalog, readCatalogPart},
		{"sbt", deps, true, isSbt, each(readSbt)},
		{"Gemfile", deps, true, isGemfile, each(readGemfile)},
		{"MSBuild", deps, true, isDotnet, each(readDotnet)},
		{"Cargo.toml", deps, true, isCargo, each(readCargo)},
		{"composer.json", deps, true, isComposer, each(readComposer)},
		{"mix.exs", deps, true, isMix, each(readMix)},
		{"pubspec.yaml", deps, true, isPubspec, eachYAML(Dependency, "dependencies", "", readPubspec)},
		{"Package.swift", deps, true, isSwiftPackage, each(readSwiftPackage)},
		{"CDK and Pulumi", []Kind{Construct}, false, isProgram, each(readProgram)},
		{"Pulumi YAML", []Kind{Construct}, true, isPulumiYAML, eachYAML(Construct, "", "", readPulumi)},
	}
}

// byPath adapts a format that claims by the path alone.
func byPath(is func(path string) bool) func(place, *layout) bool {
	return func(p place, _ *layout) bool { return is(p.path) }
}

// each adapts a reader that needs no other file.
func each(read func(path string, text []byte) ([]Fact, []Warning)) func(*source, *found) {
	return func(in *source, out *found) {
		facts, warnings := read(in.path, in.text)
		out.facts = append(out.facts, facts...)
		out.warnings = append(out.warnings, warnings...)
	}
}

// eachYAML adapts a reader of YAML documents. Texts that lack one of the two
// words are none of its business: looking for a word is a hundred times
// cheaper than parsing. The first is a key, which JSON puts in quotes.
func eachYAML(kind Kind, word, other string, read func(path string, docs []*yaml.Node) []Fact) func(*source, *found) {
	return func(in *source, out *found) {
		key := word
		if word != "" && strings.HasSuffix(in.path, ".json") {
			key = `"` + word + `"`
		}
		if !bytes.Contains(in.text, []byte(key)) || !bytes.Contains(in.text, []byte(other)) {
			return
		}
		docs, warnings := in.documents()
		out.facts = append(out.facts, read(in.path, docs)...)
		if madeByTemplate(in.text) { // it only becomes YAML later
			return
		}
		for _, w := range warnings {
			w.Kinds = []Kind{kind}
			out.warnings = append(out.warnings, w)
		}
	}
}

// madeByTemplate knows the marks of Go's, Jinja's, ERB's and Terraform's
// template languages.
func madeByTemplate(text []byte) bool {
	for _, mark := range [...]string{"{{", "{%", "<%", "%{"} {
		if bytes.Contains(text, []byte(mark)) {
			return true
		}
	}
	return false
}

// documents parses the YAML or JSON of the file, once.
func (in *source) documents() ([]*yaml.Node, []Warning) {
	if !in.parsed {
		in.parsed = true
		in.docs, in.faults = yamlDocuments(in.path, in.text)
	}
	return in.docs, in.faults
}

// isPlainYAML takes every YAML and JSON file that no tool of its own reads.
// What it is, its content decides.
func isPlainYAML(p place, l *layout) bool {
	if !p.yaml() && p.ext != ".json" || isLive(p.path) || strings.HasSuffix(p.base, ".tf.json") {
		return false
	}
	switch p.base {
	case "package.json", "package-lock.json", "composer.json", "composer.lock", "tsconfig.json", "pnpm-lock.yaml", "pubspec.yaml":
		return false
	}
	return !isChartPath(p, l)
}

func isPlainJSON(p place, l *layout) bool { return p.ext == ".json" && isPlainYAML(p, l) }

// isChartPath takes the files that a Helm chart is made of, and the values that
// lie beside it.
func isChartPath(p place, l *layout) bool {
	_, ok := l.chartOf(p)
	return ok
}

// isForeignValues takes values for a chart that lies elsewhere.
func isForeignValues(p place, l *layout) bool {
	return !isLive(p.path) && isValues(strings.TrimSuffix(p.path, ".gotmpl")) && !isChartPath(p, l)
}

func isScriptFile(p place, _ *layout) bool { return scriptKind(p.path) != "" }

func isTerraform(p place, _ *layout) bool { return terraformRoleOf(p.path) != notTerraform }

// besideTerraform takes the small files that Terraform code may read with
// file() or templatefile().
func besideTerraform(p place, l *layout) bool {
	switch p.ext {
	case ".json", ".tpl", ".tftpl", ".tmpl", ".yaml", ".yml", ".sh", ".ps1", ".cfg":
	default:
		return false
	}
	dir := p.dir
	for range 3 {
		if l.terraform[dir] {
			return true
		}
		if dir == "" {
			return false
		}
		dir = parent(dir)
	}
	return false
}

// isDockerfile knows Dockerfile, Dockerfile.api, api.Dockerfile and Podman's
// names; Dockerfile.md is about one.
func isDockerfile(p place, _ *layout) bool {
	stem, rest, _ := strings.Cut(p.base, ".")
	switch {
	case p.ext == ".dockerfile" || p.ext == ".containerfile":
		return true
	case stem != "dockerfile" && stem != "containerfile":
		return strings.HasPrefix(p.base, "dockerfile-") && p.ext == ""
	case p.ext == ".dockerignore" || p.ext == ".md" || p.ext == ".txt" || p.ext == ".sh" || p.ext == ".erb" ||
		p.ext == ".j2" || p.ext == ".tmpl" || p.ext == ".tpl" || p.ext == ".template" || p.ext == ".go" || p.ext == ".py":
		return false
	}
	return rest != "bak" && rest != "orig"
}
