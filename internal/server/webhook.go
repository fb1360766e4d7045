package server

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/tracing"
)

// maxDelivery is the largest payload that GitHub delivers.
const maxDelivery = 25 << 20

// webhook stores a delivery. It is acknowledged once it is committed; nothing
// is processed inside the request.
func (s *Server) webhook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxDelivery))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		s.refuse(w, "large", http.StatusRequestEntityTooLarge, "payload over 25 MiB")
		return
	}
	if err != nil {
		s.refuse(w, "broken", http.StatusBadRequest, "the payload ended early")
		return
	}
	if !s.signed(body, r.Header.Get("X-Hub-Signature-256")) {
		s.refuse(w, "unsigned", http.StatusUnauthorized, "X-Hub-Signature-256 is missing or does not match the webhook secret")
		return
	}
	d, problem := delivery(r.Header, body)
	if problem != "" {
		s.refuse(w, "malformed", http.StatusBadRequest, problem)
		return
	}
	ctx := tracing.With(r.Context(), slog.String("delivery", d.GUID))
	tracing.Of(ctx).Note(tracing.String("readyline.delivery", d.GUID), tracing.String("readyline.event", d.Event), tracing.Int("readyline.repository", d.RepositoryID))
	d.TraceParent = tracing.Parent(ctx)
	// A client that hangs up must not cancel the commit under way.
	outcome, err := s.Inbox.Accept(context.WithoutCancel(ctx), d)
	if err != nil {
		s.Log.ErrorContext(ctx, "delivery not stored", "event", d.Event, "error", err)
		s.refuse(w, "unstored", http.StatusServiceUnavailable, "could not be stored; deliver it again")
		return
	}
	status := http.StatusAccepted
	if outcome != store.New {
		status = http.StatusOK
	}
	s.inbox.count.WithLabelValues("accepted").Inc()
	s.Log.DebugContext(ctx, "delivery stored", "event", d.Event, "action", d.Action, "repository", d.RepositoryID, "seen", outcome == store.Seen)
	w.WriteHeader(status)
}

func (s *Server) refuse(w http.ResponseWriter, why string, status int, message string) {
	s.inbox.count.WithLabelValues(why).Inc()
	http.Error(w, message, status)
}

// signed checks the payload against the secret in constant time. Without a
// secret nothing is accepted.
func (s *Server) signed(body []byte, signature string) bool {
	app := s.app.Load()
	if app == nil || app.Credentials.WebhookSecret == "" {
		return false
	}
	sum, ok := strings.CutPrefix(signature, "sha256=")
	if !ok {
		return false
	}
	got, err := hex.DecodeString(sum)
	if err != nil {
		return false
	}
	by := func(secret string) bool {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		return hmac.Equal(mac.Sum(nil), got)
	}
	previous := app.Credentials.PreviousWebhookSecret
	return by(app.Credentials.WebhookSecret) || previous != "" && by(previous)
}

// delivery reads what the inbox keeps apart from the payload.
func delivery(h http.Header, body []byte) (store.Delivery, string) {
	d := store.Delivery{GUID: h.Get("X-GitHub-Delivery"), Event: h.Get("X-GitHub-Event"), Payload: body}
	if d.GUID == "" || len(d.GUID) > 200 {
		return d, "X-GitHub-Delivery is missing"
	}
	if d.Event == "" || len(d.Event) > 100 {
		return d, "X-GitHub-Event is missing"
	}
	if head, ok := peek(body); ok {
		d.Action, d.InstallationID, d.RepositoryID = head.action, head.installation, head.repository
		return d, ""
	}
	var p payloadHead
	if err := json.Unmarshal(body, &p); err != nil && !json.Valid(body) {
		return d, "the payload is not JSON; set the webhook's content type to application/json"
	}
	d.Action, d.InstallationID, d.RepositoryID = p.Action, p.Installation.ID, p.Repository.ID
	return d, ""
}

// payloadHead is what the decoder reads of a payload.
type payloadHead struct {
	Action       string             `json:"action"`
	Installation struct{ ID int64 } `json:"installation"`
	Repository   struct{ ID int64 } `json:"repository"`
}

type inboxMetrics struct{ count *prometheus.CounterVec }

func newInboxMetrics(reg *prometheus.Registry) *inboxMetrics {
	m := &inboxMetrics{count: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "readyline_webhook_requests_total", Help: "Webhook requests by what became of them.",
	}, []string{"result"})}
	reg.MustRegister(m.count)
	return m
}
