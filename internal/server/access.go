package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/oauth2"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
)

const (
	// accessKept is for how long GitHub's word on what a viewer may see still
	// counts while it cannot be asked.
	accessKept = 15 * time.Minute
	// accessWait is how long a request waits for GitHub.
	accessWait = 45 * time.Second
)

// asked returns the time since which what is stored of a viewer's access
// counts, after asking GitHub where it is too old. Access to repository 0
// stands for all: it tells when they were listed.
func (s *Server) asked(ctx context.Context, v store.Viewer) (time.Time, error) {
	known, err := s.Store.AccessMarker(ctx, v.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return time.Time{}, err
	}
	if s.Now().Sub(known) < store.AccessFresh {
		return known, nil
	}
	// One listing at a time for each viewer, and one that outlives a visitor
	// who does not wait for it.
	_, err, _ = s.listing.Do(strconv.FormatInt(v.ID, 10), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), accessWait)
		defer cancel()
		return nil, s.listAccess(ctx, v)
	})
	switch {
	case err == nil:
		return s.Store.AccessMarker(ctx, v.ID)
	case errors.Is(err, errSignIn):
		return time.Time{}, errors.Join(err, s.Store.DropAccess(ctx, v.ID, 0))
	case s.Now().Sub(known) < accessKept:
		s.Log.WarnContext(ctx, "GitHub not asked; what it said before counts", "viewer", v.Login, "error", err)
		return known, nil
	}
	return time.Time{}, err
}

// listAccess asks GitHub for all that a viewer may see, and keeps it.
func (s *Server) listAccess(ctx context.Context, v store.Viewer) error {
	app := s.app.Load()
	if app == nil {
		return errNoApp
	}
	token, err := s.token(ctx, app, v)
	if err != nil {
		return err
	}
	seen, err := app.Viewer(token).Repositories(ctx)
	if errors.Is(err, github.ErrBadToken) {
		return fmt.Errorf("%w: %w", errSignIn, err)
	}
	if err != nil {
		return err
	}
	all := []store.Access{{RepositoryID: 0, Permission: "none"}}
	for _, r := range seen {
		all = append(all, store.Access{RepositoryID: r.ID, Permission: r.Permission})
	}
	return s.Store.SetAccess(ctx, v.ID, all)
}

var errNoApp = errors.New("no GitHub App is configured yet")

// grant is a viewer's token at GitHub, as it is sealed. A zero Expiry never
// ends.
type grant struct {
	Access  string    `json:"access"`
	Refresh string    `json:"refresh,omitempty"`
	Expiry  time.Time `json:"expiry,omitzero"`
}

const grantUse = "viewer token"

func (s *Server) sealGrant(g grant) ([]byte, error) {
	plain, err := json.Marshal(g)
	if err != nil {
		return nil, err
	}
	return s.sealer.seal(grantUse, plain), nil
}

func (s *Server) openGrant(sealed []byte) (grant, error) {
	var g grant
	plain, err := s.sealer.open(grantUse, sealed)
	if err == nil {
		err = json.Unmarshal(plain, &g)
	}
	if err != nil { // the key was changed: a new sign-in seals a new one
		return g, fmt.Errorf("%w: %w", errSignIn, err)
	}
	return g, nil
}

func (s *Server) lasts(g grant) bool {
	return g.Expiry.IsZero() || g.Expiry.After(s.Now().Add(time.Minute))
}

// token is a viewer's token, renewed where it has ended.
func (s *Server) token(ctx context.Context, app *github.App, v store.Viewer) (string, error) {
	g, err := s.openGrant(v.Sealed)
	if err != nil || s.lasts(g) {
		return g.Access, err
	}
	err = s.Store.Renew(ctx, v.ID, func(sealed []byte) ([]byte, error) {
		if g, err = s.openGrant(sealed); err != nil || s.lasts(g) {
			return nil, err // somebody else has renewed it
		}
		if g.Refresh == "" {
			return nil, errSignIn
		}
		source := app.SignIn(s.callback()).TokenSource(app.SignInContext(ctx), &oauth2.Token{RefreshToken: g.Refresh})
		t, err := source.Token()
		var refused *oauth2.RetrieveError
		if errors.As(err, &refused) && refused.ErrorCode != "" {
			return nil, fmt.Errorf("%w: %s", errSignIn, refused.ErrorCode)
		}
		if err != nil {
			return nil, fmt.Errorf("renew the token of %s: %w", v.Login, err)
		}
		g = grantOf(t)
		return s.sealGrant(g)
	})
	return g.Access, err
}

func grantOf(t *oauth2.Token) grant {
	return grant{Access: t.AccessToken, Refresh: t.RefreshToken, Expiry: t.Expiry}
}
