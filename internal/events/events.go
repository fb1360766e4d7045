// Package events tells other systems what changed: CloudEvents 1.0 over HTTP,
// signed as Standard Webhooks has it.
package events

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Types of events.
const (
	ItemChanged        = "io.github.readyline.item.changed"
	ReadinessChanged   = "io.github.readyline.readiness.changed"
	RequiredRegression = "io.github.readyline.item.required_regression"
)

// Event is a CloudEvent in its structured form.
type Event struct {
	SpecVersion     string    `json:"specversion"`
	ID              string    `json:"id"`
	Source          string    `json:"source"` // address of the dashboard
	Type            string    `json:"type"`
	Subject         string    `json:"subject"` // owner/name of the repository
	Time            time.Time `json:"time"`
	DataContentType string    `json:"datacontenttype"`
	Data            any       `json:"data"`
}

// New is an event with an id of its own.
func New(kind, source, subject string, at time.Time, data any) Event {
	return Event{
		SpecVersion: "1.0", ID: "evt_" + rand.Text(), Source: source, Type: kind, Subject: subject, Time: at.UTC(),
		DataContentType: "application/json", Data: data,
	}
}

// ErrGone says that an endpoint does not want this event, nor any other: it
// answered 410, or is not configured any more.
var ErrGone = errors.New("the endpoint is gone")

// Sender sends to the configured endpoints, and to nothing else. The zero
// Sender has none.
type Sender struct {
	Endpoints []string
	key       []byte
	client    *http.Client
}

// minSecret is how many bytes a secret has at least, as Standard Webhooks asks.
const minSecret = 24

// NewSender reads addresses, between blanks or commas, and the secret that
// signs: as Standard Webhooks writes it (whsec_ and base64) or any text.
func NewSender(addresses, secret string) (*Sender, error) {
	s := &Sender{key: []byte(secret)}
	for _, address := range strings.FieldsFunc(addresses, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' }) {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Fragment != "" {
			return nil, errors.New("a URL like https://events.example.com/readyline is wanted, or several between blanks")
		}
		if !slices.Contains(s.Endpoints, address) {
			s.Endpoints = append(s.Endpoints, address)
		}
	}
	if coded, ok := strings.CutPrefix(secret, "whsec_"); ok {
		key, err := base64.StdEncoding.DecodeString(coded)
		if err != nil {
			return nil, errors.New("what follows whsec_ is not base64")
		}
		s.key = key
	}
	if len(s.Endpoints) > 0 && len(s.key) < minSecret {
		return nil, fmt.Errorf("at least %d bytes are wanted; make one with: echo whsec_$(openssl rand -base64 32)", minSecret)
	}
	s.client = &http.Client{
		Timeout: 15 * time.Second,
		// An answer elsewhere is no answer: only who is configured is told.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s, nil
}

// Sign is the value of the webhook-signature header.
func (s *Sender) Sign(id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, s.key)
	fmt.Fprintf(mac, "%s.%d.%s", id, at.Unix(), body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Verify tells whether a request was signed with the same secret, whatever
// its age.
func (s *Sender) Verify(h http.Header, body []byte) error {
	stamp, err := strconv.ParseInt(h.Get("Webhook-Timestamp"), 10, 64)
	if err != nil {
		return errors.New("webhook-timestamp: not a number of seconds")
	}
	want := s.Sign(h.Get("Webhook-Id"), time.Unix(stamp, 0), body)
	if !hmac.Equal([]byte(h.Get("Webhook-Signature")), []byte(want)) {
		return errors.New("webhook-signature: not ours")
	}
	return nil
}

// Send hands an event over. Anything but a 2xx answer is an error; the address
// itself is in none, as it may hold a password.
func (s *Sender) Send(ctx context.Context, endpoint, id string, body []byte, now time.Time) error {
	if !slices.Contains(s.Endpoints, endpoint) {
		return fmt.Errorf("send event %s: not configured any more: %w", id, ErrGone)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("send event %s: the address is no URL", id)
	}
	r.Header.Set("Content-Type", "application/cloudevents+json; charset=utf-8")
	r.Header.Set("User-Agent", "Readyline")
	r.Header.Set("Webhook-Id", id)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("Webhook-Signature", s.Sign(id, now, body))
	resp, err := s.client.Do(r)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return fmt.Errorf("send event %s: %w", id, err)
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // so that the connection is used again
	switch {
	case resp.StatusCode/100 == 2:
		return nil
	case resp.StatusCode == http.StatusGone:
		return fmt.Errorf("send event %s: it answered 410: %w", id, ErrGone)
	}
	return fmt.Errorf("send event %s: it answered %s", id, resp.Status)
}

// Body is an event as it is sent, and kept until then.
func (e Event) Body() ([]byte, error) { return json.Marshal(e) }
