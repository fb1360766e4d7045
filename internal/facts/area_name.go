package facts

import "strings"

// areaOfName knows a file by its own name.
func areaOfName(base string) (area Area) {
	if strings.Contains(base, "{{") {
		area |= AreaTemplate
	}
	dot := strings.IndexByte(base, '.')
	if dot < 0 {
		return area
	}
	stem, rest := base[:dot], base[dot:]
	ext := rest[strings.LastIndexByte(rest, '.'):]
	return area | areaOfInfix(stem, rest, ext) | areaOfSource(base, base[:len(base)-len(ext)], ext)
}

// areaOfInfix reads the parts of a name: values.example.yaml,
// docker-compose.dev.yml, Dockerfile.test, zones.tftest.hcl, api.pb.go.
func areaOfInfix(stem, rest, ext string) (area Area) {
	if isConfig(ext) && (stem == "example" || stem == "sample" || stem == "demo") {
		area |= AreaExample
	}
	if i := strings.LastIndexAny(stem, "-_"); i > 0 && isConfig(ext) {
		switch stem[i+1:] {
		case "example", "sample":
			area |= AreaExample
		}
	}
	image := strings.EqualFold(stem, "dockerfile") || strings.EqualFold(ext, ".dockerfile")
	compose := strings.HasPrefix(stem, "docker-compose") || strings.HasPrefix(stem, "compose")
	if image || compose {
		area |= areaOfVariant(stem, rest, compose)
	}
	if len(rest) == len(ext) {
		return area
	}
	for rest != "" {
		var word string
		word, rest, _ = strings.Cut(rest[1:], ".")
		if rest != "" {
			rest = "." + rest
		}
		switch word {
		case "example", "sample":
			area |= AreaExample
		case "test", "tests", "tftest", "tofutest", "tfmock", "cy", "e2e", "e2e-spec":
			area |= AreaTest
		case "spec":
			if isScript(ext) {
				area |= AreaTest
			}
		case "stories":
			area |= AreaDocs
		case "pb", "min", "generated", "designer", "Generated", "Designer":
			area |= AreaGenerated
		case "g", "freezed": // Api.g.cs, user.g.dart
			if ext == ".cs" || ext == ".dart" {
				area |= AreaGenerated
			}
		}
	}
	return area
}

// areaOfVariant reads what a Dockerfile or Compose file is for from the words
// in its name. What an integration service composes, it tests; what it builds,
// others run.
func areaOfVariant(stem, rest string, compose bool) (area Area) {
	for word := range strings.FieldsFuncSeq(stem+rest, func(r rune) bool { return r == '.' || r == '-' || r == '_' }) {
		switch strings.ToLower(word) {
		case "dev", "devel", "development", "local", "override", "debug", "devcontainer":
			area |= AreaDev
		case "test", "tests", "testing", "e2e", "coverage", "lint", "fuzz", "fuzzing", "bench", "benchmark":
			area |= AreaTest
		case "example", "sample", "demo":
			area |= AreaExample
		case "ci", "gcb", "cloudbuild", "gha", "circleci", "travis":
			if compose {
				area |= AreaTest
			}
		case "docs":
			area |= AreaDocs
		}
	}
	return area
}

// areaOfSource knows the naming conventions of test runners and generators.
func areaOfSource(base, stem, ext string) (area Area) {
	var prefixes, suffixes []string
	switch ext {
	case ".go":
		suffixes = goTest[:]
		if strings.HasPrefix(base, "zz_generated") || strings.HasSuffix(stem, "_gen") || strings.HasSuffix(stem, "_generated") {
			area |= AreaGenerated
		}
	case ".py":
		prefixes, suffixes = pyTest[:], snakeTest[:]
		if base == "conftest.py" || base == "tests.py" || base == "noxfile.py" {
			area |= AreaTest
		}
		if strings.HasSuffix(stem, "_pb2") || strings.HasSuffix(stem, "_pb2_grpc") {
			area |= AreaGenerated
		}
	case ".rb", ".exs", ".ex", ".rs", ".dart", ".php", ".c", ".cc", ".cpp", ".lua", ".clj":
		suffixes = snakeTest[:]
		if base == "spec_helper.rb" || base == "rails_helper.rb" || base == "test_helper.rb" || base == "test_helper.exs" {
			area |= AreaTest
		}
		if ext == ".php" {
			suffixes = camelTest[:]
		}
	case ".cs":
		suffixes = camelTest[:]
		if strings.HasSuffix(stem, "ModelSnapshot") { // Entity Framework's, beside the migrations
			area |= AreaGenerated
		}
	case ".java", ".kt", ".scala", ".groovy", ".swift", ".fs", ".vb":
		suffixes = camelTest[:]
	}
	for _, s := range suffixes {
		if strings.HasSuffix(stem, s) && len(stem) > len(s) {
			area |= AreaTest
		}
	}
	for _, s := range prefixes {
		if strings.HasPrefix(stem, s) {
			area |= AreaTest
		}
	}
	return area
}

var (
	goTest    = [...]string{"_test"}
	pyTest    = [...]string{"test_"}
	snakeTest = [...]string{"_test", "_tests", "_spec"}
	camelTest = [...]string{"Test", "Tests", "IT", "Spec", "TestCase", "TestBase"}
)

func isConfig(ext string) bool {
	switch ext {
	case ".yaml", ".yml", ".json", ".toml", ".tfvars", ".hcl", ".tf", ".ini", ".env", ".conf":
		return true
	}
	return false
}

func isScript(ext string) bool {
	switch ext {
	case ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte":
		return true
	}
	return false
}
