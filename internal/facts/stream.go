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
	visit
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

func (b *batch) add(v visit, text []byte) {
	if b.text == nil {
		b.works, b.text = make([]work, 0, batchFiles), make([]byte, 0, batchSize)
	}
	w := work{visit: v}
	if v.task >= 0 {
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

// stream reads the texts and looks at them beside each other. Those that lie ready
// are looked at by who reads them. The others come one by one, and each belongs to
// the tree, so workers get a copy: no more of them are held than a batch for each
// processor, and one more on its way.
func (r *reader) stream(ctx context.Context) error {
	todo := r.pending()
	told := &progress{of: len(todo), tell: r.opts.Progress}
	todo, err := r.ready(ctx, todo, told)
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	if len(todo) == 0 {
		return nil
	}
	var crew Crew
	queue := make(chan *batch)
	spare := make(chan *batch, runtime.GOMAXPROCS(0)+1)
	for range cap(spare) {
		spare <- &batch{}
	}
	for range runtime.GOMAXPROCS(0) {
		crew.Go(func() {
			defer func() {
				for b := range queue { // left over by a panic: nobody is to wait for it
					b.empty()
					spare <- b
				}
			}()
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
	for part := range slices.Chunk(todo, portion) {
		if err = cmp.Or(err, ctx.Err()); err == nil {
			err = r.portion(ctx, part, func(v visit, text []byte) {
				filling.add(v, text)
				hand(true)
			}, told.one)
		}
	}
	hand(false)
	close(queue)
	crew.Wait()
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
		if w.task < 0 {
			text = b.text[from:w.at:w.at]
			from = w.at
		}
		if w.want > 0 {
			r.opts.OnText(r.files[w.file], int(w.want), text)
		}
		if w.task >= 0 {
			r.tasks[w.task].read(r.table, text, r.layout, r.asking)
		}
		w.text = nil
	}
}

// progress counts the files that were read, whoever read them.
type progress struct {
	of   int
	tell func(done, of int)
	lock sync.Mutex
	done int
}

func (p *progress) one() {
	if p.tell == nil {
		return
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	p.done++
	p.tell(p.done, p.of)
}

// ready looks at the texts that lie ready, and returns the files that are left.
func (r *reader) ready(ctx context.Context, todo []visit, told *progress) ([]visit, error) {
	if r.tree.Ready == nil || len(todo) == 0 {
		return todo, nil
	}
	index := make(map[string]visit, len(todo))
	paths := make([]string, 0, len(todo))
	for _, v := range todo {
		index[r.files[v.file].Path] = v
		paths = append(paths, r.files[v.file].Path)
	}
	paths, err := r.tree.Ready(ctx, paths, func(path string, text []byte, err error) {
		if ctx.Err() != nil {
			return
		}
		v := index[path]
		if err != nil || len(text) > maxText {
			r.unreadable(v, err)
			told.one()
			return
		}
		if v.want > 0 {
			r.opts.OnText(r.files[v.file], int(v.want), text)
		}
		if v.task >= 0 { // parsers may keep the text
			r.tasks[v.task].read(r.table, bytes.Clone(text), r.layout, r.asking)
		}
		told.one()
	})
	rest := make([]visit, 0, len(paths))
	for _, path := range paths {
		rest = append(rest, index[path])
	}
	return rest, err
}

// portion bounds how many files are asked for at a time.
const portion = 10_000

// portion hands some texts over.
func (r *reader) portion(ctx context.Context, todo []visit, hand func(visit, []byte), progress func()) error {
	index := make(map[string]visit, len(todo))
	paths := make([]string, 0, len(todo))
	for _, v := range todo {
		index[r.files[v.file].Path] = v
		paths = append(paths, r.files[v.file].Path)
	}
	err := r.tree.Text(ctx, paths, func(path string, text []byte, err error) {
		v, ok := index[path]
		if !ok || ctx.Err() != nil {
			return
		}
		delete(index, path)
		if err != nil || len(text) > maxText {
			r.unreadable(v, err)
		} else {
			hand(v, text)
		}
		progress()
	})
	if err != nil {
		return err
	}
	for _, v := range index {
		r.unreadable(v, errors.New("not in the snapshot"))
	}
	return nil
}

// unreadable notes why a file has no text; nil: it is too large.
func (r *reader) unreadable(v visit, err error) {
	if v.task >= 0 {
		r.tasks[v.task].unread(r.table, err)
	}
}

// pending is the files to be read.
func (r *reader) pending() []visit {
	r.visits = slices.DeleteFunc(r.visits, func(v visit) bool {
		large := r.files[v.file].Size > maxText
		if large {
			r.unreadable(v, nil)
		}
		return large
	})
	return r.visits
}
