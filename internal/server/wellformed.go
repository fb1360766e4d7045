package server

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// wellFormed refuses addresses that no name and no search can have, before
// they come to the database, which takes no zero bytes.
func wellFormed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := url.QueryUnescape(r.URL.RawQuery)
		if err != nil || !isText(r.URL.Path) || !isText(query) {
			http.Error(w, "this address is not well-formed", http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
