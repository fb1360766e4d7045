package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/testdb"
)

// fleet is a store with
//
//	acme/api    10 public   Go   service  50 %, on day 2 100 %
//	acme/web    11 private       service   0 %
//	acme/docs   12 private  never assessed, skipped
//	globex/core 20 internal                100 % on both checklists
//
// and viewer 7, who may read acme/web and nothing of globex.
func fleet(t *testing.T) *store.Store {
	t.Helper()
	s, ctx := testdb.Open(t), context.Background()
	for id, login := range []string{1: "acme", 2: "globex"} {
		if id > 0 {
			ok(t, s.PutInstallation(ctx, store.Installation{ID: int64(id), AccountLogin: login, AccountType: "Organization"}))
		}
	}
	for _, r := range []store.Repository{
		{ID: 10, InstallationID: 1, Owner: "acme", Name: "api", Visibility: "public", Language: "Go", Topics: []string{"service"}},
		{ID: 11, InstallationID: 1, Owner: "acme", Name: "web", Visibility: "private", Topics: []string{"service"}},
		{ID: 12, InstallationID: 1, Owner: "acme", Name: "docs", Visibility: "private"},
		{ID: 20, InstallationID: 2, Owner: "globex", Name: "core", Visibility: "internal"},
	} {
		ok(t, s.PutRepository(ctx, r))
	}
	ok(t, s.Skip(ctx, 12, "archived"))
	look := func(id int64, hour int, as ...readiness.Assessment) {
		record(t, s, store.Recording{Repository: id, Commit: "c", At: at(hour), Complete: true, Assessments: as})
	}
	look(10, 0, assessed("list", item("one", met), required(item("two", unmet))))
	look(11, 1, assessed("list", item("one", unmet), required(item("two", unmet))))
	look(20, 2, assessed("list", item("one", attested), item("two", notFor)), assessed("extra", item("three", met)))
	look(10, 24, assessed("list", item("one", met), required(item("two", met))))
	ok(t, s.PutViewer(ctx, store.Viewer{ID: 7, Login: "ada", Sealed: []byte("sealed")}))
	ok(t, s.SetAccess(ctx, 7, []store.Access{{RepositoryID: 11, Permission: "read"}, {RepositoryID: 20, Permission: "none"}}))
	return s
}

var (
	anybody = store.Sight{Public: true}
	ada     = store.Sight{Viewer: 7}
	adaOld  = store.Sight{Viewer: 7, Since: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)}
)

