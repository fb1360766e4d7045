package store

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"sync"
)

// A compressed text starts with a byte that says how. Small texts stay as they
// are: a header costs more than it saves.
const (
	plain    = 0
	deflated = 1

	smallText = 256 // bytes
)

// writers and buffers are pooled because a flate.Writer is a megabyte.
var writers = sync.Pool{New: func() any {
	w, err := flate.NewWriter(io.Discard, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is a valid constant
	}
	return w
}}

func compress(text []byte) []byte {
	if len(text) >= smallText {
		var b bytes.Buffer
		b.Grow(len(text)/3 + 64)
		b.WriteByte(deflated)
		w := writers.Get().(*flate.Writer)
		defer writers.Put(w)
		w.Reset(&b)
		_, _ = w.Write(text) // a bytes.Buffer takes everything
		_ = w.Close()
		if b.Len() <= len(text) {
			return b.Bytes()
		}
	}
	return append([]byte{plain}, text...)
}

func decompress(b []byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, errors.New("compressed text is empty")
	}
	switch b[0] {
	case plain:
		return b[1:], nil
	case deflated:
		return io.ReadAll(flate.NewReader(bytes.NewReader(b[1:])))
	}
	return nil, fmt.Errorf("compressed text of unknown kind %d", b[0])
}
