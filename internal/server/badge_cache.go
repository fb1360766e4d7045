package server

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/readyline/readyline/internal/store"
)

// How many badges are kept; for how long after Postgres was last heard to tell of
// changes they are trusted; and how often it is made to be heard while badges are
// asked for. A repository that goes private has lost its badge when that is told:
// within milliseconds, and within badgeTrust when the network swallows it.
const (
	badgesKept   = 4096
	badgeTrust   = 2 * time.Second
	badgeProbe   = 500 * time.Millisecond
	badgeRelist  = time.Second
	badgesOfName = 16 // checklists asked for by one name
)

// badges are those asked for lately, read from Postgres once and dropped as soon
// as it tells that they may have changed. They are made use of only while it is
// known to tell; otherwise each is read anew.
type badges struct {
	store *store.Store

	asked chan struct{} // somebody wants them trusted

	mu      sync.RWMutex
	count   int
	names   map[string]*namedBadges
	of      map[int64]map[string]bool // the names by which a repository was asked for
	changes uint64                    // told so far, and connections begun
	heard   time.Time                 // when the last probe was sent that came back; zero: nobody listens
	probe   string                    // the one under way
	sent    time.Time
}

// namedBadges are the badges of one name, by the checklist asked for.
type namedBadges struct {
	repository int64
	lists      map[string]*keptBadge
}

// keptBadge is what Postgres said, and its faces as they were drawn.
type keptBadge struct {
	store.Badge
	face  badgeFace
	until time.Time // it says something else after that; zero: never
	shown [badgeForms]atomic.Pointer[shownBadge]
}

func newBadges(s *store.Store) *badges {
	return &badges{store: s, asked: make(chan struct{}, 1), names: map[string]*namedBadges{}, of: map[int64]map[string]bool{}}
}

// get is the badge of a name in lower case, if it is kept and can be trusted now.
func (b *badges) get(name, checklist string, now time.Time) *keptBadge {
	b.mu.RLock()
	heard := b.heard
	var found *keptBadge
	if n := b.names[name]; n != nil {
		found = n.lists[checklist]
	}
	b.mu.RUnlock()
	since := time.Since(heard)
	if since > badgeProbe {
		select {
		case b.asked <- struct{}{}:
		default: // is under way
		}
	}
	if found == nil || since > badgeTrust || !found.until.IsZero() && now.After(found.until) {
		return nil
	}
	return found
}

// mark is what put must be given: taken before Postgres is read.
func (b *badges) mark() uint64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.changes
}

// put keeps a badge, unless a change was told since the mark: it may have been
// read before that.
func (b *badges) put(name, checklist string, kept *keptBadge, mark uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changes != mark || b.heard.IsZero() {
		return
	}
	n := b.names[name]
	if n != nil && (n.repository != kept.RepositoryID || len(n.lists) >= badgesOfName) {
		b.drop(name)
		n = nil
	}
	if b.count >= badgesKept {
		b.clear()
		n = nil
	}
	if n == nil {
		n = &namedBadges{repository: kept.RepositoryID, lists: map[string]*keptBadge{}}
		b.names[name] = n
		if b.of[n.repository] == nil {
			b.of[n.repository] = map[string]bool{}
		}
		b.of[n.repository][name] = true
	}
	if n.lists[checklist] == nil {
		b.count++
	}
	n.lists[checklist] = kept
}

// drop forgets a name. The lock is held.
func (b *badges) drop(name string) {
	n := b.names[name]
	if n == nil {
		return
	}
	b.count -= len(n.lists)
	delete(b.names, name)
	if delete(b.of[n.repository], name); len(b.of[n.repository]) == 0 {
		delete(b.of, n.repository)
	}
}

// clear forgets everything. The lock is held.
func (b *badges) clear() {
	clear(b.names)
	clear(b.of)
	b.count = 0
}

// told takes note of what Postgres tells.
func (b *badges) told(c store.BadgeChange) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c.Probe != "" {
		if c.Probe == b.probe {
			b.heard, b.probe = b.sent, ""
		}
		return
	}
	b.changes++
	b.drop(c.Name)
	for name := range b.of[c.RepositoryID] {
		b.drop(name)
	}
}

// anew begins when a connection does, or ends: what was kept may be old.
func (b *badges) anew() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clear()
	b.changes++
	b.heard, b.probe = time.Time{}, ""
}

// watch listens until ctx ends.
func (b *badges) watch(ctx context.Context, failed func(error)) {
	var done sync.WaitGroup
	defer done.Wait()
	done.Go(func() { b.probing(ctx) })
	for down := false; ctx.Err() == nil; {
		err := b.store.BadgeChanges(ctx, func() { b.anew(); down = false }, b.told)
		b.anew()
		if ctx.Err() != nil {
			return
		}
		if !down && !errors.Is(err, context.Canceled) {
			failed(err)
		}
		down = true
		select {
		case <-ctx.Done():
		case <-time.After(badgeRelist):
		}
	}
}

// probing makes Postgres be heard when badges are asked for: what it is told to
// tell comes back after all that was committed before, or not at all where
// something between us and it does not hand over what it tells.
func (b *badges) probing(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.asked:
		}
		if probe, due := b.nextProbe(time.Now()); due {
			within, cancel := context.WithTimeout(ctx, badgeTrust)
			_ = b.store.ProbeBadges(within, probe) // one that is not sent does not come back
			cancel()
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(badgeProbe / 2):
		}
	}
}

// nextProbe makes up a probe, unless one is still awaited.
func (b *badges) nextProbe(now time.Time) (probe string, due bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.probe != "" && now.Sub(b.sent) < badgeTrust {
		return "", false
	}
	b.probe, b.sent = rand.Text(), now
	return b.probe, true
}

// badgeName is how the cache knows a repository.
func badgeName(owner, name string) string { return strings.ToLower(owner + "/" + name) }
