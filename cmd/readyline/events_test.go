package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/readyline/readyline/internal/events"
	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/web"
)

// receiver is somebody else's endpoint, which may be out of order.
type receiver struct {
	mu     sync.Mutex
	status int // of answers; 0: 204
	tries  int
	got    []events.Event // what it took
	raw    [][]byte
	heads  []http.Header
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries++
	if r.status != 0 {
		w.WriteHeader(r.status)
		return
	}
	var e events.Event
	if err := json.Unmarshal(body, &e); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.got, r.raw, r.heads = append(r.got, e), append(r.raw, body), append(r.heads, req.Header)
	w.WriteHeader(http.StatusNoContent)
}

func (r *receiver) answers(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// taken is what it took by now.
func (r *receiver) taken() ([]events.Event, []http.Header, [][]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got), slices.Clone(r.heads), slices.Clone(r.raw)
}

func (r *receiver) tried() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tries
}

// of are the data of the events of a type that it took.
func (r *receiver) of(kind string) (all []map[string]any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.got {
		if data, ok := e.Data.(map[string]any); ok && e.Type == kind {
			all = append(all, data)
		}
	}
	return all
}

// openapi is the description of the API, with what is sent.
func openapi(t *testing.T) *openapi3.T {
	t.Helper()
	text, err := web.FS.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestEvents sends what changes to two endpoints: one that listens, and one
// that fails, comes back, and goes for good.
func TestEvents(t *testing.T) {
	good, bad := &receiver{}, &receiver{status: 503}
	listens, fails := httptest.NewServer(good), httptest.NewServer(bad)
	defer listens.Close()
	defer fails.Close()
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	w := newWorld(t)
	w.stop()
	w.config.EventsURL, w.config.EventsSecret = listens.URL+" "+fails.URL+"/?password=hunter2", secret
	w.start()
	r := w.repository("payments", "-- README.md --\n# Payments\n")
	w.install()
	r.boxes(map[string]bool{"build-docker-images": false})
	w.until("an event of the first look", func() bool { return len(good.of(events.ReadinessChanged)) > 0 })
	if first := good.of(events.ReadinessChanged)[0]; first["before"] != nil || first["checklist"] != "gruntwork-aws" {
		t.Errorf("of the first look: %v", first)
	}
	if items := good.of(events.ItemChanged); len(items) != 0 {
		t.Errorf("%d items changed at the first look", len(items))
	}

	w.until("several attempts", func() bool { return bad.tried() >= 2 })
	bad.answers(0)
	w.until("what failed to be sent again", func() bool { return len(bad.of(events.ReadinessChanged)) == len(good.of(events.ReadinessChanged)) })

	bad.answers(http.StatusGone)
	r.commit("Build images", dockerfile+buildAndPush)
	r.boxes(map[string]bool{"build-docker-images": true})
	w.until("the box that was ticked", func() bool {
		for _, data := range good.of(events.ItemChanged) {
			if data["item"] == "build-docker-images" && data["to"] == "met" && len(data["evidence"].([]any)) > 0 {
				return true
			}
		}
		return false
	})
	sender, err := events.NewSender(listens.URL, secret)
	if err != nil {
		t.Fatal(err)
	}
	took, heads, raw := good.taken()
	if err := sender.Verify(heads[0], raw[0]); err != nil {
		t.Error(err)
	}
	doc := openapi(t)
	for i, e := range took {
		schema := "ItemChangedEvent"
		if e.Type == events.ReadinessChanged {
			schema = "ReadinessChangedEvent"
		}
		var value any
		if err := json.Unmarshal(raw[i], &value); err != nil {
			t.Fatal(err)
		}
		if err := doc.Components.Schemas[schema].Value.VisitJSON(value); err != nil {
			t.Errorf("%s is not as described: %v", e.Type, err)
		}
	}
	e := took[0]
	if e.SpecVersion != "1.0" || e.Subject != "demo/payments" || e.Source == "" || e.Time.IsZero() || heads[0].Get("Webhook-Id") != e.ID {
		t.Errorf("event %+v", e)
	}
	ctx := context.Background()
	var dead []store.Outgoing
	w.until("events that are given up", func() bool {
		dead, err = w.process.store.OpenOutgoing(ctx, 50)
		return err == nil && len(dead) > 0 && dead[0].State == store.OutgoingDead
	})
	if !strings.Contains(dead[0].Error, "410") || strings.Contains(dead[0].Error, "hunter2") {
		t.Errorf("it died of %q", dead[0].Error)
	}
	bad.answers(0)
	before := len(bad.of(dead[0].Type))
	if err := w.process.worker.Resend(ctx, dead[0].ID); err != nil {
		t.Fatal(err)
	}
	w.until("what was dead to be sent", func() bool { return len(bad.of(dead[0].Type)) > before })
	w.until("that to be noted", func() bool {
		o, err := w.process.store.Outgoing(ctx, dead[0].ID)
		return err == nil && o.State == store.OutgoingSent
	})
}
