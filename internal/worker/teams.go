package worker

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/readyline/readyline/internal/snapshot"
	"github.com/readyline/readyline/internal/store"
)

// codeowners is where GitHub looks for the file; the first found counts.
var codeowners = [...]string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}

// hold keeps for pages whose the repository is and how loud we may be there.
func (s *subject) hold(ctx context.Context, snap *snapshot.Snapshot) error {
	var teams []string
	for _, path := range codeowners {
		entry, ok := snap.Entry(path)
		if !ok || !entry.Mode.IsFile() {
			continue
		}
		text, err := snap.Read(ctx, path)
		if err != nil {
			return err
		}
		teams = teamsOf(string(text))
		break
	}
	return s.w.Store.SetHeld(ctx, s.row.ID, teams, cmp.Or(store.Mode(s.config.Mode), store.ModeIssue))
}

// everything are patterns that own a whole repository.
var everything = []string{"*", "**", "/", "/*", "/**", "**/*"}

// teamsOf are the teams whose a repository is by its CODEOWNERS, without the
// organisation: those that own all that nobody else does or, where no line
// says so, all that are named. As GitHub has it, the last line about a path
// counts, and one without owners frees it.
func teamsOf(text string) []string {
	var whole, named []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		var teams []string
		for _, w := range words[1:] {
			if _, team, ok := strings.Cut(w, "/"); ok && strings.HasPrefix(w, "@") && team != "" {
				teams = append(teams, strings.ToLower(team))
			}
		}
		if slices.Contains(everything, words[0]) {
			whole = teams
		}
		named = append(named, teams...)
	}
	if whole == nil {
		whole = named
	}
	slices.Sort(whole)
	return slices.Compact(whole)
}
