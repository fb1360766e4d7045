package emulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// announceCreatedLocked tells installations on all of an account's repositories of a new one.
func (s *Server) announceCreatedLocked(repo *Repository) {
	owner := s.ownerOfLocked(s.state.Accounts[repo.OwnerID])
	for _, inst := range s.installationsLocked() {
		if inst.All && inst.AccountID == repo.OwnerID {
			s.selectionEventLocked(inst, []*Repository{repo}, nil)
		}
	}
	s.emitLocked("repository", repo, owner, object{"action": "created"})
}

// selectionEventLocked sends installation_repositories.
func (s *Server) selectionEventLocked(inst *Installation, added, removed []*Repository) {
	action, selection := "added", "selected"
	if len(removed) > 0 {
		action = "removed"
	}
	if inst.All {
		selection = "all"
	}
	s.installationEventLocked(inst, action, object{
		"repository_selection": selection, "requester": nil,
		"repositories_added": s.briefReposLocked(added), "repositories_removed": s.briefReposLocked(removed),
	})
}

// AddToInstallation gives an installation on selected repositories one more.
func (s *Server) AddToInstallation(inst *Installation, repo *Repository) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !inst.Repositories[repo.ID] {
		inst.Repositories[repo.ID], inst.UpdatedAt = true, s.now().UTC()
		s.selectionEventLocked(inst, []*Repository{repo}, nil)
	}
}

// RemoveFromInstallation takes a repository from an installation; one on all
// repositories becomes one on the rest of them.
func (s *Server) RemoveFromInstallation(inst *Installation, repo *Repository) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !inst.covers(repo) {
		return
	}
	for _, covered := range s.coveredLocked(inst) {
		inst.Repositories[covered.ID] = true
	}
	inst.All, inst.UpdatedAt = false, s.now().UTC()
	delete(inst.Repositories, repo.ID)
	s.selectionEventLocked(inst, nil, []*Repository{repo})
}

// Suspend suspends an installation: its tokens are refused and no event but this one is sent.
func (s *Server) Suspend(inst *Installation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if inst.SuspendedAt.IsZero() {
		inst.SuspendedAt, inst.SuspendedByID = s.now().UTC(), s.installerLocked(inst).ID
		s.installationEventLocked(inst, "suspend", object{"repositories": s.briefReposLocked(s.coveredLocked(inst))})
	}
}

// Unsuspend lifts a suspension.
func (s *Server) Unsuspend(inst *Installation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !inst.SuspendedAt.IsZero() {
		inst.SuspendedAt, inst.SuspendedByID = time.Time{}, 0
		s.installationEventLocked(inst, "unsuspend", object{"repositories": s.briefReposLocked(s.coveredLocked(inst))})
	}
}

// Uninstall removes an installation and its tokens.
func (s *Server) Uninstall(inst *Installation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uninstallLocked(inst)
}

func (s *Server) uninstallLocked(inst *Installation) {
	if s.state.Installations[inst.ID] == nil {
		return
	}
	s.installationEventLocked(inst, "deleted", object{"repositories": s.briefReposLocked(s.coveredLocked(inst)), "requester": nil})
	delete(s.state.Installations, inst.ID)
	maps.DeleteFunc(s.state.Tokens, func(_ string, t *token) bool { return t.InstallationID == inst.ID })
}

// SetPermissions changes what an installation may do. More than before counts as newly
// accepted and is announced; less is silent, as on GitHub.
func (s *Server) SetPermissions(inst *Installation, permissions map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	more := false
	for name, level := range permissions {
		more = more || rank(level) > rank(inst.Permissions[name])
	}
	inst.Permissions = maps.Clone(permissions)
	inst.Permissions["metadata"] = "read"
	inst.UpdatedAt = s.now().UTC()
	if more {
		s.installationEventLocked(inst, "new_permissions_accepted", object{"repositories": s.briefReposLocked(s.coveredLocked(inst))})
	}
}

// Revoke takes back a person's authorization of an app: the tokens end, and the app is told.
func (s *Server) Revoke(app *App, login string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	person := s.personLocked(login)
	if person == nil {
		return
	}
	maps.DeleteFunc(s.state.Tokens, func(_ string, t *token) bool { return t.AppID == app.ID && t.UserID == person.ID })
	maps.DeleteFunc(s.state.Refreshes, func(_ string, t *refreshToken) bool { return t.AppID == app.ID && t.UserID == person.ID })
	s.sendLocked(&Installation{AppID: app.ID}, "github_app_authorization", nil, object{"action": "revoked", "sender": s.userJSON(person)})
}

