package emulator

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

// mountSettings adds the endpoints of a repository's settings to the REST router,
// each with the permission that GitHub documents for it.
func (s *Server) mountSettings(r chi.Router) {
	const repo = "/repos/{owner}/{repo}"
	for _, e := range []struct {
		path, permission string
		answer           func(settingsView, http.ResponseWriter, *http.Request)
	}{
		{"/rules/branches/*", "metadata", settingsView.branchRules},
		{"/rulesets", "metadata", settingsView.rulesets},
		{"/rulesets/{id}", "metadata", settingsView.ruleset},
		{"/vulnerability-alerts", "administration", settingsView.vulnerabilityAlerts},
		{"/automated-security-fixes", "administration", settingsView.automatedSecurityFixes},
		{"/dependabot/alerts", "vulnerability_alerts", settingsView.dependabotAlerts},
		{"/secret-scanning/alerts", "secret_scanning_alerts", settingsView.secretScanningAlerts},
		{"/code-scanning/alerts", "security_events", settingsView.codeScanningAlerts},
		{"/code-scanning/analyses", "security_events", settingsView.codeScanningAnalyses},
		{"/code-scanning/default-setup", "administration", settingsView.defaultSetup},
		{"/private-vulnerability-reporting", "metadata", settingsView.privateVulnerabilityReporting},
		{"/environments", "actions", settingsView.environments},
		{"/deployments", "deployments", settingsView.deployments},
		{"/deployments/{id}/statuses", "deployments", settingsView.deploymentStatuses},
		{"/releases", "contents", settingsView.releases},
		{"/releases/latest", "contents", settingsView.latestRelease},
		{"/immutable-releases", "administration", settingsView.immutableReleases},
		{"/tags", "metadata", settingsView.tags},
		{"/actions/workflows", "actions", settingsView.workflows},
		{"/actions/workflows/{id}/runs", "actions", settingsView.workflowRuns},
		{"/actions/runs", "actions", settingsView.workflowRuns},
		{"/actions/permissions", "administration", settingsView.actionsPermissions},
		{"/actions/permissions/workflow", "administration", settingsView.workflowPermissions},
		{"/hooks", "repository_hooks", settingsView.hooks},
		{"/codeowners/errors", "contents", settingsView.codeownersErrors},
		{"/community/profile", "contents", settingsView.communityProfile},
		{"/topics", "metadata", settingsView.topics},
		{"/languages", "metadata", settingsView.languages},
		{"/license", "metadata", settingsView.license},
		{"/properties/values", "metadata", settingsView.properties},
		{"/dependency-graph/sbom", "contents", settingsView.sbom},
		{"/attestations/{digest}", "attestations", settingsView.attestations},
	} {
		r.With(s.need(e.permission, "read")).Get(repo+e.path, s.withSettings(e.answer))
	}
	s.mountOrganizationSettings(r)
}

// settingsView is what a settings handler works with: the repository and its
// settings as they were when the request came.
type settingsView struct {
	RepoSettings
	s        *Server
	repo     Repository
	owner    Account
	original *Repository // for permission questions
	git      *gitRepo    // nil when its folder cannot be opened
	accounts map[string]*Account
	brief    object // the repository as other objects carry it
	api      string // the repository's API address
	html     string // the repository's page
}

func (s *Server) withSettings(answer func(settingsView, http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		repo, ok := s.repoFor(r)
		if !ok {
			writeNotFound(w)
			return
		}
		v, err := s.viewSettings(r.Context(), repo)
		if err != nil {
			writeError(w, http.StatusInternalServerError, err.Error())
			return
		}
		answer(v, w, r)
	}
}

func (s *Server) viewSettings(ctx context.Context, repo *Repository) (settingsView, error) {
	git := s.gitOrNil(ctx, repo)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.viewSettingsLocked(repo, git)
}

// gitOrNil opens a repository's git directory; without one, settings can still be answered.
func (s *Server) gitOrNil(ctx context.Context, repo *Repository) *gitRepo {
	git, err := s.git(ctx, repo)
	if err != nil {
		s.log.Warn("emulator: settings without git", "error", err)
		return nil
	}
	return git
}

func (s *Server) viewSettingsLocked(repo *Repository, git *gitRepo) (settingsView, error) {
	full := s.fullNameLocked(repo)
	settings, err := decodeSettings(repo.Settings)
	if err != nil {
		return settingsView{}, fmt.Errorf("settings of %s: %w", full, err)
	}
	v := settingsView{
		RepoSettings: settings, s: s, repo: *repo, owner: *s.state.Accounts[repo.OwnerID], original: repo, git: git,
		accounts: make(map[string]*Account, len(s.state.Accounts)), brief: s.repositoryJSONLocked(repo),
		api: s.APIURL() + "/repos/" + full, html: s.URL() + "/" + full,
	}
	for _, account := range s.state.Accounts {
		v.accounts[strings.ToLower(account.Login)] = account
	}
	return v, nil
}

// Settings returns the settings of owner/name as they are stored.
func (s *Server) Settings(owner, name string) (RepoSettings, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo := s.repositoryLocked(owner, name)
	if repo == nil {
		return RepoSettings{}, fmt.Errorf("emulator: settings: no repository %s/%s", owner, name)
	}
	return decodeSettings(repo.Settings)
}

func decodeSettings(stored map[string]json.RawMessage) (RepoSettings, error) {
	var settings RepoSettings
	data, err := json.Marshal(stored)
	if err != nil {
		return settings, err
	}
	err = json.Unmarshal(data, &settings)
	return settings, err
}

func (v settingsView) fullName() string { return v.owner.Login + "/" + v.repo.Name }

// branchOf is the given branch, or the default one when that is empty.
func (v settingsView) branchOf(branch string) string {
	if branch == "" {
		return v.repo.DefaultBranch
	}
	return branch
}

// may says whether the caller has more than what the endpoint asked for.
func (v settingsView) may(r *http.Request, permission, level string) bool {
	return v.s.caller(r).can(v.original, permission, level)
}

// since is a time that was filled in when the settings were stored; settings
// written by hand may lack it, and then the repository's own age will do.
func (v settingsView) since(t time.Time) any {
	if t.IsZero() {
		t = v.repo.CreatedAt
	}
	return stamp(t)
}

// person is the account that an object names, the repository's owner when it names none.
func (v settingsView) person(login string) any {
	if account := v.accounts[strings.ToLower(login)]; account != nil {
		return v.s.userJSON(account)
	}
	return v.s.userJSON(&v.owner)
}

// people are the accounts of those logins that are known.
func (v settingsView) people(logins []string) []any {
	list := []any{}
	for _, login := range logins {
		if account := v.accounts[strings.ToLower(login)]; account != nil {
			list = append(list, v.s.userJSON(account))
		}
	}
	return list
}

// param is a path parameter as the caller meant it: chi leaves %2F alone.
func param(r *http.Request, name string) string {
	raw := chi.URLParam(r, name)
	if plain, err := url.PathUnescape(raw); err == nil {
		return plain
	}
	return raw
}
