package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/readyline/readyline/internal/store"
)

// badgeFace is what a badge says.
type badgeFace struct {
	Message string
	Color   string // of shields.io
}

// unknownBadge is the answer for a repository that nobody knows, and for a
// private one without its token: the two can't be told apart.
var unknownBadge = badgeFace{"unknown", "lightgrey"}

// badge answers /badge/OWNER/REPO.svg and .json. The status is always 200: an
// image with another one is shown as broken.
func (s *Server) badge(w http.ResponseWriter, r *http.Request) {
	name, form, ok := badgeFile(chi.URLParam(r, "file"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	var checklist, token string
	if r.URL.RawQuery != "" {
		q := r.URL.Query()
		checklist, token = q.Get("checklist"), q.Get("token")
		if form != formJSON {
			form = formOf(q.Get("style"))
		}
	}
	owner := chi.URLParam(r, "owner")
	kept, err := s.badgeOf(r.Context(), owner, name, checklist)
	if err != nil {
		s.Log.WarnContext(r.Context(), "badge", "repository", owner+"/"+name, "error", err)
	}
	if kept == nil || !kept.shownTo(token) {
		kept = s.unknown
	}
	kept.in(form).answer(w, r)
}

// quick answers what most requests for badges are, one without a query that is
// in memory, before the routes and what is done for every page.
func (s *Server) quick(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, isBadge := strings.CutPrefix(r.URL.Path, "/badge/")
		if !isBadge || r.URL.RawQuery != "" || r.URL.RawPath != "" || s.Tracing != nil || r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		name, form, ok := badgeFile(file)
		var kept *keptBadge
		if ok {
			kept = s.badges.get(strings.ToLower(name), "", s.Now())
		}
		if kept == nil {
			next.ServeHTTP(w, r)
			return
		}
		if !kept.shownTo("") {
			kept = s.unknown
		}
		kept.in(form).answer(w, r)
	})
}

// badgeForm is how a badge is drawn.
type badgeForm int

const (
	formFlat badgeForm = iota
	formLarge
	formPlain
	formJSON
	badgeForms
)

// badgeFile tells the name and the form that a file is of.
func badgeFile(file string) (name string, form badgeForm, ok bool) {
	if name, ok = strings.CutSuffix(file, ".svg"); ok {
		return name, formFlat, true
	}
	name, ok = strings.CutSuffix(file, ".json")
	return name, formJSON, ok
}

func formOf(style string) badgeForm {
	switch style {
	case "for-the-badge":
		return formLarge
	case "plain":
		return formPlain
	}
	return formFlat
}

// badgeOf finds a badge, in memory or in Postgres; nil for a repository that
// nobody knows.
func (s *Server) badgeOf(ctx context.Context, owner, name, checklist string) (*keptBadge, error) {
	key, now := badgeName(owner, name), s.Now()
	if kept := s.badges.get(key, checklist, now); kept != nil {
		return kept, nil
	}
	mark := s.badges.mark()
	b, err := s.Store.Badge(ctx, owner, name, checklist)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	kept := &keptBadge{Badge: b}
	kept.face, kept.until = faceOf(b, now)
	s.badges.put(key, checklist, kept, mark)
	return kept, nil
}

// shownTo tells whether whoever has this token is shown the badge.
func (k *keptBadge) shownTo(token string) bool {
	return k.Visibility == "public" || k.Token != "" && subtle.ConstantTimeCompare([]byte(token), []byte(k.Token)) == 1
}

// in is the badge in a form, drawn once.
func (k *keptBadge) in(form badgeForm) *shownBadge {
	if shown := k.shown[form].Load(); shown != nil {
		return shown
	}
	shown := k.face.draw(form)
	k.shown[form].Store(shown)
	return shown
}

// shownBadge is an answer. Its slices are shared by all who get it.
type shownBadge struct {
	body       []byte
	kind, etag []string
}

func (b badgeFace) draw(form badgeForm) *shownBadge {
	shown := &shownBadge{kind: []string{"application/json"}}
	if form == formJSON {
		shown.body = b.json()
	} else {
		shown.kind[0], shown.body = "image/svg+xml; charset=utf-8", b.svg(form)
	}
	sum := sha256.Sum256(shown.body)
	shown.etag = []string{`"` + hex.EncodeToString(sum[:8]) + `"`}
	return shown
}

var (
	// GitHub's image proxy keeps what it may: have it ask every time, and answer
	// with 304 while nothing has changed.
	askAgain = []string{"no-cache, max-age=0"}
	// A badge loads nothing, links to nothing and opens nothing.
	badgePolicy = []string{"default-src 'none'; frame-ancestors 'none'"}
)

