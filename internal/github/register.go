package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// Registered is an App that GitHub has just made from a manifest.
type Registered struct {
	Credentials
	Slug  string
	Name  string
	Owner string
	URL   string // its page
}

// Register fetches the App that a person has confirmed on GitHub. A code works
// once, within an hour.
func Register(ctx context.Context, host Host, code string) (Registered, error) {
	api := gh.NewClient(&http.Client{Transport: defaultTransport(), Timeout: 30 * time.Second, CheckRedirect: followReadsOnly})
	api.BaseURL, api.UserAgent = withSlash(host.API), "readyline"
	a, _, err := api.Apps.CompleteAppManifest(ctx, code)
	if err != nil { // addresses in errors hold the code, which may still be good
		return Registered{}, fmt.Errorf("fetch the new App from %s: %s", host.Web, strings.ReplaceAll(translate(err).Error(), url.PathEscape(code), "…"))
	}
	r := Registered{
		Credentials: Credentials{
			AppID: a.GetID(), PrivateKey: []byte(a.GetPEM()), WebhookSecret: a.GetWebhookSecret(),
			ClientID: a.GetClientID(), ClientSecret: a.GetClientSecret(),
		},
		Slug: a.GetSlug(), Name: a.GetName(), Owner: a.GetOwner().GetLogin(), URL: a.GetHTMLURL(),
	}
	if r.AppID == 0 || len(r.PrivateKey) == 0 || r.WebhookSecret == "" {
		return Registered{}, fmt.Errorf("fetch the new App from %s: the answer lacks its id, key or webhook secret", host.Web)
	}
	return r, nil
}
