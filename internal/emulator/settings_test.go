package emulator

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
)

// settingsCases are the endpoints, with their status for a new repository and for
// a rich one, a part of the rich answer, and the permission they ask for.
var settingsCases = []struct {
	path, permission string
	empty, rich      int
	want             []string // parts of the rich answer
	never            string   // what the rich answer must not have
}{
	{"rules/branches/main", "metadata", 200, 200, []string{`"type":"pull_request"`, `"ruleset_source":"demo/api"`}, "merge_queue"},
	{"rules/branches/feat/y", "metadata", 200, 200, []string{`"type":"merge_queue"`, `"ruleset_source":"demo"`}, "deletion"},
	{"rules/branches/feat%2Fx%2Fz", "metadata", 200, 200, []string{"[]"}, "type"},
	{"rulesets", "metadata", 200, 200, []string{`"enforcement":"evaluate"`}, `"rules"`},
	{"rulesets?includes_parents=false", "metadata", 200, 200, []string{`"trial"`}, `"features"`},
	{"branches/main/protection", "administration", 404, 200, []string{`"contexts":["build"]`, `"login":"bob"`}, ""},
	{"branches/feat%2Fx/protection", "administration", 404, 200, []string{`"lock_branch":{"enabled":true}`}, ""},
	{"branches/main", "contents", 200, 200, []string{`"protected":true`, `"enforcement_level":"everyone"`}, ""},
	{"vulnerability-alerts", "administration", 404, 204, nil, ""},
	{"automated-security-fixes", "administration", 200, 200, []string{`"enabled":true`}, ""},
	{"dependabot/alerts", "vulnerability_alerts", 403, 200, []string{`"CVE-2021-1"`, `"state":"fixed"`}, ""},
	{"dependabot/alerts?state=open&severity=high", "vulnerability_alerts", 403, 200, []string{"lodash"}, "minimist"},
	{"secret-scanning/alerts", "secret_scanning_alerts", 404, 200, []string{"aws_access_key_id"}, `"secret":`},
	{"code-scanning/alerts", "security_events", 403, 200, []string{"go/sql-injection"}, ""},
	{"code-scanning/alerts?state=fixed", "security_events", 403, 200, []string{"go/y"}, "sql-injection"},
	{"code-scanning/analyses", "security_events", 403, 200, []string{`"results_count":3`}, zeroSHA},
	{"code-scanning/default-setup", "administration", 403, 200, []string{`"state":"configured"`}, ""},
	{"private-vulnerability-reporting", "metadata", 200, 200, []string{`{"enabled":true}`}, ""},
	{"environments", "actions", 200, 200, []string{`"wait_timer":10`, `"required_reviewers"`, `"total_count":2`}, ""},
	{"deployments", "deployments", 200, 200, []string{`"environment":"production"`}, zeroSHA},
	{"deployments?environment=test", "deployments", 200, 200, []string{"[]"}, "production"},
	{"releases", "contents", 200, 200, []string{`"v1.0.0"`, `"api.tar.gz"`}, `"v3"`},
	{"releases/latest", "contents", 404, 200, []string{`"v1.0.0"`}, "rc.1"},
	{"immutable-releases", "administration", 404, 200, []string{`"enabled":true`}, ""},
	{"tags", "metadata", 200, 200, []string{`"name":"v1.0.0"`, `"name":"v0.9.0"`}, ""},
	{"actions/workflows", "actions", 200, 200, []string{`"name":"CI"`, `"disabled_manually"`, `"total_count":2`}, ""},
	{"actions/workflows/ci.yml/runs", "actions", 200, 200, []string{`"total_count":2`, `"run_number":2`}, zeroSHA},
	{"actions/workflows/none.yml/runs", "actions", 404, 404, nil, ""},
	{"actions/runs?branch=main&status=failure", "actions", 200, 200, []string{`"conclusion":"failure"`, `"message":"first"`}, "in_progress"},
	{"actions/runs?created=%3C2000-01-01", "actions", 200, 200, []string{`"total_count":0`}, ""},
	{"actions/permissions", "administration", 200, 200, []string{`"allowed_actions":"selected"`, `"sha_pinning_required":true`}, ""},
	{"actions/permissions/workflow", "administration", 200, 200, []string{`"default_workflow_permissions":"write"`}, ""},
	{"hooks", "repository_hooks", 200, 200, []string{`"secret":"********"`}, ""},
	{"codeowners/errors", "contents", 200, 200, []string{`"Unknown owner"`, `"Invalid pattern"`, `"Invalid owner"`, `"line":3`}, `"line":2,`},
	{"community/profile", "contents", 200, 200, []string{`"health_percentage":57`, `"spdx_id":"MIT"`}, ""},
	{"topics", "metadata", 200, 200, []string{`{"names":["service"]}`}, ""},
	{"languages", "metadata", 200, 200, []string{`{"Go":29}`}, ""},
	{"license", "metadata", 200, 200, []string{`"key":"mit"`, `"path":"LICENSE"`}, ""},
	{"properties/values", "metadata", 200, 200, []string{`["go","hcl"]`, `"gold"`}, ""},
	{"dependency-graph/sbom", "contents", 200, 200, []string{`"spdxVersion":"SPDX-2.3"`, `"pkg:golang/`}, ""},
	{"attestations/sha256:aa", "attestations", 404, 200, []string{`"dsseEnvelope"`}, ""},
	{"attestations/sha256:bb", "attestations", 404, 404, nil, ""},
}

