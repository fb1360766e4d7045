package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// Addresses that people give as evidence, in comments and in files, are never
// asked for anything: not this machine's, not the cloud's, not GitHub's under a
// false name.
func TestEvidenceIsFetchedFromNowhere(t *testing.T) {
	var asked atomic.Int32
	trap := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
	}))
	defer trap.Close()
	at, err := url.Parse(trap.URL)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	hub, err := url.Parse(w.em.URL())
	if err != nil {
		t.Fatal(err)
	}
	r := w.repository("payments", readme+`
-- .github/readyline.yml --
version: 1
evidence_from: ["`+at.Host+`/x", "../../x"]
controls: ["`+trap.URL+`/controls.yaml"]
checklists: [gruntwork-aws, "`+trap.URL+`/list.md"]
`)
	w.install()
	r.issue()
	for _, address := range []string{
		trap.URL + "/proof", trap.URL + "/demo/payments/blob/main/README.md",
		"http://" + hub.Host + "@" + at.Host + "/demo/payments/blob/main/README.md",
		"http://" + at.Host + "#" + hub.Host + "/demo/payments/blob/main/README.md",
		"http://" + at.Host + "\\@" + hub.Host + "/demo/payments/blob/main/README.md",
		"http://169.254.169.254/latest/meta-data/", "http://[::1]:" + at.Port() + "/", "http://localhost:" + at.Port() + "/x",
		"file:///etc/passwd", "gopher://" + at.Host + "/x", "//" + at.Host + "/x",
		w.em.URL() + "/demo/payments/blob/main/../../../../_emulator/requests",
		w.em.URL() + "/_emulator/requests",
	} {
		r.say("alice", fmt.Sprintf("/readyline evidence use-feature-toggles %s", address))
	}
	w.settled()
	r.commit("Look again", "\n-- more.txt --\nx\n")
	w.settled()
	if n := asked.Load(); n > 0 {
		t.Errorf("asked %d times", n)
	}
	if body := r.boxes(map[string]bool{"use-feature-toggles": false}); strings.Contains(body, "root:") {
		t.Error("a file of this machine is in the issue")
	}
}

// The code that GitHub gives for a new App's keys is in no log, even when asking
// with it fails.
func TestCodeOfANewAppStaysInside(t *testing.T) {
	w := newBareWorld(t)
	w.stop()
	log := &journal{}
	w.config.LogLevel = "debug"
	w.startLogging(log)
	b := newBrowser(t)
	for _, github := range []string{"http://127.0.0.1:1", w.em.URL()} {
		p := b.post(w.config.PublicURL+"/setup", url.Values{"code": {w.process.server.Setup.Code}, "organization": {demoOwner}, "github": {github}})
		state, err := url.Parse(p.found(t, `action="([^"]+)"`))
		if err != nil {
			t.Fatal(err)
		}
		if p := b.get(w.config.PublicURL + "/setup/callback?code=a-code-of-github&state=" + state.Query().Get("state")); p.status != http.StatusBadGateway || strings.Contains(p.body, "a-code-of-github") {
			t.Errorf("%s: %d\n%s", github, p.status, p.body)
		}
	}
	if seen := log.String(); strings.Contains(seen, "a-code-of-github") || strings.Count(seen, "fetch the new App from") != 2 {
		t.Errorf("logged\n%s", seen)
	}
}
