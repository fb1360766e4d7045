package emulator

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// delivery is one attempt to hand an event to an app's webhook.
type delivery struct {
	ID             int64
	GUID           string
	AppID          int64
	Event          string
	Action         string
	InstallationID int64
	RepositoryID   int64
	Redelivery     bool
	DeliveredAt    time.Time
	Duration       float64 // seconds
	StatusCode     int     // 0: no answer yet, or none at all
	Status         string
	Done           bool
	Request        map[string]string
	Payload        json.RawMessage
	ResponseHeader map[string]string
	ResponseBody   string
}

// hookQueue hands one app's deliveries over in order.
type hookQueue struct {
	pending []*delivery
	held    []*delivery // until another has gone
	working bool
}

// webhookTimeout is how long GitHub waits for an answer.
const webhookTimeout = 10 * time.Second

// webhookLimit is the size in bytes over which GitHub drops a payload.
const webhookLimit = 25 << 20

// sendLocked queues one event for one installation.
func (s *Server) sendLocked(inst *Installation, event string, repo *Repository, payload object) {
	app := s.state.Apps[inst.AppID]
	if app == nil || app.WebhookURL == "" {
		return
	}
	body, err := json.Marshal(payload)
	if err != nil || len(body) > webhookLimit {
		s.log.Warn("emulator: webhook payload dropped", "event", event, "bytes", len(body), "error", err)
		return
	}
	d := &delivery{GUID: guid(), AppID: app.ID, Event: event, InstallationID: inst.ID, Payload: body}
	d.Action, _ = payload["action"].(string)
	if repo != nil {
		d.RepositoryID = repo.ID
	}
	s.enqueueLocked(d)
}

// enqueueLocked logs a delivery and lets the app's worker take it, unless a fault says otherwise.
func (s *Server) enqueueLocked(d *delivery) {
	d.ID, d.DeliveredAt = s.state.id(), s.now().UTC()
	if s.state.Apps[d.AppID] == nil {
		return
	}
	switch f := s.webhookFaultLocked(d); {
	case f == nil:
		s.queueLocked(d)
	case f.Webhook == "lose":
	case f.Webhook == "drop":
		d.Done, d.Status, d.StatusCode = true, "failed to connect to host", 502
		d.Request = map[string]string{}
		s.logDeliveryLocked(d)
	case f.Webhook == "double":
		s.queueLocked(d)
		again := *d
		s.queueLocked(&again)
	case f.Webhook == "delay":
		s.later(time.Duration(f.LatencyMS)*time.Millisecond, func() { s.queueLocked(d) })
	case f.Webhook == "reorder":
		s.holdLocked(d)
	default:
		s.queueLocked(d)
	}
}

// later does something, with the lock held, unless the server is closed before.
func (s *Server) later(wait time.Duration, do func()) {
	s.running.Go(func() {
		select {
		case <-s.ctx.Done():
		case <-time.After(wait):
			s.mu.Lock()
			do()
			s.mu.Unlock()
		}
	})
}

// holdFor is how long a delivery waits for another one to overtake it.
const holdFor = time.Second

// holdLocked keeps a delivery back until the app's next one has overtaken it.
func (s *Server) holdLocked(d *delivery) {
	q := s.queueOfLocked(d.AppID)
	q.held = append(q.held, d)
	s.later(holdFor, func() { s.releaseLocked(q) })
}

func (s *Server) releaseLocked(q *hookQueue) {
	held := q.held
	q.held = nil
	for _, d := range held {
		s.queueLocked(d)
	}
}

func (s *Server) queueOfLocked(app int64) *hookQueue {
	q := s.queues[app]
	if q == nil {
		q = &hookQueue{}
		s.queues[app] = q
	}
	return q
}

func (s *Server) queueLocked(d *delivery) {
	s.logDeliveryLocked(d)
	q := s.queueOfLocked(d.AppID)
	q.pending = append(q.pending, d)
	defer s.releaseLocked(q)
	if !q.working && s.ctx.Err() == nil {
		q.working = true
		s.running.Go(func() { s.drain(q) })
	}
}

// keepDeliveries is how many deliveries are remembered, newest first; GitHub keeps three days of them.
const keepDeliveries = 20_000

func (s *Server) logDeliveryLocked(d *delivery) {
	if len(s.state.Deliveries) >= keepDeliveries && s.state.Deliveries[keepDeliveries/4].Done {
		s.state.Deliveries = slices.Clone(s.state.Deliveries[keepDeliveries/4:])
	}
	s.state.Deliveries = append(s.state.Deliveries, d)
}

// drain delivers until the queue is empty.
func (s *Server) drain(q *hookQueue) {
	for {
		s.mu.Lock()
		if len(q.pending) == 0 || s.ctx.Err() != nil {
			q.working = false
			s.mu.Unlock()
			return
		}
		d := q.pending[0]
		q.pending = q.pending[1:]
		app := *s.state.Apps[d.AppID]
		s.mu.Unlock()
		s.deliver(&app, d)
	}
}

// deliver posts one delivery and notes the answer. Nothing is retried, as with GitHub.
func (s *Server) deliver(app *App, d *delivery) {
	header := s.hookHeader(app, d)
	start := time.Now()
	status, answer, body, err := s.post(app.WebhookURL, header, d.Payload)
	s.mu.Lock()
	defer s.mu.Unlock()
	d.Done, d.Request, d.ResponseHeader, d.ResponseBody = true, header, answer, body
	d.Duration = time.Since(start).Seconds()
	d.StatusCode, d.Status = status, http.StatusText(status)
	switch {
	case err != nil && strings.Contains(err.Error(), "Client.Timeout"):
		d.StatusCode, d.Status = 504, "timed out"
	case err != nil:
		d.StatusCode, d.Status = 502, "failed to connect to host"
	case status >= 200 && status < 300:
		d.Status = "OK"
	default:
		d.Status = fmt.Sprintf("Invalid HTTP Response: %d", status)
	}
	s.log.Debug("emulator: delivered", "event", d.Event, "action", d.Action, "guid", d.GUID, "status", d.StatusCode)
}

func (s *Server) hookHeader(app *App, d *delivery) map[string]string {
	mac := hmac.New(sha256.New, []byte(app.WebhookSecret))
	mac.Write(d.Payload)
	return map[string]string{
		"Accept": "*/*", "Content-Type": "application/json", "User-Agent": "GitHub-Hookshot/emulator",
		"X-GitHub-Delivery": d.GUID, "X-GitHub-Event": d.Event, "X-GitHub-Hook-ID": itoa(app.ID),
		"X-GitHub-Hook-Installation-Target-ID": itoa(app.ID), "X-GitHub-Hook-Installation-Target-Type": "integration",
		"X-Hub-Signature-256": "sha256=" + hex.EncodeToString(mac.Sum(nil)),
	}
}

func (s *Server) post(url string, header map[string]string, body []byte) (int, map[string]string, string, error) {
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, "", err
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	client := http.Client{
		Timeout:       webhookTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, "", err
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	names := map[string]string{}
	for name := range resp.Header {
		names[name] = resp.Header.Get(name)
	}
	return resp.StatusCode, names, strings.ToValidUTF8(string(answer), "\uFFFD"), nil
}

// guid makes a random delivery id (UUID version 4).
func guid() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
