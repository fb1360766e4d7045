package facts

import (
	"bytes"
	"encoding/json"
	"strings"
)

func isComposer(p place, _ *layout) bool { return p.base == "composer.json" }

// readComposer reads require and require-dev; the platform (php, ext-*) is no
// package.
func readComposer(path string, text []byte) ([]Fact, []Warning) {
	lines := newLineIndex(text)
	dec := json.NewDecoder(bytes.NewReader(text))
	var all []declared
	err := members(dec, func(key string) error {
		if key != "require" && key != "require-dev" {
			return skipJSON(dec)
		}
		return members(dec, func(name string) error {
			line := lines.of(int(dec.InputOffset()) - 1)
			version, err := nextText(dec)
			if strings.Contains(name, "/") {
				all = append(all, declared{name, version, key == "require-dev", line})
			}
			return err
		})
	})
	if err != nil {
		return nil, broken(path, jsonErrorLine(err, dec, lines), "composer.json: "+err.Error())
	}
	return dependencies("composer", path, all), nil
}
