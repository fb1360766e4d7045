package emulator

import "time"

// RepoSettings is what a repository's owner has set up on GitHub beside its
// files. Names follow GitHub's own, so that what the API of a real repository
// answers can be pasted in. The zero value is a new repository: nothing is
// protected, nothing scanned, nothing released. Ids, numbers and times left out
// are filled in when the settings are stored.
type RepoSettings struct {
	Rulesets                      []Ruleset                   `json:"rulesets,omitempty"`
	BranchProtection              map[string]BranchProtection `json:"branch_protection,omitempty"` // by branch name
	VulnerabilityAlerts           bool                        `json:"vulnerability_alerts,omitempty"`
	AutomatedSecurityFixes        bool                        `json:"automated_security_fixes,omitempty"`
	DependabotAlerts              []DependabotAlert           `json:"dependabot_alerts,omitempty"`
	SecretScanning                bool                        `json:"secret_scanning,omitempty"`
	PushProtection                bool                        `json:"secret_scanning_push_protection,omitempty"`
	SecretScanningAlerts          []SecretScanningAlert       `json:"secret_scanning_alerts,omitempty"`
	AdvancedSecurity              bool                        `json:"advanced_security,omitempty"` // private repositories need it for code scanning
	CodeScanningAlerts            []CodeScanningAlert         `json:"code_scanning_alerts,omitempty"`
	CodeScanningAnalyses          []CodeScanningAnalysis      `json:"code_scanning_analyses,omitempty"`
	DefaultSetup                  DefaultSetup                `json:"code_scanning_default_setup,omitzero"`
	PrivateVulnerabilityReporting bool                        `json:"private_vulnerability_reporting,omitempty"`
	Environments                  []Environment               `json:"environments,omitempty"`
	Deployments                   []Deployment                `json:"deployments,omitempty"`
	Releases                      []Release                   `json:"releases,omitempty"`
	ImmutableReleases             bool                        `json:"immutable_releases,omitempty"`
	WorkflowRuns                  []WorkflowRun               `json:"workflow_runs,omitempty"`
	DisabledWorkflows             []string                    `json:"disabled_workflows,omitempty"` // paths
	Actions                       ActionsPolicy               `json:"actions,omitzero"`
	Hooks                         []Hook                      `json:"hooks,omitempty"`
	// Properties are the organization's custom properties: a string or a list of strings each.
	Properties   map[string]any `json:"properties,omitempty"`
	SBOM         []SBOMPackage  `json:"sbom,omitempty"`
	Attestations []Attestation  `json:"attestations,omitempty"`
	Packages     []Package      `json:"packages,omitempty"`
}

// Ruleset is a set of rules for branches or tags.
type Ruleset struct {
	ID           int64         `json:"id,omitempty"`
	Name         string        `json:"name"`
	Target       string        `json:"target,omitempty"`      // branch (default), tag or push
	Enforcement  string        `json:"enforcement,omitempty"` // active (default), evaluate or disabled
	SourceType   string        `json:"source_type,omitempty"` // Repository (default) or Organization
	Conditions   Conditions    `json:"conditions,omitzero"`
	Rules        []Rule        `json:"rules,omitempty"`
	BypassActors []BypassActor `json:"bypass_actors,omitempty"`
	CreatedAt    time.Time     `json:"created_at,omitzero"`
	UpdatedAt    time.Time     `json:"updated_at,omitzero"`
}

// Conditions say which refs a ruleset is for; without any, it is for the default branch.
type Conditions struct {
	RefName RefName `json:"ref_name,omitzero"`
}

// RefName holds patterns of full refs, or ~DEFAULT_BRANCH, or ~ALL.
type RefName struct {
	Include []string `json:"include"`
	Exclude []string `json:"exclude"`
}

// Rule is one rule, with the parameters that GitHub documents for its type.
type Rule struct {
	Type       string         `json:"type"`
	Parameters map[string]any `json:"parameters,omitempty"`
}

// BypassActor may bypass a ruleset; only those who administer see it.
type BypassActor struct {
	ActorID    int64  `json:"actor_id"`
	ActorType  string `json:"actor_type"`
	BypassMode string `json:"bypass_mode,omitempty"` // always (default), pull_request or exempt
}

// BranchProtection is classic protection, in the shape in which it is set over the API.
type BranchProtection struct {
	RequiredStatusChecks           *RequiredStatusChecks `json:"required_status_checks,omitempty"`
	EnforceAdmins                  bool                  `json:"enforce_admins,omitempty"`
	RequiredPullRequestReviews     *RequiredReviews      `json:"required_pull_request_reviews,omitempty"`
	Restrictions                   *Restrictions         `json:"restrictions,omitempty"`
	RequiredLinearHistory          bool                  `json:"required_linear_history,omitempty"`
	RequiredSignatures             bool                  `json:"required_signatures,omitempty"`
	RequiredConversationResolution bool                  `json:"required_conversation_resolution,omitempty"`
	AllowForcePushes               bool                  `json:"allow_force_pushes,omitempty"`
	AllowDeletions                 bool                  `json:"allow_deletions,omitempty"`
	BlockCreations                 bool                  `json:"block_creations,omitempty"`
	LockBranch                     bool                  `json:"lock_branch,omitempty"`
	AllowForkSyncing               bool                  `json:"allow_fork_syncing,omitempty"`
}

// RequiredStatusChecks names the checks that have to pass before a merge.
type RequiredStatusChecks struct {
	Strict   bool     `json:"strict,omitempty"`
	Contexts []string `json:"contexts"`
}

// RequiredReviews says what reviews a pull request needs.
type RequiredReviews struct {
	DismissStaleReviews          bool `json:"dismiss_stale_reviews,omitempty"`
	RequireCodeOwnerReviews      bool `json:"require_code_owner_reviews,omitempty"`
	RequiredApprovingReviewCount int  `json:"required_approving_review_count,omitempty"`
	RequireLastPushApproval      bool `json:"require_last_push_approval,omitempty"`
}

// Restrictions name the people who may push; everybody else may not.
type Restrictions struct {
	Users []string `json:"users"`
}

// ActionsPolicy is what workflows may do. The zero value is GitHub's default:
// Actions on, all actions allowed, a token that reads.
type ActionsPolicy struct {
	Disabled                     bool   `json:"disabled,omitempty"`
	AllowedActions               string `json:"allowed_actions,omitempty"` // all (default), local_only or selected
	SHAPinningRequired           bool   `json:"sha_pinning_required,omitempty"`
	DefaultWorkflowPermissions   string `json:"default_workflow_permissions,omitempty"` // read (default) or write
	CanApprovePullRequestReviews bool   `json:"can_approve_pull_request_reviews,omitempty"`
}

// Hook is one webhook of the repository, not of an App.
type Hook struct {
	ID          int64     `json:"id,omitempty"`
	URL         string    `json:"url"`
	Events      []string  `json:"events,omitempty"` // default push
	ContentType string    `json:"content_type,omitempty"`
	InsecureSSL bool      `json:"insecure_ssl,omitempty"`
	HasSecret   bool      `json:"has_secret,omitempty"`
	Inactive    bool      `json:"inactive,omitempty"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
}
