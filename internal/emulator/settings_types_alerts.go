package emulator

import "time"

// DependabotAlert is a dependency with a known vulnerability.
type DependabotAlert struct {
	Number         int       `json:"number,omitempty"`
	State          string    `json:"state,omitempty"` // open (default), fixed, dismissed or auto_dismissed
	Package        string    `json:"package"`
	Ecosystem      string    `json:"ecosystem"`
	ManifestPath   string    `json:"manifest_path"`
	Severity       string    `json:"severity,omitempty"` // low, medium (default), high or critical
	GHSA           string    `json:"ghsa_id,omitempty"`
	CVE            string    `json:"cve_id,omitempty"`
	Summary        string    `json:"summary,omitempty"`
	Vulnerable     string    `json:"vulnerable_version_range,omitempty"`
	Patched        string    `json:"first_patched_version,omitempty"`
	CreatedAt      time.Time `json:"created_at,omitzero"`
	DismissedAs    string    `json:"dismissed_reason,omitempty"`
	DismissComment string    `json:"dismissed_comment,omitempty"`
}

// SecretScanningAlert is a secret found in the repository's history.
type SecretScanningAlert struct {
	Number     int       `json:"number,omitempty"`
	State      string    `json:"state,omitempty"` // open (default) or resolved
	Resolution string    `json:"resolution,omitempty"`
	SecretType string    `json:"secret_type"`
	CreatedAt  time.Time `json:"created_at,omitzero"`
}

// CodeScanningAlert is one finding of a code scanning tool.
type CodeScanningAlert struct {
	Number           int       `json:"number,omitempty"`
	State            string    `json:"state,omitempty"` // open (default), dismissed or fixed
	Tool             string    `json:"tool,omitempty"`  // default CodeQL
	Rule             string    `json:"rule"`
	Description      string    `json:"description,omitempty"`
	Severity         string    `json:"severity,omitempty"`                // none, note, warning or error
	SecuritySeverity string    `json:"security_severity_level,omitempty"` // low, medium, high or critical
	Path             string    `json:"path,omitempty"`
	Line             int       `json:"line,omitempty"`
	DismissedAs      string    `json:"dismissed_reason,omitempty"`
	CreatedAt        time.Time `json:"created_at,omitzero"`
}

// CodeScanningAnalysis is one upload of a tool's results.
type CodeScanningAnalysis struct {
	ID        int64     `json:"id,omitempty"`
	Tool      string    `json:"tool,omitempty"`       // default CodeQL
	Ref       string    `json:"ref,omitempty"`        // refs/heads/ and the default branch when empty
	CommitSHA string    `json:"commit_sha,omitempty"` // head of Ref when empty
	Key       string    `json:"analysis_key,omitempty"`
	Results   int       `json:"results_count,omitempty"`
	CreatedAt time.Time `json:"created_at,omitzero"`
}

// DefaultSetup is code scanning that GitHub runs without a workflow file.
type DefaultSetup struct {
	State      string    `json:"state,omitempty"` // not-configured (default) or configured
	Languages  []string  `json:"languages,omitempty"`
	QuerySuite string    `json:"query_suite,omitempty"` // default or extended
	UpdatedAt  time.Time `json:"updated_at,omitzero"`
}
