package emulator

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"
)

// CheckRun is one check run of an app.
type CheckRun struct {
	ID          int64
	AppID       int64
	Name        string
	HeadSHA     string
	DetailsURL  string
	ExternalID  string
	Status      string
	Conclusion  string
	StartedAt   time.Time
	CompletedAt time.Time
	Title       string
	Summary     string
	Text        string
	Annotations []json.RawMessage
	Actions     []json.RawMessage
}

// checkInput is what an app says of a check run.
type checkInput struct {
	Name        *string    `json:"name"`
	HeadSHA     *string    `json:"head_sha"`
	DetailsURL  *string    `json:"details_url"`
	ExternalID  *string    `json:"external_id"`
	Status      *string    `json:"status"`
	Conclusion  *string    `json:"conclusion"`
	StartedAt   *time.Time `json:"started_at"`
	CompletedAt *time.Time `json:"completed_at"`
	Output      *struct {
		Title       *string           `json:"title"`
		Summary     *string           `json:"summary"`
		Text        *string           `json:"text"`
		Annotations []json.RawMessage `json:"annotations"`
	} `json:"output"`
	Actions []json.RawMessage `json:"actions"`
}

func (s *Server) mountCheckRoutes(r chi.Router) {
	const repo = "/repos/{owner}/{repo}"
	read, write := s.need("checks", "read"), s.need("checks", "write")
	r.With(write).Post(repo+"/check-runs", s.createCheckRun)
	r.With(read).Get(repo+"/check-runs/{id}", s.getCheckRun)
	r.With(write).Patch(repo+"/check-runs/{id}", s.editCheckRun)
	r.With(read).Get(repo+"/check-runs/{id}/annotations", s.listAnnotations)
}

// checkOutputLimit is the number of characters of a check run's summary and of its text.
const checkOutputLimit = 65535

