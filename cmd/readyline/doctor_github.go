package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
)

// skew is how far clocks may be apart: GitHub takes no key that is signed a
// minute off.
const skew = 30 * time.Second

// clock compares a clock with ours.
func (d *doctor) clock(whose string, at time.Time) {
	if at.IsZero() {
		return
	}
	if off := time.Since(at).Round(time.Second); off.Abs() > skew {
		d.say(wrong, "clock", fmt.Sprintf("this machine's clock differs from that of %s by %s", whose, off), "switch time synchronisation on (timedatectl set-ntp true)")
		return
	}
	d.say(good, "clock", "agrees with that of "+whose, "")
}

// app looks at the App as GitHub sees it.
func (d *doctor) app(ctx context.Context, p *process) {
	if _, err := p.newWorker("", false); err != nil {
		d.say(wrong, "App", oneLine(err.Error()), "")
		return
	}
	var found bool
	var err error
	if p.config.hasApp() {
		found = true
		var host github.Host
		if host, err = p.config.host(); err == nil {
			err = p.setApp(host, p.config.credentials())
		}
	} else {
		found, err = p.storedApp(ctx)
	}
	if err != nil {
		d.say(wrong, "App", oneLine(err.Error()), "")
		return
	}
	if !found {
		d.say(wrong, "App", "none is registered", "start readyline serve, open /setup, and enter the code that the log shows")
		return
	}
	app, err := p.worker.App()
	if err != nil {
		d.say(wrong, "App", err.Error(), "")
		return
	}
	about, err := app.About(ctx)
	d.clock("GitHub", about.At)
	if err != nil {
		d.trouble("App", err, "check READYLINE_GITHUB_APP_ID and the private key, and the clock; make a new key on the App's page if it was deleted")
		return
	}
	d.say(good, "App", about.URL+" answers to our key", "")
	d.permissions(about)
	d.webhook(ctx, app, p.config.PublicURL)
	d.installations(ctx, p, app)
}

// trouble is an error of GitHub's: its fault, or ours.
func (d *doctor) trouble(about string, err error, do string) {
	var limited *github.Limited
	switch {
	case errors.As(err, &limited):
		d.say(unreached, about, oneLine(err.Error()), "wait until then")
	case errors.Is(err, github.ErrBadToken), errors.Is(err, github.ErrForbidden), errors.Is(err, github.ErrNotFound):
		d.say(wrong, about, oneLine(err.Error()), do)
	default:
		d.say(unreached, about, oneLine(err.Error()), "can this machine reach READYLINE_GITHUB_API_URL? Check DNS, proxy and firewall")
	}
}

// lacking are the permissions that are wanted and not given, in order.
func lacking(have map[string]string) []string {
	rank := map[string]int{"read": 1, "write": 2, "admin": 3}
	want := basePermissions()
	var out []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if rank[have[name]] < rank[want[name]] {
			out = append(out, name+": "+want[name])
		}
	}
	return out
}

// needed are those without which nothing works; without others, what they
// would answer is unknown.
var needed = []string{"contents: read", "issues: write", "metadata: read"}

func (d *doctor) permissions(about github.About) {
	missing := lacking(about.Permissions)
	d.granted("permissions", "the App does not ask for ", missing, "add them on the App's page on GitHub, under Permissions & events")
	var events []string
	for _, e := range baseEvents() {
		if !slices.Contains(about.Events, e) {
			events = append(events, e)
		}
	}
	if len(events) > 0 {
		d.say(wrong, "events", "the App does not hear of "+strings.Join(events, ", "), "subscribe to them on the App's page on GitHub, under Permissions & events")
		return
	}
	d.say(good, "events", "subscribed to all that are used", "")
}

func (d *doctor) granted(about, whose string, missing []string, do string) {
	if len(missing) == 0 {
		d.say(good, about, "all that are used", "")
		return
	}
	g := notable
	for _, m := range missing {
		if slices.Contains(needed, m) {
			g = wrong
		}
	}
	d.say(g, about, whose+strings.Join(missing, ", ")+"; what they would answer is unknown", do)
}

