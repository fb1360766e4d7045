package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

const (
	ownFile = "version: 1\nchecklists: [./.github/readyline/ours.md]\ncontrols: [./.github/readyline/ours.yaml]\n"
	ownList = "---\nname: Ours\nabout: What we ask of a service\n---\n## Basics\n\nWe ask for this everywhere.\n\n" +
		"- [ ] Carry a pager <!-- item: carry-a-pager; control: pager-file; required -->\n- [ ] Build images <!-- item: images; control: container-images -->\n"
	ownControl = `controls:
  - id: pager-file
    title: Somebody carries a pager
    category: operations
    meaning: The repository says who is called at night.
    rules:
      - id: pager
        strength: proves
        summary: a pager file
        file: {path: [PAGER], not_empty: true}
    examples:
      - name: a pager file
        files: {PAGER: "ada\n"}
        proves: [pager]
      - name: an empty one
        files: {PAGER: ""}
`
)

// TestOwn shows an organisation's own checklist and control to who may read
// where they are written, and to nobody else; titles as well.
func TestOwn(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	w.fill(1, "acme", []spec{
		{Repository: store.Repository{ID: 1, Name: ".github", Visibility: "private"}},
		{Repository: store.Repository{ID: 2, Name: "api", Visibility: "private"}},
	})
	files := map[string]string{".github/readyline/ours.md": ownList, ".github/readyline/ours.yaml": ownControl}
	bundle := catalogue.Bundle{Text: ownFile, Files: files}
	ok(t, w.store.PutConfig(ctx, 1, "sha", must[[]byte](t)(json.Marshal(bundle)), nil))
	organisation, opened := bundle.Open()
	_, with := w.cat.Under(nil, nil, organisation, opened, catalogue.Repository{Name: "api"})
	list, known := with.Checklist("ours")
	if !known {
		t.Fatalf("no checklist: %+v", organisation)
	}
	found := map[string]readiness.Finding{}
	for _, control := range []string{"pager-file", "container-images"} {
		found[control] = readiness.Finding{Control: control, Verdict: readiness.None}
	}
	ok(t, w.store.Tx(ctx, func(tx pgx.Tx) error {
		_, err := w.store.Record(ctx, tx, store.Recording{
			Repository: 2, Commit: "c", Catalogue: "test", Complete: true, ActorKind: store.ByInstall,
			Assessments: []readiness.Assessment{readiness.Assess(list, found, readiness.People{}, w.now)},
		})
		return err
	}))
	all := w.signIn(1, "ada", map[int64]string{1: "read", 2: "read"})
	part := w.signIn(2, "bob", map[int64]string{2: "read"})
	none := w.signIn(3, "mallory", nil)
	tests := []struct {
		path, says string
		want       [4]int // who sees all, a part, none, nobody
	}{
		{"/orgs/acme/checklists/ours", "What we ask of a service", [4]int{200, 404, 404, 404}},
		{"/orgs/acme/controls/pager-file", "a pager file", [4]int{200, 404, 404, 404}},
		{"/orgs/acme/checklists/gruntwork-aws", "", [4]int{404, 404, 404, 404}},
		{"/orgs/acme/controls/container-images", "", [4]int{404, 404, 404, 404}},
		{"/orgs/acme/controls/none", "", [4]int{404, 404, 404, 404}},
		{"/checklists/ours", "", [4]int{404, 404, 404, 404}},
		{"/controls/pager-file", "", [4]int{404, 404, 404, 404}},
	}
	for _, test := range tests {
		for i, cookie := range []string{all, part, none, ""} {
			got := w.get(test.path, cookie)
			if got.status != test.want[i] || got.status == http.StatusOK && !strings.Contains(strings.ToLower(got.body), strings.ToLower(test.says)) {
				t.Errorf("%s for %d: status %d, want %d, saying %q", test.path, i, got.status, test.want[i], test.says)
			}
		}
	}
	for _, path := range []string{"/orgs/acme", "/orgs/acme/controls", "/orgs/acme/controls?item=carry-a-pager"} {
		if got := w.get(path, all); !strings.Contains(got.body, "Carry a pager") {
			t.Errorf("%s knows no titles: %d", path, got.status)
		}
		if got := w.get(path, part); got.status != 200 || strings.Contains(got.body, "Carry a pager") || strings.Contains(got.body, "Somebody carries") {
			t.Errorf("%s tells titles from a hidden repository: %d", path, got.status)
		}
	}
	for _, link := range []string{`href="/orgs/acme/checklists/ours#carry-a-pager"`, `href="/orgs/acme/controls/pager-file"`, `href="/controls/container-images"`} {
		if page := w.get("/orgs/acme/controls?item=carry-a-pager", all).body + w.get("/orgs/acme/controls?item=images", all).body; !strings.Contains(page, link) {
			t.Errorf("no %s", link)
		}
	}
	if page := w.get("/repos/acme/api", all).body; !strings.Contains(page, `href="/orgs/acme/controls/pager-file"`) {
		t.Error("the repository's page does not lead to the control")
	}
}

