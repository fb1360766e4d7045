package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// A small heap may grow to what is free, and one beyond it by little.
func TestPercentFor(t *testing.T) {
	for _, c := range []struct {
		alive, roots uint64
		want         int
	}{{0, 0, freeHeap * 100}, {4 << 20, 0, 850}, {4 << 20, 1 << 20, 680}, {20 << 20, 0, 90}, {30 << 20, 0, 26}, {40 << 20, 0, 16}, {200 << 20, 1 << 20, 16}} {
		if got := percentFor(c.alive, c.roots); got != c.want {
			t.Errorf("%d MiB alive, %d of roots: %d %%, want %d", c.alive>>20, c.roots>>20, got, c.want)
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
