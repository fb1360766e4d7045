package emulator

import (
	"cmp"
	"hash/fnv"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// announceSettingsLocked sends the events that GitHub sends when settings turn
// from before to after.
func (s *Server) announceSettingsLocked(before, after settingsView) {
	after.announceProtection(before)
	after.announceRulesets(before)
	after.announceSecurity(before)
	after.announceReleases(before)
	after.announceDeployments(before)
	after.announceRuns(before)
	after.announceAlerts(before)
	if was, is := propertiesJSON(before.Properties), propertiesJSON(after.Properties); !reflect.DeepEqual(was, is) {
		after.send("custom_property_values", object{"action": "updated", "old_property_values": was, "new_property_values": is})
	}
}

// send needs Server.mu, as everything here does. Settings are changed by whoever owns the account.
func (v settingsView) send(event string, payload object) {
	v.s.emitLocked(event, v.original, v.s.ownerOfLocked(&v.owner), payload)
}

func (v settingsView) announceProtection(before settingsView) {
	names := maps.Clone(before.BranchProtection)
	if names == nil {
		names = map[string]BranchProtection{}
	}
	maps.Copy(names, v.BranchProtection)
	for _, branch := range slices.Sorted(maps.Keys(names)) {
		was, had := before.BranchProtection[branch]
		is, has := v.BranchProtection[branch]
		switch {
		case !had:
			v.send("branch_protection_rule", object{"action": "created", "rule": v.protectionRule(branch, is)})
		case !has:
			v.send("branch_protection_rule", object{"action": "deleted", "rule": v.protectionRule(branch, was)})
		case !reflect.DeepEqual(was, is):
			v.send("branch_protection_rule", object{"action": "edited", "rule": v.protectionRule(branch, is), "changes": object{}})
		}
	}
}

// protectionRule is classic protection as the event shows it.
func (v settingsView) protectionRule(branch string, p BranchProtection) object {
	h := fnv.New32a()
	h.Write([]byte(branch))
	level := func(on bool) string {
		switch {
		case !on:
			return "off"
		case p.EnforceAdmins:
			return "everyone"
		}
		return "non_admins"
	}
	checks, reviews, actors := RequiredStatusChecks{}, RequiredReviews{}, []string{}
	if p.RequiredStatusChecks != nil {
		checks = *p.RequiredStatusChecks
	}
	if p.RequiredPullRequestReviews != nil {
		reviews = *p.RequiredPullRequestReviews
	}
	if p.Restrictions != nil {
		actors = append(actors, p.Restrictions.Users...)
	}
	return object{
		"id": int64(h.Sum32()), "repository_id": v.repo.ID, "name": branch, "admin_enforced": p.EnforceAdmins,
		"created_at": v.since(v.repo.CreatedAt), "updated_at": stamp(v.s.now()),
		"pull_request_reviews_enforcement_level":       level(p.RequiredPullRequestReviews != nil),
		"required_approving_review_count":              reviews.RequiredApprovingReviewCount,
		"dismiss_stale_reviews_on_push":                reviews.DismissStaleReviews,
		"require_code_owner_review":                    reviews.RequireCodeOwnerReviews,
		"require_last_push_approval":                   reviews.RequireLastPushApproval,
		"authorized_dismissal_actors_only":             false,
		"ignore_approvals_from_contributors":           false,
		"required_status_checks":                       append([]string{}, checks.Contexts...),
		"required_status_checks_enforcement_level":     level(p.RequiredStatusChecks != nil),
		"strict_required_status_checks_policy":         checks.Strict,
		"signature_requirement_enforcement_level":      level(p.RequiredSignatures),
		"linear_history_requirement_enforcement_level": level(p.RequiredLinearHistory),
		"allow_force_pushes_enforcement_level":         level(p.AllowForcePushes),
		"allow_deletions_enforcement_level":            level(p.AllowDeletions),
		"merge_queue_enforcement_level":                "off",
		"required_deployments_enforcement_level":       "off",
		"required_conversation_resolution_level":       level(p.RequiredConversationResolution),
		"lock_branch_enforcement_level":                level(p.LockBranch),
		"lock_allows_fork_sync":                        p.AllowForkSyncing,
		"create_protected":                             p.BlockCreations,
		"authorized_actors_only":                       p.Restrictions != nil,
		"authorized_actor_names":                       actors,
	}
}

func (v settingsView) announceRulesets(before settingsView) {
	key := func(set Ruleset) int64 { return set.ID }
	diff(before.Rulesets, v.Rulesets, key, func(action string, _, is Ruleset) {
		payload := object{"action": action, "repository_ruleset": v.rulesetDetail(is, true)}
		if action == "edited" {
			payload["changes"] = object{}
		}
		v.send("repository_ruleset", payload)
	})
}

// diff calls found with created, edited or deleted for each difference, the new
// list's order first. Deleted things are passed as both.
func diff[T any, K comparable](before, after []T, key func(T) K, found func(action string, was, is T)) {
	old := map[K]T{}
	for _, item := range before {
		old[key(item)] = item
	}
	for _, item := range after {
		was, known := old[key(item)]
		delete(old, key(item))
		switch {
		case !known:
			found("created", was, item)
		case !reflect.DeepEqual(was, item):
			found("edited", was, item)
		}
	}
	for _, item := range before {
		if _, gone := old[key(item)]; gone {
			found("deleted", item, item)
		}
	}
}

func (v settingsView) announceSecurity(before settingsView) {
	was, is := before.securityAndAnalysis(v.repo.Private), v.securityAndAnalysis(v.repo.Private)
	if reflect.DeepEqual(was, is) {
		return
	}
	repository := maps.Clone(v.brief)
	maps.Copy(repository, object{"security_and_analysis": is, "network_count": 0, "subscribers_count": 0})
	v.send("security_and_analysis", object{"changes": object{"from": object{"security_and_analysis": was}}, "repository": repository})
}

func (v settingsView) announceReleases(before settingsView) {
	key := func(release Release) int64 { return release.ID }
	diff(before.Releases, v.Releases, key, func(action string, was, is Release) {
		actions := []string{action}
		if !is.Draft && (action == "created" || action == "edited" && was.Draft) {
			kind := "released"
			if is.Prerelease {
				kind = "prereleased"
			}
			actions = append(actions, "published", kind)
		}
		for _, action := range actions {
			payload := object{"action": action, "release": v.releaseJSON(is)}
			if action == "edited" {
				payload["changes"] = object{}
			}
			v.send("release", payload)
		}
	})
}

func (v settingsView) announceDeployments(before settingsView) {
	seen := map[int64]bool{}
	for _, d := range before.Deployments {
		seen[d.ID] = true
		for _, status := range d.Statuses {
			seen[status.ID] = true
		}
	}
	for _, d := range v.Deployments {
		if !seen[d.ID] {
			v.send("deployment", object{"action": "created", "deployment": v.deploymentJSON(d), "workflow": nil, "workflow_run": nil})
		}
		for _, status := range d.Statuses {
			if !seen[status.ID] {
				v.send("deployment_status", object{
					"action": "created", "deployment": v.deploymentJSON(d), "deployment_status": v.deploymentStatusJSON(d, status),
				})
			}
		}
	}
}

func (v settingsView) announceRuns(before settingsView) {
	key := func(run WorkflowRun) int64 { return run.ID }
	diff(before.WorkflowRuns, v.WorkflowRuns, key, func(action string, _, run WorkflowRun) {
		if action == "deleted" {
			return // GitHub says nothing when runs expire
		}
		stage := run.status()
		if stage != "completed" && stage != "in_progress" {
			stage = "requested"
		}
		v.send("workflow_run", object{
			"action": stage, "workflow_run": v.runJSON(run), "workflow": v.workflowJSON(workflow{Path: run.Path, Name: v.workflowName(run.Path)}),
		})
	})
}

func (v settingsView) announceAlerts(before settingsView) {
	diff(before.DependabotAlerts, v.DependabotAlerts, func(a DependabotAlert) int { return a.Number }, func(action string, was, is DependabotAlert) {
		if action = alertAction(action, was.State, is.State, cmp.Or(is.State, "open")); action != "" {
			v.send("dependabot_alert", object{"action": action, "alert": v.dependabotJSON(is)})
		}
	})
	diff(before.SecretScanningAlerts, v.SecretScanningAlerts, func(a SecretScanningAlert) int { return a.Number }, func(action string, was, is SecretScanningAlert) {
		if action = alertAction(action, was.State, is.State, cmp.Or(is.State, "open")); action != "" {
			v.send("secret_scanning_alert", object{"action": action, "alert": v.secretJSON(is)})
		}
	})
	diff(before.CodeScanningAlerts, v.CodeScanningAlerts, func(a CodeScanningAlert) int { return a.Number }, func(action string, was, is CodeScanningAlert) {
		closed := strings.Replace(cmp.Or(is.State, "open"), "dismissed", "closed_by_user", 1)
		if action = alertAction(action, was.State, is.State, closed); action != "" {
			v.send("code_scanning_alert", object{
				"action": action, "alert": v.codeScanningJSON(is), "ref": "refs/heads/" + v.repo.DefaultBranch, "commit_oid": v.sha(v.repo.DefaultBranch),
			})
		}
	})
}

// alertAction names what happened to an alert, "" for nothing worth an event.
func alertAction(action, was, is, closed string) string {
	was, is = cmp.Or(was, "open"), cmp.Or(is, "open")
	switch {
	case action == "created":
		return "created"
	case action == "deleted" || was == is:
		return ""
	case is == "open":
		return "reopened"
	}
	return closed
}
