//go:build linux

package main

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestSoak keeps one server busy and looks whether it stays as it is:
// goroutines, memory and connections must not grow, and the database only by
// what it was told. A few seconds here; `make soak` is half an hour.
func TestSoak(t *testing.T) {
	length := time.Duration(number("READYLINE_SOAK_SECONDS", 8)) * time.Second
	rate := number("READYLINE_SOAK_RATE", 5) // events a second
	c := &chaos{
		t: t, seed: number("READYLINE_CHAOS_SEED", 1), repositories: number("READYLINE_SOAK_REPOSITORIES", 8), hands: 0,
		seen: &witness{bodies: map[int64]map[string]shown{}},
	}
	c.begin(1)
	c.fleet.tell = nil // remembers no bodies
	c.onboard()
	c.settled()
	c.busy(length/4, rate) // until caches are full
	before := c.sample()
	t.Logf("after a quarter: %s", before)
	worst := before
	for range 6 {
		c.busy(length/8, rate)
		now := c.sample()
		t.Logf("%s", now)
		worst = now
	}
	grown := func(what string, was, is, slack float64) {
		if is > 1.2*was+slack {
			t.Errorf("%s grew from %.0f to %.0f", what, was, is)
		}
	}
	grown("goroutines", before.goroutines, worst.goroutines, 20)
	grown("memory, MiB", before.memory, worst.memory, 40)
	grown("connections", before.connections, worst.connections, 3)
	if told := worst.deliveries - before.deliveries; told > 0 {
		each := (worst.disk - before.disk) * 1024 / told
		t.Logf("%.0f deliveries, each %.1f KiB of database and %.1f ms of the server's processor", told, each, (worst.cpu-before.cpu)*1000/told)
		if each > 256 {
			t.Errorf("a delivery costs %.0f KiB of database", each)
		}
	}
	c.settled()
	c.jobs()
}

// busy does things at a rate for a while.
func (c *chaos) busy(length time.Duration, rate int) {
	const people = 4
	var all sync.WaitGroup
	end := time.Now().Add(length)
	for p := range people {
		all.Go(func() {
			random := c.random(3000 + p)
			ticks := time.NewTicker(people * time.Second / time.Duration(rate))
			defer ticks.Stop()
			for time.Now().Before(end) {
				<-ticks.C
				mine := p + people*random.IntN((len(c.all)-p+people-1)/people)
				c.act(random, c.all[mine], c.count.Add(1))
			}
		})
	}
	all.Wait()
}

// sampled is what a server takes, and how much it was told.
type sampled struct{ goroutines, memory, connections, disk, deliveries, cpu float64 }

func (s sampled) String() string {
	return fmt.Sprintf("%.0f goroutines, %.0f MiB of memory, %.0f connections, %.1f MiB of database, %.0f deliveries",
		s.goroutines, s.memory, s.connections, s.disk, s.deliveries)
}

// sample measures the one replica, once it has done all that it was told.
func (c *chaos) sample() sampled {
	c.settled()
	r := c.fleet.replicas[0]
	s := sampled{
		connections: float64(c.number(`select count(*) from pg_stat_activity where application_name = 'readyline'`)),
		disk:        float64(c.number(`select pg_database_size(current_database()) / 1024`)) / 1024,
		deliveries:  float64(c.number(`select count(*) from deliveries`)),
	}
	resp, err := http.Get("http://" + r.listen + "/metrics")
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "go_goroutines "); ok {
			s.goroutines, _ = strconv.ParseFloat(value, 64)
		}
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.pid()))
	if err != nil {
		c.t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(value)[0], 64)
			s.memory = kib / 1024
		}
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.pid()))
	if err != nil {
		c.t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	for _, ticks := range strings.Fields(after)[11:13] { // user and system, in hundredths
		n, _ := strconv.ParseFloat(ticks, 64)
		s.cpu += n / 100
	}
	if s.goroutines == 0 || s.memory == 0 {
		c.t.Fatalf("nothing measured: %s", s)
	}
	return s
}

func (r *replica) pid() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cmd.Process.Pid
}
