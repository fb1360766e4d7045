package main

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/worker"
)

// metrics are the numbers under /metrics. None has a repository, a person or a
// secret in its labels.
type metrics struct {
	registry *prometheus.Registry
	jobs     *prometheus.HistogramVec
	waits    *prometheus.HistogramVec
	requests *prometheus.CounterVec
	took     prometheus.Histogram

	mu   sync.Mutex
	left map[string]float64 // smallest share left of each limit since the last scrape
}

func newMetrics() *metrics {
	seconds := []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		jobs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "readyline_job_duration_seconds", Help: "How long jobs ran, by kind and outcome.", Buckets: seconds,
		}, []string{"kind", "outcome"}),
		waits: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "readyline_job_wait_seconds", Help: "How long jobs waited before they ran.", Buckets: seconds,
		}, []string{"kind"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "readyline_github_requests_total", Help: "Requests to GitHub by method and status; status 0: no answer.",
		}, []string{"method", "status"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "readyline_github_request_duration_seconds", Help: "How long GitHub took to answer.", Buckets: seconds,
		}),
		left: map[string]float64{},
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "readyline_build_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.jobs, m.waits, m.requests, m.took, build, rates{m},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// job counts a job that ended.
func (m *metrics) job(e worker.Ended) {
	m.jobs.WithLabelValues(e.Kind, e.Outcome).Observe(e.Took.Seconds())
	m.waits.WithLabelValues(e.Kind).Observe(e.Waited.Seconds())
}

// request counts a request to GitHub.
func (m *metrics) request(e github.Exchange) {
	m.requests.WithLabelValues(e.Method, strconv.Itoa(e.Status)).Inc()
	m.took.Observe(e.Took.Seconds())
	if e.Resource == "" || e.Limit == 0 {
		return
	}
	share := float64(e.Remaining) / float64(e.Limit)
	m.mu.Lock()
	if old, ok := m.left[e.Resource]; !ok || share < old {
		m.left[e.Resource] = share
	}
	m.mu.Unlock()
}

// rates shows how near limits are. Every installation has limits of its own;
// the nearest counts.
type rates struct{ m *metrics }

func rateDesc() *prometheus.Desc {
	return prometheus.NewDesc("readyline_github_rate_remaining_ratio",
		"The smallest share of a rate limit that was left in any answer since the last scrape.", []string{"resource"}, nil)
}

// Describe is for prometheus.
func (r rates) Describe(out chan<- *prometheus.Desc) { out <- rateDesc() }

// Collect hands over what was seen, and forgets it.
func (r rates) Collect(out chan<- prometheus.Metric) {
	r.m.mu.Lock()
	seen := r.m.left
	r.m.left = map[string]float64{}
	r.m.mu.Unlock()
	for resource, share := range seen {
		out <- prometheus.MustNewConstMetric(rateDesc(), prometheus.GaugeValue, share, resource)
	}
}

// stored shows what the database counts: the same from every replica, so
// dashboards take the maximum.
type stored struct {
	store *store.Store

	mu     sync.Mutex
	asked  time.Time
	counts store.Counts
	jobs   []store.JobCount
	good   bool

	limits  []store.Budget
	written []store.SpentShare
	pauses  []store.BudgetPause
}

// storedFor is how long counts are shown before they are counted again.
const storedFor = 10 * time.Second

func storedDesc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("readyline_"+name, help, labels, nil)
}

// Describe names nothing: what is there depends on the database's answer.
func (s *stored) Describe(chan<- *prometheus.Desc) {}

// Collect asks the database, at most every few seconds.
func (s *stored) Collect(out chan<- prometheus.Metric) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	gauge := func(value float64, name, help string, labelled ...string) {
		var names, values []string
		for i := 0; i < len(labelled); i += 2 {
			names, values = append(names, labelled[i]), append(values, labelled[i+1])
		}
		out <- prometheus.MustNewConstMetric(storedDesc(name, help, names...), prometheus.GaugeValue, value, values...)
	}
	up := 0.0
	if s.good {
		up = 1
	}
	gauge(up, "database_up", "Whether the database answers.")
	if !s.good {
		return
	}
	c, now := s.counts, time.Now()
	gauge(float64(c.Installations), "installations", "Accounts on which the App is installed.")
	repositories := "Repositories by what became of them."
	gauge(float64(c.Repositories), "repositories", repositories, "state", "all")
	gauge(float64(c.Assessed), "repositories", repositories, "state", "assessed")
	gauge(float64(c.Behind), "repositories", repositories, "state", "behind")
	gauge(float64(c.Skipped), "repositories", repositories, "state", "skipped")
	gauge(float64(c.Failing), "repositories", repositories, "state", "failing")
	gauge(age(now, c.BehindSince), "behind_seconds", "How long the oldest head has waited to be looked at.")
	gauge(float64(c.IssuesOpen), "issues_open", "Open issues of ours.")
	gauge(float64(c.DeliveriesOpen), "deliveries", "Webhook deliveries by state.", "state", "waiting")
	gauge(float64(c.DeliveriesDead), "deliveries", "Webhook deliveries by state.", "state", "failed")
	gauge(age(now, c.OldestDelivery), "oldest_delivery_seconds", "How long the oldest delivery has waited.")
	gauge(float64(c.DatabaseBytes), "database_bytes", "Size of the database.")
	s.budgets(gauge, now)
	for _, j := range s.jobs {
		gauge(float64(j.Count), "jobs", "Jobs that are not completed, by kind and state.", "kind", j.Kind, "state", j.State)
	}
}

// budgets shows what each installation may still ask of GitHub.
func (s *stored) budgets(gauge func(value float64, name, help string, labelled ...string), now time.Time) {
	for _, b := range s.limits {
		left := b.Remaining
		if !b.ResetAt.After(now) {
			left = b.Quota
		}
		id := strconv.FormatInt(b.InstallationID, 10)
		gauge(float64(left), "github_budget_left", "Requests of the hour that are left.", "installation", id, "resource", b.Resource)
		gauge(float64(b.Reserve()), "github_budget_reserve", "Requests of the hour that are kept for what people wait for.", "installation", id, "resource", b.Resource)
	}
	for _, w := range s.written {
		gauge(float64(w.Used), "github_content_written", "Issues, comments and checks written within an hour, of 500 that GitHub allows.",
			"installation", strconv.FormatInt(w.InstallationID, 10))
	}
	for _, p := range s.pauses {
		gauge(max(p.Until.Sub(now).Seconds(), 0), "github_paused_seconds", "How long GitHub still wants no request.",
			"installation", strconv.FormatInt(p.InstallationID, 10))
	}
}

func age(now time.Time, since *time.Time) float64 {
	if since == nil {
		return 0
	}
	return max(now.Sub(*since).Seconds(), 0)
}

func (s *stored) refresh() {
	if time.Since(s.asked) < storedFor {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var err, jobs error
	s.counts, err = s.store.Counts(ctx)
	s.jobs, jobs = s.store.JobCounts(ctx)
	var limits, written, pauses error
	s.limits, limits = s.store.Budgets(ctx)
	s.written, written = s.store.Spent(ctx, store.ContentHour, time.Hour)
	s.pauses, pauses = s.store.Pauses(ctx)
	s.asked, s.good = time.Now(), errors.Join(err, jobs, limits, written, pauses) == nil
}
