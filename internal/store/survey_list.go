package store

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Listing is a page of a list of repositories. The places before and after it
// are said by what stands there, so that they stay where they are while others
// come and go.
type Listing struct {
	Rows     []Row
	Total    int // on all pages
	From     int // place of the first row, from 1
	First    bool
	Previous string // where the page before begins; empty: at the beginning
	Next     string // empty: this is the last page
}

// List returns a page of the repositories that a filter chooses.
func (v Survey) List(f FleetFilter) Listing {
	type placed struct {
		place
		Row
	}
	search, language := strings.ToLower(f.Search), strings.ToLower(f.Language)
	all := make([]placed, 0, len(v.Rows))
	for _, r := range v.Rows {
		if f.chooses(r, search, language) {
			all = append(all, placed{f.place(r), r})
		}
	}
	slices.SortFunc(all, func(a, b placed) int { return f.compare(a.place, b.place) })
	limit, from := cmp.Or(f.Limit, 100), 0
	if after, ok := readPlace(f.After); ok {
		from, _ = slices.BinarySearchFunc(all, after, func(p placed, after place) int {
			return cmp.Or(f.compare(p.place, after), -1) // the first after it
		})
	}
	to := min(from+limit, len(all))
	out := Listing{Total: len(all), From: from + 1, First: from == 0}
	for _, p := range all[from:to] {
		out.Rows = append(out.Rows, p.Row)
	}
	if from > limit {
		out.Previous = all[from-limit-1].place.text()
	}
	if to < len(all) {
		out.Next = all[to-1].place.text()
	}
	return out
}

// Best returns the repositories that are assessed, the best first.
func (v Survey) Best() []Row {
	all := slices.DeleteFunc(slices.Clone(v.Rows), func(r Row) bool { return r.On == nil })
	slices.SortFunc(all, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.On.Score, a.On.Score), strings.Compare(a.low, b.low), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func (f FleetFilter) chooses(r Row, search, language string) bool {
	if search != "" && !strings.Contains(strings.ToLower(r.Owner)+"/"+r.low, search) ||
		f.Topic != "" && !slices.Contains(r.Topics, f.Topic) || f.Team != "" && !slices.Contains(r.Teams, f.Team) ||
		language != "" && strings.ToLower(r.Language) != language {
		return false
	}
	switch f.State {
	case FleetReady:
		return r.On != nil && r.On.Ready
	case FleetNotReady:
		return r.On != nil && !r.On.Ready
	case FleetPending:
		return r.LookedAt == nil || r.Behind
	case FleetSkipped:
		return r.SkipReason != ""
	case FleetFailing:
		return r.LastError != ""
	}
	return true
}

// place is where a row stands in an order: those without a value come last,
// whichever way it goes.
type place struct {
	none  bool
	value int64
	name  string // in lower case; no two of an owner are alike
}

func (f FleetFilter) place(r Row) place {
	p := place{name: r.low}
	at := func(t *time.Time) {
		if p.none = t == nil; !p.none {
			p.value = t.UnixMicro()
		}
	}
	switch {
	case f.Order == OrderLooked:
		at(r.LookedAt)
	case f.Order != OrderScore && f.Order != OrderRequired && f.Order != OrderChanged:
	case r.On == nil:
		p.none = true
	case f.Order == OrderScore:
		p.value = int64(r.On.Score)
	case f.Order == OrderRequired:
		p.value = int64(r.On.RequiredLeft)
	default:
		at(&r.On.ChangedAt)
	}
	return p
}

func (f FleetFilter) compare(a, b place) int {
	byName := strings.Compare(a.name, b.name)
	switch {
	case a.none != b.none && b.none:
		return -1
	case a.none != b.none:
		return 1
	case a.value != b.value && f.Down:
		return cmp.Compare(b.value, a.value)
	case a.value != b.value:
		return cmp.Compare(a.value, b.value)
	case f.Down && f.Order != OrderScore && f.Order != OrderRequired && f.Order != OrderLooked && f.Order != OrderChanged:
		return -byName
	}
	return byName
}

// text is a place as addresses have it.
func (p place) text() string {
	if p.none {
		return "~" + p.name
	}
	return strconv.FormatInt(p.value, 10) + "~" + p.name
}

func readPlace(text string) (place, bool) {
	value, name, found := strings.Cut(text, "~")
	p := place{none: value == "", name: name}
	var err error
	if !p.none {
		p.value, err = strconv.ParseInt(value, 10, 64)
	}
	return p, found && err == nil
}
