package facts

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

func isPackageJSON(p place, _ *layout) bool { return p.base == "package.json" }

// readPackageJSON reads the dependency tables of an npm manifest. Optional and
// peer packages are there when the program runs, so they count as run-time.
func readPackageJSON(path string, text []byte) ([]Fact, []Warning) {
	lines := newLineIndex(text)
	dec := json.NewDecoder(bytes.NewReader(text))
	var all []declared
	copied, public, private := false, false, false
	err := members(dec, func(key string) error {
		switch key {
		case "_resolved", "_integrity", "_shasum":
			copied = true
			return skipJSON(dec)
		case "publishConfig":
			public = true
			return skipJSON(dec)
		case "private":
			private = true
			return skipJSON(dec)
		case "dependencies", "devDependencies", "optionalDependencies", "peerDependencies":
		default:
			return skipJSON(dec)
		}
		return members(dec, func(name string) error {
			line := lines.of(int(dec.InputOffset()) - 1)
			version, err := nextText(dec)
			all = append(all, declared{name, version, key == "devDependencies", line})
			return err
		})
	})
	if err != nil {
		return nil, broken(path, jsonErrorLine(err, dec, lines), "package.json: "+err.Error())
	}
	if copied || public && !private && isServed(path) {
		return nil, nil
	}
	return dependencies("npm", path, all), nil
}

// isServed tells of a path below a folder of files that a server hands out as
// they are. A package in there that is published on its own was copied.
func isServed(path string) bool {
	dir := path[:max(strings.LastIndexByte(path, '/'), 0)]
	for seg := range strings.SplitSeq(dir, "/") {
		switch seg {
		case "static", "public", "assets", "wwwroot", "webroot", "htdocs":
			return dir != seg
		}
	}
	return false
}

// members calls f at each member of the object that comes next; anything but
// an object is skipped. f must consume the value.
func members(dec *json.Decoder, f func(key string) error) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	if t == json.Delim('[') {
		for dec.More() {
			if err := skipJSON(dec); err != nil {
				return err
			}
		}
		_, err = dec.Token()
		return err
	}
	if t != json.Delim('{') {
		return nil
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		if err := f(key.(string)); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

// skipJSON reads over the value that comes next.
func skipJSON(dec *json.Decoder) error {
	var raw json.RawMessage
	return dec.Decode(&raw)
}

// nextText is the string that comes next; any other value is empty.
func nextText(dec *json.Decoder) (string, error) {
	var v any
	if err := dec.Decode(&v); err != nil {
		return "", err
	}
	s, _ := v.(string)
	return s, nil
}

// jsonErrorLine is the line at which a JSON text stops being JSON.
func jsonErrorLine(err error, dec *json.Decoder, lines lineIndex) int {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return lines.of(int(syntax.Offset) - 1)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return len(lines)
	}
	return lines.of(int(dec.InputOffset()))
}
