package emulator

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const workflowFolder = ".github/workflows"

// workflow is a workflow file on the default branch.
type workflow struct {
	Path string
	Name string
}

// workflowFiles lists the workflows of the default branch by path.
func (v settingsView) workflowFiles(ctx context.Context) []workflow {
	var list []workflow
	for _, entry := range v.folder(ctx, workflowFolder) {
		file := workflowFolder + "/" + entry.Path
		if ext := path.Ext(entry.Path); entry.Type == "blob" && (ext == ".yml" || ext == ".yaml") {
			list = append(list, workflow{Path: file, Name: v.workflowName(file)})
		}
	}
	return list
}

// workflowName is what the file calls itself, else its path, as GitHub shows it.
func (v settingsView) workflowName(file string) string {
	var head struct {
		Name string `yaml:"name"`
	}
	if data, ok := v.file(file); ok && yaml.Unmarshal(data, &head) == nil && head.Name != "" {
		return head.Name
	}
	return file
}

// workflowID is the same for a path in a repository for ever.
func (v settingsView) workflowID(file string) int64 {
	h := fnv.New32a()
	fmt.Fprintf(h, "%d %s", v.repo.ID, file)
	return int64(h.Sum32()>>1) + 1
}

func (v settingsView) workflows(w http.ResponseWriter, r *http.Request) {
	list := []object{}
	for _, f := range v.workflowFiles(r.Context()) {
		list = append(list, v.workflowJSON(f))
	}
	page := pageOf(w, r, v.s.URL(), list)
	writeJSON(w, http.StatusOK, object{"total_count": len(list), "workflows": page})
}

func (v settingsView) workflowJSON(f workflow) object {
	id := v.workflowID(f.Path)
	state := "active"
	if slices.Contains(v.DisabledWorkflows, f.Path) {
		state = "disabled_manually"
	}
	return object{
		"id": id, "node_id": nodeID("W", id), "name": f.Name, "path": f.Path, "state": state,
		"created_at": v.since(v.repo.CreatedAt), "updated_at": v.since(v.repo.UpdatedAt),
		"url":       v.api + "/actions/workflows/" + strconv.FormatInt(id, 10),
		"html_url":  v.html + "/blob/" + escapePath(v.repo.DefaultBranch) + "/" + escapePath(f.Path),
		"badge_url": v.html + "/workflows/" + pathEscape(f.Name) + "/badge.svg",
	}
}

// workflowRuns answers for the whole repository or for one workflow, named by id or by file.
func (v settingsView) workflowRuns(w http.ResponseWriter, r *http.Request) {
	list := []object{}
	wanted := param(r, "id")
	known := wanted == ""
	for _, f := range v.workflowFiles(r.Context()) {
		known = known || v.isWorkflow(f.Path, wanted)
	}
	for _, run := range v.WorkflowRuns {
		mine := wanted == "" || v.isWorkflow(run.Path, wanted)
		known = known || mine
		if mine && v.runAsked(r, run) {
			list = append(list, v.runJSON(run))
		}
	}
	if !known {
		writeNotFound(w)
		return
	}
	page := pageOf(w, r, v.s.URL(), list)
	writeJSON(w, http.StatusOK, object{"total_count": len(list), "workflow_runs": page})
}

func (v settingsView) isWorkflow(file, wanted string) bool {
	return strconv.FormatInt(v.workflowID(file), 10) == wanted || path.Base(file) == wanted
}

func (v settingsView) runAsked(r *http.Request, run WorkflowRun) bool {
	status := r.URL.Query().Get("status") // GitHub takes a status or a conclusion
	return asked(r, "branch", v.branchOf(run.Branch)) && asked(r, "event", cmp.Or(run.Event, "push")) &&
		asked(r, "head_sha", run.SHA) && asked(r, "actor", cmp.Or(run.Actor, v.owner.Login)) &&
		(status == "" || status == run.status() || status == run.Conclusion) &&
		inRange(r.URL.Query().Get("created"), fmt.Sprint(v.since(run.CreatedAt)))
}

