package events_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/readyline/readyline/internal/events"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// TestSignature is the example of the Standard Webhooks specification.
func TestSignature(t *testing.T) {
	s, err := events.NewSender("", secret)
	if err != nil {
		t.Fatal(err)
	}
	got := s.Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestSettings(t *testing.T) {
	tests := []struct {
		name, addresses, secret, fault string
		endpoints                      int
	}{
		{"none", "", "", "", 0},
		{"one", "https://a.example.com/x?y=1", secret, "", 1},
		{"several, one twice", "https://a.example.com, http://b.internal:8080/\nhttps://a.example.com", secret, "", 2},
		{"any text", "https://a.example.com", strings.Repeat("k", 24), "", 1},
		{"no secret", "https://a.example.com", "", "24 bytes", 0},
		{"a short one", "https://a.example.com", "whsec_c2hvcnQ=", "24 bytes", 0},
		{"not base64", "https://a.example.com", "whsec_???", "not base64", 0},
		{"no URL", "a.example.com", secret, "a URL like", 0},
		{"another scheme", "file:///etc/passwd", secret, "a URL like", 0},
	}
	for _, test := range tests {
		s, err := events.NewSender(test.addresses, test.secret)
		if test.fault != "" {
			if err == nil || !strings.Contains(err.Error(), test.fault) {
				t.Errorf("%s: %v, want %q", test.name, err, test.fault)
			}
			continue
		}
		if err != nil || len(s.Endpoints) != test.endpoints {
			t.Errorf("%s: %v, %+v", test.name, err, s)
		}
	}
}

func TestSend(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("told somebody else") }))
	defer elsewhere.Close()
	var status int
	var got *http.Request
	var body []byte
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("Location", elsewhere.URL)
		w.WriteHeader(status)
	}))
	defer receiver.Close()
	s, err := events.NewSender(receiver.URL+"/hook?password=hunter2", secret)
	if err != nil {
		t.Fatal(err)
	}
	e := events.New(events.ItemChanged, "https://readyline.example.com", "acme/api", time.Unix(1, 0), map[string]string{"to": "met"})
	text, err := e.Body()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_700_000_000, 0)
	for _, test := range []struct {
		status     int
		sent, gone bool
	}{{200, true, false}, {204, true, false}, {302, false, false}, {410, false, true}, {429, false, false}, {500, false, false}} {
		status = test.status
		err := s.Send(context.Background(), s.Endpoints[0], e.ID, text, now)
		if (err == nil) != test.sent || errors.Is(err, events.ErrGone) != test.gone {
			t.Errorf("%d: %v", test.status, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the address is told: %v", err)
		}
		h := got.Header
		if h.Get("Webhook-Id") != e.ID || h.Get("Webhook-Timestamp") != "1700000000" || s.Verify(h, body) != nil || s.Verify(h, append(body, ' ')) == nil {
			t.Errorf("headers %v", h)
		}
		if h.Get("Content-Type") != "application/cloudevents+json; charset=utf-8" || string(body) != string(text) {
			t.Errorf("%s: %s", h.Get("Content-Type"), body)
		}
	}
	if err := s.Send(context.Background(), elsewhere.URL, e.ID, text, now); !errors.Is(err, events.ErrGone) {
		t.Errorf("an address that is not configured: %v", err)
	}
	receiver.Close()
	if err := s.Send(context.Background(), s.Endpoints[0], e.ID, text, now); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("nobody there: %v", err)
	}
}
