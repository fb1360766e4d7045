package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/store"
)

// deliveriesCommand lists webhook deliveries and has failed ones tried again.
type deliveriesCommand struct {
	serverConfig
	State string `enum:"failed,stuck,received,processed,ignored,all" default:"failed" help:"${enum}. stuck: received more than ten minutes ago and not processed."`
	Limit int    `default:"50" help:"How many to list at most."`
	Retry string `placeholder:"GUID" help:"Have this failed or stuck delivery processed again; all: every one."`
}

// Help shows examples.
func (deliveriesCommand) Help() string {
	return `Examples:
  readyline deliveries
  readyline deliveries --state all --limit 20
  readyline deliveries --retry all`
}

// stuckAfter is how long a delivery may wait before it counts as stuck.
const stuckAfter = 10 * time.Minute

// Run lists or retries.
func (c *deliveriesCommand) Run(ctx context.Context, at console, vars variables) error {
	return c.operate(ctx, at, vars, false, func(p *process) error {
		if c.Retry != "" {
			return c.retry(ctx, at, p)
		}
		list, err := c.list(ctx, p, c.State, c.Limit)
		if err != nil {
			return outside(err)
		}
		if len(list) == 0 {
			_, err := fmt.Fprintf(at.out, "No deliveries that are %s.\n", c.State)
			return err
		}
		w := tabwriter.NewWriter(at.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "RECEIVED\tGUID\tEVENT\tSTATE\tATTEMPTS\tERROR")
		for _, d := range list {
			event := strings.TrimSuffix(d.Event+"."+d.Action, ".")
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\n", d.ReceivedAt.UTC().Format(time.RFC3339), d.GUID, event, d.State, d.Attempts, oneLine(d.Error))
		}
		return w.Flush()
	})
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (c *deliveriesCommand) list(ctx context.Context, p *process, state string, limit int) ([]store.Delivery, error) {
	switch state {
	case "stuck":
		return p.store.StuckDeliveries(ctx, time.Now().Add(-stuckAfter), limit)
	case "all":
		state = ""
	}
	return p.store.Deliveries(ctx, store.DeliveryState(state), time.Now().Add(time.Minute), limit)
}

// retry puts deliveries back into the queue; a server's workers take them.
func (c *deliveriesCommand) retry(ctx context.Context, at console, p *process) error {
	guids := []string{c.Retry}
	if c.Retry == "all" {
		guids = nil
		for _, state := range []string{"failed", "stuck"} {
			list, err := c.list(ctx, p, state, 100_000)
			if err != nil {
				return outside(err)
			}
			for _, d := range list {
				guids = append(guids, d.GUID)
			}
		}
	}
	for _, guid := range guids {
		d, err := p.store.Delivery(ctx, guid)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("--retry %s: there is no such delivery; readyline deliveries lists them", guid)
		}
		if err != nil {
			return outside(err)
		}
		if err := p.again(ctx, d); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(at.out, "%d to be processed again.\n", len(guids))
	return err
}

// again enqueues a delivery that failed, or whose job was lost.
func (p *process) again(ctx context.Context, d store.Delivery) error {
	enqueue := func(tx pgx.Tx) error { return p.worker.Enqueue(ctx, tx, d) }
	switch {
	case d.State == store.Failed:
		_, err := p.store.RetryDelivery(ctx, d.GUID, enqueue)
		return err
	case d.State == store.Received && time.Since(d.ReceivedAt) > stuckAfter:
		return p.store.Tx(ctx, enqueue)
	}
	return failed("--retry %s: it is %s; only failed and stuck deliveries are processed again", d.GUID, d.State)
}
