package emulator

import (
	"slices"
)

// eventPermission names the permission without which GitHub does not send an event.
// Those missing here, such as installation, are sent to every app.
var eventPermission = map[string]string{
	"push": "contents", "create": "contents", "delete": "contents", "release": "contents",
	"issues": "issues", "issue_comment": "issues", "label": "metadata", "repository": "metadata",
	"pull_request": "pull_requests", "check_run": "checks", "check_suite": "checks",
	"workflow_run": "actions", "deployment_status": "deployments", "deployment": "deployments",
	"branch_protection_rule": "administration", "branch_protection_configuration": "administration",
	"repository_ruleset": "administration", "security_and_analysis": "administration",
	"code_scanning_alert": "security_events", "secret_scanning_alert": "secret_scanning_alerts",
	"dependabot_alert": "vulnerability_alerts", "custom_property_values": "organization_custom_properties",
}

// emitLocked sends an event about repo to every installation that covers it, subscribed and may.
func (s *Server) emitLocked(event string, repo *Repository, sender *Account, payload object) {
	for _, inst := range s.installationsLocked() {
		if inst.covers(repo) && s.wantsLocked(inst, event) {
			s.sendLocked(inst, event, repo, s.envelopeLocked(inst, repo, sender, payload))
		}
	}
}

func (s *Server) wantsLocked(inst *Installation, event string) bool {
	if !inst.SuspendedAt.IsZero() {
		return false
	}
	permission := eventPermission[event]
	automatic := (event == "check_run" || event == "check_suite") && inst.Permissions["checks"] == "write"
	return automatic || slices.Contains(inst.Events, event) && (permission == "" || inst.Permissions[permission] != "")
}

// envelopeLocked adds what every payload has.
func (s *Server) envelopeLocked(inst *Installation, repo *Repository, sender *Account, payload object) object {
	out := object{"installation": object{"id": inst.ID, "node_id": nodeID("MDIz", inst.ID)}}
	if repo != nil {
		out["repository"] = s.repositoryJSONLocked(repo)
		if owner := s.state.Accounts[repo.OwnerID]; owner.Type == typeOrganization {
			out["organization"] = s.organizationBriefJSON(owner)
		}
	}
	if sender == nil {
		sender = s.accountLocked(DefaultOwner)
	}
	out["sender"] = s.userJSON(sender)
	for name, value := range payload {
		out[name] = value
	}
	return out
}

// installationEventLocked sends an event about the installation itself, to its own app.
func (s *Server) installationEventLocked(inst *Installation, action string, extra object) {
	payload := object{"action": action, "installation": s.installationJSONLocked(inst), "sender": s.userJSON(s.installerLocked(inst))}
	if owner := s.state.Accounts[inst.AccountID]; owner.Type == typeOrganization {
		payload["organization"] = s.organizationBriefJSON(owner)
	}
	for name, value := range extra {
		payload[name] = value
	}
	event := "installation"
	if action == "added" || action == "removed" {
		event = "installation_repositories"
	}
	s.sendLocked(inst, event, nil, payload)
}

// installerLocked is the person who acts on an installation: its account, or an owner of it.
func (s *Server) installerLocked(inst *Installation) *Account {
	account := s.state.Accounts[inst.AccountID]
	if account.Type == typeUser {
		return account
	}
	return s.ownerOfLocked(account)
}

// ownerOfLocked is a person who owns an account: the person itself or the organization's first owner.
func (s *Server) ownerOfLocked(account *Account) *Account {
	if account.Type == typeUser {
		return account
	}
	for _, person := range s.peopleLocked() {
		if account.Members[person.ID] == "admin" {
			return person
		}
	}
	return s.accountLocked(DefaultOwner)
}

// briefReposLocked is the short form of repositories in installation events.
func (s *Server) briefReposLocked(repos []*Repository) []object {
	out := []object{}
	for _, repo := range repos {
		out = append(out, object{
			"id": repo.ID, "node_id": nodeID("R", repo.ID), "name": repo.Name,
			"full_name": s.fullNameLocked(repo), "private": repo.Private,
		})
	}
	return out
}
