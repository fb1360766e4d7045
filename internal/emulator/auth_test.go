package emulator_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v4"
	"github.com/google/go-github/v60/github"

	"github.com/readyline/readyline/internal/emulator"
)

func TestAppTokens(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(w.app.PEM))
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	now, id := time.Now(), fmt.Sprint(w.app.ID)
	claims := func(iss string, iat, exp time.Duration) jwt.MapClaims {
		return jwt.MapClaims{"iss": iss, "iat": now.Add(iat).Unix(), "exp": now.Add(exp).Unix()}
	}
	for _, test := range []struct {
		name   string
		key    *rsa.PrivateKey
		claims jwt.MapClaims
		status int
		text   string
	}{
		{"good", key, claims(id, -30*time.Second, 5*time.Minute), 200, `"slug":"readyline"`},
		{"client id as issuer", key, claims(w.app.ClientID, 0, 9*time.Minute), 200, `"slug":"readyline"`},
		{"another key", stranger, claims(id, 0, 5*time.Minute), 401, "could not be decoded"},
		{"no such app", key, claims("1", 0, 5*time.Minute), 401, "could not be decoded"},
		{"too long", key, claims(id, 0, 11*time.Minute), 401, "too far in the future"},
		{"expired", key, claims(id, -time.Hour, -time.Minute), 401, "'exp'"},
		{"issued tomorrow", key, claims(id, 24*time.Hour, 5*time.Minute), 401, "'iat'"},
		{"no expiry", key, jwt.MapClaims{"iss": id, "iat": now.Unix()}, 401, "'exp'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, test.claims).SignedString(test.key)
			if err != nil {
				t.Fatal(err)
			}
			w.call("GET", "/api/v3/app", "", nil, "Authorization", "Bearer "+signed).want(t, test.status, test.text)
		})
	}
	w.call("GET", "/api/v3/app", "alice", nil).want(t, 401)
}

func TestInstallationTokens(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1"})
	in := w.serve("in", r)
	w.serve("out", r)
	w.serve("open", r, func(s *emulator.RepoSpec) { s.Private = false })
	second := w.serve("second", r)
	w.installed(in, second)
	app := w.appClient()
	narrow, _, err := app.Apps.CreateInstallationToken(ctx, w.inst.ID, &github.InstallationTokenOptions{
		RepositoryIDs: []int64{in.ID}, Permissions: &github.InstallationPermissions{Contents: github.String("read")},
	})
	if err != nil || len(narrow.Repositories) != 1 {
		t.Fatalf("narrow token %v, %v", narrow, err)
	}
	if !regexp.MustCompile(`^ghs_\d+_[\w-]+\.[\w-]+\.[\w-]+$`).MatchString(narrow.GetToken()) {
		t.Fatalf("token %q", narrow.GetToken())
	}
	if _, _, err := app.Apps.CreateInstallationToken(ctx, w.inst.ID, &github.InstallationTokenOptions{Repositories: []string{"out"}}); !isStatus(err, 422) {
		t.Fatalf("token for a foreign repository: %v", err)
	}
	if _, _, err := app.Apps.CreateInstallationToken(ctx, w.inst.ID, &github.InstallationTokenOptions{
		Permissions: &github.InstallationPermissions{Administration: github.String("read")},
	}); !isStatus(err, 422) {
		t.Fatalf("token with too much: %v", err)
	}
	wide := w.installationToken()
	for _, test := range []struct {
		name, token, path string
		status            int
	}{
		{"covered", wide, "in/git/trees/main", 200}, {"not covered", wide, "out/git/trees/main", 404}, {"public", wide, "open/git/trees/main", 200},
		{"narrow, covered", narrow.GetToken(), "in/git/trees/main", 200}, {"narrow, not covered", narrow.GetToken(), "second/git/trees/main", 404},
		{"narrow, no permission", narrow.GetToken(), "in/commits/main/check-runs", 403},
		{"nobody, private", "", "in", 404}, {"nobody, public", "", "open", 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.call("GET", "/api/v3/repos/demo/"+test.path, test.token, nil).want(t, test.status)
		})
	}
	w.call("POST", "/api/v3/repos/demo/open/issues", wide, map[string]any{"title": "T"}).want(t, 403, "Resource not accessible by integration")
	w.turnClock(time.Hour)
	w.call("GET", "/api/v3/repos/demo/in", wide, nil).want(t, 401, "Bad credentials")
	w.turnClock(-time.Hour)
	w.call("GET", "/api/v3/repos/demo/in", wide, nil).want(t, 200)
	w.Suspend(w.inst)
	w.call("POST", fmt.Sprintf("/api/v3/app/installations/%d/access_tokens", w.inst.ID), "alice", map[string]any{}).want(t, 401)
	if _, _, err := app.Apps.CreateInstallationToken(ctx, w.inst.ID, nil); !isStatus(err, 403) {
		t.Fatalf("token of a suspended installation: %v", err)
	}
	w.forgive("request body has an error") // no options make go-github send null
}

