package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
)

// SetSettings replaces all settings of owner/name and announces what changed by
// the events that GitHub would send. Ids, numbers and times of things that were
// there before are kept.
func (s *Server) SetSettings(owner, name string, settings RepoSettings) error {
	repo := s.Repository(owner, name)
	if repo == nil {
		return fmt.Errorf("emulator: set settings: no repository %s/%s", owner, name)
	}
	patch, err := encodeSettings(settings)
	if err != nil {
		return fmt.Errorf("emulator: set settings of %s/%s: %w", owner, name, err)
	}
	return s.changeSettings(s.ctx, repo, patch, true)
}

// putSettings is PUT /_emulator/repos/{owner}/{repo}/settings: the keys given
// replace what was there, null resets one, the others stay. It answers the result.
func (s *Server) putSettings(w http.ResponseWriter, r *http.Request) {
	owner, name := chi.URLParam(r, "owner"), chi.URLParam(r, "repo")
	repo := s.Repository(owner, name)
	if repo == nil {
		writeNotFound(w)
		return
	}
	var patch map[string]json.RawMessage
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 8<<20))
	if err == nil {
		err = json.Unmarshal(body, &patch)
	}
	if err != nil {
		writeError(w, http.StatusBadRequest, err.Error())
		return
	}
	if err := s.changeSettings(r.Context(), repo, patch, false); err != nil {
		writeError(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	s.getSettings(w, r)
}

// getSettings is GET /_emulator/repos/{owner}/{repo}/settings.
func (s *Server) getSettings(w http.ResponseWriter, r *http.Request) {
	settings, err := s.Settings(chi.URLParam(r, "owner"), chi.URLParam(r, "repo"))
	if err != nil {
		writeNotFound(w)
		return
	}
	writeJSON(w, http.StatusOK, settings)
}

func (s *Server) changeSettings(ctx context.Context, repo *Repository, patch map[string]json.RawMessage, replace bool) error {
	git := s.gitOrNil(ctx, repo)
	s.mu.Lock()
	defer s.mu.Unlock()
	before, err := s.viewSettingsLocked(repo, git)
	if err != nil {
		return err
	}
	merged, err := mergeSettings(repo.Settings, patch, replace)
	if err != nil {
		return fmt.Errorf("settings of %s: %w", before.fullName(), err)
	}
	after := before
	after.RepoSettings = merged
	after.fill(s.state.id, s.now().UTC().Truncate(time.Second))
	if repo.Settings, err = encodeSettings(after.RepoSettings); err != nil {
		return fmt.Errorf("settings of %s: %w", before.fullName(), err)
	}
	s.announceSettingsLocked(before, after)
	return nil
}

func mergeSettings(stored, patch map[string]json.RawMessage, replace bool) (RepoSettings, error) {
	merged := map[string]json.RawMessage{}
	if !replace {
		maps.Copy(merged, stored)
	}
	for key, given := range patch {
		if string(given) == "null" {
			delete(merged, key)
			continue
		}
		kept, err := carry(stored[key], given)
		if err != nil {
			return RepoSettings{}, fmt.Errorf("%s: %w", key, err)
		}
		merged[key] = kept
	}
	data, err := json.Marshal(merged)
	if err != nil {
		return RepoSettings{}, err
	}
	var settings RepoSettings
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields() // a misspelt setting would seem to have no effect
	err = dec.Decode(&settings)
	return settings, err
}

func encodeSettings(settings RepoSettings) (map[string]json.RawMessage, error) {
	data, err := json.Marshal(settings)
	if err != nil {
		return nil, err
	}
	stored := map[string]json.RawMessage{}
	err = json.Unmarshal(data, &stored)
	return stored, err
}
