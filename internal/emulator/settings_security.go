package emulator

import (
	"cmp"
	"net/http"
)

// vulnerabilityAlerts answers 204 when Dependabot alerts are on, 404 when they are not.
func (v settingsView) vulnerabilityAlerts(w http.ResponseWriter, _ *http.Request) {
	if !v.VulnerabilityAlerts {
		writeError(w, http.StatusNotFound, "Vulnerability alerts are disabled.")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (v settingsView) automatedSecurityFixes(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, object{"enabled": v.AutomatedSecurityFixes, "paused": false})
}

func (v settingsView) privateVulnerabilityReporting(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, object{"enabled": v.PrivateVulnerabilityReporting})
}

// immutableReleases answers 404 when the switch is off.
func (v settingsView) immutableReleases(w http.ResponseWriter, _ *http.Request) {
	if !v.ImmutableReleases {
		writeNotFound(w)
		return
	}
	writeJSON(w, http.StatusOK, object{"enabled": true, "enforced_by_owner": false})
}

// securityAndAnalysisLocked is the part of the repository object that only its
// administrators see.
func (s *Server) securityAndAnalysisLocked(repo *Repository) object {
	settings, err := decodeSettings(repo.Settings)
	if err != nil {
		return object{}
	}
	return settings.securityAndAnalysis(repo.Private)
}

func (v RepoSettings) securityAndAnalysis(private bool) object {
	status := func(on bool) object {
		if on {
			return object{"status": "enabled"}
		}
		return object{"status": "disabled"}
	}
	o := object{
		"secret_scanning":                 status(v.SecretScanning),
		"secret_scanning_push_protection": status(v.PushProtection),
		"dependabot_security_updates":     status(v.AutomatedSecurityFixes),
	}
	if private {
		o["advanced_security"] = status(v.AdvancedSecurity) // public repositories always have it
	}
	return o
}

func (v settingsView) defaultSetup(w http.ResponseWriter, _ *http.Request) {
	if !v.codeScanningAllowed(w) {
		return
	}
	d := v.DefaultSetup
	o := object{
		"state": cmp.Or(d.State, "not-configured"), "query_suite": cmp.Or(d.QuerySuite, "default"),
		"languages": append([]string{}, d.Languages...), "updated_at": stamp(d.UpdatedAt), "schedule": nil,
	}
	if d.State == "configured" {
		o["schedule"] = "weekly"
	}
	writeJSON(w, http.StatusOK, o)
}

// codeScanningAllowed answers 403, and false, where a private repository has no
// licence for code scanning.
func (v settingsView) codeScanningAllowed(w http.ResponseWriter) bool {
	if v.repo.Private && !v.AdvancedSecurity {
		writeError(w, http.StatusForbidden, "Code Security must be enabled for this repository to use code scanning.")
		return false
	}
	return true
}
