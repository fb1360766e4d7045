package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/server"
	"github.com/readyline/readyline/internal/store"
)

// rotateCommand replaces a secret, old and new both counting meanwhile where
// GitHub allows it.
type rotateCommand struct {
	serverConfig
	What string        `arg:"" enum:"webhook-secret,private-key,client-secret,key" help:"${enum}."`
	From string        `placeholder:"FILE" help:"The new private key or client secret, as GitHub gave it."`
	Wait time.Duration `default:"15s" help:"How long servers get to take a new webhook secret before GitHub uses it, and what the old one signed to arrive."`
}

// Help shows examples.
func (rotateCommand) Help() string {
	return `Examples, beside running servers, for an App that /setup registered:

  readyline rotate webhook-secret
  readyline rotate private-key --from readyline.2027-03-01.private-key.pem
  readyline rotate client-secret --from secret.txt

and after the servers have been restarted with a new READYLINE_KEY, and the old
one as READYLINE_KEY_PREVIOUS:

  readyline rotate key

For an App whose values come from the environment, webhook-secret tells GitHub the
configured one; the others are changed where they are configured.`
}

// Run rotates. GitHub is asked first with what is new, so that a wrong file
// changes nothing.
func (c *rotateCommand) Run(ctx context.Context, at console, vars variables) error {
	return c.operate(ctx, at, vars, false, func(p *process) error {
		if c.What == "key" {
			return c.key(ctx, at, p)
		}
		app, err := p.worker.App()
		if err != nil {
			return failed("%v", err)
		}
		if c.hasApp() {
			return c.configured(ctx, at, app)
		}
		row, err := p.store.App(ctx)
		if err != nil {
			return outside(err)
		}
		r, err := server.Unseal(p.key, []byte(c.PreviousKey), row)
		if err != nil {
			return failed("%v", err)
		}
		s := &storedSecrets{p: p, row: row, now: r, host: app.Host}
		switch c.What {
		case "webhook-secret":
			return s.webhookSecret(ctx, at, app, c.Wait)
		case "private-key":
			return s.privateKey(ctx, at, c.From)
		}
		return s.clientSecret(ctx, at, c.From)
	})
}

// configured is for an App whose values come from the environment.
func (c *rotateCommand) configured(ctx context.Context, at console, app *github.App) error {
	if c.What != "webhook-secret" {
		return failed("the App's values come from the environment: change %s there, restart, and see readyline doctor",
			map[string]string{"private-key": "READYLINE_GITHUB_PRIVATE_KEY", "client-secret": "READYLINE_GITHUB_CLIENT_SECRET"}[c.What])
	}
	if err := app.SetWebhookSecret(ctx, c.WebhookSecret); err != nil {
		return outside(err)
	}
	_, err := fmt.Fprintln(at.out, "GitHub signs with READYLINE_GITHUB_WEBHOOK_SECRET from now on. In a minute, unset READYLINE_GITHUB_WEBHOOK_SECRET_PREVIOUS and restart.")
	return err
}

// key seals what is stored with the new key.
func (c *rotateCommand) key(ctx context.Context, at console, p *process) error {
	if c.PreviousKey == "" {
		return errors.New("READYLINE_KEY_PREVIOUS: missing; set it to the key before this one, here and for the servers")
	}
	if p.key == nil {
		return errors.New("READYLINE_KEY: missing; set it to the new key, here and for the servers")
	}
	done, err := server.Reseal(ctx, p.store, p.key, []byte(c.PreviousKey))
	if err != nil {
		return failed("rotate the key: %v; nothing was changed", err)
	}
	app := "no App to seal anew"
	if done.App {
		app = "the App's secrets sealed anew"
	}
	fmt.Fprintf(at.out, "%s, %d people's tokens sealed anew", app, done.Viewers)
	if done.Lost > 0 {
		fmt.Fprintf(at.out, ", %d that neither key opens: they sign in again", done.Lost)
	}
	_, err = fmt.Fprintln(at.out, "\nUnset READYLINE_KEY_PREVIOUS and restart. Keep the old key for as long as backups from before.")
	return err
}

// storedSecrets are those of an App that /setup registered.
type storedSecrets struct {
	p    *process
	row  store.App
	now  server.Registration
	host github.Host // as it is reached now
}

