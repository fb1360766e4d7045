package main

import (
	"encoding/pem"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/readyline/readyline/internal/github"
)

// serverConfig is what a server needs to be told. Flags and environment
// variables mean the same; a variable ending in _FILE names a file that holds
// the value.
type serverConfig struct {
	DatabaseURL   string `name:"database-url" env:"READYLINE_DATABASE_URL" placeholder:"URL" help:"Postgres. Unset: a private Postgres kept under the data directory."`
	DataDir       string `name:"data-dir" env:"READYLINE_DATA_DIR" placeholder:"DIR" help:"Where the private Postgres and generated keys live."`
	Listen        string `name:"listen" env:"READYLINE_LISTEN" default:"127.0.0.1:8080" help:"Address to listen on."`
	PublicURL     string `name:"public-url" env:"READYLINE_PUBLIC_URL" placeholder:"URL" help:"The URL by which GitHub and people reach the server."`
	GitHubURL     string `name:"github-url" env:"READYLINE_GITHUB_URL" default:"https://github.com" help:"GitHub's pages; set for GitHub Enterprise Server."`
	GitHubAPIURL  string `name:"github-api-url" env:"READYLINE_GITHUB_API_URL" default:"https://api.github.com" help:"GitHub's REST API, used as given."`
	AppID         int64  `name:"github-app-id" env:"READYLINE_GITHUB_APP_ID" placeholder:"ID" help:"The GitHub App."`
	PrivateKey    string `name:"github-private-key" env:"READYLINE_GITHUB_PRIVATE_KEY" placeholder:"PEM" help:"Its private key."`
	WebhookSecret string `name:"github-webhook-secret" env:"READYLINE_GITHUB_WEBHOOK_SECRET" placeholder:"SECRET" help:"Its webhook secret."`
	ClientID      string `name:"github-client-id" env:"READYLINE_GITHUB_CLIENT_ID" placeholder:"ID" help:"Its OAuth client id, for sign-in."`
	ClientSecret  string `name:"github-client-secret" env:"READYLINE_GITHUB_CLIENT_SECRET" placeholder:"SECRET" help:"Its OAuth client secret."`
	LogLevel      string `name:"log-level" env:"READYLINE_LOG_LEVEL" default:"info" help:"debug, info, warn or error."`
	LogFormat     string `name:"log-format" env:"READYLINE_LOG_FORMAT" default:"text" help:"text or json."`
}

// fileVariables reads each READYLINE_…_FILE into the variable without _FILE.
// It returns one line for each that can't be.
func fileVariables(environ []string, set func(key, value string) error) []string {
	var faults []string
	have := map[string]bool{}
	for _, kv := range environ {
		key, _, _ := strings.Cut(kv, "=")
		have[key] = true
	}
	for _, kv := range environ {
		key, path, _ := strings.Cut(kv, "=")
		name, isFile := strings.CutSuffix(key, "_FILE")
		if !isFile || !strings.HasPrefix(key, "READYLINE_") || path == "" {
			continue
		}
		if have[name] {
			faults = append(faults, fmt.Sprintf("%s and %s are both set: unset one of them", name, key))
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", key, err))
			continue
		}
		if err := set(name, strings.TrimRight(string(text), "\r\n")); err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", key, err))
		}
	}
	return faults
}

// faults are everything wrong with the values, one line each.
func (c *serverConfig) faults() []string {
	var out []string
	bad := func(variable, format string, args ...any) {
		out = append(out, variable+": "+fmt.Sprintf(format, args...))
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		bad("READYLINE_LISTEN", "%q is not an address like 127.0.0.1:8080", c.Listen)
	}
	for _, u := range []struct{ name, value string }{
		{"READYLINE_PUBLIC_URL", c.PublicURL}, {"READYLINE_GITHUB_URL", c.GitHubURL}, {"READYLINE_GITHUB_API_URL", c.GitHubAPIURL},
	} {
		if p, err := url.Parse(u.value); u.value != "" && (err != nil || p.Scheme != "http" && p.Scheme != "https" || p.Host == "") {
			bad(u.name, "%q is not a URL like https://readyline.example.com", u.value)
		}
	}
	if p, err := url.Parse(c.DatabaseURL); c.DatabaseURL != "" && (err != nil || p.Scheme != "postgres" && p.Scheme != "postgresql") {
		bad("READYLINE_DATABASE_URL", "is not a URL like postgres://user:password@host/database")
	}
	if _, err := c.level(); err != nil {
		bad("READYLINE_LOG_LEVEL", "%q is none of debug, info, warn, error", c.LogLevel)
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		bad("READYLINE_LOG_FORMAT", "%q is none of text, json", c.LogFormat)
	}
	return append(out, c.appFaults()...)
}

// appFaults are what is wrong with the App's values: all of them are set, or
// none is.
func (c *serverConfig) appFaults() []string {
	if !c.hasApp() {
		return nil
	}
	var out []string
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
	if b, _ := pem.Decode([]byte(c.PrivateKey)); c.PrivateKey != "" && b == nil {
		out = append(out, "READYLINE_GITHUB_PRIVATE_KEY: not a private key in PEM form; give the whole text of the .pem file that GitHub made")
	}
	if (c.ClientID == "") != (c.ClientSecret == "") {
		out = append(out, "READYLINE_GITHUB_CLIENT_ID and READYLINE_GITHUB_CLIENT_SECRET: set both, or neither")
	}
	return out
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
		AppID: c.AppID, PrivateKey: []byte(c.PrivateKey), WebhookSecret: c.WebhookSecret, ClientID: c.ClientID, ClientSecret: c.ClientSecret,
	}
}
