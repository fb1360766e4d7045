package emulator

import "time"

// Environment is a deployment environment with its protection rules.
type Environment struct {
	ID                   int64     `json:"id,omitempty"`
	Name                 string    `json:"name"`
	WaitTimer            int       `json:"wait_timer,omitempty"` // minutes
	Reviewers            []string  `json:"reviewers,omitempty"`  // logins
	PreventSelfReview    bool      `json:"prevent_self_review,omitempty"`
	ProtectedBranches    bool      `json:"protected_branches,omitempty"`
	CustomBranchPolicies bool      `json:"custom_branch_policies,omitempty"`
	CreatedAt            time.Time `json:"created_at,omitzero"`
}

// Deployment is one deployment; Statuses are oldest first.
type Deployment struct {
	ID          int64              `json:"id,omitempty"`
	Environment string             `json:"environment"`
	Ref         string             `json:"ref,omitempty"` // default branch when empty
	SHA         string             `json:"sha,omitempty"` // head of Ref when empty
	Task        string             `json:"task,omitempty"`
	Description string             `json:"description,omitempty"`
	Production  bool               `json:"production_environment,omitempty"`
	Creator     string             `json:"creator,omitempty"` // login
	Statuses    []DeploymentStatus `json:"statuses,omitempty"`
	CreatedAt   time.Time          `json:"created_at,omitzero"`
}

// DeploymentStatus is one step in the life of a deployment.
type DeploymentStatus struct {
	ID          int64     `json:"id,omitempty"`
	State       string    `json:"state"` // success, failure, in_progress…
	Description string    `json:"description,omitempty"`
	TargetURL   string    `json:"target_url,omitempty"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
}

// Release is one release, newest first in the list. Its tag need not be in git.
type Release struct {
	ID         int64          `json:"id,omitempty"`
	TagName    string         `json:"tag_name"`
	Target     string         `json:"target_commitish,omitempty"` // default branch when empty
	Name       string         `json:"name,omitempty"`
	Body       string         `json:"body,omitempty"`
	Draft      bool           `json:"draft,omitempty"`
	Prerelease bool           `json:"prerelease,omitempty"`
	Immutable  bool           `json:"immutable,omitempty"`
	Author     string         `json:"author,omitempty"` // login
	Assets     []ReleaseAsset `json:"assets,omitempty"`
	CreatedAt  time.Time      `json:"created_at,omitzero"`
}

// ReleaseAsset is a file attached to a release.
type ReleaseAsset struct {
	ID          int64  `json:"id,omitempty"`
	Name        string `json:"name"`
	ContentType string `json:"content_type,omitempty"`
	Size        int    `json:"size,omitempty"`   // bytes
	Digest      string `json:"digest,omitempty"` // sha256:…
}

// WorkflowRun is one run of a workflow, newest first in the list.
type WorkflowRun struct {
	ID         int64     `json:"id,omitempty"`
	Number     int       `json:"run_number,omitempty"`
	Path       string    `json:"path"`                  // .github/workflows/ci.yml
	Event      string    `json:"event,omitempty"`       // default push
	Branch     string    `json:"head_branch,omitempty"` // default branch when empty
	SHA        string    `json:"head_sha,omitempty"`    // head of Branch when empty
	Status     string    `json:"status,omitempty"`      // default completed
	Conclusion string    `json:"conclusion,omitempty"`  // success, failure… when completed
	Title      string    `json:"display_title,omitempty"`
	Actor      string    `json:"actor,omitempty"` // login
	CreatedAt  time.Time `json:"created_at,omitzero"`
}

// SBOMPackage is one package of the dependency graph's bill of materials.
type SBOMPackage struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	License string `json:"license,omitempty"` // SPDX expression
	PURL    string `json:"purl,omitempty"`
}

// Attestation says something signed about an artifact.
type Attestation struct {
	SubjectDigest string `json:"subject_digest"` // sha256:…
	PredicateType string `json:"predicate_type"`
}

// Package is a package that the repository's organization publishes from it.
type Package struct {
	ID           int64     `json:"id,omitempty"`
	Name         string    `json:"name"`
	PackageType  string    `json:"package_type"` // npm, maven, rubygems, docker, nuget or container
	VersionCount int       `json:"version_count,omitempty"`
	CreatedAt    time.Time `json:"created_at,omitzero"`
}
