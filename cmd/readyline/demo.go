package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/emulator"
)

// demoCommand is the whole product on one machine.
type demoCommand struct {
	Dirs         []string `arg:"" optional:"" name:"dir" type:"path" help:"Local git repositories; the demo's own samples when none is given."`
	Listen       string   `default:"127.0.0.1:8080" help:"Address of the dashboard."`
	GitHubListen string   `name:"github-listen" default:"127.0.0.1:8081" help:"Address of the local GitHub emulator."`
	DataDir      string   `name:"data-dir" type:"path" placeholder:"DIR" help:"Keep everything there; without, the demo starts fresh and cleans up."`
	LogLevel     string   `name:"log-level" default:"warn" help:"debug, info, warn or error."`
}

// Help shows examples.
func (demoCommand) Help() string {
	return `Examples:
  readyline demo
  readyline demo ~/src/my-service ~/src/my-infrastructure`
}

// demoOwner is the account that owns the demo's repositories.
const demoOwner = "demo"

// Run shows the product until it is told to stop.
func (c *demoCommand) Run(ctx context.Context, at console) (err error) {
	dirs, err := repositories(c.Dirs)
	if err != nil {
		return err
	}
	dataDir := c.DataDir
	if dataDir == "" {
		if dataDir, err = os.MkdirTemp("", "readyline-demo-"); err != nil {
			return outside(err)
		}
		// Postgres runs as another user when we are root.
		if err := os.Chmod(dataDir, 0o755); err != nil {
			return outside(err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dataDir)) }()
	}
	var tour *samples
	if len(dirs) == 0 {
		if tour, err = newSamples(ctx, filepath.Join(dataDir, "repositories")); err != nil {
			return outside(err)
		}
		dirs = tour.dirs
	}
	d := &demo{command: c, at: at, dirs: dirs, dataDir: dataDir, tour: tour}
	if err := d.run(ctx); err != nil {
		return outside(err)
	}
	return nil
}

// repositories checks that every directory is a git repository, and that no
// two would get the same name.
func repositories(dirs []string) ([]string, error) {
	names := map[string]string{}
	var out []string
	for _, dir := range dirs {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return nil, err
		}
		if _, err := os.Stat(filepath.Join(abs, ".git")); err != nil {
			if _, err := os.Stat(filepath.Join(abs, "HEAD")); err != nil {
				return nil, fmt.Errorf("%s is not a git repository: give directories made by git init or git clone", dir)
			}
		}
		name := repositoryName(abs)
		if other, taken := names[name]; taken {
			return nil, fmt.Errorf("%s and %s would both be %s/%s: rename one of them", other, dir, demoOwner, name)
		}
		names[name] = dir
		out = append(out, abs)
	}
	return out, nil
}

// repositoryName is the name under which a directory is served: its own, with
// what GitHub allows in names.
func repositoryName(dir string) string {
	base := strings.TrimSuffix(filepath.Base(dir), ".git")
	if base == "" || base == "repo" && strings.Contains(filepath.Base(filepath.Dir(dir)), "+") {
		_, base, _ = strings.Cut(filepath.Base(filepath.Dir(dir)), "+")
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '-'
	}, base)
	if strings.Trim(name, ".") == "" {
		return "repository"
	}
	return name
}

// demo is a running demo.
type demo struct {
	command *demoCommand
	at      console
	dirs    []string
	dataDir string
	tour    *samples
	started time.Time
}

