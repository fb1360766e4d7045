package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// Surveyed is what pages about a fleet need of a repository. Where Assessed is
// false, its checklist is not the one asked for.
type Surveyed struct {
	ID         int64
	Name       string // without its owner
	Topics     []string
	Teams      []string // by CODEOWNERS
	Language   string
	SkipReason string
	LookedAt   *time.Time
	Behind     bool
	Failing    bool
	Waiting    bool // an issue is still to be opened
	Opened     bool // one was
	Assessed   bool
	Score      int
	Ready      bool
	Layout     string // of Letters
	Letters    string
	Steps      []byte // newest days
}

// Survey is all repositories of an owner that somebody sees, read in one pass:
// what pages sum up of them is counted here and not asked for one by one.
type Survey struct {
	Repositories []Surveyed // in no order
	layouts      []layout   // the most used first
}

// Survey reads the repositories of an owner on a checklist, with the days of
// their curves from a day on, or none when it is zero.
func (s *Store) Survey(ctx context.Context, sight Sight, owner, checklist string, since time.Time) (Survey, error) {
	act := "survey " + owner
	days := 0
	if !since.IsZero() {
		days = int(time.Since(since)/(24*time.Hour)) + 3 // the one before, today, and clocks that differ
	}
	found, err := s.db.Query(ctx, `
		select r.id, r.name, array_to_string(r.topics, chr(31)), array_to_string(r.teams, chr(31)), r.language, r.skip_reason,
			r.assessed_at, r.wanted_sha not in ('', r.assessed_sha), r.last_error <> '',
			r.mode in ('', 'issue') and r.skip_reason = '' and a.checklist is not null and x.checklist is null
				and i.mode = 'issue' and i.suspended_at is null and i.removed_at is null,
			x.checklist is not null, coalesce(a.score, -1), coalesce(a.ready, false), coalesce(a.layout, ''), coalesce(a.letters, ''),
			substring(c.steps from greatest(length(c.steps) - $7 * `+stepSize+` + 1, 1))
		from repositories r join installations i on i.id = r.installation_id
		left join assessments a on a.repository_id = r.id and a.checklist = $5
		left join issues x on x.repository_id = r.id and x.checklist = $5
		left join curves c on c.repository_id = r.id and c.checklist = $5 and $7 > 0
		where`+seen+`and lower(r.owner) = $6`, sight.args(checklist, strings.ToLower(owner), days)...)
	if err != nil {
		return Survey{}, fmt.Errorf("%s: %w", act, err)
	}
	defer found.Close()
	var v Survey
	lists := map[string][]string{}
	split := func(joined string) []string { // most repositories share theirs
		if all, known := lists[joined]; known || joined == "" {
			return all
		}
		lists[joined] = strings.Split(joined, "\x1f")
		return lists[joined]
	}
	for found.Next() {
		var r Surveyed
		var topics, teams string
		err := found.Scan(&r.ID, &r.Name, &topics, &teams, &r.Language, &r.SkipReason, &r.LookedAt, &r.Behind, &r.Failing,
			&r.Waiting, &r.Opened, &r.Score, &r.Ready, &r.Layout, &r.Letters, &r.Steps)
		if err != nil {
			return Survey{}, fmt.Errorf("%s: %w", act, err)
		}
		r.Assessed, r.Score = r.Score >= 0, max(r.Score, 0)
		r.Topics, r.Teams = split(topics), split(teams)
		v.Repositories = append(v.Repositories, r)
	}
	if err := found.Err(); err != nil {
		return Survey{}, fmt.Errorf("%s: %w", act, err)
	}
	var words []word
	for _, r := range v.Repositories {
		if r.Assessed {
			words = append(words, word{r.ID, r.Layout, r.Letters})
		}
	}
	v.layouts, err = s.layouts(ctx, words)
	return v, err
}

// stepSize is the length of a curve's day, for SQL.
const stepSize = "7"

var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// step is a day of a curve.
type step struct {
	day, score, ticked, applicable int
	there, ready                   bool
}

func readStep(b []byte) step {
	score := int(b[2] & 127)
	return step{
		day: int(binary.BigEndian.Uint16(b)), score: score % 127, there: score != 127, ready: b[2] > 128 && score != 127,
		ticked: int(binary.BigEndian.Uint16(b[3:])), applicable: int(binary.BigEndian.Uint16(b[5:])),
	}
}

// Point is how all repositories that one sees stood together at the end of a
// day. Ticked of Applicable items is met, attested or waived.
type Point struct {
	Day          time.Time
	Repositories int
	Ready        int
	Score        int // mean, percent
	Ticked       int
	Applicable   int
}

func (p *Point) add(s step, sign int) {
	if s.there {
		p.Repositories += sign
		p.Score += sign * s.score
	}
	if s.ready {
		p.Ready += sign
	}
	p.Ticked += sign * s.ticked
	p.Applicable += sign * s.applicable
}

// Trend returns the days from one to another on which something changed, after
// one for the first day itself if anything was there by then; between two,
// nothing did. The survey is to reach as far back.
func (v Survey) Trend(from, to time.Time) []Point {
	first := int(from.UTC().Sub(epoch) / (24 * time.Hour))
	last := max(int(to.UTC().Sub(epoch)/(24*time.Hour)), first)
	changes, moved := make([]Point, last-first+1), make([]bool, last-first+1)
	for _, r := range v.Repositories {
		var before step
		for at := 0; at+7 <= len(r.Steps); at += 7 {
			now := readStep(r.Steps[at:])
			if now.day > last {
				break
			}
			day := max(now.day-first, 0)
			changes[day].add(before, -1)
			changes[day].add(now, 1)
			moved[day], before = true, now
		}
	}
	var sum Point
	var out []Point
	for day, c := range changes {
		sum.Repositories += c.Repositories
		sum.Ready += c.Ready
		sum.Score += c.Score
		sum.Ticked += c.Ticked
		sum.Applicable += c.Applicable
		if !moved[day] || day == 0 && sum.Repositories == 0 {
			continue
		}
		p := sum
		p.Day, p.Score = epoch.AddDate(0, 0, first+day), mean(sum.Score, sum.Repositories)
		out = append(out, p)
	}
	return out
}

// mean is rounded to the nearest.
func mean(sum, n int) int {
	if n == 0 {
		return 0
	}
	return (2*sum + n) / (2 * n)
}
