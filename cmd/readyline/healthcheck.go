package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthcheckCommand asks the server beside it whether it is ready: an image
// without a shell has no other means.
type healthcheckCommand struct {
	Listen string `env:"READYLINE_LISTEN" default:"127.0.0.1:8080" help:"Address that the server listens on."`
}

// Run asks once.
func (c *healthcheckCommand) Run(ctx context.Context) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("READYLINE_LISTEN: %q is not an address like 127.0.0.1:8080", c.Listen)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return failed("healthcheck: %v", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return failed("healthcheck: %s", resp.Status)
	}
	return nil
}