func TestSignIn(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	r := newRepo(t)
	r.commit("first", map[string]string{"a": "1"})
	repo := w.serve("api", r)
	w.serve("hidden", r)
	w.installed(repo)
	callback := w.app.CallbackURLs[0]
	verifier := strings.Repeat("v", 50)
	sum := sha256.Sum256([]byte(verifier))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	ask := url.Values{"client_id": {w.app.ClientID}, "redirect_uri": {callback}, "state": {"s1"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"}}
	w.call("GET", "/login/oauth/authorize?"+ask.Encode(), "", nil).want(t, 200, "This is not GitHub", "Continue as bob")
	authorize := func() string {
		t.Helper()
		got := w.call("GET", "/login/oauth/authorize?"+ask.Encode()+"&login=bob", "", nil).want(t, 302)
		to, err := url.Parse(got.header.Get("Location"))
		if err != nil || !strings.HasPrefix(to.String(), callback+"?") || to.Query().Get("state") != "s1" {
			t.Fatalf("redirected to %s, %v", to, err)
		}
		return to.Query().Get("code")
	}
	exchange := func(form url.Values) map[string]any {
		t.Helper()
		form.Set("client_id", w.app.ClientID)
		form.Set("client_secret", w.app.ClientSecret)
		got := w.call("POST", "/login/oauth/access_token", "", form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json").want(t, 200)
		return got.json(t).(map[string]any)
	}
	if got := exchange(url.Values{"code": {authorize()}, "code_verifier": {"wrong"}}); got["error"] != "incorrect_code_verifier" {
		t.Fatalf("wrong verifier: %v", got)
	}
	code := authorize()
	token := exchange(url.Values{"code": {code}, "code_verifier": {verifier}})
	access, _ := token["access_token"].(string)
	if !strings.HasPrefix(access, "ghu_") || token["expires_in"] != 28800.0 {
		t.Fatalf("token %v", token)
	}
	if got := exchange(url.Values{"code": {code}, "code_verifier": {verifier}}); got["error"] != "bad_verification_code" {
		t.Fatalf("code used twice: %v", got)
	}
	user, _, err := w.as(access).Users.Get(ctx, "")
	if err != nil || user.GetLogin() != "bob" {
		t.Fatalf("user %v, %v", user, err)
	}
	installations, _, err := w.as(access).Apps.ListUserInstallations(ctx, nil)
	if err != nil || len(installations) != 1 {
		t.Fatalf("installations %v, %v", installations, err)
	}
	repos, _, err := w.as(access).Apps.ListUserRepos(ctx, w.inst.ID, nil)
	if err != nil || repos.GetTotalCount() != 1 || repos.Repositories[0].GetPermissions()["push"] != true {
		t.Fatalf("repositories %v, %v", repos, err)
	}
	if _, _, err := w.as(access).Repositories.Get(ctx, "demo", "hidden"); !isStatus(err, 404) {
		t.Fatalf("a repository outside the installation: %v", err)
	}
	w.turnClock(8 * time.Hour)
	if _, _, err := w.as(access).Users.Get(ctx, ""); !isStatus(err, 401) {
		t.Fatalf("an expired token: %v", err)
	}
	refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token["refresh_token"].(string)}}
	renewed := exchange(refresh)
	if user, _, err := w.as(renewed["access_token"].(string)).Users.Get(ctx, ""); err != nil || user.GetLogin() != "bob" {
		t.Fatalf("renewed %v, %v", user, err)
	}
	if got := exchange(refresh); got["error"] != "bad_refresh_token" {
		t.Fatalf("refreshed twice: %v", got)
	}
	for name, change := range map[string]url.Values{
		"client_id": {"client_id": {"x"}}, "redirect_uri": {"redirect_uri": {"http://evil.test/"}}, "plain PKCE": {"code_challenge_method": {"plain"}},
	} {
		bad := url.Values{}
		for k, v := range ask {
			bad[k] = v
		}
		for k, v := range change {
			bad[k] = v
		}
		if got := w.call("GET", "/login/oauth/authorize?"+bad.Encode()+"&login=bob", "", nil); got.status != 400 {
			t.Errorf("%s: status %d", name, got.status)
		}
	}
	w.Revoke(w.app, "bob")
	if events := names(w.heard()); events[len(events)-1] != "github_app_authorization revoked" {
		t.Fatalf("events %q", events)
	}
}

func TestManifest(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	manifest, err := json.Marshal(map[string]any{
		"name": "My App", "url": "http://127.0.0.1:1/", "redirect_url": "http://127.0.0.1:1/setup/callback", "hook_attributes": map[string]any{"url": "http://127.0.0.1:1/webhooks/github"},
		"default_permissions": map[string]string{"issues": "write"}, "default_events": []string{"push"}, "setup_url": "http://127.0.0.1:1/installed",
	})
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"manifest": {string(manifest)}}
	page := w.call("POST", "/organizations/demo/settings/apps/new?state=s2", "", form.Encode(),
		"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site").want(t, 200, "Create GitHub App for demo", "write", "issues")
	action := regexp.MustCompile(`action="(/_emulator/manifests/\w+)"`).FindStringSubmatch(page.body)
	if action == nil {
		t.Fatalf("no form: %s", page.body)
	}
	w.call("POST", action[1], "", "", "Sec-Fetch-Site", "cross-site").want(t, 403)
	back := w.call("POST", action[1], "", "").want(t, 302)
	to, err := url.Parse(back.header.Get("Location"))
	if err != nil || to.Query().Get("state") != "s2" || to.Path != "/setup/callback" {
		t.Fatalf("sent to %v, %v", to, err)
	}
	config, _, err := w.clientWith(nil).Apps.CompleteAppManifest(ctx, to.Query().Get("code"))
	if err != nil || config.GetSlug() != "my-app" || config.GetWebhookSecret() == "" || config.GetClientID() == "" || !strings.HasPrefix(config.GetPEM(), "-----BEGIN RSA") {
		t.Fatalf("conversion %v, %v", config, err)
	}
	if _, _, err := w.clientWith(nil).Apps.CompleteAppManifest(ctx, to.Query().Get("code")); !isStatus(err, 404) {
		t.Fatalf("converted twice: %v", err)
	}
	w.call("GET", "/apps/my-app/installations/new", "", nil).want(t, 200, "All repositories", "demo")
	installed := w.call("POST", "/apps/my-app/installations", "", "account=demo&selection=all", "Content-Type", "application/x-www-form-urlencoded").want(t, 302)
	if !strings.HasPrefix(installed.header.Get("Location"), "http://127.0.0.1:1/installed?installation_id=") {
		t.Fatalf("sent to %s", installed.header.Get("Location"))
	}
	bad := url.Values{"manifest": {`{"name": "x"}`}}
	w.call("POST", "/settings/apps/new", "", bad.Encode(), "Content-Type", "application/x-www-form-urlencoded").want(t, 422, "url is missing")
}
