package emulator

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

func (v settingsView) environments(w http.ResponseWriter, r *http.Request) {
	list := []object{}
	for _, e := range v.Environments {
		list = append(list, v.environmentJSON(e))
	}
	page := pageOf(w, r, v.s.URL(), list)
	writeJSON(w, http.StatusOK, object{"total_count": len(list), "environments": page})
}

func (v settingsView) environmentJSON(e Environment) object {
	rules := []object{}
	rule := func(kind string) object {
		id := e.ID*10 + int64(len(rules))
		return object{"id": id, "node_id": nodeID("GA", id), "type": kind}
	}
	if e.WaitTimer > 0 {
		timer := rule("wait_timer")
		timer["wait_timer"] = e.WaitTimer
		rules = append(rules, timer)
	}
	if len(e.Reviewers) > 0 {
		reviewers := []object{}
		for _, person := range v.people(e.Reviewers) {
			reviewers = append(reviewers, object{"type": "User", "reviewer": person})
		}
		required := rule("required_reviewers")
		required["reviewers"], required["prevent_self_review"] = reviewers, e.PreventSelfReview
		rules = append(rules, required)
	}
	var policy any
	if e.ProtectedBranches || e.CustomBranchPolicies {
		rules = append(rules, rule("branch_policy"))
		policy = object{"protected_branches": e.ProtectedBranches, "custom_branch_policies": e.CustomBranchPolicies && !e.ProtectedBranches}
	}
	return object{
		"id": e.ID, "node_id": nodeID("EN", e.ID), "name": e.Name, "url": v.api + "/environments/" + pathEscape(e.Name),
		"html_url":   v.html + "/deployments/activity_log?environments_filter=" + pathEscape(e.Name),
		"created_at": v.since(e.CreatedAt), "updated_at": v.since(e.CreatedAt),
		"protection_rules": rules, "deployment_branch_policy": policy, "can_admins_bypass": true,
	}
}

// deployments lists the newest first.
func (v settingsView) deployments(w http.ResponseWriter, r *http.Request) {
	list := []object{}
	for _, d := range slices.Backward(v.Deployments) {
		if asked(r, "environment", d.Environment) && asked(r, "ref", v.branchOf(d.Ref)) && asked(r, "sha", d.SHA) {
			list = append(list, v.deploymentJSON(d))
		}
	}
	writeJSON(w, http.StatusOK, pageOf(w, r, v.s.URL(), list))
}

func (v settingsView) deploymentJSON(d Deployment) object {
	at := fmt.Sprintf("%s/deployments/%d", v.api, d.ID)
	updated := d.CreatedAt
	if n := len(d.Statuses); n > 0 {
		updated = d.Statuses[n-1].CreatedAt
	}
	return object{
		"id": d.ID, "node_id": nodeID("DE", d.ID), "url": at, "statuses_url": at + "/statuses", "repository_url": v.api,
		"sha": cmp.Or(d.SHA, zeroSHA), "ref": v.branchOf(d.Ref), "task": cmp.Or(d.Task, "deploy"), "payload": object{},
		"environment": d.Environment, "original_environment": d.Environment, "production_environment": d.Production,
		"transient_environment": false, "description": orNull(d.Description), "creator": v.person(d.Creator),
		"created_at": v.since(d.CreatedAt), "updated_at": v.since(updated), "performed_via_github_app": nil,
	}
}

// deploymentStatuses lists the newest first.
func (v settingsView) deploymentStatuses(w http.ResponseWriter, r *http.Request) {
	i := slices.IndexFunc(v.Deployments, func(d Deployment) bool { return strconv.FormatInt(d.ID, 10) == param(r, "id") })
	if i < 0 {
		writeNotFound(w)
		return
	}
	list := []object{}
	for _, status := range slices.Backward(v.Deployments[i].Statuses) {
		list = append(list, v.deploymentStatusJSON(v.Deployments[i], status))
	}
	writeJSON(w, http.StatusOK, pageOf(w, r, v.s.URL(), list))
}

func (v settingsView) deploymentStatusJSON(d Deployment, status DeploymentStatus) object {
	at := fmt.Sprintf("%s/deployments/%d", v.api, d.ID)
	return object{
		"id": status.ID, "node_id": nodeID("DES", status.ID), "url": fmt.Sprintf("%s/statuses/%d", at, status.ID),
		"state": status.State, "creator": v.person(d.Creator), "description": status.Description, "environment": d.Environment,
		"target_url": status.TargetURL, "log_url": status.TargetURL, "environment_url": "", "deployment_url": at,
		"repository_url": v.api, "created_at": v.since(status.CreatedAt), "updated_at": v.since(status.CreatedAt),
		"performed_via_github_app": nil,
	}
}