// inRange understands GitHub's date filters: >=D, >D, <=D, <D, A..B and D, where a
// date may be cut short; RFC 3339 in UTC compares as text.
func inRange(filter, at string) bool {
	if from, to, ok := strings.Cut(filter, ".."); ok {
		return (from == "*" || at >= from) && (to == "*" || at[:min(len(at), len(to))] <= to)
	}
	date := strings.TrimLeft(filter, "<>=")
	cut := at[:min(len(at), len(date))]
	switch strings.TrimSuffix(filter, date) {
	case ">=":
		return cut >= date
	case ">":
		return cut > date
	case "<=":
		return cut <= date
	case "<":
		return cut < date
	}
	return cut == date
}

func (run WorkflowRun) status() string { return cmp.Or(run.Status, "completed") }

func (v settingsView) runJSON(run WorkflowRun) object {
	at := fmt.Sprintf("%s/actions/runs/%d", v.api, run.ID)
	id := v.workflowID(run.Path)
	created := v.since(run.CreatedAt)
	name := v.workflowName(run.Path)
	var conclusion any
	if run.status() == "completed" {
		conclusion = cmp.Or(run.Conclusion, "success")
	}
	return object{
		"id": run.ID, "node_id": nodeID("WFR", run.ID), "name": name, "path": run.Path, "run_number": max(run.Number, 1), "run_attempt": 1,
		"event": cmp.Or(run.Event, "push"), "status": run.status(), "conclusion": conclusion, "workflow_id": id,
		"head_branch": v.branchOf(run.Branch), "head_sha": cmp.Or(run.SHA, zeroSHA), "head_commit": v.headCommit(run.SHA),
		"display_title": cmp.Or(run.Title, name), "pull_requests": []object{}, "actor": v.person(run.Actor), "triggering_actor": v.person(run.Actor),
		"created_at": created, "updated_at": created, "run_started_at": created,
		"url": at, "html_url": fmt.Sprintf("%s/actions/runs/%d", v.html, run.ID), "jobs_url": at + "/jobs", "logs_url": at + "/logs",
		"artifacts_url": at + "/artifacts", "cancel_url": at + "/cancel", "rerun_url": at + "/rerun", "previous_attempt_url": nil,
		"check_suite_url": fmt.Sprintf("%s/check-suites/%d", v.api, run.ID), "check_suite_id": run.ID, "check_suite_node_id": nodeID("CS", run.ID),
		"workflow_url": v.api + "/actions/workflows/" + strconv.FormatInt(id, 10), "repository": v.brief, "head_repository": v.brief,
	}
}

// headCommit is the short form of a commit, null when git does not have it.
func (v settingsView) headCommit(sha string) any {
	if v.git == nil || sha == "" {
		return nil
	}
	c, err := v.git.readCommit(sha)
	if err != nil {
		return nil
	}
	person := func(sig signature) object { return object{"name": sig.Name, "email": sig.Email} }
	return object{
		"id": c.SHA, "tree_id": c.Tree, "message": c.Message, "timestamp": stamp(c.Committer.When),
		"author": person(c.Author), "committer": person(c.Committer),
	}
}

func (v settingsView) actionsPermissions(w http.ResponseWriter, _ *http.Request) {
	o := object{"enabled": !v.Actions.Disabled}
	if !v.Actions.Disabled {
		o["allowed_actions"] = cmp.Or(v.Actions.AllowedActions, "all")
		o["sha_pinning_required"] = v.Actions.SHAPinningRequired
	}
	if v.Actions.AllowedActions == "selected" {
		o["selected_actions_url"] = v.api + "/actions/permissions/selected-actions"
	}
	writeJSON(w, http.StatusOK, o)
}

func (v settingsView) workflowPermissions(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, object{
		"default_workflow_permissions":     cmp.Or(v.Actions.DefaultWorkflowPermissions, "read"),
		"can_approve_pull_request_reviews": v.Actions.CanApprovePullRequestReviews,
	})
}
