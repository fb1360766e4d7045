package main

import (
	"os"
	"runtime"
	"runtime/debug"
	heap "runtime/metrics"
	"sync"
)

// freeHeap is how many bytes a short run may take before anything of them is
// collected. With what the program is itself, that is below 100 MiB.
const freeHeap = 38 << 20

// collectSeldom makes a short run collect its garbage seldom: most of them end
// before the first time. It ends with the function that it returns. Who sets
// GOGC or GOMEMLIMIT knows better.
func collectSeldom() (end func()) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	p := &pace{before: debug.SetGCPercent(percentFor(minimalHeap, 0))}
	p.watch()
	return p.end
}

// minimalHeap is what the runtime takes for alive, in bytes, until it has
// looked: the four megabytes from which on it would collect, at 100 percent.
const minimalHeap = 4 << 20

// percentFor is by how much a heap may grow of which so many bytes are alive:
// beyond what is free by little, for there room counts for more than time. The
// runtime lets the heap grow by so much of the roots, too, that it looks through.
func percentFor(alive, roots uint64) int {
	room := freeHeap - int(min(alive, freeHeap))
	return max(16, room*100/int(max(alive+roots, 1)))
}

// pace is how often garbage is collected, while a short run lasts.
type pace struct {
	before int // the percentage, to go back to
	lock   sync.Mutex
	over   bool
}

// watch sets the pace anew after each collection, of which it learns by
// something that nobody holds on to.
func (p *pace) watch() {
	runtime.SetFinalizer(new([1]*byte), func(*[1]*byte) {
		p.lock.Lock()
		defer p.lock.Unlock()
		if p.over {
			return
		}
		seen := []heap.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/globals:bytes"}, {Name: "/gc/scan/stack:bytes"}}
		heap.Read(seen)
		debug.SetGCPercent(percentFor(seen[0].Value.Uint64(), seen[1].Value.Uint64()+seen[2].Value.Uint64()))
		p.watch()
	})
}

func (p *pace) end() {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.over = true
	debug.SetGCPercent(p.before)
}
