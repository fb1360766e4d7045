package server

import (
	"fmt"
	"html"
	"html/template"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/store"
)

// Charts are drawn here as SVG, so that they need no script, and described in
// words for those who can't see them. They stretch with the page: text that
// has to keep its size stands beside them as HTML.

// chartW and chartH are the inner size of charts over time.
const chartW, chartH = 600.0, 180.0

// span is the time that a chart shows.
type span struct{ from, to time.Time }

func (s span) x(t time.Time) float64 {
	if !s.to.After(s.from) {
		return 0
	}
	return min(max(t.Sub(s.from).Seconds()/s.to.Sub(s.from).Seconds(), 0), 1) * chartW
}

// sample is a value that holds from a time on.
type sample struct {
	at    time.Time
	value int
}

// steps is the path of samples that hold until the next, in a chart whose top
// is at max.
func (s span) steps(samples []sample, top int) string {
	if len(samples) == 0 {
		return ""
	}
	y := func(v int) float64 { return chartH - float64(v)/float64(max(top, 1))*chartH }
	var b strings.Builder
	fmt.Fprintf(&b, "M%.1f %.1f", s.x(samples[0].at), y(samples[0].value))
	for _, p := range samples[1:] {
		fmt.Fprintf(&b, "H%.1fV%.1f", s.x(p.at), y(p.value))
	}
	fmt.Fprintf(&b, "H%.1f", chartW)
	return b.String()
}

// area closes a path of steps at the bottom.
func (s span) area(samples []sample, top int) string {
	line := s.steps(samples, top)
	if line == "" {
		return ""
	}
	return fmt.Sprintf("%sV%.1fH%.1fZ", line, chartH, s.x(samples[0].at))
}

// chart is a drawing with what stands around it.
type chart struct {
	SVG   template.HTML
	Top   string // labels of the vertical axis
	Mid   string
	From  time.Time
	To    time.Time
	Head  []string // the same as a table
	Rows  []chartRow
	Empty bool
}

type chartRow struct {
	At    time.Time
	Cells []string
}

// svgHead opens an image with its words.
func svgHead(id, class, title, desc string, w, h float64) string {
	return fmt.Sprintf(`<svg class="%[1]s" role="img" aria-labelledby="%[2]s-t %[2]s-d" viewBox="0 0 %[3]g %[4]g" preserveAspectRatio="none"><title id="%[2]s-t">%[5]s</title><desc id="%[2]s-d">%[6]s</desc>`,
		class, id, w, h, html.EscapeString(title), html.EscapeString(desc))
}

func gridLines() string {
	var b strings.Builder
	for _, y := range []float64{0, 0.25, 0.5, 0.75} {
		fmt.Fprintf(&b, `<path class="grid" d="M0 %gH%g"/>`, y*chartH, chartW)
	}
	return b.String()
}

// trendChart is the mean score of a fleet, and how much of it is ready.
func trendChart(points []store.Point, s span) chart {
	c := chart{Top: "100 %", Mid: "50 %", From: s.from, To: s.to, Head: []string{"Day", "Mean score", "Ready", "Repositories"}}
	if len(points) == 0 {
		c.Empty = true
		return c
	}
	var scores, ready []sample
	for _, p := range points {
		scores = append(scores, sample{p.Day, p.Score})
		ready = append(ready, sample{p.Day, percent(p.Ready, p.Repositories)})
		c.Rows = append(c.Rows, chartRow{p.Day, []string{
			fmt.Sprintf("%d %%", p.Score), fmt.Sprint(p.Ready), fmt.Sprint(p.Repositories),
		}})
	}
	first, last := points[0], points[len(points)-1]
	desc := fmt.Sprintf("Mean score %d %% on %s, %d %% on %s. %d of %d repositories are ready.", first.Score, first.Day.Format("2 January 2006"),
		last.Score, s.to.Format("2 January 2006"), last.Ready, last.Repositories)
	c.SVG = template.HTML(svgHead("trend", "plot", "Readiness over time", desc, chartW, chartH) + gridLines() +
		fmt.Sprintf(`<path class="fill a" d="%s"/><path class="line a" d="%s"/><path class="line b" d="%s"/></svg>`,
			s.area(scores, 100), s.steps(scores, 100), s.steps(ready, 100)))
	return c
}

// burnUp is how many items of a repository's checklist are ticked, under how
// many there are to tick.
func burnUp(id string, days []store.Day, s span) chart {
	c := chart{From: s.from, To: s.to, Head: []string{"Day", "Ticked", "Of", "Score"}}
	if len(days) == 0 {
		c.Empty = true
		return c
	}
	var ticked, of []sample
	top := 0
	for _, d := range days {
		t, all := d.Met+d.Attested+d.Waived, d.Items-d.NotApplicable
		ticked, of, top = append(ticked, sample{d.Day, t}), append(of, sample{d.Day, all}), max(top, all)
		c.Rows = append(c.Rows, chartRow{d.Day, []string{fmt.Sprint(t), fmt.Sprint(all), fmt.Sprintf("%d %%", d.Score)}})
	}
	top = roundUp(top)
	c.Top, c.Mid = fmt.Sprint(top), fmt.Sprint(top/2)
	last := days[len(days)-1]
	desc := fmt.Sprintf("%d of %d items ticked on %s; %d of %d on %s.", ticked[0].value, of[0].value, s.from.Format("2 January 2006"),
		last.Met+last.Attested+last.Waived, last.Items-last.NotApplicable, s.to.Format("2 January 2006"))
	c.SVG = template.HTML(svgHead(id, "plot", "Burn-up", desc, chartW, chartH) + gridLines() +
		fmt.Sprintf(`<path class="line c" d="%s"/><path class="fill a" d="%s"/><path class="line a" d="%s"/></svg>`,
			s.steps(of, top), s.area(ticked, top), s.steps(ticked, top)))
	return c
}

