package github

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	gh "github.com/google/go-github/v60/github"
)

// What callers branch on. Everything else is an error to retry.
var (
	ErrNotFound  = errors.New("not found, or out of sight") // 404
	ErrGone      = errors.New("gone")                       // 410: deleted, or issues switched off
	ErrReadOnly  = errors.New("archived, so read-only")     // 403 of an archived repository
	ErrMoved     = errors.New("moved")                      // 301 of a write
	ErrEmpty     = errors.New("repository is empty")        // 409
	ErrBadToken  = errors.New("credentials rejected")       // 401
	ErrInvalid   = errors.New("refused as invalid")         // 422
	ErrForbidden = errors.New("not permitted")              // 403
)

// Limited says that GitHub wants no more requests before Until.
type Limited struct {
	Until time.Time
	Cause error
}

func (l *Limited) Error() string {
	return fmt.Sprintf("rate limited until %s: %v", l.Until.UTC().Format(time.RFC3339), l.Cause)
}

func (l *Limited) Unwrap() error { return l.Cause }

// Forbidden is a refusal for want of a permission, as GitHub names it.
type Forbidden struct {
	Permission string // "administration=read"; empty when GitHub did not say
	Cause      error
}

func (f *Forbidden) Error() string { return "not permitted: " + f.Cause.Error() }

func (f *Forbidden) Is(target error) bool { return target == ErrForbidden }

// translate maps go-github's errors to ours, keeping the cause.
func translate(err error) error {
	if err == nil {
		return nil
	}
	var held *Limited
	if errors.As(err, &held) {
		return held
	}
	var primary *gh.RateLimitError
	if errors.As(err, &primary) {
		return &Limited{Until: primary.Rate.Reset.Time, Cause: err}
	}
	var abuse *gh.AbuseRateLimitError
	if errors.As(err, &abuse) {
		wait := time.Minute
		if abuse.RetryAfter != nil {
			wait = *abuse.RetryAfter
		}
		return &Limited{Until: time.Now().Add(wait), Cause: err}
	}
	var token *ghinstallation.HTTPError
	if errors.As(err, &token) && token.Response != nil {
		return translateResponse(&gh.ErrorResponse{Response: token.Response, Message: token.Message}, err)
	}
	var r *gh.ErrorResponse
	if !errors.As(err, &r) || r.Response == nil {
		return err
	}
	return translateResponse(r, err)
}

func translateResponse(r *gh.ErrorResponse, err error) error {
	h := r.Response.Header
	switch code := r.Response.StatusCode; code {
	case http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return fmt.Errorf("%w: %w", ErrMoved, err)
	case http.StatusUnauthorized:
		return fmt.Errorf("%w: %w", ErrBadToken, err)
	case http.StatusNotFound:
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	case http.StatusConflict:
		return fmt.Errorf("%w: %w", ErrEmpty, err)
	case http.StatusGone:
		return fmt.Errorf("%w: %w", ErrGone, err)
	case http.StatusUnprocessableEntity:
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	case http.StatusForbidden, http.StatusTooManyRequests:
		if until, ok := limitedUntil(h, code); ok || isSecondary(r.Message) {
			return &Limited{Until: until, Cause: err}
		}
		if strings.Contains(r.Message, "archived") {
			return fmt.Errorf("%w: %w", ErrReadOnly, err)
		}
		return &Forbidden{Permission: h.Get("X-Accepted-GitHub-Permissions"), Cause: err}
	}
	return err
}

// limitedUntil reads the headers in GitHub's order: retry-after, then the
// reset time when nothing remains, then at least a minute for a 429.
func limitedUntil(h http.Header, code int) (time.Time, bool) {
	if s, err := strconv.Atoi(h.Get("Retry-After")); err == nil {
		return time.Now().Add(time.Duration(s) * time.Second), true
	}
	if h.Get("X-RateLimit-Remaining") == "0" {
		if s, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil {
			return time.Unix(s, 0), true
		}
	}
	return time.Now().Add(time.Minute), code == http.StatusTooManyRequests
}
