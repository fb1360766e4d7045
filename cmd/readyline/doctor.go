package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/readyline/readyline/internal/store"
)

// doctorCommand looks at everything that the server needs.
type doctorCommand struct {
	serverConfig
}

// Help shows an example.
func (doctorCommand) Help() string {
	return `Example, with the server's own environment:

  readyline doctor

It changes nothing. It leaves with 1 when something is wrong, and with 3 when an
outside system (database, GitHub, the public address) can't be reached.`
}

// A finding is good, worth knowing, wrong, or could not be found out.
type grade int

const (
	good grade = iota
	notable
	wrong
	unreached
)

func (g grade) String() string { return [...]string{"ok", "note", "wrong", "unreachable"}[g] }

// doctor collects findings.
type doctor struct {
	out    io.Writer
	counts [4]int
}

// say is a finding; do, what to do about it.
func (d *doctor) say(g grade, about, what, do string) {
	d.counts[g]++
	fmt.Fprintf(d.out, "%-12s %-12s %s\n", g, about, what)
	if do != "" {
		fmt.Fprintf(d.out, "%-26sdo: %s\n", "", do)
	}
}

// Run looks at one thing after the other and goes on as far as it can.
func (c *doctorCommand) Run(ctx context.Context, at console, vars variables) (err error) {
	c.settle()
	d := &doctor{out: at.out}
	if faults := vars.with(c.faults()); len(faults) > 0 {
		for _, f := range faults {
			d.say(wrong, "settings", f, "")
		}
		return d.verdict()
	}
	d.say(good, "settings", "complete and well-formed", "")
	p := &process{config: c.serverConfig, role: "worker", log: newLogger(at.err, &c.serverConfig), join: true}
	defer func() { err = errors.Join(err, p.stop(context.WithoutCancel(ctx))) }()
	if p.key, err = c.secretKey(false); err != nil {
		d.say(wrong, "key", err.Error(), "")
	}
	if d.database(ctx, p) {
		d.queue(ctx, p)
		d.app(ctx, p)
	}
	d.address(ctx, c.PublicURL)
	return d.verdict()
}

func (d *doctor) verdict() error {
	switch {
	case d.counts[wrong] > 0:
		return failed("doctor: %d wrong, %d unreachable", d.counts[wrong], d.counts[unreached])
	case d.counts[unreached] > 0:
		return outside(fmt.Errorf("doctor: %d unreachable", d.counts[unreached]))
	}
	return nil
}

// database looks at the database; false when nothing further can be read.
func (d *doctor) database(ctx context.Context, p *process) bool {
	where := "the private Postgres"
	if p.config.DatabaseURL != "" {
		where = "READYLINE_DATABASE_URL"
	}
	if err := p.openStore(ctx); err != nil {
		d.say(unreached, "database", oneLine(err.Error()), "is "+where+" up, and may this machine connect to it?")
		return false
	}
	about, err := p.store.Server(ctx)
	if err != nil {
		d.say(unreached, "database", oneLine(err.Error()), "look at the log of the database")
		return false
	}
	d.say(good, "database", "Postgres "+about.Version, "")
	if about.Superuser && p.config.DatabaseURL != "" {
		d.say(notable, "database", "the server connects as a superuser", "give it a role of its own that owns its database and nothing else")
	}
	d.clock("database", about.Now)
	if err := p.store.SchemaCurrent(ctx); err != nil {
		d.say(wrong, "schema", oneLine(err.Error()), "readyline migrate")
		return false
	}
	d.say(good, "schema", "current", "")
	return true
}

// queue looks at what waits and what failed.
func (d *doctor) queue(ctx context.Context, p *process) {
	counts, err := p.store.Counts(ctx)
	if err != nil {
		d.say(unreached, "queue", oneLine(err.Error()), "")
		return
	}
	d.deliveries(ctx, p, counts)
	jobs, err := p.store.JobCounts(ctx)
	if err != nil {
		d.say(unreached, "queue", oneLine(err.Error()), "")
		return
	}
	dead := 0
	for _, j := range jobs {
		if j.State == "discarded" {
			dead += j.Count
		}
	}
	switch {
	case counts.Failing > 0:
		d.say(wrong, "repositories", fmt.Sprintf("%d of %d fail", counts.Failing, counts.Repositories), "the faults follow")
		d.troubles(ctx, p)
	case counts.Repositories > 0:
		d.say(good, "repositories", fmt.Sprintf("%d, %d assessed, %d waiting", counts.Repositories, counts.Assessed, counts.Behind), "")
	default:
		d.say(notable, "repositories", "none", "install the App on an account; its page on GitHub has the button")
	}
	if dead > 0 {
		d.say(notable, "queue", fmt.Sprintf("%d jobs were given up", dead), "readyline deliveries --state failed, and the log, say why")
	}
}

func (d *doctor) deliveries(ctx context.Context, p *process, counts store.Counts) {
	stuck, err := (&deliveriesCommand{}).list(ctx, p, "stuck", 1000)
	switch {
	case err != nil:
		d.say(unreached, "deliveries", oneLine(err.Error()), "")
	case len(stuck) > 0:
		d.say(wrong, "deliveries", fmt.Sprintf("%d wait for more than %s", len(stuck), stuckAfter), "is a server with the role all or worker running? If so: readyline deliveries --retry all")
	case counts.DeliveriesDead > 0:
		d.say(wrong, "deliveries", fmt.Sprintf("%d failed", counts.DeliveriesDead), "readyline deliveries shows why; readyline deliveries --retry all")
	default:
		d.say(good, "deliveries", fmt.Sprintf("%d waiting, none failed", counts.DeliveriesOpen), "")
	}
}

func (d *doctor) troubles(ctx context.Context, p *process) {
	known, err := p.store.Installations(ctx)
	if err != nil {
		return // said when they were counted
	}
	var ids []int64
	for _, in := range known {
		ids = append(ids, in.ID)
	}
	troubles, err := p.store.Troubles(ctx, ids, 10)
	if err != nil {
		return
	}
	for _, t := range troubles {
		d.say(notable, "repository", t.Owner+"/"+t.Name+": "+oneLine(t.Error), "")
	}
}
