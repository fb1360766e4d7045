package worker

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/testdb"
)

// A job that panics tells so where people look: at its repository, or at its
// delivery, which is given up with its last attempt.
func TestPanicsAreSeen(t *testing.T) {
	s, ctx := testdb.Open(t), context.Background()
	w := &Worker{Options: Options{Store: s, Log: slog.New(slog.DiscardHandler)}}
	for _, err := range []error{
		s.PutInstallation(ctx, store.Installation{ID: 1, AccountID: 2, AccountLogin: "acme"}),
		s.PutRepository(ctx, store.Repository{ID: 10, InstallationID: 1, Owner: "acme", Name: "api", DefaultBranch: "main", Visibility: "public"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Accept(ctx, []store.Delivery{{GUID: "bad", Event: "push", Payload: []byte(`{}`)}}, nil); err != nil {
		t.Fatal(err)
	}
	panics := func(args river.JobArgs, attempt int) {
		t.Helper()
		raw, err := json.Marshal(args)
		if err != nil {
			t.Fatal(err)
		}
		job := &rivertype.JobRow{Kind: args.Kind(), EncodedArgs: raw, Attempt: attempt, MaxAttempts: 12}
		(&faults{w: w}).HandlePanic(ctx, job, "index out of range", "the stack")
	}

	panics(lookArgs{Repository: 10}, 1)
	troubles, err := s.Troubles(ctx, []int64{1}, 10)
	if err != nil || len(troubles) != 1 || !strings.Contains(troubles[0].Error, "panic: index out of range") {
		t.Errorf("troubles %+v: %v", troubles, err)
	}
	panics(inboxArgs{GUID: "bad"}, 1)
	if d, err := s.Delivery(ctx, "bad"); err != nil || d.State != store.Received {
		t.Errorf("after the first attempt it is %s: %v", d.State, err)
	}
	panics(inboxArgs{GUID: "bad"}, 12)
	if d, err := s.Delivery(ctx, "bad"); err != nil || d.State != store.Failed || !strings.Contains(d.Error, "panic") {
		t.Errorf("after the last attempt it is %s, %q: %v", d.State, d.Error, err)
	}
}