func TestFleet(t *testing.T) {
	s, ctx := fleet(t), context.Background()
	all := store.Everything
	tests := []struct {
		name   string
		sight  store.Sight
		owner  string
		filter store.FleetFilter
		want   []string
	}{
		{"nobody sees nothing", store.Sight{}, "acme", store.FleetFilter{}, nil},
		{"everything by name", all, "acme", store.FleetFilter{}, []string{"api", "docs", "web"}},
		{"by name, turned round", all, "acme", store.FleetFilter{Down: true}, []string{"web", "docs", "api"}},
		{"anybody sees public ones", anybody, "acme", store.FleetFilter{}, []string{"api"}},
		{"a viewer sees theirs", ada, "acme", store.FleetFilter{}, []string{"web"}},
		{"for as long as GitHub said so", adaOld, "acme", store.FleetFilter{}, nil},
		{"hidden ones by no filter", ada, "globex", store.FleetFilter{}, nil},
		{"owner in any case", all, "ACME", store.FleetFilter{}, []string{"api", "docs", "web"}},
		{"search", all, "globex", store.FleetFilter{Search: "X/C"}, []string{"core"}},
		{"search takes no wildcards", all, "acme", store.FleetFilter{Search: "%"}, nil},
		{"topic", all, "acme", store.FleetFilter{Topic: "service"}, []string{"api", "web"}},
		{"language", all, "acme", store.FleetFilter{Language: "go"}, []string{"api"}},
		{"ready", all, "acme", store.FleetFilter{State: store.FleetReady}, []string{"api"}},
		{"not ready", all, "acme", store.FleetFilter{State: store.FleetNotReady}, []string{"web"}},
		{"pending", all, "acme", store.FleetFilter{State: store.FleetPending}, []string{"docs"}},
		{"skipped", all, "acme", store.FleetFilter{State: store.FleetSkipped}, []string{"docs"}},
		{"failing", all, "acme", store.FleetFilter{State: store.FleetFailing}, nil},
		{"worst first", all, "acme", store.FleetFilter{Order: store.OrderScore}, []string{"web", "api", "docs"}},
		{"best first", all, "acme", store.FleetFilter{Order: store.OrderScore, Down: true}, []string{"api", "web", "docs"}},
		{"most left", all, "acme", store.FleetFilter{Order: store.OrderRequired, Down: true}, []string{"web", "api", "docs"}},
		{"last changed", all, "acme", store.FleetFilter{Order: store.OrderChanged, Down: true}, []string{"api", "web", "docs"}},
		{"last looked at", all, "acme", store.FleetFilter{Order: store.OrderLooked, Down: true}, []string{"api", "web", "docs"}},
		{"an unknown order", all, "acme", store.FleetFilter{Order: "; drop table", Limit: 1}, []string{"api"}},
		{"an unknown place", all, "acme", store.FleetFilter{After: "x~y", Limit: 1}, []string{"api"}},
		{"after one that is gone", all, "acme", store.FleetFilter{After: "0~b"}, []string{"docs", "web"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			survey := must[store.Survey](t)(s.Survey(ctx, test.sight, test.owner)).About("list")
			if diff := cmp.Diff(test.want, namesOf(survey.List(test.filter).Rows)); diff != "" {
				t.Error(diff)
			}
		})
	}
	extra := must[store.Survey](t)(s.Survey(ctx, all, "globex"))
	if first := extra.About("").List(store.FleetFilter{}).Rows[0]; first.On.Checklist != "list" || first.On.Title != "The list" || first.On.Score != 100 {
		t.Errorf("its first checklist: %+v", first.On)
	}
	if rows := must[store.Survey](t)(s.Survey(ctx, all, "acme")).About("extra").List(store.FleetFilter{}).Rows; len(rows) != 3 || rows[0].On != nil {
		t.Errorf("on a checklist that none has: %+v", rows)
	}
	want := []store.ChecklistUse{{Checklist: "extra", Title: "The extra", Repositories: 1}, {Checklist: "list", Title: "The list", Repositories: 1}}
	if diff := cmp.Diff(want, extra.Checklists()); diff != "" {
		t.Errorf("checklists: %s", diff)
	}
}

func namesOf(rows []store.Row) []string {
	var names []string
	for _, r := range rows {
		names = append(names, r.Name)
	}
	return names
}

// TestListing walks lists in every order, there and back: each repository is
// on one page, and on the one before again.
func TestListing(t *testing.T) {
	s, ctx := fleet(t), context.Background()
	for id := range int64(20) {
		ok(t, s.PutRepository(ctx, store.Repository{ID: 100 + id, InstallationID: 1, Owner: "acme", Name: fmt.Sprintf("R%02d", id), Visibility: "private"}))
		if id%3 > 0 {
			record(t, s, store.Recording{Repository: 100 + id, Commit: "c", At: at(int(id) % 5), Complete: true, Assessments: []readiness.Assessment{
				assessed("list", item("one", met), required(item("two", []readiness.State{met, unmet}[id%2]))),
			}})
		}
	}
	survey := must[store.Survey](t)(s.Survey(ctx, store.Everything, "acme")).About("list")
	for _, order := range []store.Order{"", store.OrderName, store.OrderScore, store.OrderRequired, store.OrderLooked, store.OrderChanged} {
		for _, down := range []bool{false, true} {
			whole := namesOf(survey.List(store.FleetFilter{Order: order, Down: down}).Rows)
			var walked []string
			var pages [][]string
			f := store.FleetFilter{Order: order, Down: down, Limit: 4}
			for {
				page := survey.List(f)
				if page.From != len(walked)+1 || page.Total != len(whole) || page.First != (len(walked) == 0) {
					t.Fatalf("%q %t: page of %+v after %d", order, down, page, len(walked))
				}
				if len(pages) > 0 {
					before := f
					before.After = page.Previous
					if diff := cmp.Diff(pages[len(pages)-1], namesOf(survey.List(before).Rows)); diff != "" {
						t.Errorf("%q %t: the page before: %s", order, down, diff)
					}
				}
				pages = append(pages, namesOf(page.Rows))
				walked = append(walked, namesOf(page.Rows)...)
				if page.Next == "" {
					break
				}
				f.After = page.Next
			}
			if diff := cmp.Diff(whole, walked); diff != "" || len(whole) != 23 {
				t.Errorf("%q %t: %s", order, down, diff)
			}
		}
	}
}

