package templates

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
)

// Version identifies what ships: it changes when any checklist or control does.
func Version() string {
	h := sha256.New()
	err := fs.WalkDir(FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := FS.ReadFile(path)
		h.Write([]byte(path))
		h.Write(text)
		return err
	})
	if err != nil { // of files in the binary
		panic(err)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
