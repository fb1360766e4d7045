package server

import (
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
	file := chi.URLParam(r, "file")
	name, isSVG := strings.CutSuffix(file, ".svg")
	if !isSVG {
		var isJSON bool
		if name, isJSON = strings.CutSuffix(file, ".json"); !isJSON {
			http.NotFound(w, r)
			return
		}
	}
	face, err := s.face(r, chi.URLParam(r, "owner"), name)
	if err != nil {
		s.Log.WarnContext(r.Context(), "badge", "repository", chi.URLParam(r, "owner")+"/"+name, "error", err)
		face = unknownBadge
	}
	kind, body := "application/json", face.json()
	if isSVG {
		kind, body = "image/svg+xml; charset=utf-8", face.svg(r.URL.Query().Get("style"))
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	// GitHub's image proxy keeps what it may: have it ask every time, and
	// answer with 304 while nothing has changed.
	h.Set("Cache-Control", "no-cache, max-age=0")
	sum := sha256.Sum256(body)
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	h.Set("ETag", etag)
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// face finds what a repository's badge says to this caller.
func (s *Server) face(r *http.Request, owner, name string) (badgeFace, error) {
	b, err := s.Store.Badge(r.Context(), owner, name, r.URL.Query().Get("checklist"))
	if errors.Is(err, store.ErrNotFound) {
		return unknownBadge, nil
	}
	if err != nil {
		return unknownBadge, err
	}
	if b.Visibility != "public" {
		token := r.URL.Query().Get("token")
		if b.Token == "" || subtle.ConstantTimeCompare([]byte(token), []byte(b.Token)) != 1 {
			return unknownBadge, nil
		}
	}
	if !b.Assessed {
		return unknownBadge, nil
	}
	score := fmt.Sprintf("%d%%", b.Score)
	if stale(b, s.Now()) {
		return badgeFace{score + " · stale", "lightgrey"}, nil
	}
	return badgeFace{score, colorOf(b.Score, b.Ready)}, nil
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
func (b badgeFace) svg(style string) []byte {
	const label = "readiness"
	message := html.EscapeString(b.Message)
	lw, mw := width(label)+12, width(b.Message)+12
	if style == "plain" {
		return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="20" role="img" aria-label="readiness: %[2]s"><title>readiness: %[2]s</title><rect width="%[1]d" height="20" rx="3" fill="%[3]s"/><g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="%[4]g" y="14" textLength="%[5]d">%[2]s</text></g></svg>`+"\n",
			mw, message, b.hex(), float64(mw)/2, mw-12)
	}
	h, y, radius, size, weight, text := 20, 14, 3, 11, "normal", label
	if style == "for-the-badge" {
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
