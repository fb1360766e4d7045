package facts

import (
	"bytes"
	"strings"
)

// eachImport calls see with every module that a line of source imports. It is
// a look at bytes, not a parser: a comment may fool it only by being an import
// that was commented out with something else than the usual marks.
func eachImport(ecosystem string, line []byte, see func(module string)) {
	if len(line) == 0 || bytes.HasPrefix(line, []byte("//")) || line[0] == '*' || line[0] == '#' && ecosystem != "crate" {
		return
	}
	switch ecosystem {
	case "npm":
		npmImports(line, see)
	case "go":
		if i := bytes.IndexByte(line, '"'); i >= 0 && goImportLine(line[:i]) {
			see(upTo(line[i+1:], '"'))
		}
	case "pypi":
		pythonImports(line, see)
	case "maven":
		if rest, ok := bytes.CutPrefix(line, []byte("import ")); ok {
			rest = bytes.TrimPrefix(bytes.TrimSpace(rest), []byte("static "))
			see(string(bytes.TrimRight(rest, "; *._")))
		}
	case "gem":
		if rest, ok := bytes.CutPrefix(line, []byte("require ")); ok && len(rest) > 2 && (rest[0] == '"' || rest[0] == '\'') {
			see(upTo(rest[1:], rest[0]))
		} else if bytes.HasPrefix(line, []byte("Bundler.require")) {
			see("*")
		}
	case "nuget":
		rest, ok := bytes.CutPrefix(bytes.TrimPrefix(line, []byte("global ")), []byte("using "))
		if !ok {
			rest, ok = bytes.CutPrefix(line, []byte("open "))
		}
		if ok {
			see(string(bytes.TrimRight(rest, "; ")))
		}
	case "crate":
		rustImports(line, see)
	}
}

func upTo(b []byte, end byte) string {
	if i := bytes.IndexByte(b, end); i >= 0 {
		return string(b[:i])
	}
	return ""
}

// npmImports finds what follows from, require( and import.
func npmImports(line []byte, see func(string)) {
	if bytes.HasPrefix(line, []byte("import type ")) {
		return
	}
	for _, mark := range [...]string{"from", "require(", "import(", "import"} {
		i := bytes.Index(line, []byte(mark))
		if i < 0 {
			continue
		}
		rest := bytes.TrimLeft(line[i+len(mark):], " ")
		if len(rest) > 1 && (rest[0] == '"' || rest[0] == '\'' || rest[0] == '`') {
			see(upTo(rest[1:], rest[0]))
		}
	}
}

// goImportLine tells by what stands before the quote whether a line may import:
// nothing, a name, or the keyword.
func goImportLine(before []byte) bool {
	before = bytes.TrimSpace(bytes.TrimPrefix(before, []byte("import ")))
	for _, c := range before {
		if !letter(c) && c != '.' && !('0' <= c && c <= '9') {
			return false
		}
	}
	return true
}

func pythonImports(line []byte, see func(string)) {
	if rest, ok := bytes.CutPrefix(line, []byte("from ")); ok {
		module, _, _ := bytes.Cut(bytes.TrimSpace(rest), []byte(" "))
		see(string(module))
		return
	}
	if rest, ok := bytes.CutPrefix(line, []byte("import ")); ok {
		for part := range bytes.SplitSeq(rest, []byte(",")) {
			part = bytes.TrimSpace(part)
			if i := bytes.IndexAny(part, " #;"); i >= 0 {
				part = part[:i]
			}
			see(string(part))
		}
	}
}

// rustImports takes a path that is used, imported or named in an attribute.
func rustImports(line []byte, see func(string)) {
	for _, mark := range [...]string{"pub use ", "use ", "extern crate ", "#["} {
		if rest, ok := bytes.CutPrefix(line, []byte(mark)); ok {
			see(string(bytes.TrimRight(bytes.TrimPrefix(rest, []byte("::")), ";{ ]")))
			return
		}
	}
	if i := bytes.Index(line, []byte("::")); i > 0 {
		from := i
		for from > 0 && (letter(line[from-1]) || '0' <= line[from-1] && line[from-1] <= '9') {
			from--
		}
		see(string(line[from:i]))
	}
}

// modulesOf is what source calls a package, and whether that is certain: where
// a framework loads packages by itself, source need not name them.
func modulesOf(ecosystem, name string) (modules []string, exact bool) {
	switch ecosystem {
	case "pypi":
		if known := pythonModules(name); known != nil {
			return known, true
		}
		plain := strings.ReplaceAll(name, "-", "_")
		return []string{plain, strings.TrimPrefix(plain, "python_"), strings.ReplaceAll(name, "-", ".")}, !strings.Contains(name, "-")
	case "maven":
		group, artifact, _ := strings.Cut(name, ":")
		return []string{group, group + "." + strings.ReplaceAll(artifact, "-", ".")}, false
	case "gem":
		return []string{name, strings.ReplaceAll(name, "-", "/"), "*"}, false
	case "nuget":
		return []string{name}, false
	case "crate":
		return []string{strings.ReplaceAll(name, "-", "_")}, true
	}
	return []string{name}, true
}

// pythonModules knows the packages whose modules are called something else.
func pythonModules(name string) []string {
	switch name {
	case "django-allauth":
		return []string{"allauth"}
	case "django-ratelimit":
		return []string{"django_ratelimit", "ratelimit"}
	case "django-health-check":
		return []string{"health_check"}
	case "django-csp":
		return []string{"csp"}
	case "django-silk":
		return []string{"silk"}
	case "djangorestframework":
		return []string{"rest_framework"}
	case "djangorestframework-simplejwt":
		return []string{"rest_framework_simplejwt"}
	case "python-json-logger":
		return []string{"pythonjsonlogger"}
	case "python-jose":
		return []string{"jose"}
	case "pyjwt":
		return []string{"jwt"}
	case "pyyaml":
		return []string{"yaml"}
	case "google-cloud-secret-manager":
		return []string{"google.cloud.secretmanager"}
	case "google-cloud-logging":
		return []string{"google.cloud.logging"}
	case "google-cloud-profiler":
		return []string{"googlecloudprofiler"}
	case "azure-keyvault-secrets":
		return []string{"azure.keyvault.secrets"}
	case "opensearch-py":
		return []string{"opensearchpy"}
	case "faust-streaming":
		return []string{"faust"}
	case "launchdarkly-server-sdk":
		return []string{"ldclient"}
	case "openfeature-sdk", "optimizely-sdk":
		return []string{strings.TrimSuffix(name, "-sdk")}
	case "splitio-client":
		return []string{"splitio"}
	case "configcat-client":
		return []string{"configcatclient"}
	case "eppo-server-sdk":
		return []string{"eppo_client"}
	case "pyroscope-io":
		return []string{"pyroscope"}
	case "psycopg2-binary":
		return []string{"psycopg2"}
	case "grpcio":
		return []string{"grpc"}
	case "prometheus-client", "aws-xray-sdk", "aws-lambda-powertools", "ddtrace", "sentry-sdk", "confluent-kafka", "flask-limiter", "flask-talisman", "flask-login", "datadog",
		"opentelemetry-api", "opentelemetry-sdk":
		return []string{strings.TrimSuffix(strings.TrimSuffix(strings.ReplaceAll(name, "-", "_"), "_api"), "_sdk"), strings.ReplaceAll(name, "-", "_")}
	}
	return nil
}
