package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object; encoding/json writes its keys in order.
type object = map[string]any

const docsURL = "https://docs.github.com/rest"

// writeJSON answers with v as JSON.
func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(body)
}

// writeError answers with GitHub's error object.
func writeError(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, object{"message": message, "documentation_url": docsURL, "status": strconv.Itoa(status)})
}

// writeInvalid answers 422 for one field, as GitHub words it.
func writeInvalid(w http.ResponseWriter, resource, field, code, message string) {
	fault := object{"resource": resource, "field": field, "code": code}
	if message != "" {
		fault["message"] = message
	}
	writeJSON(w, http.StatusUnprocessableEntity, object{
		"message": "Validation Failed", "errors": []any{fault}, "documentation_url": docsURL, "status": "422",
	})
}

func writeNotFound(w http.ResponseWriter) { writeError(w, http.StatusNotFound, "Not Found") }

// readJSON decodes a request's body into v; on bad JSON it answers 400.
func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 32<<20)).Decode(v)
	if err == nil || err.Error() == "EOF" {
		return true
	}
	writeError(w, http.StatusBadRequest, "Problems parsing JSON")
	return false
}

// pageOf returns the page of items that the request asks for and sets the Link header.
func pageOf[T any](w http.ResponseWriter, r *http.Request, base string, items []T) []T {
	page, size := pageParams(r)
	start := min((page-1)*size, len(items))
	end := min(start+size, len(items))
	last := max((len(items)+size-1)/size, 1)
	setLink(w, r, base, page, last)
	if start == end {
		return []T{}
	}
	return items[start:end]
}

// pageParams reads page and per_page: defaults 1 and 30, at most 100 a page.
func pageParams(r *http.Request) (page, size int) {
	page, size = 1, 30
	if n, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil && n > 0 {
		page = min(n, 1<<24)
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("per_page")); err == nil && n > 0 {
		size = min(n, 100)
	}
	return page, size
}

func setLink(w http.ResponseWriter, r *http.Request, base string, page, last int) {
	link := func(n int, rel string) string {
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(n))
		return fmt.Sprintf(`<%s/api/v3%s?%s>; rel="%s"`, base, r.URL.EscapedPath(), q.Encode(), rel)
	}
	var links []string
	if page > 1 {
		links = append(links, link(page-1, "prev"), link(1, "first"))
	}
	if page < last {
		links = append(links, link(page+1, "next"), link(last, "last"))
	}
	if len(links) > 0 {
		w.Header().Set("Link", strings.Join(links, ", "))
	}
}

// stamp writes a time as GitHub does; the zero time is null.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