// webhook looks where GitHub delivers to, and how that went.
func (d *doctor) webhook(ctx context.Context, app *github.App, public string) {
	address, err := app.WebhookURL(ctx)
	if err != nil {
		d.trouble("webhook", err, "")
		return
	}
	want := strings.TrimSuffix(public, "/") + "/webhooks/github"
	switch {
	case public == "":
		d.say(notable, "webhook", "GitHub delivers to "+address+"; READYLINE_PUBLIC_URL is not set, so nobody can say whether that is right", "set READYLINE_PUBLIC_URL")
	case address != want:
		d.say(wrong, "webhook", fmt.Sprintf("GitHub delivers to %q", address), "set the webhook URL on the App's page to "+want)
	default:
		d.say(good, "webhook", "GitHub delivers to "+address, "")
	}
	var ok, bad, seen int
	var last github.Delivery
	err = app.Deliveries(ctx, func(a github.Delivery) bool {
		if seen == 0 {
			last = a
		}
		seen++
		if a.OK() {
			ok++
		} else {
			bad++
		}
		return seen < 100
	})
	switch {
	case err != nil:
		d.trouble("webhook", err, "")
	case seen == 0:
		d.say(notable, "webhook", "GitHub has delivered nothing in the last days", "push to a repository, then look again")
	case !last.OK():
		d.say(wrong, "webhook", fmt.Sprintf("the last delivery, %s at %s, was answered with %d; %d of %d failed", last.Event, last.At.UTC().Format(time.RFC3339), last.Status, bad, seen), answered(last.Status))
	default:
		d.say(good, "webhook", fmt.Sprintf("%d of the last %d attempts arrived, the newest at %s", ok, seen, last.At.UTC().Format(time.RFC3339)), "")
	}
}

// answered is what to do about the status that GitHub got.
func answered(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "the webhook secret here and on the App's page differ: set both to the same"
	case http.StatusNotFound, http.StatusMovedPermanently, http.StatusFound:
		return "something else answers at that address: let the proxy pass /webhooks/github on unchanged"
	case 0:
		return "GitHub could not connect: check DNS, firewall and certificate of the public address"
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return "the server was down or its database out of reach; what was lost is asked for again within five minutes"
	}
	return "the App's page on GitHub, under Advanced, shows the answer"
}

// installations looks at what each account has granted, and at its limits.
func (d *doctor) installations(ctx context.Context, p *process, app *github.App) {
	list, err := app.Installations(ctx)
	if err != nil {
		d.trouble("installations", err, "")
		return
	}
	for _, in := range list {
		about := "on " + in.Account
		if !in.SuspendedAt.IsZero() {
			d.say(notable, about, "suspended on GitHub", "")
			continue
		}
		d.granted(about, "not granted: ", lacking(in.Permissions), "an owner of "+in.Account+" accepts them in its settings, under GitHub Apps")
		if _, err := p.store.Installation(ctx, in.ID); errors.Is(err, store.ErrNotFound) {
			d.say(wrong, about, "the server does not know this installation", "readyline recover")
		}
		rate, err := app.Installation(in.ID).Rate(ctx)
		switch {
		case err != nil:
			d.trouble(about, err, "")
		case rate.Limit > 0 && rate.Remaining < rate.Limit/10:
			d.say(notable, about, fmt.Sprintf("%d of %d requests left until %s", rate.Remaining, rate.Limit, rate.Reset.UTC().Format(time.RFC3339)), "the server waits by itself; nothing is lost")
		case rate.Limit > 0:
			d.say(good, about, fmt.Sprintf("%d of %d requests left", rate.Remaining, rate.Limit), "")
		}
	}
}

// address asks the public address whether we answer there.
func (d *doctor) address(ctx context.Context, public string) {
	if public == "" {
		return
	}
	u, err := url.Parse(public)
	if err != nil {
		return // checked by faults
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		d.say(wrong, "address", public+" is not encrypted", "serve it over https, by a proxy in front")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(public, "/")+"/readyz", nil)
	if err != nil {
		d.say(wrong, "address", oneLine(err.Error()), "")
		return
	}
	client := &http.Client{Timeout: 10 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		d.say(unreached, "address", oneLine(err.Error()), "is the server running, and does "+u.Hostname()+" lead to it from here?")
		return
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 100))
	if resp.StatusCode != http.StatusOK || strings.TrimSpace(string(text)) != "ready" {
		d.say(wrong, "address", fmt.Sprintf("%s/readyz answers %s", strings.TrimSuffix(public, "/"), resp.Status), "the server's log says what it lacks; if it is not our server that answers, the proxy leads elsewhere")
		return
	}
	d.say(good, "address", public+" answers", "")
}
