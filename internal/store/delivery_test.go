package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/store"
	"github.com/readyline/readyline/internal/testdb"
)

func TestDeliveryLists(t *testing.T) {
	s, ctx := testdb.Open(t), context.Background()
	for i, guid := range []string{"a", "b", "c", "d"} {
		must[[]store.Outcome](t)(s.Accept(ctx, []store.Delivery{push(guid)}, nil))
		_, err := s.Pool().Exec(ctx, `update deliveries set received_at = $2 where guid = $1`, guid, at(i))
		ok(t, err)
	}
	ok(t, s.FinishDelivery(ctx, "a", store.Ignored))
	ok(t, s.FailDelivery(ctx, "b", "boom", true))
	guids := func(ds []store.Delivery, err error) (g []string) {
		t.Helper()
		ok(t, err)
		for _, d := range ds {
			g = append(g, d.GUID)
		}
		return g
	}
	far := at(99)
	tests := []struct {
		name string
		got  []string
		want []string
	}{
		{"all", guids(s.Deliveries(ctx, "", far, 10)), []string{"d", "c", "b", "a"}},
		{"a page", guids(s.Deliveries(ctx, "", at(2), 1)), []string{"b"}},
		{"failed", guids(s.Deliveries(ctx, store.Failed, far, 10)), []string{"b"}},
		{"stuck", guids(s.StuckDeliveries(ctx, at(3), 10)), []string{"c"}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
	known := must[map[string]bool](t)(s.KnownDeliveries(ctx, []string{"a", "b", "x"}))
	if diff := cmp.Diff(map[string]bool{"a": true}, known); diff != "" {
		t.Errorf("known: %s", diff)
	}
	enqueued := 0
	enqueue := func(pgx.Tx) error { enqueued++; return nil }
	for _, want := range []bool{true, false} {
		if got := must[bool](t)(s.RetryDelivery(ctx, "b", enqueue)); got != want {
			t.Errorf("retry: %v, want %v", got, want)
		}
	}
	if enqueued != 1 {
		t.Errorf("enqueued %d times", enqueued)
	}
	if n := must[int64](t)(s.PruneDeliveries(ctx, time.Now(), 10)); n != 1 {
		t.Errorf("pruned %d, want the finished one", n)
	}
}

func TestBlobs(t *testing.T) {
	s, ctx := testdb.Open(t), context.Background()
	long := make([]byte, 4096)
	for i := range long {
		long[i] = "terraform"[i%9]
	}
	put := []store.Blob{
		{SHA: "aa", Size: 4, Text: []byte("text")},
		{SHA: "bb", Size: 4096, Text: long},
		{SHA: "cc", Size: 0, Text: []byte{}},
		{SHA: "dd", Size: 2 << 20, Skipped: "too large"},
	}
	missing := must[[]string](t)(s.MissingBlobs(ctx, []string{"dd", "aa", "dd"}))
	if diff := cmp.Diff([]string{"dd", "aa"}, missing); diff != "" {
		t.Error(diff)
	}
	ok(t, s.PutBlobs(ctx, put))
	ok(t, s.PutBlobs(ctx, put[:1]))
	got := must[map[string]store.Blob](t)(s.Blobs(ctx, []string{"aa", "bb", "cc", "dd", "ee"}))
	want := map[string]store.Blob{"aa": put[0], "bb": put[1], "cc": put[2], "dd": put[3]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, err := s.Pool().Exec(ctx, `update blobs set seen_at = now() - interval '90 days'`)
	ok(t, err)
	if m := must[[]string](t)(s.MissingBlobs(ctx, []string{"aa", "ee"})); len(m) != 1 || m[0] != "ee" {
		t.Errorf("missing %v", m)
	}
	if n := must[int64](t)(s.PruneBlobs(ctx, time.Now().AddDate(0, 0, -30), 10)); n != 3 {
		t.Errorf("pruned %d, want those not asked for", n)
	}
	if _, err := s.Blobs(ctx, []string{"not hex"}); err == nil {
		t.Error("a malformed hash is no error")
	}
}