// changeLocked sends a repository event after a change that the caller made.
func (s *Server) changeLocked(repo *Repository, action string, extra object) {
	repo.UpdatedAt = s.now().UTC()
	payload := object{"action": action}
	maps.Copy(payload, extra)
	s.emitLocked("repository", repo, s.ownerOfLocked(s.state.Accounts[repo.OwnerID]), payload)
}

// Rename gives a repository another name; the old one redirects.
func (s *Server) Rename(repo *Repository, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	owner := s.state.Accounts[repo.OwnerID].Login
	if other := s.repositoryLocked(owner, name); other != nil && other != repo || !repositoryName.MatchString(name) {
		return fmt.Errorf("emulator: rename %s/%s: %q is taken or no name", owner, repo.Name, name)
	}
	was := repo.Name
	s.state.Redirects[strings.ToLower(owner+"/"+was)] = repo.ID
	repo.Name = name
	s.forgetNamesLocked()
	delete(s.state.Redirects, strings.ToLower(owner+"/"+name))
	s.changeLocked(repo, "renamed", object{"changes": object{"repository": object{"name": object{"from": was}}}})
	return nil
}

// Transfer moves a repository to another account. Only installations there hear of it as
// a transfer; those on the old account lose it.
func (s *Server) Transfer(repo *Repository, login string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	to, from := s.accountLocked(login), s.state.Accounts[repo.OwnerID]
	if to == nil || s.repositoryLocked(login, repo.Name) != nil {
		return fmt.Errorf("emulator: transfer %s to %s: no such account, or it has one of that name", repo.Name, login)
	}
	s.state.Redirects[strings.ToLower(from.Login+"/"+repo.Name)] = repo.ID
	var losers []*Installation
	for _, inst := range s.installationsLocked() {
		if inst.covers(repo) {
			losers = append(losers, inst)
		}
	}
	for _, inst := range losers {
		s.selectionEventLocked(inst, nil, []*Repository{repo})
		delete(inst.Repositories, repo.ID)
	}
	repo.OwnerID = to.ID
	s.forgetNamesLocked()
	delete(s.state.Redirects, strings.ToLower(to.Login+"/"+repo.Name))
	kind := "user"
	if from.Type == typeOrganization {
		kind = "organization"
	}
	s.changeLocked(repo, "transferred", object{"changes": object{"owner": object{"from": object{kind: s.userJSON(from)}}}})
	for _, inst := range s.installationsLocked() {
		if inst.All && inst.AccountID == to.ID {
			s.selectionEventLocked(inst, []*Repository{repo}, nil)
		}
	}
	return nil
}

// SetArchived archives a repository or lifts that.
func (s *Server) SetArchived(repo *Repository, archived bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if repo.Archived == archived {
		return
	}
	repo.Archived = archived
	action := "unarchived"
	if archived {
		action = "archived"
	}
	s.changeLocked(repo, action, nil)
}

// SetPrivate makes a repository private or public.
func (s *Server) SetPrivate(repo *Repository, private bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if repo.Private == private {
		return
	}
	repo.Private = private
	action := "publicized"
	if private {
		action = "privatized"
	}
	s.changeLocked(repo, action, nil)
}

// SetIssues turns a repository's issues on or off; GitHub sends no event for that.
func (s *Server) SetIssues(repo *Repository, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo.HasIssues = on
}

// SetDefaultBranch makes another branch the default one.
func (s *Server) SetDefaultBranch(repo *Repository, branch string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if was := repo.DefaultBranch; was != branch {
		repo.DefaultBranch = branch
		s.changeLocked(repo, "edited", object{"changes": object{"default_branch": object{"from": was}}})
	}
}

// SetTopics replaces a repository's topics.
func (s *Server) SetTopics(repo *Repository, topics ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := slices.Concat([]string{}, repo.Topics)
	repo.Topics = slices.Clone(topics)
	s.changeLocked(repo, "edited", object{"changes": object{"topics": object{"from": was}}})
}

// DeleteRepository deletes a repository; its git directory stays. Apps get both events
// that github/docs#36991 saw, since the documentation and what happens differ.
func (s *Server) DeleteRepository(repo *Repository) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changeLocked(repo, "deleted", nil)
	for _, inst := range s.installationsLocked() {
		if inst.covers(repo) {
			s.selectionEventLocked(inst, nil, []*Repository{repo})
			delete(inst.Repositories, repo.ID)
		}
	}
	delete(s.state.Repositories, repo.ID)
	maps.DeleteFunc(s.state.Redirects, func(_ string, id int64) bool { return id == repo.ID })
	s.forgetNamesLocked()
}
