package facts

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// work is a text on its way to the parsers, or to OnText alone.
type work struct {
	t    *task
	text []byte // of a file that a format claims: parsers may keep it
	at   int    // where the text ends in that of the batch, for others
}

// batch is files that lie beside each other, on their way to one worker.
type batch struct {
	works []work
	text  []byte // of those that only OnText sees, one behind the other
	size  int    // bytes of all texts
}

// A batch is full with so many files or bytes.
const (
	batchFiles = 64
	batchSize  = 256 << 10
)

func (b *batch) full() bool { return len(b.works) >= batchFiles || b.size >= batchSize }

func (b *batch) add(t *task, text []byte) {
	w := work{t: t}
	if t.formats != 0 {
		w.text = bytes.Clone(text)
	} else {
		b.text = append(b.text, text...)
		w.at = len(b.text)
	}
	b.works = append(b.works, w)
	b.size += len(text)
}

func (b *batch) empty() {
	clear(b.works)
	b.works, b.text, b.size = b.works[:0], b.text[:0], 0
}

// stream reads the texts and looks at them beside each other: each belongs to
// the tree, so workers get a copy. No more of them are held than a batch for
// each processor, and one more on its way.
func (r *reader) stream(ctx context.Context) error {
	todo := r.pending()
	if len(todo) == 0 {
		return ctx.Err()
	}
	var group sync.WaitGroup
	queue := make(chan *batch)
	spare := make(chan *batch, runtime.GOMAXPROCS(0)+1)
	for range cap(spare) {
		spare <- &batch{}
	}
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for b := range queue {
				r.see(b)
				b.empty()
				spare <- b
			}
		})
	}
	filling := <-spare
	hand := func(full bool) {
		if len(filling.works) > 0 && (!full || filling.full()) {
			queue <- filling
			filling = <-spare
		}
	}
	var err error
	done := 0
	for part := range slices.Chunk(todo, portion) {
		if err = cmp.Or(err, ctx.Err()); err == nil {
			err = r.portion(ctx, part, func(t *task, text []byte) {
				filling.add(t, text)
				hand(true)
			}, func() {
				if done++; r.opts.Progress != nil {
					r.opts.Progress(done, len(todo))
				}
			})
		}
	}
	hand(false)
	close(queue)
	group.Wait()
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	return nil
}

// see looks at the texts of a batch.
func (r *reader) see(b *batch) {
	from := 0
	for i := range b.works {
		w := &b.works[i]
		text := w.text
		if w.t.formats == 0 {
			text = b.text[from:w.at:w.at]
			from = w.at
		}
		if w.t.want > 0 {
			r.opts.OnText(*w.t.file, int(w.t.want), text)
		}
		if w.t.formats != 0 {
			w.t.read(r.table, text, r.layout)
		}
		w.text = nil
	}
}

// portion bounds how many files are asked for at a time.
const portion = 10_000

// portion hands the texts of some tasks over.
func (r *reader) portion(ctx context.Context, todo []int32, hand func(*task, []byte), progress func()) error {
	index := make(map[string]int32, len(todo))
	paths := make([]string, 0, len(todo))
	for _, i := range todo {
		index[r.tasks[i].file.Path] = i
		paths = append(paths, r.tasks[i].file.Path)
	}
	err := r.tree.Text(ctx, paths, func(path string, text []byte, err error) {
		i, ok := index[path]
		if !ok || ctx.Err() != nil {
			return
		}
		delete(index, path)
		if t := &r.tasks[i]; err != nil || len(text) > maxText {
			t.unread(r.table, err)
		} else {
			hand(t, text)
		}
		progress()
	})
	if err != nil {
		return err
	}
	for _, i := range index {
		r.tasks[i].unread(r.table, errors.New("not in the snapshot"))
	}
	return nil
}

// pending is the tasks whose files are to be read.
func (r *reader) pending() []int32 {
	todo := make([]int32, 0, len(r.tasks))
	for i := range r.tasks {
		if t := &r.tasks[i]; t.file.Size > maxText {
			t.oversize(r.table)
		} else {
			todo = append(todo, int32(i))
		}
	}
	return todo
}
