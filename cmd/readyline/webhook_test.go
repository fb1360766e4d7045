package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// Each case is one request to the webhook, in the order of the contract: size,
// signature, then form. The server keeps running through all of them.
func TestWebhookAnswers(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme)
	sign := func(body []byte) string {
		mac := hmac.New(sha256.New, []byte(w.config.WebhookSecret))
		mac.Write(body)
		return "sha256=" + hex.EncodeToString(mac.Sum(nil))
	}
	ping := []byte(`{"zen": "Keep it logically awesome."}`)
	large := bytes.Repeat([]byte(" "), 25<<20+1)
	cases := []struct {
		name      string
		body      []byte
		signature string
		guid      string
		event     string
		want      int
	}{
		{"accepted", ping, sign(ping), "guid-1", "ping", http.StatusAccepted},
		{"the same delivery again", ping, sign(ping), "guid-1", "ping", http.StatusOK},
		{"an event nobody knows", ping, sign(ping), "guid-2", "moon_landing", http.StatusAccepted},
		{"no signature", ping, "", "guid-3", "ping", http.StatusUnauthorized},
		{"a bad signature", ping, sign([]byte("other")), "guid-3", "ping", http.StatusUnauthorized},
		{"a signature that is no hex", ping, "sha256=zz", "guid-3", "ping", http.StatusUnauthorized},
		{"an old kind of signature", ping, strings.Replace(sign(ping), "sha256", "sha1", 1), "guid-3", "ping", http.StatusUnauthorized},
		{"too large, and unsigned", large, "", "", "", http.StatusRequestEntityTooLarge},
		{"unsigned before malformed", []byte("no JSON"), "", "", "", http.StatusUnauthorized},
		{"no delivery id", ping, sign(ping), "", "ping", http.StatusBadRequest},
		{"no event", ping, sign(ping), "guid-4", "", http.StatusBadRequest},
		{"no JSON", []byte("payload=1"), sign([]byte("payload=1")), "guid-5", "ping", http.StatusBadRequest},
		{"empty", nil, sign(nil), "guid-6", "ping", http.StatusBadRequest},
		{"JSON of another shape", []byte(`[1, 2]`), sign([]byte(`[1, 2]`)), "guid-7", "push", http.StatusAccepted},
		{"a push of nothing", []byte(`{}`), sign([]byte(`{}`)), "guid-8", "push", http.StatusAccepted},
		{"an installation of nothing", []byte(`{"action": "created"}`), sign([]byte(`{"action": "created"}`)), "guid-9", "installation", http.StatusAccepted},
	}
	for _, c := range cases {
		req, err := http.NewRequest(http.MethodPost, fmt.Sprintf("http://%s/webhooks/github", w.config.Listen), bytes.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		for header, value := range map[string]string{
			"Content-Type": "application/json", "X-Hub-Signature-256": c.signature, "X-GitHub-Delivery": c.guid, "X-GitHub-Event": c.event,
		} {
			if value != "" {
				req.Header.Set(header, value)
			}
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", c.name, resp.StatusCode, c.want)
		}
	}
	w.install()
	if p := r.issue(); p.Number == 0 {
		t.Error("the server works no more")
	}
}
