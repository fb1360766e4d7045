package emulator

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// codeownersPlaces are where GitHub looks, the first found counts.
var codeownersPlaces = []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}

// codeownersErrors checks each line as GitHub does; without a file there is nothing to check.
func (v settingsView) codeownersErrors(w http.ResponseWriter, _ *http.Request) {
	for _, place := range codeownersPlaces {
		data, ok := v.file(place)
		if !ok {
			continue
		}
		faults := []object{}
		number := 0
		for line := range strings.Lines(string(data)) {
			number++
			faults = append(faults, v.codeownersLine(place, number, strings.TrimRight(line, "\r\n"))...)
		}
		writeJSON(w, http.StatusOK, object{"errors": faults})
		return
	}
	writeNotFound(w)
}

var (
	ownerName  = regexp.MustCompile(`^@[A-Za-z0-9][A-Za-z0-9-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)?$`)
	ownerEmail = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
)

func (v settingsView) codeownersLine(place string, number int, line string) []object {
	rule, _, _ := strings.Cut(line, " #")
	fields := strings.Fields(rule)
	if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
		return nil
	}
	var faults []object
	fault := func(text, kind, why string) {
		column := strings.Index(line, text) + 1
		faults = append(faults, object{
			"line": number, "column": column, "kind": kind, "source": line, "suggestion": nil, "path": place,
			"message": fmt.Sprintf("%s on line %d: %s\n\n  %s\n  %s^", kind, number, why, line, strings.Repeat(" ", column-1)),
		})
	}
	if strings.HasPrefix(fields[0], "!") || strings.Contains(fields[0], "[") {
		fault(fields[0], "Invalid pattern", "this kind of pattern is not supported")
	}
	for _, owner := range fields[1:] {
		switch {
		case !ownerName.MatchString(owner) && !ownerEmail.MatchString(owner):
			fault(owner, "Invalid owner", "an owner is @user, @org/team or an email address")
		case !v.ownerKnown(owner):
			fault(owner, "Unknown owner", "make sure "+owner+" exists and has write access to the repository")
		}
	}
	return faults
}

// ownerKnown says whether an owner can review: a person with write access, or a
// team of the repository's own organization. There are no teams here, so any will do.
func (v settingsView) ownerKnown(owner string) bool {
	login, isName := strings.CutPrefix(owner, "@")
	if !isName {
		return true
	}
	if org, _, isTeam := strings.Cut(login, "/"); isTeam {
		return strings.EqualFold(org, v.owner.Login)
	}
	account := v.accounts[strings.ToLower(login)]
	if account == nil || account.Type != typeUser {
		return false
	}
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	return rank(v.s.roleLocked(account.ID, v.original)) >= rank("write")
}
