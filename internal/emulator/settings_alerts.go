package emulator

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// dependabotAlerts answers 403 while the alerts are switched off.
func (v settingsView) dependabotAlerts(w http.ResponseWriter, r *http.Request) {
	if !v.VulnerabilityAlerts {
		writeError(w, http.StatusForbidden, "Dependabot alerts are disabled for this repository.")
		return
	}
	writeJSON(w, http.StatusOK, cursorPage(w, r, v.s.URL(), v.dependabotList(r)))
}

// dependabotList is the newest first, filtered by state, severity and ecosystem.
func (v settingsView) dependabotList(r *http.Request) []object {
	list := []object{}
	for _, a := range slices.Backward(v.DependabotAlerts) {
		if asked(r, "state", cmp.Or(a.State, "open")) && asked(r, "severity", cmp.Or(a.Severity, "medium")) &&
			asked(r, "ecosystem", a.Ecosystem) {
			list = append(list, v.dependabotJSON(a))
		}
	}
	return list
}

// asked says whether a query parameter, a list with commas, lets a value through.
func asked(r *http.Request, name, value string) bool {
	list := r.URL.Query().Get(name)
	return list == "" || slices.Contains(strings.Split(list, ","), value)
}

func (v settingsView) dependabotJSON(a DependabotAlert) object {
	severity := cmp.Or(a.Severity, "medium")
	ghsa := cmp.Or(a.GHSA, fmt.Sprintf("GHSA-0000-0000-%04d", a.Number))
	pkg := object{"ecosystem": a.Ecosystem, "name": a.Package}
	var patched any
	if a.Patched != "" {
		patched = object{"identifier": a.Patched}
	}
	vulnerability := object{
		"package": pkg, "severity": severity, "first_patched_version": patched,
		"vulnerable_version_range": cmp.Or(a.Vulnerable, ">= 0"),
	}
	identifiers := []object{{"type": "GHSA", "value": ghsa}}
	if a.CVE != "" {
		identifiers = append(identifiers, object{"type": "CVE", "value": a.CVE})
	}
	summary := cmp.Or(a.Summary, "A vulnerability in "+a.Package)
	created := v.since(a.CreatedAt)
	o := object{
		"number": a.Number, "state": cmp.Or(a.State, "open"),
		"dependency": object{"package": pkg, "manifest_path": a.ManifestPath, "scope": "runtime"},
		"security_advisory": object{
			"ghsa_id": ghsa, "cve_id": orNull(a.CVE), "summary": summary, "description": summary, "severity": severity,
			"vulnerabilities": []object{vulnerability}, "cvss": object{"score": 0, "vector_string": nil}, "cwes": []object{},
			"identifiers": identifiers, "references": []object{}, "published_at": created, "updated_at": created, "withdrawn_at": nil,
		},
		"security_vulnerability": vulnerability,
		"url":                    fmt.Sprintf("%s/dependabot/alerts/%d", v.api, a.Number),
		"html_url":               fmt.Sprintf("%s/security/dependabot/%d", v.html, a.Number),
		"created_at":             created, "updated_at": created,
		"dismissed_at": nil, "dismissed_by": nil, "dismissed_reason": nil, "dismissed_comment": orNull(a.DismissComment),
		"fixed_at": nil, "auto_dismissed_at": nil,
	}
	switch a.State {
	case "fixed":
		o["fixed_at"] = created
	case "auto_dismissed":
		o["auto_dismissed_at"] = created
	case "dismissed":
		o["dismissed_at"], o["dismissed_by"] = created, v.person("")
		o["dismissed_reason"] = cmp.Or(a.DismissedAs, "tolerable_risk")
	}
	return o
}

// secretScanningAlerts answers 404 while secret scanning is switched off.
func (v settingsView) secretScanningAlerts(w http.ResponseWriter, r *http.Request) {
	if !v.SecretScanning {
		writeError(w, http.StatusNotFound, "Secret scanning is disabled on this repository.")
		return
	}
	list := []object{}
	for _, a := range slices.Backward(v.SecretScanningAlerts) {
		if asked(r, "state", cmp.Or(a.State, "open")) && asked(r, "secret_type", a.SecretType) && asked(r, "resolution", a.Resolution) {
			list = append(list, v.secretJSON(a))
		}
	}
	writeJSON(w, http.StatusOK, pageOf(w, r, v.s.URL(), list))
}

// secretJSON never tells the secret itself.
func (v settingsView) secretJSON(a SecretScanningAlert) object {
	created := v.since(a.CreatedAt)
	at := fmt.Sprintf("%s/secret-scanning/alerts/%d", v.api, a.Number)
	o := object{
		"number": a.Number, "created_at": created, "updated_at": created, "url": at, "locations_url": at + "/locations",
		"html_url": fmt.Sprintf("%s/security/secret-scanning/%d", v.html, a.Number), "state": cmp.Or(a.State, "open"),
		"resolution": nil, "resolved_at": nil, "resolved_by": nil, "resolution_comment": nil,
		"secret_type": a.SecretType, "secret_type_display_name": strings.ReplaceAll(a.SecretType, "_", " "),
		"push_protection_bypassed": false, "push_protection_bypassed_by": nil, "push_protection_bypassed_at": nil,
		"validity": "unknown", "publicly_leaked": false, "multi_repo": false,
	}
	if a.State == "resolved" {
		o["resolution"], o["resolved_at"], o["resolved_by"] = cmp.Or(a.Resolution, "revoked"), created, v.person("")
	}
	return o
}

// cursorPage pages as GitHub's cursor endpoints do: an opaque `after` in the Link header.
func cursorPage(w http.ResponseWriter, r *http.Request, base string, items []object) []object {
	_, size := pageParams(r)
	start := 0
	if raw, err := base64.RawURLEncoding.DecodeString(r.URL.Query().Get("after")); err == nil {
		start, _ = strconv.Atoi(strings.TrimPrefix(string(raw), "after:"))
	}
	start = max(0, min(start, len(items)))
	end := min(start+size, len(items))
	if end < len(items) {
		q := url.Values{}
		for name, values := range r.URL.Query() {
			q[name] = values
		}
		q.Set("after", base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "after:%d", end)))
		w.Header().Set("Link", fmt.Sprintf(`<%s/api/v3%s?%s>; rel="next"`, base, r.URL.EscapedPath(), q.Encode()))
	}
	return items[start:end]
}