// TestRepositoryOwn shows a repository's own checklist and control to who may
// see the repository, and leads them to those that others bring.
func TestRepositoryOwn(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	w.fill(1, "acme", []spec{
		{Repository: store.Repository{ID: 1, Name: ".github", Visibility: "private"}},
		{Repository: store.Repository{ID: 2, Name: "api", Visibility: "private"}},
		{Repository: store.Repository{ID: 3, Name: "web", Visibility: "private"}},
	})
	bundle := func(suffix string) []byte {
		return must[[]byte](t)(json.Marshal(catalogue.Bundle{
			Text: strings.ReplaceAll(ownFile, "/ours", "/"+suffix),
			Files: map[string]string{
				".github/readyline/" + suffix + ".md":   strings.ReplaceAll(strings.ReplaceAll(ownList, "pager", suffix+"-pager"), "Ours", suffix),
				".github/readyline/" + suffix + ".yaml": strings.ReplaceAll(ownControl, "pager-file", suffix+"-pager-file"),
			},
		}))
	}
	ok(t, w.store.PutConfig(ctx, 1, "sha", bundle("ours"), nil))
	ok(t, w.store.PutConfig(ctx, 2, "sha", bundle("theirs"), nil))
	all := w.signIn(1, "ada", map[int64]string{1: "read", 2: "read", 3: "read"})
	part := w.signIn(2, "bob", map[int64]string{2: "read", 3: "read"})
	none := w.signIn(3, "mallory", map[int64]string{3: "read"})
	nothing := w.get("/repos/acme/nothing/checklists/theirs", none)
	for _, test := range []struct {
		path, says string
		want       [4]int // who sees all, the repository, another of the organisation, nobody
	}{
		{"/repos/acme/api/checklists/theirs", "What we ask of a service", [4]int{200, 200, 404, 404}},
		{"/repos/acme/api/controls/theirs-pager-file", "A pager file", [4]int{200, 200, 404, 404}},
		{"/repos/acme/api/checklists/ours", "", [4]int{302, 404, 404, 404}}, // who may not see where it is defined does not see it
		{"/repos/acme/api/controls/ours-pager-file", "", [4]int{404, 404, 404, 404}},
		{"/repos/acme/api/checklists/gruntwork-aws", "", [4]int{302, 302, 404, 404}},
		{"/repos/acme/api/controls/container-images", "", [4]int{404, 404, 404, 404}},
		{"/repos/acme/web/checklists/theirs", "", [4]int{404, 404, 404, 404}},
		{"/repos/acme/.github/checklists/ours", "", [4]int{302, 404, 404, 404}},
		{"/orgs/acme/checklists/theirs", "", [4]int{404, 404, 404, 404}},
		{"/checklists/theirs", "", [4]int{404, 404, 404, 404}},
	} {
		for i, cookie := range []string{all, part, none, ""} {
			got := w.get(test.path, cookie)
			if got.status != test.want[i] || got.status == http.StatusOK && !strings.Contains(got.body, test.says) {
				t.Errorf("%s for %d: status %d, want %d, saying %q", test.path, i, got.status, test.want[i], test.says)
			}
			if i == 2 && strings.ReplaceAll(got.body, test.path, "") != strings.ReplaceAll(nothing.body, "/repos/acme/nothing/checklists/theirs", "") {
				t.Errorf("%s is told from what is not there", test.path)
			}
		}
	}
	for path, want := range map[string]string{
		"/repos/acme/api/checklists/gruntwork-aws": "/checklists/gruntwork-aws",
		"/repos/acme/web/checklists/ours":          "/orgs/acme/checklists/ours",
		"/repos/acme/.github/checklists/ours":      "/orgs/acme/checklists/ours",
	} {
		if to := w.get(path, all).header.Get("Location"); to != want {
			t.Errorf("%s leads to %q, want %q", path, to, want)
		}
	}
	page := w.get("/repos/acme/api/checklists/theirs", part).body
	for _, link := range []string{`href="/repos/acme/api/controls/theirs-pager-file"`, `href="/controls/container-images"`, `href="/repos/acme/api"`} {
		if !strings.Contains(page, link) {
			t.Errorf("no %s", link)
		}
	}
}
