package main

import (
	"cmp"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/readyline/readyline/internal/events"
	"github.com/readyline/readyline/internal/github"
)

// serverConfig is what a server needs to be told. Flags and environment
// variables mean the same; a variable ending in _FILE names a file that holds
// the value.
type serverConfig struct {
	DatabaseURL   string `name:"database-url" env:"READYLINE_DATABASE_URL" placeholder:"URL" help:"Postgres. Unset: a private Postgres kept under the data directory."`
	DataDir       string `name:"data-dir" env:"READYLINE_DATA_DIR" placeholder:"DIR" help:"Where the private Postgres and generated keys live."`
	Listen        string `name:"listen" env:"READYLINE_LISTEN" default:"127.0.0.1:8080" help:"Address to listen on."`
	MetricsListen string `name:"metrics-listen" env:"READYLINE_METRICS_LISTEN" placeholder:"ADDRESS" help:"Address for /metrics and the probes alone; /metrics is then not on the other."`
	PublicURL     string `name:"public-url" env:"READYLINE_PUBLIC_URL" placeholder:"URL" help:"The URL by which GitHub and people reach the server."`
	GitHubURL     string `name:"github-url" env:"READYLINE_GITHUB_URL" default:"https://github.com" help:"GitHub's pages; set for GitHub Enterprise Server."`
	GitHubAPIURL  string `name:"github-api-url" env:"READYLINE_GITHUB_API_URL" default:"https://api.github.com" help:"GitHub's REST API, used as given."`
	Key           string `name:"key" env:"READYLINE_KEY" placeholder:"KEY" help:"Encrypts secrets in the database; replicas share it. Unset: one is generated in the data directory."`
	PreviousKey   string `name:"key-previous" env:"READYLINE_KEY_PREVIOUS" placeholder:"KEY" help:"The key before this one, while keys are changed: it still opens what it has encrypted."`
	AppID         appID  `name:"github-app-id" env:"READYLINE_GITHUB_APP_ID" placeholder:"ID" help:"The GitHub App."`
	PrivateKey    string `name:"github-private-key" env:"READYLINE_GITHUB_PRIVATE_KEY" placeholder:"PEM" help:"Its private key."`
	WebhookSecret string `name:"github-webhook-secret" env:"READYLINE_GITHUB_WEBHOOK_SECRET" placeholder:"SECRET" help:"Its webhook secret."`
	PreviousHook  string `name:"github-webhook-secret-previous" env:"READYLINE_GITHUB_WEBHOOK_SECRET_PREVIOUS" placeholder:"SECRET" help:"The webhook secret before this one, accepted while it is changed."`
	ClientID      string `name:"github-client-id" env:"READYLINE_GITHUB_CLIENT_ID" placeholder:"ID" help:"Its OAuth client id, for sign-in."`
	ClientSecret  string `name:"github-client-secret" env:"READYLINE_GITHUB_CLIENT_SECRET" placeholder:"SECRET" help:"Its OAuth client secret."`
	Anonymous     yesNo  `name:"anonymous" env:"READYLINE_ANONYMOUS" help:"Show public repositories to visitors who are not signed in."`
	EventsURL     string `name:"events-url" env:"READYLINE_EVENTS_URL" placeholder:"URL" help:"Where to send events of what changes (CloudEvents); several between blanks."`
	EventsSecret  string `name:"events-secret" env:"READYLINE_EVENTS_SECRET" placeholder:"SECRET" help:"Signs them, as Standard Webhooks has it."`
	HistoryMonths months `name:"history-months" env:"READYLINE_HISTORY_MONTHS" default:"0" placeholder:"N" help:"How many months of changes to keep; 0 keeps all. How things stood and the curves stay."`
	LogLevel      string `name:"log-level" env:"READYLINE_LOG_LEVEL" default:"info" help:"debug, info, warn or error."`
	LogFormat     string `name:"log-format" env:"READYLINE_LOG_FORMAT" default:"text" help:"text or json."`
}

// appID is an App's number. One that is no number is kept as -1 and told with
// all other faults, instead of alone.
type appID int64

