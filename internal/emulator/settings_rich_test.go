package emulator

// richSettings has something in every part.
func richSettings() RepoSettings {
	return RepoSettings{
		Rulesets: []Ruleset{
			{Name: "main", Rules: []Rule{{Type: "deletion"}, {Type: "pull_request", Parameters: map[string]any{
				"required_approving_review_count": 2, "dismiss_stale_reviews_on_push": true, "require_code_owner_review": true,
				"require_last_push_approval": false, "required_review_thread_resolution": false,
			}}}, BypassActors: []BypassActor{{ActorID: 5, ActorType: "RepositoryRole"}}},
			{Name: "trial", Enforcement: "evaluate", Rules: []Rule{{Type: "creation"}}},
			{Name: "features", SourceType: "Organization", Rules: []Rule{{Type: "merge_queue", Parameters: map[string]any{
				"check_response_timeout_minutes": 60, "grouping_strategy": "ALLGREEN", "max_entries_to_build": 5, "max_entries_to_merge": 5,
				"merge_method": "SQUASH", "min_entries_to_merge": 1, "min_entries_to_merge_wait_minutes": 5,
			}}}, Conditions: Conditions{RefName: RefName{Include: []string{"refs/heads/feat/**"}, Exclude: []string{"refs/heads/feat/x/*"}}}},
		},
		BranchProtection: map[string]BranchProtection{"main": {
			RequiredStatusChecks: &RequiredStatusChecks{Strict: true, Contexts: []string{"build"}}, EnforceAdmins: true,
			RequiredPullRequestReviews: &RequiredReviews{RequiredApprovingReviewCount: 1, RequireCodeOwnerReviews: true},
			Restrictions:               &Restrictions{Users: []string{"bob"}}, RequiredSignatures: true,
		}, "feat/x": {LockBranch: true}},
		VulnerabilityAlerts: true, AutomatedSecurityFixes: true, SecretScanning: true, PushProtection: true, AdvancedSecurity: true,
		DependabotAlerts: []DependabotAlert{
			{Package: "lodash", Ecosystem: "npm", ManifestPath: "package.json", Severity: "high", CVE: "CVE-2021-1", Patched: "4.17.21"},
			{Package: "minimist", Ecosystem: "npm", ManifestPath: "package.json", State: "fixed"},
			{Package: "left-pad", Ecosystem: "npm", ManifestPath: "package.json", State: "dismissed", DismissedAs: "not_used"},
		},
		SecretScanningAlerts: []SecretScanningAlert{{SecretType: "aws_access_key_id"}, {SecretType: "github_pat", State: "resolved"}},
		CodeScanningAlerts: []CodeScanningAlert{
			{Rule: "go/sql-injection", SecuritySeverity: "high", Path: "main.go", Line: 3}, {Rule: "go/x", State: "dismissed"}, {Rule: "go/y", State: "fixed"},
		},
		CodeScanningAnalyses:          []CodeScanningAnalysis{{Results: 3}},
		DefaultSetup:                  DefaultSetup{State: "configured", Languages: []string{"go"}},
		PrivateVulnerabilityReporting: true, ImmutableReleases: true,
		Environments: []Environment{{Name: "production", WaitTimer: 10, Reviewers: []string{"bob"}, ProtectedBranches: true}, {Name: "test"}},
		Deployments: []Deployment{{Environment: "production", Production: true, Statuses: []DeploymentStatus{
			{State: "in_progress"}, {State: "success", TargetURL: "https://ci.test/1"},
		}}},
		Releases: []Release{
			{TagName: "v2.0.0-rc.1", Prerelease: true}, {TagName: "v3", Draft: true},
			{TagName: "v1.0.0", Name: "One", Assets: []ReleaseAsset{{Name: "api.tar.gz", Size: 7}}},
		},
		WorkflowRuns: []WorkflowRun{
			{Path: ".github/workflows/ci.yml", Conclusion: "failure"},
			{Path: ".github/workflows/ci.yml", Branch: "feat/x", Event: "pull_request", Status: "in_progress"},
		},
		DisabledWorkflows: []string{".github/workflows/deploy.yml"},
		Actions:           ActionsPolicy{AllowedActions: "selected", SHAPinningRequired: true, DefaultWorkflowPermissions: "write"},
		Hooks:             []Hook{{URL: "https://hooks.test/a", HasSecret: true}},
		Properties:        map[string]any{"tier": "gold", "languages": []string{"go", "hcl"}},
		SBOM:              []SBOMPackage{{Name: "chi", Version: "5.5.0", License: "MIT", PURL: "pkg:golang/github.com/go-chi/chi/v5@5.5.0"}},
		Attestations:      []Attestation{{SubjectDigest: "sha256:aa", PredicateType: "https://slsa.dev/provenance/v1"}},
		Packages:          []Package{{Name: "api", PackageType: "container", VersionCount: 3}},
	}
}
