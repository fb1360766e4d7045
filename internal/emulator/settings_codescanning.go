package emulator

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
)

// codeScanningAlerts answers 403 without a licence and 404 before the first analysis.
func (v settingsView) codeScanningAlerts(w http.ResponseWriter, r *http.Request) {
	if !v.codeScanningReady(w) {
		return
	}
	list := []object{}
	for _, a := range slices.Backward(v.CodeScanningAlerts) {
		state := cmp.Or(a.State, "open")
		if asked(r, "state", state) && asked(r, "tool_name", cmp.Or(a.Tool, codeQL)) && asked(r, "severity", a.severity()) {
			list = append(list, v.codeScanningJSON(a))
		}
	}
	writeJSON(w, http.StatusOK, pageOf(w, r, v.s.URL(), list))
}

const codeQL = "CodeQL"

// severity is what the list filters by: the security severity where there is one.
func (a CodeScanningAlert) severity() string {
	return cmp.Or(a.SecuritySeverity, cmp.Or(a.Severity, "warning"))
}

func (v settingsView) codeScanningReady(w http.ResponseWriter) bool {
	if !v.codeScanningAllowed(w) {
		return false
	}
	if len(v.CodeScanningAnalyses) == 0 && len(v.CodeScanningAlerts) == 0 {
		writeError(w, http.StatusNotFound, "no analysis found")
		return false
	}
	return true
}

func (v settingsView) codeScanningJSON(a CodeScanningAlert) object {
	created := v.since(a.CreatedAt)
	at := fmt.Sprintf("%s/code-scanning/alerts/%d", v.api, a.Number)
	state := cmp.Or(a.State, "open")
	ref := "refs/heads/" + v.repo.DefaultBranch
	line := max(a.Line, 1)
	o := object{
		"number": a.Number, "created_at": created, "updated_at": created, "url": at, "instances_url": at + "/instances",
		"html_url": fmt.Sprintf("%s/security/code-scanning/%d", v.html, a.Number), "state": state, "fixed_at": nil,
		"dismissed_by": nil, "dismissed_at": nil, "dismissed_reason": nil, "dismissed_comment": nil,
		"rule": object{
			"id": a.Rule, "name": a.Rule, "severity": cmp.Or(a.Severity, "warning"), "description": cmp.Or(a.Description, a.Rule),
			"security_severity_level": orNull(a.SecuritySeverity), "tags": []string{},
		},
		"tool": tool(a.Tool),
		"most_recent_instance": object{
			"ref": ref, "analysis_key": ".github/workflows/codeql.yml:analyze", "environment": "{}",
			"category": ".github/workflows/codeql.yml:analyze", "state": state, "commit_sha": v.sha(v.repo.DefaultBranch),
			"message":         object{"text": cmp.Or(a.Description, a.Rule)},
			"location":        object{"path": a.Path, "start_line": line, "end_line": line, "start_column": 1, "end_column": 1},
			"classifications": []string{},
		},
	}
	switch state {
	case "fixed":
		o["fixed_at"] = created
	case "dismissed":
		o["dismissed_at"], o["dismissed_by"] = created, v.person("")
		o["dismissed_reason"] = cmp.Or(a.DismissedAs, "won't fix")
	}
	return o
}

func tool(name string) object {
	return object{"name": cmp.Or(name, codeQL), "guid": nil, "version": "2.0.0"}
}

func (v settingsView) codeScanningAnalyses(w http.ResponseWriter, r *http.Request) {
	if !v.codeScanningReady(w) {
		return
	}
	list := []object{}
	for _, a := range slices.Backward(v.CodeScanningAnalyses) {
		ref := cmp.Or(a.Ref, "refs/heads/"+v.repo.DefaultBranch)
		if !asked(r, "tool_name", cmp.Or(a.Tool, codeQL)) || !asked(r, "ref", ref) {
			continue
		}
		key := cmp.Or(a.Key, ".github/workflows/codeql.yml:analyze")
		list = append(list, object{
			"id": a.ID, "ref": ref, "commit_sha": cmp.Or(a.CommitSHA, zeroSHA), "analysis_key": key, "category": key,
			"environment": "{}", "error": "", "warning": "", "created_at": v.since(a.CreatedAt), "results_count": a.Results,
			"rules_count": 0, "url": fmt.Sprintf("%s/code-scanning/analyses/%d", v.api, a.ID),
			"sarif_id": fmt.Sprintf("00000000-0000-0000-0000-%012d", a.ID), "tool": tool(a.Tool), "deletable": true,
		})
	}
	writeJSON(w, http.StatusOK, pageOf(w, r, v.s.URL(), list))
}
