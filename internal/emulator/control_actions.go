package emulator

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

// actionInput holds the arguments of all actions; each uses its own.
type actionInput struct {
	Name         string   `json:"name"`         // rename
	Account      string   `json:"account"`      // transfer, install
	Branch       string   `json:"branch"`       // default-branch
	Topics       []string `json:"topics"`       // topics
	On           bool     `json:"on"`           // issues
	Head         string   `json:"head"`         // pulls
	Base         string   `json:"base"`         // pulls
	Author       string   `json:"author"`       // pulls
	Merged       bool     `json:"merged"`       // pulls/N/close
	To           string   `json:"to"`           // issues/N/transfer: owner/name
	By           string   `json:"by"`           // who acts, on issues
	Login        string   `json:"login"`        // revoke
	Repositories []string `json:"repositories"` // install, add, remove: names
}

func done(w http.ResponseWriter, err error) {
	if err != nil {
		writeError(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) postRepositoryAction(w http.ResponseWriter, r *http.Request) {
	repo := s.controlled(w, r)
	var in actionInput
	if repo == nil || !readJSON(w, r, &in) {
		return
	}
	var err error
	switch chi.URLParam(r, "action") {
	case "rename":
		err = s.Rename(repo, in.Name)
	case "transfer":
		err = s.Transfer(repo, in.Account)
	case "archive":
		s.SetArchived(repo, true)
	case "unarchive":
		s.SetArchived(repo, false)
	case "privatize":
		s.SetPrivate(repo, true)
	case "publicize":
		s.SetPrivate(repo, false)
	case "issues":
		s.SetIssues(repo, in.On)
	case "default-branch":
		s.SetDefaultBranch(repo, in.Branch)
	case "topics":
		s.SetTopics(repo, in.Topics...)
	case "delete":
		s.DeleteRepository(repo)
	case "pulls":
		var number int
		if number, err = s.OpenPullRequest(repo, in.Head, in.Base, in.Author); err == nil {
			writeJSON(w, http.StatusCreated, object{"number": number})
			return
		}
	default:
		writeNotFound(w)
		return
	}
	done(w, err)
}

func (s *Server) postClosePull(w http.ResponseWriter, r *http.Request) {
	repo := s.controlled(w, r)
	var in actionInput
	if repo != nil && readJSON(w, r, &in) {
		done(w, s.ClosePullRequest(repo, numberParam(r), in.Merged))
	}
}

func (s *Server) postIssueAction(w http.ResponseWriter, r *http.Request) {
	repo := s.controlled(w, r)
	var in actionInput
	if repo == nil || !readJSON(w, r, &in) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	issue, actor := repo.Issues[numberParam(r)], s.personLocked(in.By)
	if actor == nil {
		actor = s.ownerOfLocked(s.state.Accounts[repo.OwnerID])
	}
	if issue == nil || issue.Deleted || issue.MovedTo != "" {
		writeNotFound(w)
		return
	}
	switch chi.URLParam(r, "action") {
	case "delete":
		s.deleteIssueLocked(repo, issue, actor)
	case "transfer":
		to := s.byFullNameLocked(in.To)
		if to == nil {
			writeError(w, http.StatusUnprocessableEntity, "no repository "+in.To)
			return
		}
		moved := s.transferIssueLocked(repo, issue, to, actor)
		writeJSON(w, http.StatusCreated, object{"number": moved.Number})
		return
	case "lock":
		s.lockLocked(repo, issue, actor, true, "")
	case "unlock":
		s.lockLocked(repo, issue, actor, false, "")
	default:
		writeNotFound(w)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) installationParam(w http.ResponseWriter, r *http.Request) *Installation {
	s.mu.Lock()
	defer s.mu.Unlock()
	inst := s.state.Installations[idParam(r, "id")]
	if inst == nil {
		writeNotFound(w)
	}
	return inst
}

func (s *Server) putInstallationPermissions(w http.ResponseWriter, r *http.Request) {
	inst := s.installationParam(w, r)
	var permissions map[string]string
	if inst == nil || !readJSON(w, r, &permissions) {
		return
	}
	if permissions == nil {
		permissions = map[string]string{}
	}
	s.SetPermissions(inst, permissions)
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) postInstallationAction(w http.ResponseWriter, r *http.Request) {
	inst := s.installationParam(w, r)
	var in actionInput
	if inst == nil || !readJSON(w, r, &in) {
		return
	}
	switch chi.URLParam(r, "action") {
	case "suspend":
		s.Suspend(inst)
	case "unsuspend":
		s.Unsuspend(inst)
	case "uninstall":
		s.Uninstall(inst)
	case "expire":
		s.ExpireTokens(inst)
	case "add", "remove":
		for _, repo := range s.namedRepositories(inst.AccountID, in.Repositories) {
			if chi.URLParam(r, "action") == "add" {
				s.AddToInstallation(inst, repo)
			} else {
				s.RemoveFromInstallation(inst, repo)
			}
		}
	default:
		writeNotFound(w)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// namedRepositories finds an account's repositories by name; unknown names are left out.
func (s *Server) namedRepositories(accountID int64, names []string) []*Repository {
	s.mu.Lock()
	defer s.mu.Unlock()
	var repos []*Repository
	for _, name := range names {
		if repo := s.repositoryLocked(s.state.Accounts[accountID].Login, name); repo != nil {
			repos = append(repos, repo)
		}
	}
	return repos
}

func (s *Server) appParam(w http.ResponseWriter, r *http.Request) *App {
	s.mu.Lock()
	defer s.mu.Unlock()
	app := s.appBySlugLocked(chi.URLParam(r, "slug"))
	if app == nil {
		writeNotFound(w)
	}
	return app
}

func (s *Server) postInstall(w http.ResponseWriter, r *http.Request) {
	app := s.appParam(w, r)
	var in actionInput
	if app == nil || !readJSON(w, r, &in) {
		return
	}
	s.mu.Lock()
	account := s.accountLocked(in.Account)
	s.mu.Unlock()
	if account == nil {
		writeError(w, http.StatusUnprocessableEntity, "no account "+in.Account)
		return
	}
	inst, err := s.Install(app, in.Account, s.namedRepositories(account.ID, in.Repositories)...)
	if err != nil {
		writeError(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	writeJSON(w, http.StatusCreated, object{"id": inst.ID})
}

func (s *Server) postRevoke(w http.ResponseWriter, r *http.Request) {
	app := s.appParam(w, r)
	var in actionInput
	if app != nil && readJSON(w, r, &in) {
		s.Revoke(app, in.Login)
		w.WriteHeader(http.StatusNoContent)
	}
}