func TestSettingsEndpoints(t *testing.T) {
	world := newSettingsWorld(t, allPermissions)
	for _, state := range []string{"empty", "rich"} {
		if state == "rich" {
			if err := world.SetSettings(DefaultOrganization, "api", richSettings()); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range settingsCases {
			status, body, accepted := world.get(t, "repos/demo/api/"+c.path)
			want := c.empty
			if state == "rich" {
				want = c.rich
			}
			if status != want || !strings.Contains(accepted, c.permission+"=read") {
				t.Errorf("%s %s: status %d, accepted %q, want %d and %s: %s", state, c.path, status, accepted, want, c.permission, body)
			}
			if state == "empty" {
				continue
			}
			for _, part := range c.want {
				if !strings.Contains(body, part) {
					t.Errorf("%s: no %s in %s", c.path, part, body)
				}
			}
			if c.never != "" && strings.Contains(body, c.never) {
				t.Errorf("%s: %s in %s", c.path, c.never, body)
			}
		}
	}
}

func TestSettingsPermissions(t *testing.T) {
	world := newSettingsWorld(t, map[string]string{"metadata": "read", "issues": "write"})
	if err := world.SetSettings(DefaultOrganization, "api", richSettings()); err != nil {
		t.Fatal(err)
	}
	for _, c := range settingsCases {
		want := http.StatusForbidden
		if c.permission == "metadata" {
			want = c.rich
		}
		status, body, accepted := world.get(t, "repos/demo/api/"+c.path)
		if status != want {
			t.Errorf("%s: status %d, want %d: %s", c.path, status, want, body)
		}
		if want == http.StatusForbidden && (!strings.Contains(body, "Resource not accessible by integration") || accepted == "") {
			t.Errorf("%s: %s, accepted %q", c.path, body, accepted)
		}
	}
	if len(world.events) > 0 {
		t.Errorf("events without permission: %v", world.events)
	}
	for _, path := range []string{"orgs/demo/properties/values", "orgs/demo/dependabot/alerts", "orgs/demo/packages?package_type=npm"} {
		if status, body, _ := world.get(t, path); status != http.StatusForbidden {
			t.Errorf("%s: status %d: %s", path, status, body)
		}
	}
}

func TestSettingsOfOrganization(t *testing.T) {
	world := newSettingsWorld(t, allPermissions)
	if err := world.SetSettings(DefaultOrganization, "api", richSettings()); err != nil {
		t.Fatal(err)
	}
	req, err := world.client.NewRequest("PATCH", "orgs/demo/properties/values", map[string]any{
		"repository_names": []string{"api"}, "properties": []map[string]any{{"property_name": "score", "value": "61"}, {"property_name": "tier", "value": nil}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := world.client.Do(context.Background(), req, nil); err != nil || resp.StatusCode != http.StatusNoContent {
		t.Errorf("set properties: %v %v", resp, err)
	}
	for path, want := range map[string]string{
		"orgs/demo/properties/values":                        `{"property_name":"score","value":"61"}`,
		"orgs/demo/dependabot/alerts?state=open":             `"repository":{`,
		"orgs/demo/packages?package_type=container":          `"version_count":3`,
		"orgs/demo/packages?package_type=npm":                `[]`,
		"repos/demo/api/properties/values":                   `[{"property_name":"languages","value":["go","hcl"]},{"property_name":"score","value":"61"}]`,
		"repos/demo/api/dependabot/alerts?per_page=1&state=": `left-pad`,
	} {
		if status, body, _ := world.get(t, path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: status %d: %s", path, status, body)
		}
	}
}

// TestSettingsWithGoGitHub decodes what the product's own library decodes.
func TestSettingsWithGoGitHub(t *testing.T) {
	world := newSettingsWorld(t, allPermissions)
	if err := world.SetSettings(DefaultOrganization, "api", richSettings()); err != nil {
		t.Fatal(err)
	}
	ctx, gh, o, r := context.Background(), world.client, DefaultOrganization, "api"
	one := func(v any, err error) string {
		if err != nil {
			return err.Error()
		}
		data, err := json.Marshal(v)
		if err != nil {
			return err.Error()
		}
		return string(data)
	}
	for name, c := range map[string]struct{ got, want string }{
		"rulesets":             {one(first(gh.Repositories.GetAllRulesets(ctx, o, r, true))), `"name":"main"`},
		"protection":           {one(first(gh.Repositories.GetBranchProtection(ctx, o, r, "feat/x"))), `"lock_branch":{"enabled":true}`},
		"vulnerability alerts": {one(first(gh.Repositories.GetVulnerabilityAlerts(ctx, o, r))), "true"},
		"security fixes":       {one(first(gh.Repositories.GetAutomatedSecurityFixes(ctx, o, r))), `"enabled":true`},
		"dependabot":           {one(first(gh.Dependabot.ListRepoAlerts(ctx, o, r, &github.ListAlertsOptions{State: github.String("open")}))), "lodash"},
		"secrets":              {one(first(gh.SecretScanning.ListAlertsForRepo(ctx, o, r, nil))), "aws_access_key_id"},
		"code scanning":        {one(first(gh.CodeScanning.ListAlertsForRepo(ctx, o, r, nil))), "go/sql-injection"},
		"analyses":             {one(first(gh.CodeScanning.ListAnalysesForRepo(ctx, o, r, nil))), `"results_count":3`},
		"default setup":        {one(first(gh.CodeScanning.GetDefaultSetupConfiguration(ctx, o, r))), "configured"},
		"environments":         {one(first(gh.Repositories.ListEnvironments(ctx, o, r, nil))), `"wait_timer":10`},
		"deployments":          {one(first(gh.Repositories.ListDeployments(ctx, o, r, nil))), "production"},
		"releases":             {one(first(gh.Repositories.ListReleases(ctx, o, r, nil))), "api.tar.gz"},
		"tags":                 {one(first(gh.Repositories.ListTags(ctx, o, r, nil))), "v0.9.0"},
		"workflows":            {one(first(gh.Actions.ListWorkflows(ctx, o, r, nil))), `"name":"CI"`},
		"runs":                 {one(first(gh.Actions.ListWorkflowRunsByFileName(ctx, o, r, "ci.yml", nil))), `"total_count":2`},
		"permissions":          {one(first(gh.Repositories.GetActionsPermissions(ctx, o, r))), "selected"},
		"hooks":                {one(first(gh.Repositories.ListHooks(ctx, o, r, nil))), "hooks.test"},
		"codeowners":           {one(first(gh.Repositories.GetCodeownersErrors(ctx, o, r, nil))), "Unknown owner"},
		"community":            {one(first(gh.Repositories.GetCommunityHealthMetrics(ctx, o, r))), "CONTRIBUTING.md"},
		"topics":               {one(first(gh.Repositories.ListAllTopics(ctx, o, r))), "service"},
		"languages":            {one(first(gh.Repositories.ListLanguages(ctx, o, r))), `{"Go":29}`},
		"license":              {one(first(gh.Repositories.License(ctx, o, r))), "mit"},
		"sbom":                 {one(first(gh.DependencyGraph.GetSBOM(ctx, o, r))), "chi"},
		"packages":             {one(first(gh.Organizations.ListPackages(ctx, o, &github.PackageListOptions{PackageType: github.String("container")}))), `"name":"api"`},
	} {
		if !strings.Contains(c.got, c.want) {
			t.Errorf("%s: no %s in %s", name, c.want, c.got)
		}
	}
}

// first drops the response of a go-github call.
func first[T any](v T, _ *github.Response, err error) (T, error) { return v, err }

func TestSettingsEvents(t *testing.T) {
	world := newSettingsWorld(t, allPermissions)
	rich := richSettings()
	steps := []struct {
		name  string
		patch string
		want  string // events in order, without installation's
	}{
		{"again changes nothing", string(must(json.Marshal(rich))), ""},
		{"ruleset", `{"rulesets":[{"name":"main","enforcement":"disabled"}]}`, "repository_ruleset edited, repository_ruleset deleted, repository_ruleset deleted"},
		{"protection", `{"branch_protection":{"main":{"enforce_admins":false}}}`, "branch_protection_rule deleted, branch_protection_rule edited"},
		{"secret scanning", `{"secret_scanning":false}`, "security_and_analysis"},
		{"null resets", `{"secret_scanning_push_protection":null}`, "security_and_analysis"},
		{"publish a draft", `{"releases":[{"tag_name":"v3"}]}`, "release edited, release published, release released, release deleted, release deleted"},
		{"run", `{"workflow_runs":[{"path":".github/workflows/ci.yml","conclusion":"success"}]}`, "workflow_run completed"},
		{"deployment", `{"deployments":[{"environment":"test","statuses":[{"state":"failure"}]}]}`, "deployment created, deployment_status created"},
		{"properties", `{"properties":{"tier":"silver"}}`, "custom_property_values updated"},
		{"alerts", `{"dependabot_alerts":[{"number":1,"package":"lodash","ecosystem":"npm","manifest_path":"package.json","state":"fixed"}],
			"code_scanning_alerts":[{"number":1,"rule":"go/sql-injection","state":"dismissed"}],
			"secret_scanning_alerts":[{"number":2,"secret_type":"github_pat"}]}`,
			"dependabot_alert fixed, secret_scanning_alert reopened, code_scanning_alert closed_by_user"},
	}
	if err := world.SetSettings(DefaultOrganization, "api", rich); err != nil {
		t.Fatal(err)
	}
	repo := world.Repository(DefaultOrganization, "api")
	world.settled(t)
	for _, step := range steps {
		before := len(world.events)
		var patch map[string]json.RawMessage
		if err := json.Unmarshal([]byte(step.patch), &patch); err != nil {
			t.Fatal(err)
		}
		if err := world.changeSettings(context.Background(), repo, patch, false); err != nil {
			t.Fatal(err)
		}
		world.settled(t)
		if got := strings.Join(world.events[before:], ", "); got != step.want {
			t.Errorf("%s: got %q, want %q", step.name, got, step.want)
		}
	}
	if err := world.changeSettings(context.Background(), repo, map[string]json.RawMessage{"secret_scaning": []byte("true")}, false); err == nil {
		t.Error("a misspelt setting was accepted")
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestSettingsSpecialStatuses covers what depends on the repository or on an id.
func TestSettingsSpecialStatuses(t *testing.T) {
	world := newSettingsWorld(t, allPermissions)
	for _, spec := range []RepoSpec{
		{Owner: DefaultOrganization, Name: "open", GitDir: settingsGit(t)},
		{Owner: DefaultOrganization, Name: "fork", GitDir: settingsGit(t), Fork: true},
	} {
		if _, err := world.AddRepository(spec); err != nil {
			t.Fatal(err)
		}
	}
	if err := world.SetSettings(DefaultOrganization, "api", richSettings()); err != nil {
		t.Fatal(err)
	}
	settings, err := world.Settings(DefaultOrganization, "api")
	if err != nil {
		t.Fatal(err)
	}
	ruleset := fmt.Sprintf("repos/demo/api/rulesets/%d", settings.Rulesets[0].ID)
	statuses := fmt.Sprintf("repos/demo/api/deployments/%d/statuses", settings.Deployments[0].ID)
	for _, c := range []struct {
		path   string
		status int
		want   string
	}{
		{"repos/demo/open/code-scanning/alerts", 404, "no analysis found"},
		{"repos/demo/open/code-scanning/default-setup", 200, `"not-configured"`},
		{"repos/demo/fork/community/profile", 404, ""},
		{"repos/demo/none/rulesets", 404, ""},
		{"repos/demo/open/rulesets/1", 404, ""},
		{"repos/demo/open/deployments/1/statuses", 404, ""},
		{ruleset, 200, `"include":["~DEFAULT_BRANCH"]`},
		{statuses, 200, `"state":"success"`},
		{"repos/demo/api", 200, `"secret_scanning_push_protection":{"status":"enabled"}`},
		{"repos/demo/open", 200, `"secret_scanning":{"status":"disabled"}`},
	} {
		status, body, _ := world.get(t, c.path)
		if status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s: status %d, want %d with %s: %s", c.path, status, c.status, c.want, body)
		}
		if strings.Contains(body, "bypass_actors") {
			t.Errorf("%s: shows who bypasses without administration: write", c.path)
		}
	}
}

// TestSettingsCursor pages through alerts as go-github does.
func TestSettingsCursor(t *testing.T) {
	world := newSettingsWorld(t, allPermissions)
	if err := world.SetSettings(DefaultOrganization, "api", richSettings()); err != nil {
		t.Fatal(err)
	}
	var numbers []int
	opts := &github.ListAlertsOptions{ListCursorOptions: github.ListCursorOptions{PerPage: 2}}
	for {
		alerts, resp, err := world.client.Dependabot.ListRepoAlerts(context.Background(), DefaultOrganization, "api", opts)
		if err != nil {
			t.Fatal(err)
		}
		for _, alert := range alerts {
			numbers = append(numbers, alert.GetNumber())
		}
		if opts.ListCursorOptions.After = resp.After; resp.After == "" {
			break
		}
	}
	if got := fmt.Sprint(numbers); got != "[3 2 1]" {
		t.Errorf("numbers %s", got)
	}
}

// TestSettingsOverHTTP changes settings as demos and acceptance checks do.
func TestSettingsOverHTTP(t *testing.T) {
	world := newSettingsWorld(t, allPermissions)
	for _, step := range []struct {
		body   string
		status int
		want   string
	}{
		{`{"private_vulnerability_reporting":true,"environments":[{"name":"production"}]}`, 200, `"private_vulnerability_reporting":true`},
		{`{"immutable_releases":true}`, 200, `"name":"production"`},
		{`{"environments":null}`, 200, `{"immutable_releases":true,"private_vulnerability_reporting":true}`},
		{`{"environmints":[]}`, 422, "environmints"},
		{`{"environments":7}`, 422, "environments"},
		{`[]`, 400, ""},
	} {
		req, err := http.NewRequest("PUT", world.URL()+"/_emulator/repos/demo/api/settings", strings.NewReader(step.body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != step.status {
			t.Errorf("%s: status %d, want %d (%v): %s", step.body, resp.StatusCode, step.status, err, body)
		}
		var sorted any // members in the order of their names
		if err := json.Unmarshal(body, &sorted); err != nil {
			t.Fatal(err)
		}
		if again := string(must(json.Marshal(sorted))); !strings.Contains(again, step.want) {
			t.Errorf("%s: no %s in %s", step.body, step.want, again)
		}
	}
}
