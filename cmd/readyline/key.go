package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/readyline/readyline/internal/devdb"
)

// dataDir is where keys and the private Postgres live.
func (c *serverConfig) dataDir() (string, error) {
	if c.DataDir != "" {
		return c.DataDir, nil
	}
	return devdb.DefaultDir()
}

// keyFile is the generated key in the data directory.
const keyFile = "readyline.key"

// secretKey is the key that seals secrets: the configured one, or the one in
// the data directory, made when there is none and create is set. It is nil when
// there is neither and none is made.
func (c *serverConfig) secretKey(create bool) ([]byte, error) {
	if c.Key != "" {
		return []byte(c.Key), nil
	}
	dir, err := c.dataDir()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, keyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && create {
		err = makeKey(dir, path)
		if err == nil {
			text, err = os.ReadFile(path)
		}
	}
	switch {
	case errors.Is(err, os.ErrNotExist) && !create:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("key that encrypts secrets: %w; set READYLINE_KEY, or READYLINE_DATA_DIR to a directory that can be written", err)
	}
	key := strings.TrimSpace(string(text))
	if len(key) < minKey {
		return nil, fmt.Errorf("key that encrypts secrets: %s holds %d characters, at least %d are wanted; restore it from your backup", path, len(key), minKey)
	}
	return []byte(key), nil
}

// makeKey writes a new key, whole or not at all. When two do so at once, the
// first one's counts.
func makeKey(dir, path string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	raw := make([]byte, 32)
	rand.Read(raw) // never fails
	f, err := os.CreateTemp(dir, ".key-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(raw) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}