// UnmarshalText reads a flag or variable.
func (a *appID) UnmarshalText(text []byte) error {
	*a = 0
	if len(text) == 0 {
		return nil
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n <= 0 {
		n = -1
	}
	*a = appID(n)
	return nil
}

// months are a number of them. What is no number is kept as -1 and told with
// all other faults; nothing is 0.
type months int

// UnmarshalText reads a flag or variable.
func (m *months) UnmarshalText(text []byte) error {
	*m = 0
	if len(text) == 0 {
		return nil
	}
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 0 {
		n = -1
	}
	*m = months(n)
	return nil
}

// yesNo is a switch. What is neither yes nor no is kept as -1 and told with all
// other faults; nothing, as Compose files like to say, is no.
type yesNo int8

// Decode reads a flag or variable.
func (y *yesNo) Decode(ctx *kong.DecodeContext) error {
	*y = 1
	if ctx.Scan.Peek().Type != kong.FlagValueToken {
		return nil
	}
	switch strings.ToLower(fmt.Sprint(ctx.Scan.Pop().Value)) {
	case "true", "1", "yes":
	case "false", "0", "no", "":
		*y = 0
	default:
		*y = -1
	}
	return nil
}

// IsBool tells that the flag needs no value.
func (yesNo) IsBool() bool { return true }

// settle gives variables that are set to nothing, as Compose files like to do,
// their defaults.
func (c *serverConfig) settle() {
	for _, d := range []struct {
		value *string
		or    string
	}{
		{&c.Listen, "127.0.0.1:8080"}, {&c.GitHubURL, defaultGitHub}, {&c.GitHubAPIURL, defaultGitHubAPI},
		{&c.LogLevel, "info"}, {&c.LogFormat, "text"},
	} {
		*d.value = cmp.Or(*d.value, d.or)
	}
}

const (
	defaultGitHub    = "https://github.com"
	defaultGitHubAPI = "https://api.github.com"
)

// faults are everything wrong with the values, one line each.
func (c *serverConfig) faults() []string {
	var out []string
	bad := func(variable, format string, args ...any) {
		out = append(out, variable+": "+fmt.Sprintf(format, args...))
	}
	for _, a := range []struct{ name, value string }{{"READYLINE_LISTEN", c.Listen}, {"READYLINE_METRICS_LISTEN", c.MetricsListen}} {
		if a.value == "" {
			continue
		}
		if _, port, err := net.SplitHostPort(a.value); err != nil {
			bad(a.name, "%q is not an address like 127.0.0.1:8080", a.value)
		} else if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			bad(a.name, "%q is not a port from 0 to 65535", port)
		}
	}
	if c.MetricsListen != "" && c.MetricsListen == c.Listen {
		bad("READYLINE_METRICS_LISTEN", "is READYLINE_LISTEN itself; unset it, or choose another port")
	}
	out = append(out, c.urlFaults()...)
	if p, err := url.Parse(c.DatabaseURL); c.DatabaseURL != "" && (err != nil || p.Scheme != "postgres" && p.Scheme != "postgresql") {
		bad("READYLINE_DATABASE_URL", "is not a URL like postgres://user:password@host/database")
	}
	if _, err := c.level(); err != nil {
		bad("READYLINE_LOG_LEVEL", "%q is none of debug, info, warn, error", c.LogLevel)
	}
	if c.HistoryMonths < 0 {
		bad("READYLINE_HISTORY_MONTHS", "is no number of months; 0 keeps all")
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		bad("READYLINE_LOG_FORMAT", "%q is none of text, json", c.LogFormat)
	}
	if info, err := os.Stat(c.DataDir); c.DataDir != "" && err == nil && !info.IsDir() {
		bad("READYLINE_DATA_DIR", "%s is not a directory", c.DataDir)
	}
	if _, err := events.NewSender(c.EventsURL, c.EventsSecret); err != nil {
		bad("READYLINE_EVENTS_URL and READYLINE_EVENTS_SECRET", "%v", err)
	}
	if c.Key != "" && len(c.Key) < minKey {
		bad("READYLINE_KEY", "has %d characters, at least %d are wanted; make one with: openssl rand -base64 32", len(c.Key), minKey)
	}
	if c.Anonymous < 0 {
		bad("READYLINE_ANONYMOUS", "is neither true nor false")
	}
	switch {
	case c.PreviousKey != "" && len(c.PreviousKey) < minKey:
		bad("READYLINE_KEY_PREVIOUS", "has %d characters; no key had fewer than %d", len(c.PreviousKey), minKey)
	case c.PreviousKey != "" && c.PreviousKey == c.Key:
		bad("READYLINE_KEY_PREVIOUS", "is READYLINE_KEY itself; set that one to the new key")
	}
	return append(out, c.appFaults()...)
}

// minKey is how many characters a key has at least.
const minKey = 32

