package facts

// purposeName is how the field names workflows of one purpose.
type purposeName struct {
	purpose string
	tools   []string // say it alone
	words   []string // say it where the caller agrees
	agree   []string // are a caller's agreement, beside the words
	of      []string // what it is about, which somebody has to name
	not     []string // make something else of it
	kin     []string // names of files that leave it to the caller, as if they said nothing
	given   []string // inputs that are handed what it is about
	placed  bool     // it changes an environment
}

// notPurposes are words of what looks after a repository, its documents or
// its issues, whatever else the name says.
var notPurposes = []string{
	"update", "upgrade", "bump", "autofix", "fix", "sync", "notify", "notification", "slack", "comment", "comments", "label", "labels", "labeler",
	"title", "stale", "cleanup", "clean", "close", "closed", "delete", "destroy", "remove", "teardown", "report", "reporter", "reports", "reporting", "result", "results",
	"summary", "doc", "docs", "documentation", "mkdocs", "pages", "storybook", "preview", "example", "examples", "template", "templates", "triage", "assign",
	"changelog", "dependencies", "signature", "rollback",
}

// otherPurposes are names of files that make or publish something, whatever
// the jobs that call them are named.
var otherPurposes = append(wordPairs([]string{"image", "container", "docker"}, "build", "push", "publish"),
	"publish", "publisher", "build-image", "build-docker", "build-push", "build-and-push", "npm", "pypi", "nuget", "semantic-release", "release-please")

var infrastructureWords = []string{
	"terraform", "tf", "tofu", "opentofu", "terragrunt", "infra", "infrastructure", "iac", "cdk", "cloudformation", "cfn", "bicep", "pulumi", "ansible", "packer",
	"helm", "chart", "charts", "kustomize",
}