// keep stores the secrets; servers take them within seconds.
func (s *storedSecrets) keep(ctx context.Context, r server.Registration) error {
	sealed := server.Seal(s.p.key, r)
	if err := s.p.store.ResealApp(ctx, s.row.ID, s.row.Sealed, sealed); err != nil {
		return outside(fmt.Errorf("%w: does somebody else rotate?", err))
	}
	s.row.Sealed, s.now = sealed, r
	return nil
}

// webhookSecret has servers take both secrets before GitHub uses the new one,
// and drops the old one once nothing it signed is on its way.
func (s *storedSecrets) webhookSecret(ctx context.Context, at console, app *github.App, wait time.Duration) error {
	raw := make([]byte, 32)
	rand.Read(raw) // never fails
	before, next := s.now, s.now
	next.Credentials.WebhookSecret = hex.EncodeToString(raw)
	next.Credentials.PreviousWebhookSecret = before.Credentials.WebhookSecret
	if err := s.keep(ctx, next); err != nil {
		return err
	}
	fmt.Fprintf(at.out, "Both secrets count; waiting %s for every server to know.\n", wait)
	err := pause(ctx, wait)
	if err == nil {
		err = app.SetWebhookSecret(ctx, next.Credentials.WebhookSecret)
	}
	if err != nil { // GitHub still signs with the old one
		return outside(errors.Join(err, s.keep(context.WithoutCancel(ctx), before)))
	}
	fmt.Fprintf(at.out, "GitHub signs with the new one; waiting %s for what is on its way.\n", wait)
	if err := pause(ctx, wait); err != nil {
		return failed("rotate the webhook secret: %v; the old one still counts: run it again", err)
	}
	next.Credentials.PreviousWebhookSecret = ""
	if err := s.keep(ctx, next); err != nil {
		return err
	}
	_, err = fmt.Fprintln(at.out, "The webhook secret is a new one. The old one no longer counts.")
	return err
}

func (s *storedSecrets) privateKey(ctx context.Context, at console, from string) error {
	text, err := secretFrom(from)
	if err != nil {
		return err
	}
	next := s.now
	next.Credentials.PrivateKey = []byte(text)
	if !rsaKey(next.Credentials.PrivateKey) {
		return fmt.Errorf("%s: not an RSA private key in PEM form; give the .pem file that GitHub made", from)
	}
	app, err := github.NewApp(s.host, next.Credentials, nil)
	if err != nil {
		return err
	}
	if _, err := app.About(ctx); err != nil {
		return outside(fmt.Errorf("%s: GitHub does not take it for App %s; nothing was changed: %w", from, s.row.Slug, err))
	}
	return s.taken(ctx, at, next, "private key", from)
}

func (s *storedSecrets) clientSecret(ctx context.Context, at console, from string) error {
	text, err := secretFrom(from)
	if err != nil {
		return err
	}
	next := s.now
	next.Credentials.ClientSecret = strings.TrimSpace(text)
	app, err := github.NewApp(s.host, next.Credentials, nil)
	if err != nil {
		return err
	}
	// A code that never was is refused for itself only once the secret is right.
	_, err = app.SignIn(s.p.config.PublicURL+"/auth/callback").Exchange(app.SignInContext(ctx), "readyline-rotate")
	var refused *oauth2.RetrieveError
	switch {
	case !errors.As(err, &refused):
		return outside(fmt.Errorf("%s: GitHub was not asked; nothing was changed: %w", from, err))
	case refused.ErrorCode == "incorrect_client_credentials":
		return failed("%s: GitHub does not take it for App %s; nothing was changed", from, s.row.Slug)
	}
	return s.taken(ctx, at, next, "client secret", from)
}

// taken stores what GitHub takes.
func (s *storedSecrets) taken(ctx context.Context, at console, next server.Registration, what, from string) error {
	if err := s.keep(ctx, next); err != nil {
		return err
	}
	_, err := fmt.Fprintf(at.out, "GitHub takes the new %s, and servers use it within %s. Then delete the old one at %s, and %s here.\n", what, watchApp, s.row.URL, from)
	return err
}

// secretFrom reads a secret out of a file.
func secretFrom(path string) (string, error) {
	if path == "" {
		return "", errors.New("--from: missing; name the file with the new secret")
	}
	text, err := os.ReadFile(path)
	if err == nil && strings.TrimSpace(string(text)) == "" {
		err = fmt.Errorf("%s is empty", path)
	}
	return string(text), err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