// urlFaults are what is wrong with the addresses.
func (c *serverConfig) urlFaults() []string {
	var out []string
	for _, u := range []struct{ name, value string }{
		{"READYLINE_PUBLIC_URL", c.PublicURL}, {"READYLINE_GITHUB_URL", c.GitHubURL}, {"READYLINE_GITHUB_API_URL", c.GitHubAPIURL},
	} {
		if u.value == "" {
			continue
		}
		p, err := url.Parse(u.value)
		switch {
		case err != nil || p.Scheme != "http" && p.Scheme != "https" || p.Host == "":
			out = append(out, u.name+": not a URL like https://readyline.example.com")
		case p.User != nil || p.RawQuery != "" || p.Fragment != "":
			out = append(out, u.name+": a URL without user, query or fragment is wanted")
		case u.name != "READYLINE_GITHUB_API_URL" && strings.Trim(p.Path, "/") != "":
			out = append(out, fmt.Sprintf("%s: a URL without a path is wanted, not %q", u.name, p.Path))
		}
	}
	if (c.GitHubURL == defaultGitHub) != (c.GitHubAPIURL == defaultGitHubAPI) {
		out = append(out, "READYLINE_GITHUB_URL and READYLINE_GITHUB_API_URL: set both, or neither; for GitHub Enterprise Server the second is the first with /api/v3")
	}
	return out
}

// appFaults are what is wrong with the App's values: all of them are set, or
// none is.
func (c *serverConfig) appFaults() []string {
	var out []string
	switch {
	case c.PreviousHook != "" && c.WebhookSecret == "":
		out = append(out, "READYLINE_GITHUB_WEBHOOK_SECRET_PREVIOUS: set, while READYLINE_GITHUB_WEBHOOK_SECRET is not; an App that /setup registered needs neither: readyline rotate webhook-secret")
	case c.PreviousHook != "" && c.PreviousHook == c.WebhookSecret:
		out = append(out, "READYLINE_GITHUB_WEBHOOK_SECRET_PREVIOUS: is READYLINE_GITHUB_WEBHOOK_SECRET itself; set that one to the new secret")
	}
	if !c.hasApp() {
		return out
	}
	for _, v := range []struct {
		name string
		set  bool
	}{
		{"READYLINE_GITHUB_APP_ID", c.AppID != 0}, {"READYLINE_GITHUB_PRIVATE_KEY", c.PrivateKey != ""},
		{"READYLINE_GITHUB_WEBHOOK_SECRET", c.WebhookSecret != ""},
	} {
		if !v.set {
			out = append(out, v.name+": missing, while other values of the App are set")
		}
	}
	if c.AppID < 0 {
		out = append(out, "READYLINE_GITHUB_APP_ID: not a number like 12345; the App's page on GitHub shows it")
	}
	if c.PrivateKey != "" && !rsaKey([]byte(c.PrivateKey)) {
		out = append(out, "READYLINE_GITHUB_PRIVATE_KEY: not an RSA private key in PEM form; give the whole text of the .pem file that GitHub made")
	}
	if (c.ClientID == "") != (c.ClientSecret == "") {
		out = append(out, "READYLINE_GITHUB_CLIENT_ID and READYLINE_GITHUB_CLIENT_SECRET: set both, or neither")
	}
	return out
}

// rsaKey tells whether text holds a private key that GitHub Apps use.
func rsaKey(text []byte) bool {
	block, _ := pem.Decode(text)
	if block == nil {
		return false
	}
	if _, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return true
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	_, ok := key.(*rsa.PrivateKey)
	return err == nil && ok
}

func (c *serverConfig) hasApp() bool {
	return c.AppID != 0 || c.PrivateKey != "" || c.WebhookSecret != "" || c.ClientID != "" || c.ClientSecret != ""
}

func (c *serverConfig) level() (slog.Level, error) {
	var l slog.Level
	err := l.UnmarshalText([]byte(c.LogLevel))
	return l, err
}

// host is the GitHub that the server works with.
func (c *serverConfig) host() (github.Host, error) {
	web, err := url.Parse(c.GitHubURL)
	if err != nil {
		return github.Host{}, err
	}
	api, err := url.Parse(c.GitHubAPIURL)
	return github.Host{Web: web, API: api}, err
}

func (c *serverConfig) credentials() github.Credentials {
	return github.Credentials{
		AppID: int64(c.AppID), PrivateKey: []byte(c.PrivateKey), WebhookSecret: c.WebhookSecret, ClientID: c.ClientID, ClientSecret: c.ClientSecret,
		PreviousWebhookSecret: c.PreviousHook,
	}
}