// itemChart is in how many repositories an item was ticked, under in how many
// it applied.
func itemChart(counts []store.Count, s span) chart {
	days := make([]store.Day, 0, len(counts))
	for _, n := range counts {
		days = append(days, store.Day{Day: n.Day, Standing: store.Standing{Items: n.Of, Met: n.Ticked, Score: percent(n.Ticked, n.Of)}})
	}
	c := burnUp("item", days, s)
	c.Head = []string{"Day", "Have it", "Of", "Share"}
	c.SVG = template.HTML(strings.Replace(strings.Replace(string(c.SVG), ">Burn-up<", ">Adoption over time<", 1), " items ticked", " repositories have it", 1))
	return c
}

// roundUp makes an axis end at a number that halves well.
func roundUp(n int) int {
	for _, step := range []int{4, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000} {
		if n <= step*5 {
			return max((n+step-1)/step*step, step)
		}
	}
	return n
}

func percent(part, of int) int {
	if of <= 0 {
		return 0
	}
	return part * 100 / of
}

// histogram counts repositories by tenths of the score.
func histogram(scores []int) chart {
	total, top := 0, 0
	for _, n := range scores {
		total, top = total+n, max(top, n)
	}
	c := chart{Empty: total == 0, Top: fmt.Sprint(top), Head: []string{"Score", "Repositories"}}
	if c.Empty {
		return c
	}
	const w, h, gap = 55.0, 180.0, 6.0
	var b strings.Builder
	for i, n := range scores {
		label := fmt.Sprintf("%d to %d %%", i*10, i*10+9)
		if i == 10 {
			label = "100 %"
		}
		c.Rows = append(c.Rows, chartRow{Cells: []string{label, fmt.Sprint(n)}})
		bar := float64(n) / float64(top) * h
		if n > 0 {
			bar = max(bar, 3)
		}
		fmt.Fprintf(&b, `<rect class="slot" x="%[1]g" y="0" width="%[2]g" height="%[3]g" rx="3"/><rect class="q%[4]d" x="%[1]g" y="%[5]g" width="%[2]g" height="%[6]g" rx="3"><title>%[7]s: %[8]s</title></rect>`,
			float64(i)*w+gap/2, w-gap, h, i, h-bar, bar, label, count(n, "repository", "repositories"))
	}
	desc := fmt.Sprintf("%s; %d of them at 100 %%, %d below 50 %%.", count(total, "repository", "repositories"), scores[10], sum(scores[:5]))
	c.SVG = template.HTML(svgHead("now", "plot", "Repositories by score", desc, w*11, h) + b.String() + `</svg>`)
	return c
}

func sum(all []int) int {
	n := 0
	for _, v := range all {
		n += v
	}
	return n
}

// sparkline is a small trend of scores for a table's row.
func sparkline(days []store.Spark, s span) template.HTML {
	if len(days) == 0 {
		return ""
	}
	if s.to.Sub(days[0].Day) < 48*time.Hour { // a dot at the edge says less
		return `<span class="small muted">new</span>`
	}
	var samples []sample
	for _, d := range days {
		samples = append(samples, sample{d.Day, d.Score})
	}
	first, last := days[0].Score, days[len(days)-1].Score
	label := fmt.Sprintf("from %d %% to %d %%", first, last)
	return template.HTML(fmt.Sprintf(`<svg class="spark" role="img" aria-label="%s" viewBox="0 0 %g %g" preserveAspectRatio="none"><title>%[1]s</title><path class="fill a" d="%[4]s"/><path class="line a" d="%[5]s"/></svg>`,
		label, chartW, chartH, s.area(samples, 100), s.steps(samples, 100)))
}

// stackBar shows a standing's items by state, side by side.
func stackBar(t store.Standing) template.HTML {
	parts := []struct {
		class, word string
		n           int
	}{
		{"met", "met", t.Met}, {"attested", "attested", t.Attested}, {"waived", "waived", t.Waived},
		{"unknown", "unknown", t.Unknown}, {"unmet", "not met", t.Unmet},
	}
	of := t.Items - t.NotApplicable
	if of <= 0 {
		return `<svg class="stack" aria-hidden="true" viewBox="0 0 100 8" preserveAspectRatio="none"><rect class="slot" width="100" height="8"/></svg>`
	}
	var words []string
	var b strings.Builder
	x := 0.0
	for _, p := range parts {
		if p.n == 0 {
			continue
		}
		w := float64(p.n) / float64(of) * 100
		fmt.Fprintf(&b, `<rect class="p-%s" x="%.2f" width="%.2f" height="8"/>`, p.class, x, w)
		x += w
		words = append(words, fmt.Sprintf("%d %s", p.n, p.word))
	}
	label := strings.Join(words, ", ")
	return template.HTML(fmt.Sprintf(`<svg class="stack" role="img" aria-label="%s" viewBox="0 0 100 8" preserveAspectRatio="none"><title>%[1]s</title>%s</svg>`, label, b.String()))
}

// ring is a score as a circle that fills up.
func ring(score int, ready bool) template.HTML {
	class := "r" + fmt.Sprint(min(score/25, 3))
	if ready {
		class = "ready"
	}
	return template.HTML(fmt.Sprintf(`<svg class="score-ring %s" role="img" aria-label="score %d %%" viewBox="0 0 120 120"><circle class="track" cx="60" cy="60" r="52"/><circle class="value" cx="60" cy="60" r="52" pathLength="100" stroke-dasharray="%[2]d 100" transform="rotate(-90 60 60)"/><text x="60" y="70" text-anchor="middle">%[2]d<tspan class="unit" dx="2">%%</tspan></text></svg>`,
		class, score))
}
