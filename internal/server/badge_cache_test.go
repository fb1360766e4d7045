package server

import (
	"fmt"
	"testing"
	"time"

	"github.com/readyline/readyline/internal/store"
)

// TestBadgesKept plays what may come between the reading of a badge and its
// keeping, and between that and its use.
func TestBadgesKept(t *testing.T) {
	now := time.Now()
	of := func(id int64) *keptBadge { return &keptBadge{Badge: store.Badge{RepositoryID: id}} }
	tests := []struct {
		name string
		do   func(b *badges)
		kept bool
	}{
		{"asked for again", func(*badges) {}, true},
		{"another repository changes", func(b *badges) { b.told(store.BadgeChange{RepositoryID: 2, Name: "acme/web"}) }, true},
		{"the repository changes", func(b *badges) { b.told(store.BadgeChange{RepositoryID: 1}) }, false},
		{"it is renamed", func(b *badges) { b.told(store.BadgeChange{RepositoryID: 1, Name: "acme/new"}) }, false},
		{"another one takes the name", func(b *badges) { b.told(store.BadgeChange{RepositoryID: 2, Name: "acme/api"}) }, false},
		{"the connection ends", func(b *badges) { b.anew() }, false},
		{"a probe comes back", func(b *badges) {
			probe, _ := b.nextProbe(now)
			b.told(store.BadgeChange{Probe: probe})
		}, true},
		{"nothing was heard for long", func(b *badges) { b.heard = now.Add(-2 * badgeTrust) }, false},
		{"another one's probe comes", func(b *badges) {
			b.heard = now.Add(-2 * badgeTrust)
			b.told(store.BadgeChange{Probe: "theirs"})
		}, false},
		{"there are too many", func(b *badges) {
			for i := range int64(badgesKept) {
				b.put(fmt.Sprint("acme/r", i), "", of(i+10), b.mark())
			}
		}, false},
		{"too many of one name", func(b *badges) {
			for i := range badgesOfName {
				b.put("acme/api", fmt.Sprint("list-", i), of(1), b.mark())
			}
		}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBadges(nil)
			b.heard = time.Now().Add(time.Hour) // trusted however long this takes
			b.put("acme/api", "", of(1), b.mark())
			if b.get("acme/api", "", now) == nil {
				t.Fatal("not kept")
			}
			test.do(b)
			if kept := b.get("acme/api", "", now) != nil; kept != test.kept {
				t.Errorf("kept: %t, want %t", kept, test.kept)
			}
			if b.count > badgesKept {
				t.Errorf("%d are kept", b.count)
			}
		})
	}
}

// TestBadgeReadBeforeAChange must not be kept once the change was told.
func TestBadgeReadBeforeAChange(t *testing.T) {
	for name, meanwhile := range map[string]func(*badges){
		"a change":       func(b *badges) { b.told(store.BadgeChange{RepositoryID: 1}) },
		"a lost channel": func(b *badges) { b.anew() },
	} {
		b := newBadges(nil)
		b.heard = time.Now().Add(time.Hour)
		mark := b.mark()
		meanwhile(b)
		b.heard = time.Now().Add(time.Hour)
		b.put("acme/api", "", &keptBadge{}, mark)
		if b.get("acme/api", "", time.Now()) != nil {
			t.Errorf("%s: what was read before is kept", name)
		}
	}
}

// TestBadgeExpires with its words: without any change a number becomes stale.
func TestBadgeExpires(t *testing.T) {
	now := time.Now()
	looked, pushed := now.Add(-time.Hour), now.Add(-time.Minute)
	tests := []struct {
		name  string
		badge store.Badge
		want  time.Duration // from now; 0: never
	}{
		{"looked at", store.Badge{Assessed: true, AssessedAt: &looked}, lookGrace - time.Hour},
		{"behind", store.Badge{Assessed: true, AssessedAt: &looked, Behind: true, WantedAt: &pushed}, pushGrace - time.Minute},
		{"not assessed", store.Badge{}, 0},
		{"stale", store.Badge{Assessed: true}, 0},
	}
	for _, test := range tests {
		kept := &keptBadge{Badge: test.badge}
		kept.face, kept.until = faceOf(test.badge, now)
		b := newBadges(nil)
		b.heard = time.Now().Add(time.Hour)
		b.put("acme/api", "", kept, b.mark())
		far := now.Add(10000 * time.Hour)
		if test.want != 0 {
			far = now.Add(test.want)
		}
		if b.get("acme/api", "", far) == nil {
			t.Errorf("%s: gone too early", test.name)
		}
		if test.want != 0 && b.get("acme/api", "", far.Add(time.Nanosecond)) != nil {
			t.Errorf("%s: kept longer than its words hold", test.name)
		}
	}
}
