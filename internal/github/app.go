// Package github is the only door to GitHub: app authentication, snapshots,
// the issue, checks, deliveries. What it returns is in our words; what went
// wrong is one of the errors of errors.go.
package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/gofri/go-github-ratelimit/v2/github_ratelimit"
	"github.com/gofri/go-github-ratelimit/v2/github_ratelimit/github_secondary_ratelimit"
	gh "github.com/google/go-github/v60/github"
)

// Credentials are what GitHub gave us when the App was registered.
type Credentials struct {
	AppID         int64
	PrivateKey    []byte // PEM
	WebhookSecret string
	ClientID      string
	ClientSecret  string

	// PreviousWebhookSecret signs deliveries while the secret is changed; else
	// empty.
	PreviousWebhookSecret string
}

// Host is one GitHub: github.com, a GitHub Enterprise Server, or the emulator.
type Host struct {
	Web *url.URL // pages, sign-in
	API *url.URL // REST, used as given
}

// GraphQL is the address of the GraphQL endpoint: the REST address with a
// final /v3 replaced by /graphql, else with /graphql appended.
func (h Host) GraphQL() string {
	base := strings.TrimSuffix(h.API.String(), "/")
	return strings.TrimSuffix(base, "/v3") + "/graphql"
}

// App speaks to one GitHub as our App.
type App struct {
	Host        Host
	Credentials Credentials

	base    http.RoundTripper
	gate    Gate // nil: every request passes
	jwt     *gh.Client
	mu      sync.Mutex
	clients map[int64]*Client
}

// Client speaks to GitHub as one installation. One go-github client each:
// the state of the rate limit lives in it.
type Client struct {
	Installation int64

	app *App
	api *gh.Client
}

// NewApp checks the private key and prepares the transports. base nil is a
// transport with time limits.
func NewApp(host Host, c Credentials, base http.RoundTripper) (*App, error) {
	if base == nil {
		base = defaultTransport()
	}
	a := &App{Host: host, Credentials: c, base: base, clients: map[int64]*Client{}}
	tr, err := a.appTransport()
	if err != nil {
		return nil, fmt.Errorf("private key of app %d: %w", c.AppID, err)
	}
	a.jwt = a.restClient(shortly(tr))
	return a, nil
}

// shortly waits for a few seconds when GitHub asks for no more than that: of the
// App's own requests, and of a person's, there are few.
func shortly(tr http.RoundTripper) http.RoundTripper {
	return github_ratelimit.NewSecondaryLimiter(tr, github_secondary_ratelimit.WithSingleSleepLimit(5*time.Second, nil))
}

// Guard has every request of installations pass a gate. Call it before the
// first.
func (a *App) Guard(g Gate) { a.gate = g }

// appTransport signs as the App. Each client has one of its own: the library
// writes to it whenever an installation token is renewed.
func (a *App) appTransport() (*ghinstallation.AppsTransport, error) {
	tr, err := ghinstallation.NewAppsTransport(a.base, a.Credentials.AppID, a.Credentials.PrivateKey)
	if err != nil {
		return nil, err
	}
	tr.BaseURL = strings.TrimSuffix(a.Host.API.String(), "/")
	return tr, nil
}

// Installation is the client of an installation. It makes no request.
func (a *App) Installation(id int64) *Client {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.clients[id]; c != nil {
		return c
	}
	apps, err := a.appTransport()
	if err != nil { // the key was good in NewApp
		panic(err)
	}
	tr := ghinstallation.NewFromAppsTransport(apps, id)
	// A nil options value is posted as the body "null", which GitHub's own
	// description of the operation does not allow.
	tr.InstallationTokenOptions = &gh.InstallationTokenOptions{}
	c := &Client{Installation: id, app: a, api: a.restClient(&gated{tr, a, id})}
	a.clients[id] = c
	return c
}

// Forget drops the client of an installation, and with it its token: after a
// 401, a change of permissions, or an uninstall.
func (a *App) Forget(id int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.clients, id)
}

func (a *App) restClient(tr http.RoundTripper) *gh.Client {
	c := gh.NewClient(&http.Client{
		Transport:     tr,
		CheckRedirect: followReadsOnly,
		Timeout:       60 * time.Second,
	})
	c.BaseURL = withSlash(a.Host.API)
	c.UploadURL = c.BaseURL
	c.UserAgent = "readyline"
	return c
}

// followReadsOnly follows redirects of reads. Go turns a redirected PATCH into
// a GET without a body, which GitHub answers with 200 and nothing written.
func followReadsOnly(req *http.Request, via []*http.Request) error {
	if via[0].Method != http.MethodGet && via[0].Method != http.MethodHead {
		return http.ErrUseLastResponse
	}
	if len(via) >= 5 {
		return fmt.Errorf("redirected %d times", len(via))
	}
	return nil
}

func withSlash(u *url.URL) *url.URL {
	c := *u
	if !strings.HasSuffix(c.Path, "/") {
		c.Path += "/"
	}
	return &c
}

func defaultTransport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = 30 * time.Second
	t.MaxIdleConnsPerHost = 32
	return t
}

// get reads path into out with the client's token.
func (c *Client) get(ctx context.Context, path string, out any) error {
	req, err := c.api.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	_, err = c.api.Do(ctx, req, out)
	return translate(err)
}