var purposeNames = []purposeName{
	{
		purpose: "tests",
		tools: append(wordPairs([]string{"unit", "integration", "java", "kotlin", "scala", "node", "nodejs", "golang", "go", "python", "ruby", "rails", "php", "rust", "cargo", "dotnet", "backend", "frontend",
			"npm", "yarn", "django", "laravel", "flutter", "swift", "gradle", "maven", "mvn", "sbt"}, "test", "tests", "testing"),
			"rspec", "minitest", "pytest", "jest", "vitest", "jasmine", "mocha", "karma", "phpunit", "pest", "cypress", "playwright", "cucumber", "unittest", "unittests",
			"gradle-verify", "gradle-check", "maven-verify", "maven-check", "mvn-verify", "mvn-check"),
		words: []string{"test", "tests", "testing"},
		agree: []string{"ci", "check", "checks", "verify", "spec", "specs", "build", "pr", "pull-request"},
		not: []string{"load", "performance", "perf", "stress", "benchmark", "benchmarks", "smoke", "e2e", "end-to-end", "acceptance", "helm", "chart", "charts", "image", "images", "container",
			"terraform", "tf", "terragrunt", "infra", "infrastructure", "module", "license", "link", "links", "a11y", "accessibility", "lighthouse", "visual", "security", "mutation",
			"penetration", "zap", "dast", "deploy", "deployment", "apply", "environment", "env", "cluster", "data", "pypi", "plan", "release", "setup", "prepare", "migration"},
	},
	{
		purpose: "lint",
		tools: []string{"rubocop", "standardrb", "eslint", "standardx", "oxlint", "biome", "golangci", "golangci-lint", "staticcheck", "flake8", "pylint", "ruff", "mypy", "pyright", "phpstan", "psalm", "phpcs",
			"clippy", "detekt", "ktlint", "checkstyle", "spotbugs", "credo", "dialyzer", "swiftlint", "superlinter", "super-linter", "megalinter", "mega-linter"},
		words: []string{"lint", "linter", "linters", "linting", "static-analysis", "static-code-analysis", "code-quality", "code-analysis", "statics"},
		agree: []string{"ci", "check", "checks", "quality", "style", "build", "pr", "pull-request", "format"},
		not: append([]string{"commit", "commits", "commitlint", "conventional", "semantic", "pr-lint", "lint-pr", "markdown", "md", "prose", "vale", "spelling", "yaml", "yml", "json", "docker", "dockerfile",
			"hadolint", "action", "actions", "actionlint", "shell", "shellcheck", "bash", "openapi", "api", "swagger", "spectral", "sql", "workflow", "workflows", "branch", "license", "html",
			"message", "messages", "kubernetes", "k8s", "manifests", "validation", "validate"}, infrastructureWords...),
	},
	{
		purpose: "format",
		tools:   []string{"prettier", "black", "scalafmt", "spotless", "gofmt", "rustfmt", "cargo-fmt", "go-fmt", "ktlint", "standardrb", "swiftformat", "terraform-fmt", "code-format", "code-formatting"},
		words:   []string{"format", "formatting", "formatter", "fmt"},
		agree:   []string{"lint", "style", "ci", "pr", "pull-request"},
		not:     []string{"commit", "commits", "message", "file", "files", "data", "date", "markdown", "image", "issue"},
	},
	{
		purpose: "infrastructure-checks",
		tools: append(wordPairs([]string{"terraform", "tf", "terragrunt", "tofu"}, "check", "checks", "validate", "validation", "lint", "static-analysis"),
			"tflint", "tfsec", "checkov", "terrascan", "kics", "conftest", "cfn-lint", "cfn-nag", "ansible-lint", "kubeconform", "kubeval", "kube-linter", "helm-lint", "lint-helm", "helm-chart-lint", "chart-lint", "hadolint"),
		words: []string{"check", "checks", "validate", "validation", "lint", "linting", "static", "static-analysis", "quality", "scan", "verify", "compliance", "policy"},
		agree: []string{"ci", "pr", "pull-request", "security"},
		of:    infrastructureWords,
		not:   []string{"drift", "apply", "deploy", "deployment", "release", "cd", "health", "cost", "license", "link", "links", "secret", "secrets", "image", "container"},
	},
	{
		purpose: "infrastructure-plan",
		words:   []string{"plan", "plans"},
		agree:   []string{"ci", "pr", "pull-request", "code-review", "review", "check", "checks", "validate", "validation", "verify"},
		of:      infrastructureWords,
		not:     []string{"drift", "apply", "test-plan"},
	},
	{
		purpose: "deployment",
		words:   []string{"deploy", "deploys", "deployment", "deployer", "release-to"},
		agree:   []string{"cd", "rollout"},
		not:     []string{"test", "tests", "check", "checks", "wait", "status", "plan", "validate", "key", "e2e", "prepare", "build", "version", "changes", "setup", "migrate", "migration"},
		placed:  true,
	},
	{
		purpose: "deployment",
		words:   []string{"apply"},
		agree:   []string{"deploy", "deployment", "cd", "rollout"},
		of:      infrastructureWords,
		not:     []string{"test", "tests", "module"},
		placed:  true,
	},
	{
		purpose: "end-to-end-tests",
		words:   []string{"e2e", "end-to-end", "playwright", "cypress", "browser-tests", "acceptance-tests", "system-tests"},
		agree:   []string{"acceptance", "browser", "ui", "system"},
		not:     []string{"image", "images", "component", "unit", "setup", "install", "deploy"},
	},
	{
		purpose: "image-scan",
		tools: append(wordPairs([]string{"image", "container", "docker"}, "scan", "scanning", "scanner"),
			"scan-image", "scan-container", "scan-docker", "trivy-image", "trivy-container", "trivy-docker", "snyk-container", "snyk-docker"),
		words: []string{"scan", "scanning", "vulnerability", "vulnerabilities", "trivy", "grype", "snyk", "anchore"},
		agree: []string{"security"},
		of:    []string{"image", "images", "container"},
		kin:   []string{"sast", "security"},
		given: []string{"image", "image-uri", "image-ref", "image-name", "image-tag", "docker-image", "container-image"},
		not:   []string{"secret", "secrets", "dependency", "config", "iac", "filesystem", "repo", "build"},
	},
	{
		purpose: "sast",
		tools:   []string{"codeql", "brakeman", "semgrep", "opengrep", "bandit", "gosec", "njsscan", "sonarqube", "sonarcloud", "snyk-code"},
		words:   []string{"sast", "code-security", "code-scan", "code-scanning", "static-application-security-testing"},
		agree:   []string{"security", "ci", "pr", "pull-request", "checks"},
		not:     []string{"image", "container", "docker", "dependency", "secret", "secrets"},
	},
	{
		purpose: "advisories",
		tools: []string{"dependency-review", "osv-scanner", "pip-audit", "bundle-audit", "bundler-audit", "npm-audit", "yarn-audit", "cargo-audit", "cargo-deny", "govulncheck",
			"dependency-check", "owasp-dependency-check"},
	},
	{
		purpose: "secret-scan",
		tools:   []string{"gitleaks", "trufflehog", "git-secrets", "detect-secrets", "ggshield", "secret-scan", "secret-scanning", "secrets-scan"},
	},
}

// wordPairs is each of the first words before each of the others.
func wordPairs(first []string, second ...string) []string {
	out := make([]string, 0, len(first)*len(second))
	for _, a := range first {
		for _, b := range second {
			out = append(out, a+"-"+b)
		}
	}
	return out
}
