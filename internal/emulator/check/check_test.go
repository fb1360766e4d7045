package check

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// checkOnce sends one request through the checker to a handler that answers
// status and body, and returns what the checker found.
func checkOnce(t *testing.T, method, path, body string, status int, answer string) []string {
	t.Helper()
	var found []string
	c, err := New(func(v Violation) { found = append(found, v.What) })
	if err != nil {
		t.Fatal(err)
	}
	h := c.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		if err != nil || string(got) != body {
			t.Errorf("handler read body %q, %v; want %q", got, err, body)
		}
		if answer != "" {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
		}
		w.WriteHeader(status)
		io.WriteString(w, answer)
	}))
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	if rec.Code != status || rec.Body.String() != answer {
		t.Errorf("answer changed on the way: %d %q", rec.Code, rec.Body)
	}
	return found
}

func TestCheckerFindsFaults(t *testing.T) {
	const notFound = `{"message":"Not Found","documentation_url":"https://docs.github.com/rest","status":"404"}`
	runs := func(n int) string {
		one := `{"path":"a","start_line":1,"end_line":1,"annotation_level":"notice","message":"m"}`
		return `{"name":"n","head_sha":"1","status":"completed","conclusion":"neutral",
			"output":{"title":"t","summary":"s","annotations":[` + strings.Repeat(one+",", n-1) + one + `]}}`
	}
	const label = `{"id":1,"node_id":"L_1","url":"https://x.test/l","name":"bug","description":null,"color":"ededed","default":false}`
	const issues = "/api/v3/repos/acme/api/issues"
	cases := []struct {
		name, method, path, body string
		status                   int
		answer                   string
		want                     string // part of the only fault; "" for none
	}{
		{"a good request", "POST", issues, `{"title":"t","labels":["a"]}`, 404, notFound, ""},
		{"missing title", "POST", issues, `{"body":"b"}`, 404, notFound, `request: request body has an error: doesn't match schema: /title: property "title" is missing`},
		{"integer label", "POST", issues, `{"title":"t","labels":[7]}`, 404, notFound, "/labels/0"},
		{"bare response", "POST", issues, `{"title":"t"}`, 201, `{"id":1}`, `property "node_id" is missing`},
		{"bad enum in a query", "GET", issues + "?state=ajar", "", 404, notFound, "state"},
		{"bad enum in a body", "PATCH", issues + "/1", `{"state":"ajar"}`, 404, notFound, "/state"},
		{"50 annotations", "POST", "/api/v3/repos/acme/api/check-runs", runs(50), 404, notFound, ""},
		{"51 annotations", "POST", "/api/v3/repos/acme/api/check-runs", runs(51), 404, notFound, "/output/annotations: maximum number of items is 50"},
		{"undeclared status", "POST", issues, `{"title":"t"}`, 200, `{}`, "response 200: status is not supported"},
		{"no body where one is due", "POST", issues, "", 404, notFound, "request"},
		{"declared error of the wrong shape", "POST", issues, `{"title":"t"}`, 422, `{}`, `property "message" is missing`},
		{"undeclared but usual error", "GET", "/api/v3/rate_limit", "", 401, notFound, ""},
		{"usual error without a message", "GET", "/api/v3/rate_limit", "", 401, `{}`, "no message"},
		{"outage", "GET", "/api/v3/rate_limit", "", 502, "bad gateway", ""},
		{"unknown operation", "GET", "/api/v3/feeds", "", 200, `{}`, "no such operation"},
		{"known path, unknown method", "DELETE", "/api/v3/rate_limit", "", 204, "", "no such operation"},
		{"repository by id", "GET", "/api/v3/repositories/7", "", 200, `{}`, ""},
		{"GraphQL", "POST", "/api/graphql", `{"query":"{viewer{login}}"}`, 200, `{}`, ""},
		{"branch with a slash", "GET", "/api/v3/repos/acme/api/branches/feat/x/protection", "", 404, notFound, ""},
		{"rules of a branch with a slash", "GET", "/api/v3/repos/acme/api/rules/branches/feat/x", "", 200, `[]`, ""},
		{"root folder", "GET", "/api/v3/repos/acme/api/contents/?ref=main", "", 404, notFound, ""},
		{"labels, good", "GET", "/api/v3/repos/acme/api/labels?per_page=100", "", 200, "[" + label + "]", ""},
		{"labels, no array", "GET", "/api/v3/repos/acme/api/labels", "", 200, label, "value must be an array"},
		{"no body for 204", "GET", "/api/v3/repos/acme/api/vulnerability-alerts", "", 204, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			found := checkOnce(t, c.method, c.path, c.body, c.status, c.answer)
			switch {
			case c.want == "" && len(found) > 0:
				t.Errorf("found %q, want nothing", found)
			case c.want != "" && (len(found) != 1 || !strings.Contains(found[0], c.want)):
				t.Errorf("found %q, want one with %q", found, c.want)
			}
		})
	}
}

func TestViolationReads(t *testing.T) {
	v := Violation{Method: "GET", Path: "/api/v3/user", What: "response 200: no"}
	if got, want := v.String(), "GET /api/v3/user: response 200: no"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := json.Marshal(v); err != nil {
		t.Error(err)
	}
}
