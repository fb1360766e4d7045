package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// A small heap may grow to what is free, and one beyond it by little.
func TestPercentFor(t *testing.T) {
	for _, c := range []struct {
		alive uint64
		want  int
	}{{0, freeHeap*100 - 100}, {4 << 20, 900}, {20 << 20, 100}, {30 << 20, 33}, {40 << 20, 20}, {200 << 20, 20}} {
		if got := percentFor(c.alive); got != c.want {
			t.Errorf("%d MiB alive: %d %%, want %d", c.alive>>20, got, c.want)
		}
	}
}

// Collecting seldom ends with the run, whatever was collected meanwhile.
func TestCollectSeldomEnds(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	end := collectSeldom()
	for range 3 {
		runtime.GC()
	}
	end()
	runtime.GC()
	if got := debug.SetGCPercent(77); got != 77 {
		t.Errorf("%d %% afterwards, want 77", got)
	}
}
