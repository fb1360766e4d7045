package emulator

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

// token is a live access token: an installation's (InstallationID) or a user's (UserID).
type token struct {
	AppID          int64
	InstallationID int64
	UserID         int64
	ExpiresAt      time.Time
	Permissions    map[string]string
	Repositories   map[int64]bool // nil: all of the installation's
}

// refreshToken renews a user's token, once.
type refreshToken struct {
	AppID     int64
	UserID    int64
	ExpiresAt time.Time
}

var errBadCredentials = errors.New("Bad credentials")

// authenticate finds out who calls; bad credentials are answered here.
func (s *Server) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := s.identify(r)
		if err != nil {
			writeError(w, http.StatusUnauthorized, err.Error())
			return
		}
		if e, ok := r.Context().Value(entryKey).(*entry); ok {
			s.mu.Lock()
			e.By = c.name()
			s.mu.Unlock()
		}
		if c.suspended {
			writeError(w, http.StatusForbidden, "This installation has been suspended")
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey, c)))
	})
}

func (s *Server) identify(r *http.Request) (caller, error) {
	nobody := caller{s: s, bucket: "anonymous"}
	header := r.Header.Get("Authorization")
	if header == "" {
		return nobody, nil
	}
	scheme, value, _ := strings.Cut(header, " ")
	value = strings.TrimSpace(value)
	if _, pass, ok := r.BasicAuth(); ok {
		value = pass
	} else if !strings.EqualFold(scheme, "bearer") && !strings.EqualFold(scheme, "token") {
		return nobody, errBadCredentials
	}
	if strings.Count(value, ".") == 2 && !strings.HasPrefix(value, "gh") {
		return s.identifyApp(value)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if person := s.personLocked(value); person != nil {
		return caller{s: s, user: person, bucket: "user " + person.Login, token: value}, nil
	}
	t := s.state.Tokens[value]
	if t == nil || !s.now().Before(t.ExpiresAt) {
		return nobody, errBadCredentials
	}
	c := caller{s: s, token: value, app: s.state.Apps[t.AppID], permissions: t.Permissions, repositories: t.Repositories}
	if t.UserID != 0 {
		c.user = s.state.Accounts[t.UserID]
		c.bucket = "user " + c.user.Login
		return c, nil
	}
	c.installation = s.state.Installations[t.InstallationID]
	if c.installation == nil || c.app == nil {
		return nobody, errBadCredentials
	}
	c.suspended = !c.installation.SuspendedAt.IsZero()
	c.permissions = narrowed(t.Permissions, c.installation.Permissions)
	c.bucket = "installation " + itoa(t.InstallationID)
	return c, nil
}

// narrowed keeps of a token's permissions what the installation still grants.
func narrowed(asked, granted map[string]string) map[string]string {
	out := map[string]string{}
	for name, level := range asked {
		if rank(granted[name]) < rank(level) {
			level = granted[name]
		}
		if level != "" {
			out[name] = level
		}
	}
	return out
}

// identifyApp checks an app's JSON web token: RS256, issued not in the future, good for ten minutes at most.
func (s *Server) identifyApp(raw string) (caller, error) {
	var app *App
	claims := jwt.MapClaims{}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithoutClaimsValidation())
	_, err := parser.ParseWithClaims(raw, claims, func(*jwt.Token) (any, error) {
		var key *rsa.PublicKey
		var err error
		app, key, err = s.issuer(claims["iss"])
		return key, err
	})
	if err != nil {
		return caller{}, errors.New("A JSON web token could not be decoded")
	}
	now := s.now()
	exp, hasExp := numericDate(claims["exp"])
	iat, hasIat := numericDate(claims["iat"])
	switch {
	case !hasExp:
		return caller{}, errors.New("Missing 'expiration time' claim ('exp') in assertion")
	case !hasIat:
		return caller{}, errors.New("Missing 'issued at' claim ('iat') in assertion")
	case !now.Before(exp):
		return caller{}, errors.New("'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")
	case exp.Sub(now) > 10*time.Minute:
		return caller{}, errors.New("'Expiration time' claim ('exp') is too far in the future")
	case iat.After(now.Add(time.Minute)):
		return caller{}, errors.New("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
	}
	return caller{s: s, app: app, asApp: true, bucket: "app " + itoa(app.ID), token: raw}, nil
}

// issuer finds the app that a token's iss claim names, by its id or its client id.
func (s *Server) issuer(iss any) (*App, *rsa.PublicKey, error) {
	name := fmt.Sprint(iss)
	if n, ok := iss.(float64); ok {
		name = strconv.FormatInt(int64(n), 10)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	app := s.appByClientIDLocked(name)
	if id, err := strconv.ParseInt(name, 10, 64); err == nil && app == nil {
		app = s.state.Apps[id]
	}
	if app == nil {
		return nil, nil, errBadCredentials
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(app.PEM))
	if err != nil {
		return nil, nil, err
	}
	return app, &key.PublicKey, nil
}

func numericDate(v any) (time.Time, bool) {
	switch n := v.(type) {
	case float64:
		return time.Unix(int64(n), 0), true
	case json.Number:
		if i, err := n.Int64(); err == nil {
			return time.Unix(i, 0), true
		}
	}
	return time.Time{}, false
}

// newInstallationToken makes a token in GitHub's form of 2026: ghs_APPID_JWT.
func newInstallationToken(appID int64, expires time.Time) string {
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","typ":"JWT"}`))
	claims := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"exp":%d,"jti":%q}`, expires.Unix(), randomHex(16)))
	sign := sha256.Sum256([]byte(randomHex(32)))
	return fmt.Sprintf("ghs_%d_%s.%s.%s", appID, head, claims, base64.RawURLEncoding.EncodeToString(sign[:]))
}

// signedBy proves a secret without telling its value; used by entity tags.
func signedBy(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// ExpireTokens makes every token of an installation a thing of the past.
func (s *Server) ExpireTokens(in *Installation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.state.Tokens, func(_ string, t *token) bool { return t.InstallationID == in.ID && t.UserID == 0 })
}