func (d *demo) run(ctx context.Context) (err error) {
	d.started = time.Now()
	config := serverConfig{Listen: d.command.Listen, LogLevel: d.command.LogLevel, LogFormat: "text", DataDir: d.dataDir}
	if _, err := config.level(); err != nil {
		return fmt.Errorf("--log-level: %q is none of debug, info, warn, error", config.LogLevel)
	}
	log := newLogger(d.at.err, &config)
	// The dashboard's address goes into issues and the App's webhook, so it
	// has to be known before anything starts.
	if config.Listen, err = freeAddress(config.Listen); err != nil {
		return err
	}
	em, err := emulator.New(emulator.Options{Listen: d.command.GitHubListen, Logger: log})
	if err != nil {
		return fmt.Errorf("local GitHub: %w; choose another address with --github-listen", err)
	}
	em.Start()
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = errors.Join(err, em.Close(ctx))
	}()
	app, err := d.register(em, &config)
	if err != nil {
		return err
	}
	p := &process{config: config, role: "all", log: log, told: d.say, quick: true, viewer: emulator.DefaultOwner}
	if err := p.start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop(context.WithoutCancel(ctx))) }()
	served := make(chan error, 1)
	go func() { served <- p.serve(ctx) }()
	if _, err := em.Install(app, demoOwner); err != nil {
		return err
	}
	d.greet(em.URL(), "http://"+config.Listen)
	if d.tour != nil {
		go d.tour.play(ctx, d.say)
	}
	return <-served
}

// register puts the repositories and the App on the emulator.
func (d *demo) register(em *emulator.Server, config *serverConfig) (*emulator.App, error) {
	return d.registerAs("Readyline", em, config)
}

func (d *demo) registerAs(name string, em *emulator.Server, config *serverConfig) (*emulator.App, error) {
	em.AddOrganization(demoOwner, emulator.DefaultOwner)
	for _, dir := range d.dirs {
		if _, err := em.AddRepository(emulator.RepoSpec{Owner: demoOwner, Name: repositoryName(dir), GitDir: dir}); err != nil {
			return nil, fmt.Errorf("serve %s: %w", dir, err)
		}
	}
	public := "http://" + config.Listen
	app, err := em.RegisterApp(emulator.AppSpec{
		Name: name, Owner: demoOwner, WebhookURL: public + "/webhooks/github", HomepageURL: public,
		CallbackURLs: []string{public + "/auth/callback"}, Permissions: basePermissions(), Events: baseEvents(),
	})
	if err != nil {
		return nil, err
	}
	config.PublicURL = public
	config.GitHubURL, config.GitHubAPIURL = em.URL(), em.APIURL()
	config.AppID, config.PrivateKey, config.WebhookSecret = appID(app.ID), app.PEM, app.WebhookSecret
	config.ClientID, config.ClientSecret = app.ClientID, app.ClientSecret
	return app, nil
}

// basePermissions are what the App asks for. Each is explained in
// docs/threat-model.md.
func basePermissions() map[string]string {
	return map[string]string{
		"metadata": "read", "contents": "read", "issues": "write", "checks": "write",
		"pull_requests": "read", "actions": "read", "deployments": "read",
	}
}

// baseEvents are what the App subscribes to with those permissions.
func baseEvents() []string {
	return []string{
		"push", "create", "release", "issues", "issue_comment", "repository", "pull_request",
		"workflow_run", "deployment_status",
	}
}

// freeAddress turns port 0 into a free port.
func freeAddress(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", fmt.Errorf("--listen: %q is not an address like 127.0.0.1:8080", listen)
	}
	if port != "0" {
		return listen, nil
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// greet prints what to open.
func (d *demo) greet(github, dashboard string) {
	fmt.Fprintf(d.at.out, "\nReadyline is running, with a GitHub of its own on this machine (it is not github.com).\n\n")
	fmt.Fprintf(d.at.out, "  dashboard   %s/orgs/%s\n", dashboard, demoOwner)
	for _, dir := range d.dirs {
		fmt.Fprintf(d.at.out, "  issue       %s/%s/%s/issues/1\n", github, demoOwner, repositoryName(dir))
	}
	fmt.Fprintf(d.at.out, "\nTry: tick a box on an issue page, comment \"/readyline help\", or commit to one of\n")
	for _, dir := range d.dirs {
		fmt.Fprintf(d.at.out, "  %s\n", dir)
	}
	fmt.Fprintf(d.at.out, "\nCtrl-C ends it. What happens:\n\n")
}

// say prints one line for one thing that happened.
func (d *demo) say(line string) {
	fmt.Fprintf(d.at.out, "%6.1fs  %s\n", time.Since(d.started).Seconds(), line)
}