func TestSums(t *testing.T) {
	s, ctx := fleet(t), context.Background()
	owners := []store.Owner{
		{Owner: "acme", Repositories: 3, Assessed: 2, Ready: 1, Score: 50},
		{Owner: "globex", Repositories: 1, Assessed: 1, Ready: 1, Score: 100},
	}
	if diff := cmp.Diff(owners, must[[]store.Owner](t)(s.Owners(ctx, store.Everything))); diff != "" {
		t.Errorf("owners: %s", diff)
	}
	survey := must[store.Survey](t)(s.Survey(ctx, store.Everything, "Acme")).About("list")
	want := store.Coverage{
		Repositories: 3, Assessed: 2, Pending: 1, Skipped: 1, Ready: 1, Score: 50,
		Scores: []int{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
	}
	if diff := cmp.Diff(want, survey.Coverage(), cmpopts.IgnoreFields(store.Coverage{}, "OldestLook")); diff != "" {
		t.Errorf("coverage: %s", diff)
	}
	if none := must[store.Survey](t)(s.Survey(ctx, ada, "globex")).About("list").Coverage(); none.Repositories != 0 || len(none.Scores) != 11 {
		t.Errorf("coverage of what is hidden: %+v", none)
	}
	items := []store.ItemAdoption{
		{Item: "one", Section: "Section", Met: 1, Unmet: 1},
		{Item: "two", Section: "Section", Met: 1, Unmet: 1, RequiredBy: 2, RequiredUnmet: 1},
	}
	if diff := cmp.Diff(items, survey.Items()); diff != "" {
		t.Errorf("items: %s", diff)
	}
	controls := []store.ControlAdoption{
		{Control: "c-one", Proven: 1, None: 2}, {Control: "c-three", Proven: 1}, {Control: "c-two", Proven: 1, None: 2},
	}
	if diff := cmp.Diff(controls, must[[]store.ControlAdoption](t)(s.ControlAdoption(ctx, store.Everything, ""))); diff != "" {
		t.Errorf("controls: %s", diff)
	}
	cells := survey.List(store.FleetFilter{Search: "web"}).Rows[0].Cells()
	if diff := cmp.Diff([]store.Cell{{11, "one", unmet, false}, {11, "two", unmet, true}}, cells); diff != "" {
		t.Errorf("cells: %s", diff)
	}
	counts := must[store.Counts](t)(s.Counts(ctx))
	if counts.Installations != 2 || counts.Repositories != 4 || counts.Assessed != 3 || counts.Skipped != 1 || counts.DatabaseBytes == 0 {
		t.Errorf("counts: %+v", counts)
	}
}

func TestTrends(t *testing.T) {
	s, ctx := fleet(t), context.Background()
	day := func(n int) time.Time { return time.Date(2001, 3, 10+n, 0, 0, 0, 0, time.UTC) }
	points := []store.Point{
		{Day: day(0), Repositories: 2, Ready: 0, Score: 25, Ticked: 1, Applicable: 4},
		{Day: day(1), Repositories: 2, Ready: 1, Score: 50, Ticked: 2, Applicable: 4},
	}
	tests := []struct {
		name  string
		sight store.Sight
		owner string
		from  time.Time
		to    time.Time
		want  []store.Point
	}{
		{"all", store.Everything, "acme", day(-9), day(9), points},
		{"from later on, the first day sums up", store.Everything, "acme", day(5), day(9),
			[]store.Point{{Day: day(5), Repositories: 2, Ready: 1, Score: 50, Ticked: 2, Applicable: 4}}},
		{"until the first day", store.Everything, "acme", day(0), day(0), points[:1]},
		{"until before the last change", store.Everything, "acme", day(-9), day(0), points[:1]},
		{"before anything was there", store.Everything, "acme", day(-9), day(-8), nil},
		{"a viewer's", ada, "acme", day(0), day(9), []store.Point{{Day: day(0), Repositories: 1, Applicable: 2}}},
		{"an owner", store.Everything, "globex", day(0), day(9),
			[]store.Point{{Day: day(0), Repositories: 1, Ready: 1, Score: 100, Ticked: 1, Applicable: 1}}},
		{"hidden", ada, "globex", day(0), day(9), nil},
	}
	for _, test := range tests {
		got := must[store.Survey](t)(s.Survey(ctx, test.sight, test.owner)).About("list").Trend(test.from, test.to)
		if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
	api := must[store.Survey](t)(s.Survey(ctx, store.Everything, "acme")).About("list").Rows[0]
	if diff := cmp.Diff([]store.Spark{{day(0), 50}, {day(1), 100}}, api.Sparks(day(0))); diff != "" {
		t.Errorf("sparks: %s", diff)
	}
	if diff := cmp.Diff([]store.Spark{{day(1), 100}}, api.Sparks(day(5))); diff != "" {
		t.Errorf("sparks from later on: %s", diff)
	}
	surveyed := func(sight store.Sight, owner string) store.Survey {
		return must[store.Survey](t)(s.Survey(ctx, sight, owner))
	}
	if events := must[[]store.Event](t)(s.Events(ctx, surveyed(anybody, "acme"), at(0), store.Cursor{}, 10)); len(events) != 1 || events[0].Item != "two" {
		t.Errorf("events: %+v", events)
	}
	if events := must[[]store.Event](t)(s.Events(ctx, surveyed(ada, "acme"), at(0), store.Cursor{}, 10)); len(events) != 0 {
		t.Errorf("hidden events: %+v", events)
	}
	counts := must[[]store.Count](t)(s.ItemTrend(ctx, surveyed(store.Everything, "acme"), "list", "two", day(0)))
	if diff := cmp.Diff([]store.Count{{day(0), 0, 2}, {day(1), 1, 2}}, counts); diff != "" {
		t.Errorf("item trend: %s", diff)
	}
}

// TestMoved counts what became ticked, and what was, in the last week alone.
func TestMoved(t *testing.T) {
	s, ctx := fleet(t), context.Background()
	now := time.Now()
	for _, look := range []struct {
		hours int
		one   readiness.State
	}{{-300, unmet}, {-200, met}, {-50, unmet}, {-40, met}, {-30, attested}} {
		record(t, s, store.Recording{Repository: 11, Commit: "c", At: now.Add(time.Duration(look.hours) * time.Hour), Complete: true, Assessments: []readiness.Assessment{
			assessed("list", item("one", look.one), required(item("two", unmet))),
		}})
	}
	for sight, want := range map[store.Sight][]store.Moved{
		store.Everything: {{Checklist: "list", Item: "one", Gained: 1, Lost: 1}},
		ada:              {{Checklist: "list", Item: "one", Gained: 1, Lost: 1}},
		anybody:          {},
	} {
		survey := must[store.Survey](t)(s.Survey(ctx, sight, "acme"))
		if diff := cmp.Diff(want, survey.Moved(now.AddDate(0, 0, -7), 9)); diff != "" {
			t.Errorf("%+v: %s", sight, diff)
		}
		if none := survey.Moved(now, 9); len(none) > 0 {
			t.Errorf("in no time: %+v", none)
		}
	}
}

func TestBadge(t *testing.T) {
	s, ctx := fleet(t), context.Background()
	ok(t, s.SetBadgeToken(ctx, 20, "secret"))
	ok(t, s.PutRepositoryNames(ctx, 1, []store.RepositoryName{{ID: 10, Owner: "acme", Name: "backend"}}))
	tests := []struct {
		owner, name, checklist string
		want                   string // checklist shown, "-" for none, "" for nobody knows
		score                  int
	}{
		{"ACME", "Backend", "", "list", 100},
		{"acme", "api", "", "list", 100},
		{"acme", "docs", "", "-", 0},
		{"globex", "core", "", "list", 100},
		{"globex", "core", "extra", "extra", 100},
		{"acme", "web", "extra", "-", 0},
		{"acme", "none", "", "", 0},
	}
	for _, test := range tests {
		b, err := s.Badge(ctx, test.owner, test.name, test.checklist)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Fatal(err)
		}
		got := b.Checklist
		if err == nil && got == "" {
			got = "-"
		}
		if got != test.want || b.Score != test.score {
			t.Errorf("%s/%s %s: %q %d %%, want %q %d %%", test.owner, test.name, test.checklist, got, b.Score, test.want, test.score)
		}
	}
	if b := must[store.Badge](t)(s.Badge(ctx, "globex", "core", "")); b.Token != "secret" || b.Visibility != "internal" {
		t.Errorf("badge %+v", b)
	}
}
