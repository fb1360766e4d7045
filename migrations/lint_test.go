package migrations

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// beforeTheFirstRelease were written while no release was there to go on beside
// them.
const beforeTheFirstRelease = "00020"

// Each migration can be undone, takes no long lock, and breaks no older release.
func TestMigrationsAreCareful(t *testing.T) {
	names, err := fs.Glob(FS, "*.sql")
	if err != nil || len(names) < 10 {
		t.Fatalf("%d migrations: %v", len(names), err)
	}
	rules := []struct {
		form *regexp.Regexp
		says string
	}{
		{regexp.MustCompile(`(?i)\bdrop\s+(column|table)\b`), "an older release still reads it: drop it one release later"},
		{regexp.MustCompile(`(?i)\brename\b`), "an older release knows the old name"},
		{regexp.MustCompile(`(?i)\balter\s+(column\s+\S+\s+)?type\b`), "rewrites the table under a lock"},
		{regexp.MustCompile(`(?i)\bset\s+not\s+null\b`), "reads the whole table under a lock, and an older release writes nulls"},
		{regexp.MustCompile(`(?i)\btruncate\b`), "loses data"},
		{regexp.MustCompile(`(?i)\b(grant|revoke|create\s+(role|extension)|superuser)\b`), "the role owns its database and nothing else"},
		{regexp.MustCompile(`(?i)\btimestamp\b|\bserial\b|\bmoney\b|\bvarchar\b|\bjson\b`), "timestamptz, identity, numeric, text and jsonb are wanted"},
	}
	added := regexp.MustCompile(`(?i)\badd\s+column\s+[^,;]+`)
	known := map[string]string{}
	for _, name := range names {
		text, err := fs.ReadFile(FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if old := known[name[:5]]; old != "" {
			t.Errorf("%s and %s have one number", old, name)
		}
		known[name[:5]] = name
		plain := regexp.MustCompile(`(?m)--[^\n+]*$`).ReplaceAllString(strings.ReplaceAll(strings.ReplaceAll(string(text), "-- +goose Up", "+UP"), "-- +goose Down", "+DOWN"), "")
		up, down, ok := strings.Cut(plain, "+DOWN")
		if _, after, has := strings.Cut(up, "+UP"); !has || !ok || strings.TrimSpace(down) == "" {
			t.Errorf("%s: an Up and a Down are wanted", name)
		} else {
			up = after
		}
		if name[:5] <= beforeTheFirstRelease {
			continue
		}
		for _, r := range rules {
			if m := r.form.FindString(up); m != "" {
				t.Errorf("%s: %q: %s", name, m, r.says)
			}
		}
		for _, column := range added.FindAllString(up, -1) {
			if strings.Contains(strings.ToLower(column), "not null") && !strings.Contains(strings.ToLower(column), "default") {
				t.Errorf("%s: %q: an older release does not write it: give it a default", name, column)
			}
		}
	}
}
