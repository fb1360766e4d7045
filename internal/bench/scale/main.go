// Command scale tells what a number of repositories and webhooks takes: replicas,
// Postgres, disk, and GitHub's own limits. It plays one hour, second by second,
// with webhooks that come in bursts, and says how long they wait. All constants
// are flags; docs/scale.md says how each was measured.
//
//	go run ./internal/bench/scale -repositories 1000000 -webhooks 100
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
)

// model is what is assumed.
type model struct {
	repositories  int
	installations int
	webhooks      float64 // a second, on average over a busy hour
	burst         float64 // how much more in the worst minute
	years         float64

	appCPU    float64 // milliseconds of a server's processor for a webhook, with the look that it causes
	storeCPU  float64 // of Postgres' for it
	cores     int     // of a replica
	replicas  int     // 0: as many as are needed
	pgCores   int
	delivery  float64 // KiB of database for a webhook, while deliveries are kept
	kept      float64 // days that deliveries are kept
	standing  float64 // KiB of database for a repository, whatever happens
	yearly    float64 // KiB for its history of a year
	busy      float64 // part of a day that is as busy as the busy hour
	perLook   float64 // requests to GitHub for a webhook, on average
	seed      uint64
	patience  float64 // seconds that a webhook may wait, at the 99th percentile
	quotaHour float64 // requests an hour that GitHub allows an installation
}

func main() {
	var m model
	flag.IntVar(&m.repositories, "repositories", 1_000_000, "how many")
	flag.IntVar(&m.installations, "installations", 2_000, "organisations that share them")
	flag.Float64Var(&m.webhooks, "webhooks", 100, "a second, in a busy hour")
	flag.Float64Var(&m.burst, "burst", 5, "how much more in the worst minute")
	flag.Float64Var(&m.years, "years", 3, "of history")
	flag.Float64Var(&m.appCPU, "app-cpu", 17, "milliseconds of a replica's processor for a webhook")
	flag.Float64Var(&m.storeCPU, "postgres-cpu", 17, "milliseconds of Postgres' processors for it (assumed)")
	flag.IntVar(&m.cores, "cores", 4, "of a replica")
	flag.IntVar(&m.replicas, "replicas", 0, "0: as many as are needed")
	flag.IntVar(&m.pgCores, "postgres-cores", 16, "of Postgres")
	flag.Float64Var(&m.delivery, "delivery-kib", 9, "of database for a webhook, while it is kept")
	flag.Float64Var(&m.kept, "kept-days", 14, "that deliveries are kept")
	flag.Float64Var(&m.standing, "standing-kib", 200, "of database for a repository")
	flag.Float64Var(&m.yearly, "yearly-kib", 28, "of database for a repository's year")
	flag.Float64Var(&m.busy, "busy", 0.4, "how much of a day is as busy as that hour")
	flag.Float64Var(&m.perLook, "requests", 2, "to GitHub for a webhook")
	flag.Float64Var(&m.quotaHour, "quota", 12_500, "requests an hour for one installation")
	flag.Float64Var(&m.patience, "patience", 30, "seconds that a webhook may wait, in 99 of 100 cases")
	flag.Uint64Var(&m.seed, "seed", 1, "of the bursts")
	flag.Parse()
	m.report(os.Stdout)
}

// report plays the hour and prints what it takes.
func (m model) report(out io.Writer) {
	say := func(what, format string, args ...any) {
		fmt.Fprintf(out, "%-34s %s\n", what, fmt.Sprintf(format, args...))
	}
	say("repositories, webhooks a second", "%d, %.0f on average, %.0f at worst", m.repositories, m.webhooks, m.webhooks*m.burst)
	n := m.replicas
	if n == 0 {
		n = m.enough()
	}
	waits := m.play(n)
	say("replicas", "%d of %d cores, busy to %.0f %%", n, m.cores, 100*m.webhooks*m.appCPU/1000/float64(n*m.cores))
	say("a webhook waits", "median %.0f s, 99th percentile %.0f s, longest %.0f s", at(waits, 0.5), at(waits, 0.99), at(waits, 1))
	say("Postgres", "%d cores, busy to %.0f %% on average, %.0f %% at worst", m.pgCores, 100*m.postgres(m.webhooks), 100*m.postgres(m.webhooks*m.burst))
	gib := func(kib float64) float64 { return kib / (1 << 20) }
	deliveries := gib(m.webhooks * m.busy * 86400 * m.kept * m.delivery)
	standing, history := gib(float64(m.repositories)*m.standing), gib(float64(m.repositories)*m.yearly*m.years)
	say("database", "%.0f GiB: %.0f standing, %.0f history of %.1f years, %.0f deliveries of %.0f days", standing+history+deliveries, standing, history, m.years, deliveries, m.kept)
	hourly := m.webhooks * 3600 * m.perLook / float64(m.installations)
	say("GitHub, an installation and hour", "%.0f requests of %.0f", hourly, m.quotaHour)
	per := float64(m.repositories) / float64(m.installations)
	say("first issues, an installation", "%.0f, in %.1f days at 300 an hour and 3,000 a day", per, math.Max(per/300/24, per/3000))
	say("what breaks first", "%s", m.first(n, hourly))
}

// postgres is how much of Postgres a number of webhooks a second takes.
func (m model) postgres(webhooks float64) float64 {
	return webhooks * m.storeCPU / 1000 / float64(m.pgCores)
}

// first is what has the least room left.
func (m model) first(replicas int, hourly float64) string {
	limits := []struct {
		used float64
		name string
	}{
		{m.webhooks * m.appCPU / 1000 / float64(replicas*m.cores), "the replicas: add more"},
		{m.postgres(m.webhooks), "Postgres: more cores, or one Postgres for each group of organisations"},
		{hourly / m.quotaHour, "GitHub's hourly limit of an installation: nothing helps but fewer requests"},
	}
	slices.SortFunc(limits, func(a, b struct {
		used float64
		name string
	}) int {
		if a.used > b.used {
			return -1
		}
		return 1
	})
	return fmt.Sprintf("%s (at %.1f times this load)", limits[0].name, 1/limits[0].used)
}

// enough is the least number of replicas with which webhooks wait no longer than
// they may, and that bear the loss of one.
func (m model) enough() int {
	least := int(math.Ceil(m.webhooks * m.appCPU / 1000 / float64(m.cores)))
	for n := max(least, 1); ; n++ {
		if at(m.play(n), 0.99) <= m.patience || n > 10_000 {
			return n + 1
		}
	}
}

// play lets an hour pass and returns how long the webhooks of each second waited.
// One minute in twelve is a burst; what Postgres can't take, waits as well.
func (m model) play(replicas int) []float64 {
	random := rand.New(rand.NewPCG(m.seed, 0))
	perSecond := math.Min(float64(replicas*m.cores)*1000/m.appCPU, float64(m.pgCores)*1000/m.storeCPU)
	quiet := m.webhooks * (12 - m.burst) / 11
	if m.burst >= 12 {
		quiet = 0
	}
	var waiting float64
	var waits []float64
	for second := range 3600 {
		rate := quiet
		if second/60%12 == 6 {
			rate = m.webhooks * m.burst
		}
		came := math.Max(0, rate+random.NormFloat64()*math.Sqrt(rate))
		waiting = math.Max(0, waiting+came-perSecond)
		waits = append(waits, waiting/perSecond)
	}
	slices.Sort(waits)
	return waits
}

// at is a quantile of sorted numbers.
func at(sorted []float64, q float64) float64 {
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
