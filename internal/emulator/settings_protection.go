package emulator

import (
	"net/http"
	"net/url"
)

// branchProtection answers for one branch; the branch routes call it, since a
// branch's name may hold slashes.
func (s *Server) branchProtection(branch string) http.HandlerFunc {
	return s.withSettings(func(v settingsView, w http.ResponseWriter, r *http.Request) {
		protection, ok := v.BranchProtection[branch]
		if !ok {
			writeError(w, http.StatusNotFound, "Branch not protected")
			return
		}
		writeJSON(w, http.StatusOK, v.protectionJSON(branch, protection))
	})
}

// protectionSummaryLocked is what everybody who reads contents may know of a branch:
// whether classic protection is on, and which checks it requires.
func (s *Server) protectionSummaryLocked(repo *Repository, branch string) (protected bool, summary object) {
	none := object{"enabled": false, "required_status_checks": object{
		"enforcement_level": "off", "contexts": []string{}, "checks": []object{},
	}}
	settings, err := decodeSettings(repo.Settings)
	protection, ok := settings.BranchProtection[branch]
	if err != nil || !ok {
		return false, none
	}
	checks := none["required_status_checks"].(object)
	if required := protection.RequiredStatusChecks; required != nil {
		checks = required.json()
		checks["enforcement_level"] = "non_admins"
		if protection.EnforceAdmins {
			checks["enforcement_level"] = "everyone"
		}
	}
	return true, object{"enabled": true, "required_status_checks": checks}
}

func (c RequiredStatusChecks) json() object {
	contexts, checks := []string{}, []object{}
	for _, name := range c.Contexts {
		contexts = append(contexts, name)
		checks = append(checks, object{"context": name, "app_id": nil})
	}
	return object{"contexts": contexts, "checks": checks}
}

func (v settingsView) protectionJSON(branch string, p BranchProtection) object {
	at := v.api + "/branches/" + url.PathEscape(branch) + "/protection"
	enabled := func(on bool) object { return object{"enabled": on} }
	o := object{
		"url":                              at,
		"enforce_admins":                   object{"url": at + "/enforce_admins", "enabled": p.EnforceAdmins},
		"required_signatures":              object{"url": at + "/required_signatures", "enabled": p.RequiredSignatures},
		"required_linear_history":          enabled(p.RequiredLinearHistory),
		"required_conversation_resolution": enabled(p.RequiredConversationResolution),
		"allow_force_pushes":               enabled(p.AllowForcePushes),
		"allow_deletions":                  enabled(p.AllowDeletions),
		"block_creations":                  enabled(p.BlockCreations),
		"lock_branch":                      enabled(p.LockBranch),
		"allow_fork_syncing":               enabled(p.AllowForkSyncing),
	}
	if c := p.RequiredStatusChecks; c != nil {
		checks := c.json()
		checks["url"] = at + "/required_status_checks"
		checks["contexts_url"] = at + "/required_status_checks/contexts"
		checks["strict"] = c.Strict
		o["required_status_checks"] = checks
	}
	if reviews := p.RequiredPullRequestReviews; reviews != nil {
		o["required_pull_request_reviews"] = object{
			"url":                             at + "/required_pull_request_reviews",
			"dismiss_stale_reviews":           reviews.DismissStaleReviews,
			"require_code_owner_reviews":      reviews.RequireCodeOwnerReviews,
			"required_approving_review_count": reviews.RequiredApprovingReviewCount,
			"require_last_push_approval":      reviews.RequireLastPushApproval,
		}
	}
	if p.Restrictions != nil {
		o["restrictions"] = object{
			"url": at + "/restrictions", "users_url": at + "/restrictions/users", "teams_url": at + "/restrictions/teams",
			"apps_url": at + "/restrictions/apps", "users": v.people(p.Restrictions.Users), "teams": []object{}, "apps": []object{},
		}
	}
	return o
}
