package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// saveDeliveries is how many deliveries a saved state remembers.
const saveDeliveries = 2000

// load reads the saved state, when there is one.
func (s *Server) load() error {
	if s.options.StateFile == "" {
		return nil
	}
	data, err := os.ReadFile(s.options.StateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("emulator: read state: %w", err)
	}
	st := newState()
	if err := json.Unmarshal(data, st); err != nil {
		return fmt.Errorf("emulator: read state %s: %w", s.options.StateFile, err)
	}
	for _, d := range st.Deliveries {
		if !d.Done {
			d.Done, d.Status, d.StatusCode = true, "failed to connect to host", 502
		}
	}
	s.state, s.saved = st, data
	return nil
}

// saveLocked writes the state down, when it changed and Options name a file.
func (s *Server) saveLocked() error {
	if s.options.StateFile == "" {
		return nil
	}
	if n := len(s.state.Deliveries); n > saveDeliveries {
		s.state.Deliveries = slices.Clone(s.state.Deliveries[n-saveDeliveries:])
	}
	data, err := json.Marshal(s.state)
	if err != nil {
		return fmt.Errorf("emulator: save state: %w", err)
	}
	if bytes.Equal(data, s.saved) {
		return nil
	}
	temporary := filepath.Join(filepath.Dir(s.options.StateFile), "."+filepath.Base(s.options.StateFile)+".new")
	if err := os.WriteFile(temporary, data, 0o600); err != nil {
		return fmt.Errorf("emulator: save state: %w", err)
	}
	if err := os.Rename(temporary, s.options.StateFile); err != nil {
		return fmt.Errorf("emulator: save state: %w", err)
	}
	s.saved = data
	return nil
}

// keepSaved saves every few seconds, so that a crash loses little.
func (s *Server) keepSaved() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-time.After(2 * time.Second):
			s.mu.Lock()
			err := s.saveLocked()
			s.mu.Unlock()
			if err != nil {
				s.log.Error("emulator: save", "error", err)
			}
		}
	}
}