func (b *shownBadge) answer(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Content-Type"], h["Cache-Control"], h["Etag"] = b.kind, askAgain, b.etag
	h["Content-Security-Policy"], h["X-Content-Type-Options"] = badgePolicy, typePolicy
	delete(h, "Referrer-Policy")
	delete(h, "Cross-Origin-Opener-Policy")
	if match := r.Header["If-None-Match"]; len(match) > 0 && strings.Contains(match[0], b.etag[0]) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.body)
	}
}

// faceOf is what a badge says to those who may see it, and until when.
func faceOf(b store.Badge, now time.Time) (face badgeFace, until time.Time) {
	if !b.Assessed {
		return unknownBadge, time.Time{}
	}
	score := fmt.Sprintf("%d%%", b.Score)
	if stale(b, now) {
		return badgeFace{score + " · stale", "lightgrey"}, time.Time{}
	}
	until = b.AssessedAt.Add(lookGrace)
	if b.Behind && b.WantedAt != nil && b.WantedAt.Add(pushGrace).Before(until) {
		until = b.WantedAt.Add(pushGrace)
	}
	return badgeFace{score, colorOf(b.Score, b.Ready)}, until
}

// Pushes are looked at within minutes, and the daily sweep looks at what
// deliveries told nothing of. Beyond these a badge says that its number is old.
const (
	pushGrace = time.Hour
	lookGrace = 8 * 24 * time.Hour
)

// stale tells whether what was pushed was long not looked at, or anything.
func stale(b store.Badge, now time.Time) bool {
	waits := b.Behind && b.WantedAt != nil && now.Sub(*b.WantedAt) > pushGrace
	return waits || b.AssessedAt == nil || now.Sub(*b.AssessedAt) > lookGrace
}

func colorOf(score int, ready bool) string {
	switch {
	case ready:
		return "brightgreen"
	case score >= 75:
		return "green"
	case score >= 50:
		return "yellow"
	case score >= 25:
		return "orange"
	}
	return "red"
}

// json is the badge in shields.io's endpoint schema.
func (b badgeFace) json() []byte {
	out, err := json.Marshal(struct {
		Schema  int    `json:"schemaVersion"`
		Label   string `json:"label"`
		Message string `json:"message"`
		Color   string `json:"color"`
	}{1, "readiness", b.Message, b.Color})
	if err != nil { // of four plain fields
		panic(err)
	}
	return append(out, '\n')
}

// hex is the colour as SVG writes it.
func (b badgeFace) hex() string {
	switch b.Color {
	case "brightgreen":
		return "#2da44e"
	case "green":
		return "#5c8f1f"
	case "yellow":
		return "#9a6700"
	case "orange":
		return "#bc4c00"
	case "red":
		return "#cf222e"
	}
	return "#656d76"
}

// svg draws the badge. Text widths are those of Verdana at 11 px, near enough
// for digits and lower case; textLength makes them exact.
func (b badgeFace) svg(form badgeForm) []byte {
	const label = "readiness"
	message := html.EscapeString(b.Message)
	lw, mw := width(label)+12, width(b.Message)+12
	if form == formPlain {
		return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="20" role="img" aria-label="readiness: %[2]s"><title>readiness: %[2]s</title><rect width="%[1]d" height="20" rx="3" fill="%[3]s"/><g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="%[4]g" y="14" textLength="%[5]d">%[2]s</text></g></svg>`+"\n",
			mw, message, b.hex(), float64(mw)/2, mw-12)
	}
	h, y, radius, size, weight, text := 20, 14, 3, 11, "normal", label
	if form == formLarge {
		h, y, radius, size, weight, text = 28, 18, 0, 10, "bold", strings.ToUpper(label)
		lw, mw = width(text)+24, width(b.Message)+24
	}
	pad := lw - width(text)
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" role="img" aria-label="readiness: %[3]s"><title>readiness: %[3]s</title><clipPath id="r"><rect width="%[1]d" height="%[2]d" rx="%[4]d"/></clipPath><g clip-path="url(#r)"><rect width="%[5]d" height="%[2]d" fill="#444c56"/><rect x="%[5]d" width="%[6]d" height="%[2]d" fill="%[7]s"/></g><g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="%[8]d" font-weight="%[9]s"><text x="%[10]g" y="%[11]d" textLength="%[12]d">%[13]s</text><text x="%[14]g" y="%[11]d" textLength="%[15]d">%[3]s</text></g></svg>`+"\n",
		lw+mw, h, message, radius, lw, mw, b.hex(), size, weight, float64(lw)/2, y, lw-pad, text, float64(lw)+float64(mw)/2, mw-pad)
}

func width(s string) int {
	w := 0
	for _, r := range s {
		switch {
		case r == 'i' || r == 'l' || r == '.':
			w += 4
		case r == '%' || r >= 'A' && r <= 'Z':
			w += 9
		default:
			w += 7
		}
	}
	return w
}
