package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// A normal stop logs no error; faults do.
func TestTheQueueStopsInSilence(t *testing.T) {
	var out strings.Builder
	log := quieter(slog.New(slog.NewTextHandler(&out, nil)))
	log.Error("maintenance.Enqueuer: Error starting transaction", "error", context.Canceled.Error())
	log.Error("leadership.Elector: Error", "err", fmt.Errorf("elect: %w", context.Canceled))
	log.Error("notifier.Notifier: Error unlistening on topic", "err", errors.New("conn closed"))
	log.Info("chatter")
	if out.Len() > 0 {
		t.Errorf("logged\n%s", out.String())
	}
	log.Error("maintenance.Enqueuer: Error starting transaction", "error", "connection refused")
	if !strings.Contains(out.String(), "connection refused") {
		t.Error("a fault is not logged")
	}
}