func (in checkInput) fault() *fieldFault {
	invalid := func(field, message string) *fieldFault { return &fieldFault{"CheckRun", field, "invalid", message} }
	if in.Status != nil && *in.Status == "completed" && in.Conclusion == nil {
		return &fieldFault{"CheckRun", "conclusion", "missing_field", ""}
	}
	if in.Output != nil {
		if len(in.Output.Annotations) > 50 {
			return invalid("annotations", "annotations exceeds a maximum quantity of 50")
		}
		if in.Output.Summary == nil {
			return &fieldFault{"CheckRun", "summary", "missing_field", ""}
		}
		if f := checkText("CheckRun", "summary", *in.Output.Summary, checkOutputLimit); f != nil {
			return f
		}
		if in.Output.Text != nil {
			if f := checkText("CheckRun", "text", *in.Output.Text, checkOutputLimit); f != nil {
				return f
			}
		}
	}
	if len(in.Actions) > 3 {
		return invalid("actions", "actions exceeds a maximum quantity of 3")
	}
	return nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// apply changes a run by what was said; annotations are added to those before.
func (in checkInput) apply(run *CheckRun, now time.Time) {
	set(&run.Name, in.Name)
	set(&run.DetailsURL, in.DetailsURL)
	set(&run.ExternalID, in.ExternalID)
	set(&run.Status, in.Status)
	set(&run.StartedAt, in.StartedAt)
	if in.Conclusion != nil {
		run.Conclusion, run.Status = *in.Conclusion, "completed"
		run.CompletedAt = now
	}
	set(&run.CompletedAt, in.CompletedAt)
	if in.Output != nil {
		set(&run.Title, in.Output.Title)
		set(&run.Summary, in.Output.Summary)
		set(&run.Text, in.Output.Text)
		run.Annotations = append(run.Annotations, in.Output.Annotations...)
	}
	if in.Actions != nil {
		run.Actions = in.Actions
	}
}

func (s *Server) createCheckRun(w http.ResponseWriter, r *http.Request) {
	var in checkInput
	if !readJSON(w, r, &in) {
		return
	}
	repo, git, ok := s.repoGit(w, r)
	if !ok || writeFault(w, in.fault()) {
		return
	}
	if in.Name == nil || in.HeadSHA == nil {
		writeInvalid(w, "CheckRun", "head_sha", "missing_field", "")
		return
	}
	sha, kind, _, err := git.info(*in.HeadSHA)
	if err != nil || kind != "commit" {
		writeError(w, http.StatusUnprocessableEntity, "No commit found for SHA: "+*in.HeadSHA)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now().UTC()
	run := &CheckRun{ID: s.state.id(), AppID: s.caller(r).appID(), HeadSHA: sha, Status: "queued", StartedAt: now}
	in.apply(run, now)
	repo.CheckRuns = append(repo.CheckRuns, run)
	s.checkEventLocked(repo, run, "created", s.caller(r).actor())
	writeJSON(w, http.StatusCreated, s.checkRunJSONLocked(repo, run))
}

func (s *Server) checkEventLocked(repo *Repository, run *CheckRun, action string, actor *Account) {
	s.emitLocked("check_run", repo, actor, object{"action": action, "check_run": s.checkRunJSONLocked(repo, run)})
}

func (s *Server) checkRunLocked(w http.ResponseWriter, r *http.Request) (*Repository, *CheckRun) {
	repo, _ := s.repoFor(r)
	for _, run := range repo.CheckRuns {
		if run.ID == idParam(r, "id") {
			return repo, run
		}
	}
	writeNotFound(w)
	return nil, nil
}

func (s *Server) getCheckRun(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if repo, run := s.checkRunLocked(w, r); run != nil {
		writeJSON(w, http.StatusOK, s.checkRunJSONLocked(repo, run))
	}
}

func (s *Server) editCheckRun(w http.ResponseWriter, r *http.Request) {
	var in checkInput
	if !readJSON(w, r, &in) || writeFault(w, in.fault()) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	repo, run := s.checkRunLocked(w, r)
	if run == nil {
		return
	}
	if run.AppID != s.caller(r).appID() {
		writeError(w, http.StatusForbidden, "Invalid app_id `"+itoa(s.caller(r).appID())+"` - check run can only be modified by the GitHub App that created it.")
		return
	}
	was := run.Status
	in.apply(run, s.now().UTC())
	if was != run.Status && run.Status == "completed" {
		s.checkEventLocked(repo, run, "completed", s.caller(r).actor())
	}
	writeJSON(w, http.StatusOK, s.checkRunJSONLocked(repo, run))
}

func (s *Server) listAnnotations(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo, run := s.checkRunLocked(w, r)
	if run == nil {
		return
	}
	out := []object{}
	for _, raw := range run.Annotations {
		one := object{"start_column": nil, "end_column": nil, "title": nil, "raw_details": nil}
		_ = json.Unmarshal(raw, &one)
		path, _ := one["path"].(string)
		one["blob_href"] = s.URL() + "/" + s.fullNameLocked(repo) + "/blob/" + run.HeadSHA + "/" + escapePath(path)
		out = append(out, one)
	}
	writeJSON(w, http.StatusOK, pageOf(w, r, s.URL(), out))
}

// listCheckRuns lists a commit's check runs, newest first.
func (s *Server) listCheckRuns(w http.ResponseWriter, r *http.Request, ref string) {
	repo, git, ok := s.repoGit(w, r)
	if !ok || !s.allow(w, r, repo, "checks", "read") {
		return
	}
	sha, err := git.commitID(ref, s.defaultBranch(repo))
	if err != nil {
		writeError(w, http.StatusUnprocessableEntity, "No commit found for SHA: "+ref)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []object{}
	for _, run := range slices.Backward(repo.CheckRuns) {
		if name := r.URL.Query().Get("check_name"); run.HeadSHA == sha && (name == "" || name == run.Name) {
			out = append(out, s.checkRunJSONLocked(repo, run))
		}
	}
	writeJSON(w, http.StatusOK, object{"total_count": len(out), "check_runs": pageOf(w, r, s.URL(), out)})
}

// checkRunJSONLocked is GitHub's check run.
func (s *Server) checkRunJSONLocked(repo *Repository, run *CheckRun) object {
	api := s.repoAPILocked(repo) + "/check-runs/" + itoa(run.ID)
	html := s.URL() + "/" + s.fullNameLocked(repo) + "/runs/" + itoa(run.ID)
	pulls := []object{}
	for _, issue := range s.issuesByNumberLocked(repo) {
		if issue.Pull != nil && !issue.Closed && issue.Pull.HeadSHA == run.HeadSHA {
			pulls = append(pulls, s.checkPullJSONLocked(repo, issue))
		}
	}
	return object{
		"id": run.ID, "node_id": nodeID("CR", run.ID), "head_sha": run.HeadSHA, "name": run.Name, "url": api, "html_url": html,
		"details_url": cmp.Or(run.DetailsURL, html), "external_id": run.ExternalID, "status": run.Status, "conclusion": orNull(run.Conclusion),
		"started_at": stamp(run.StartedAt), "completed_at": stamp(run.CompletedAt), "check_suite": object{"id": run.AppID},
		"app": s.viaAppLocked(run.AppID), "pull_requests": pulls,
		"output": object{
			"title": orNull(run.Title), "summary": orNull(run.Summary), "text": orNull(run.Text),
			"annotations_count": len(run.Annotations), "annotations_url": api + "/annotations",
		},
	}
}

func (s *Server) checkPullJSONLocked(repo *Repository, issue *Issue) object {
	brief := object{"id": repo.ID, "url": s.repoAPILocked(repo), "name": repo.Name}
	side := func(branch, sha string) object { return object{"ref": branch, "sha": sha, "repo": brief} }
	return object{
		"id": issue.ID, "number": issue.Number, "url": s.repoAPILocked(repo) + "/pulls/" + itoa(int64(issue.Number)),
		"head": side(issue.Pull.HeadBranch, issue.Pull.HeadSHA), "base": side(issue.Pull.BaseBranch, issue.Pull.BaseSHA),
	}
}
