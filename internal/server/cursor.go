package server

import (
	"strconv"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/store"
)

// cursorText is a place in a history as addresses have it.
func cursorText(c store.Cursor) string {
	return strconv.FormatInt(c.At.UnixMicro(), 36) + "-" + strconv.FormatInt(c.ID, 36)
}

// readCursor is its inverse; empty is the newest end, and what is no cursor is
// not ok.
func readCursor(text string) (c store.Cursor, ok bool) {
	if text == "" {
		return c, true
	}
	at, id, found := strings.Cut(text, "-")
	micro, err := strconv.ParseInt(at, 36, 64)
	n, err2 := strconv.ParseInt(id, 36, 64)
	if !found || err != nil || err2 != nil || micro < 0 {
		return c, false
	}
	return store.Cursor{At: time.UnixMicro(micro).UTC(), ID: n}, true
}

// cut splits a full name.
func cut(fullName string) (owner, name string, ok bool) { return strings.Cut(fullName, "/") }
