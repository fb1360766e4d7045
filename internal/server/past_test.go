package server_test

import (
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/readyline/readyline/internal/server"
	"github.com/readyline/readyline/internal/store"
)

// shown is the state of every item, as the API shows it.
func (w *world) shown(path, cookie string) map[string]string {
	w.Helper()
	var page struct {
		Items []struct{ Checklist, Item, State string }
	}
	ok(w, json.Unmarshal([]byte(w.get(path, cookie).body), &page))
	out := map[string]string{}
	for _, i := range page.Items {
		out[i.Checklist+"/"+i.Item] = i.State
	}
	return out
}

// TestTimeTravel looks back at every moment of a history and finds what was
// shown then.
func TestTimeTravel(t *testing.T) {
	w := newWorld(t)
	s := spec{
		Repository: store.Repository{ID: 1, InstallationID: 1, Owner: "acme", Name: "api", Visibility: "private"},
		checklists: []string{"gruntwork-aws"}, maturity: 0.7, looks: 8,
	}
	w.fill(1, "acme", []spec{{Repository: s.Repository}})
	cookie := w.signIn(1, "ada", map[int64]string{1: "read"})
	random, proven := rand.New(rand.NewPCG(3, 5)), map[string]float64{}
	type moment struct {
		at    time.Time
		items map[string]string
	}
	var seen []moment
	for look := range s.looks {
		if look == 4 { // another checklist joins, and leaves again
			s.checklists = append(s.checklists, "production-grade-infrastructure")
		} else if look == 6 {
			s.checklists = s.checklists[:1]
		}
		w.look(s, look, random, proven)
		events := must[[]store.Event](t)(w.store.History(context.Background(), store.HistoryFilter{Repositories: []int64{1}, Limit: 1}))
		seen = append(seen, moment{events[0].At, w.shown("/api/v1/repos/acme/api/items", cookie)})
	}
	for i, m := range seen {
		if len(m.items) == 0 {
			t.Fatalf("look %d showed nothing", i)
		}
		then := w.shown("/api/v1/repos/acme/api/items?at="+url.QueryEscape(m.at.Format(time.RFC3339Nano)), cookie)
		if !maps.Equal(then, m.items) {
			t.Errorf("look %d at %s: %d items then, %d when looked back at, or in other states", i, m.at, len(m.items), len(then))
		}
		if i > 0 { // a moment before, it was still as at the look before
			before := w.shown("/api/v1/repos/acme/api/items?at="+url.QueryEscape(m.at.Add(-time.Millisecond).Format(time.RFC3339Nano)), cookie)
			if !maps.Equal(before, seen[i-1].items) {
				t.Errorf("just before look %d it is not as at the look before", i)
			}
		}
	}
}

// TestRetry lets those who administer an installation have its failed
// deliveries processed again, and nobody else.
func TestRetry(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.fill(1, "acme", richFleet()[:2])
	w.fill(2, "globex", []spec{{Repository: store.Repository{ID: 90, Name: "core", Visibility: "private"}}})
	_, err := w.store.Accept(ctx, []store.Delivery{{GUID: "dead", Event: "push", InstallationID: 1, Payload: []byte(`{"a":1}`)}, {GUID: "done", Event: "push", InstallationID: 1, Payload: []byte(`{}`)}}, nil)
	ok(t, err)
	ok(t, w.store.FailDelivery(ctx, "dead", "no luck", true))
	ok(t, w.store.FinishDelivery(ctx, "done", store.Processed))
	owner, writer := w.signIn(1, "ada", map[int64]string{1: "admin", 2: "admin"}), w.signIn(2, "grace", map[int64]string{1: "admin", 2: "write"})
	stranger := w.signIn(3, "globe", map[int64]string{90: "admin"})
	for _, test := range []struct {
		who, cookie, guid string
		status            int
		state             store.DeliveryState
	}{
		{"nobody", "", "dead", 404, store.Failed},
		{"who administers only some of it", writer, "dead", 404, store.Failed},
		{"who administers another one", stranger, "dead", 404, store.Failed},
		{"the owner, of none", owner, "none", 404, store.Failed},
		{"the owner", owner, "dead", 303, store.Received},
		{"the owner, of one that is done", owner, "done", 303, store.Received},
	} {
		got := w.send("POST", "/admin/deliveries/retry", "guid="+test.guid, "Cookie", test.cookie)
		if got.status != test.status {
			t.Errorf("%s: status %d, want %d", test.who, got.status, test.status)
		}
		if d := must[store.Delivery](t)(w.store.Delivery(ctx, "dead")); d.State != test.state || string(d.Payload) != `{"a":1}` {
			t.Errorf("after %s: the delivery is %s", test.who, d.State)
		}
	}
	if d := must[store.Delivery](t)(w.store.Delivery(ctx, "done")); d.State != store.Processed {
		t.Errorf("one that was done is %s", d.State)
	}
	for who, cookie := range map[string]string{"grace": writer} {
		if got := w.get("/admin", cookie); got.status != 404 {
			t.Errorf("%s sees the administration: %d", who, got.status)
		}
	}
	if got := w.get("/admin", stranger); got.status != 200 || contains(got.body, "acme", "dead") {
		t.Errorf("who administers globex sees acme's: %d", got.status)
	}
}

// TestResend shows who administers all that is installed the events that were
// given up, without their endpoint's address, and has them sent again.
func TestResend(t *testing.T) {
	var again []int64
	w := newWorld(t, func(o *server.Options) {
		o.Resend = func(_ context.Context, id int64) error {
			again = append(again, id)
			return nil
		}
	})
	ctx := context.Background()
	w.fill(1, "acme", richFleet()[:2])
	w.fill(2, "globex", []spec{{Repository: store.Repository{ID: 90, Name: "core", Visibility: "private"}}})
	id := must[int64](t)(w.store.PutOutgoing(ctx, store.Outgoing{Event: "evt_1", Type: "some.type", Endpoint: "https://events.example.com/hunter2", Body: "{}"}))
	ok(t, w.store.TriedOutgoing(ctx, id, store.OutgoingDead, "it answered 500"))
	part := w.signIn(1, "ada", map[int64]string{1: "admin", 2: "admin"})
	all := w.signIn(2, "grace", map[int64]string{1: "admin", 2: "admin", 90: "admin"})
	for _, test := range []struct {
		who, cookie string
		status      int
		shown       bool
	}{{"nobody", "", 404, false}, {"who administers a part", part, 404, false}, {"who administers all", all, 303, true}} {
		page := w.get("/admin", test.cookie)
		if contains(page.body, "evt_1") != test.shown || contains(page.body, "hunter2") {
			t.Errorf("%s: shown %v", test.who, !test.shown)
		}
		got := w.send("POST", "/admin/events/resend", "id="+strconv.FormatInt(id, 10), "Cookie", test.cookie)
		if got.status != test.status || (len(again) > 0) != test.shown {
			t.Errorf("%s: status %d, sent again %v", test.who, got.status, again)
		}
	}
	if got := w.send("POST", "/admin/events/resend", "id=x", "Cookie", all); got.status != 400 {
		t.Errorf("no number: status %d", got.status)
	}
}

func contains(text string, any ...string) bool {
	for _, a := range any {
		if strings.Contains(text, a) {
			return true
		}
	}
	return false
}
