package main

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/readyline/readyline/internal/emulator"
	"github.com/readyline/readyline/internal/github"
)

// registerBySetup registers and installs an App the way a person does, and
// returns it.
func (w *world) registerBySetup() *emulator.App {
	w.t.Helper()
	b, base := newBrowser(w.t), w.config.PublicURL
	p := b.post(base+"/setup", url.Values{"code": {w.process.server.Setup.Code}, "organization": {demoOwner}, "github": {w.em.URL()}})
	p = b.post(p.found(w.t, `action="([^"]+)"`), url.Values{"manifest": {p.found(w.t, `name="manifest" value="([^"]+)"`)}})
	p = b.post(w.em.URL()+p.found(w.t, `action="(/_emulator/manifests/\w+)"`), nil)
	install := p.found(w.t, `href="([^"]+/installations/new)"`)
	b.post(strings.TrimSuffix(install, "/new"), url.Values{"account": {demoOwner}, "selection": {"all"}})
	row, err := w.process.store.App(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return w.em.App(row.Slug)
}

// signedIn is a browser in which alice has signed in.
func (w *world) signedIn() *browser {
	w.t.Helper()
	b := newBrowser(w.t)
	b.signIn(w.config.PublicURL, "alice", "/orgs/"+demoOwner)
	return b
}

// signIn signs somebody in at a server, and is the page that they come to.
func (b *browser) signIn(base, login, next string) page {
	b.t.Helper()
	at := b.get(base + "/auth/login?next=" + next).at
	q := at.Query()
	q.Set("login", login)
	at.RawQuery = q.Encode()
	p := b.get(at.String())
	if p.status != http.StatusOK || p.at.Path != next {
		b.t.Fatalf("%s is not signed in: %d at %s", login, p.status, p.at)
	}
	return p
}

// refused are the deliveries that GitHub could not hand over.
func (w *world) refused() int {
	w.t.Helper()
	app, err := w.process.worker.App()
	if err != nil {
		w.t.Fatal(err)
	}
	n := 0
	err = app.Deliveries(context.Background(), func(d github.Delivery) bool {
		if !d.OK() {
			n++
		}
		return true
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// pushes commits until the returned function is called.
func (r *repository) pushes() (stop func()) {
	ending, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for n := 0; ; n++ {
			select {
			case <-ending:
				return
			case <-time.After(100 * time.Millisecond):
			}
			r.commit("More", "\n-- more.txt --\n"+strings.Repeat("x", n+1)+"\n")
		}
	}()
	return func() {
		close(ending)
		<-ended
	}
}

// goesOn sees that a push still shows in the issue, both ways.
func (r *repository) goesOn() {
	r.w.t.Helper()
	r.commit("Take the image away", "\n-- .github/workflows/image.yml --\n")
	r.boxes(map[string]bool{"build-docker-images": false})
	r.commit("Bring it back", buildAndPush)
	r.boxes(map[string]bool{"build-docker-images": true})
}

// Every secret of an App that /setup registered is replaced beside the running
// server; no delivery is refused, and nobody is signed out.
func TestRotateWhatSetupRegistered(t *testing.T) {
	w := newBareWorld(t)
	r := w.repository("payments", readme+dockerfile+buildAndPush)
	app := w.registerBySetup()
	r.boxes(map[string]bool{"build-docker-images": true})
	alice := w.signedIn()
	rotate := func(what, from string) (string, int) {
		return w.command((&rotateCommand{serverConfig: w.config, What: what, From: from, Wait: 2 * time.Second}).Run)
	}
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}

	stop := r.pushes()
	old := app.WebhookSecret
	out, code := rotate("webhook-secret", "")
	stop()
	w.settled()
	if code != exitDone || w.refused() > 0 {
		t.Errorf("webhook secret: left with %d, %d deliveries refused:\n%s", code, w.refused(), out)
	}
	if now, err := w.process.worker.App(); err != nil || now.Credentials.WebhookSecret == old || now.Credentials.PreviousWebhookSecret != "" || strings.Contains(out, now.Credentials.WebhookSecret) {
		t.Errorf("the secrets afterwards: %v\n%s", err, out)
	}
	r.goesOn()

	if out, code := rotate("private-key", file("no key")); code != exitUnreadable || !strings.Contains(out, "not an RSA private key") {
		t.Errorf("left with %d:\n%s", code, out)
	}
	if out, code := rotate("private-key", file(otherKey(t))); code != exitOutside || !strings.Contains(out, "nothing was changed") {
		t.Errorf("another App's key: left with %d:\n%s", code, out)
	}
	next, err := w.em.NewPrivateKey(app)
	if err != nil {
		t.Fatal(err)
	}
	if out, code := rotate("private-key", file(next)); code != exitDone {
		t.Errorf("private key: left with %d:\n%s", code, out)
	}
	r.goesOn()

	if out, code := rotate("client-secret", file("wrong")); code != exitFailed || !strings.Contains(out, "nothing was changed") {
		t.Errorf("left with %d:\n%s", code, out)
	}
	secret := w.em.NewClientSecret(app)
	if out, code := rotate("client-secret", file(secret+"\n")); code != exitDone || strings.Contains(out, secret) {
		t.Errorf("client secret: left with %d:\n%s", code, out)
	}
	w.until("the new client secret", func() bool {
		now, err := w.process.worker.App()
		return err == nil && now.Credentials.ClientSecret == secret
	})
	w.signedIn()

	w.settled()
	w.stop()
	key, err := os.ReadFile(filepath.Join(w.config.DataDir, keyFile))
	if err != nil {
		t.Fatal(err)
	}
	if out, code := rotate("key", ""); code != exitUnreadable || !strings.Contains(out, "READYLINE_KEY_PREVIOUS: missing") {
		t.Errorf("left with %d:\n%s", code, out)
	}
	w.config.Key, w.config.PreviousKey = "a new key, of thirty-two characters or more", strings.TrimSpace(string(key))
	w.start()
	if p := alice.get(w.config.PublicURL + "/orgs/" + demoOwner); p.status != http.StatusOK {
		t.Errorf("alice between the keys: %d", p.status)
	}
	if out, code := rotate("key", ""); code != exitDone || !strings.Contains(out, "the App's secrets sealed anew, 1 people's") {
		t.Errorf("key: left with %d:\n%s", code, out)
	}
	w.stop()
	w.config.PreviousKey = ""
	w.start()
	r.goesOn()
	if p := alice.get(w.config.PublicURL + "/orgs/" + demoOwner); p.status != http.StatusOK {
		t.Errorf("alice with the new key: %d", p.status)
	}
}

// The same for values from the environment: both webhook secrets count between
// one restart and the next.
func TestRotateWhatIsConfigured(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme+dockerfile+buildAndPush)
	w.install()
	r.boxes(map[string]bool{"build-docker-images": true})
	w.settled()
	w.stop()
	w.config.PreviousHook, w.config.WebhookSecret = w.config.WebhookSecret, "the-new-webhook-secret"
	w.start()
	stop := r.pushes() // signed with the old one at first
	out, code := w.command((&rotateCommand{serverConfig: w.config, What: "webhook-secret"}).Run)
	stop()
	w.settled()
	if code != exitDone || w.refused() > 0 || strings.Contains(out, w.config.WebhookSecret) {
		t.Errorf("left with %d, %d deliveries refused:\n%s", code, w.refused(), out)
	}
	w.stop()
	w.config.PreviousHook = ""
	w.start()
	r.goesOn()
	if out, code := w.command((&rotateCommand{serverConfig: w.config, What: "private-key"}).Run); code != exitFailed || !strings.Contains(out, "READYLINE_GITHUB_PRIVATE_KEY") {
		t.Errorf("left with %d:\n%s", code, out)
	}
	key, err := w.em.NewPrivateKey(w.app)
	if err != nil {
		t.Fatal(err)
	}
	w.stop()
	w.config.PrivateKey, w.config.ClientSecret = key, w.em.NewClientSecret(w.app)
	w.start()
	r.goesOn()
	w.signedIn()
}

// An Enterprise Server gets another name: the addresses are changed, and the
// App that /setup registered goes on there.
func TestGitHubMovesToAnotherAddress(t *testing.T) {
	w := newBareWorld(t)
	r := w.repository("payments", readme+dockerfile+buildAndPush)
	w.registerBySetup()
	r.boxes(map[string]bool{"build-docker-images": true})
	w.settled()
	w.stop()
	moved := func(u string) string { return strings.Replace(u, "127.0.0.1", "localhost", 1) }
	w.config.GitHubURL, w.config.GitHubAPIURL = moved(w.em.URL()), moved(w.em.APIURL())
	w.start()
	r.goesOn()
	if line := lineOf(r.issue().Body, "build-docker-images"); !strings.Contains(r.issue().Body, w.config.GitHubURL) {
		t.Errorf("links lead elsewhere: %s", line)
	}
	if all := r.issues(); len(all) != 1 {
		t.Errorf("%d issues", len(all))
	}
}

func otherKey(t *testing.T) string {
	t.Helper()
	em, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	em.Start()
	defer em.Close(context.Background())
	app, err := em.RegisterApp(emulator.AppSpec{Name: "other"})
	if err != nil {
		t.Fatal(err)
	}
	return app.PEM
}
