package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// artefacts are the files by which people run the server, from the
// repository's root.
func artefacts(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	files := map[string]string{}
	add := func(path string) {
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.ToSlash(path)] = string(text)
	}
	for _, path := range []string{
		"Dockerfile", "docker-compose.yml", "action.yml", ".pre-commit-hooks.yaml", ".goreleaser.yaml",
		".github/dependabot.yml", ".github/workflows/release.yml", ".github/workflows/ci.yml",
	} {
		add(path)
	}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		short, err := filepath.Rel(root, path)
		if err == nil && !strings.HasSuffix(path, ".png") {
			add(short)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// variableNames are the environment variables that some command reads and
// tells of.
func variableNames(t *testing.T) map[string]bool {
	t.Helper()
	k, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{"READYLINE_PG_BIN": true}
	_ = kong.Visit(k.Model, func(node kong.Visitable, next kong.Next) error {
		if v, ok := node.(*kong.Flag); ok && !v.Hidden {
			for _, env := range v.Envs {
				out[env], out[env+"_FILE"] = true, true
			}
		}
		return next(nil)
	})
	return out
}

var variableForm = regexp.MustCompile(`\bREADYLINE_[A-Z0-9_]*[A-Z0-9]\b`)

// Whoever follows a document or deploys an artefact sets variables that exist.
func TestArtefactsNameVariablesThatExist(t *testing.T) {
	known := variableNames(t)
	// Of the Compose file itself, of its database's container, and of a test.
	for _, own := range []string{"READYLINE_VERSION", "READYLINE_DB_PASSWORD", "READYLINE_HOSTILE_PATHS"} {
		known[own] = true
	}
	for path, text := range artefacts(t) {
		for _, name := range variableForm.FindAllString(text, -1) {
			if !known[name] {
				t.Errorf("%s: no command reads %s", path, name)
			}
		}
	}
}

func TestArtefactsParse(t *testing.T) {
	for path, text := range artefacts(t) {
		if strings.Contains(path, "/helm/readyline/templates/") {
			continue // make deploy renders them
		}
		var err error
		switch filepath.Ext(path) {
		case ".yml", ".yaml":
			d := yaml.NewDecoder(strings.NewReader(text))
			for v := any(nil); err == nil; {
				err = d.Decode(&v)
			}
			if err.Error() == "EOF" {
				err = nil
			}
		case ".json":
			err = json.Unmarshal([]byte(text), new(any))
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// What makes a Compose file fit to run: health checks, restarts, no capability
// more than needed, versions, and no secret in it.
func TestComposeFileIsCareful(t *testing.T) {
	var c struct {
		Services map[string]struct {
			Image       string
			Build       any
			Restart     string
			Environment map[string]string
			HealthCheck any  `yaml:"healthcheck"`
			ReadOnly    bool `yaml:"read_only"`
			Volumes     []string
			Ports       []string
		}
		Volumes map[string]any
	}
	files := artefacts(t)
	if err := yaml.Unmarshal([]byte(files["docker-compose.yml"]), &c); err != nil {
		t.Fatal(err)
	}
	for name, s := range c.Services {
		if s.Restart == "" || s.Image == "" || strings.HasSuffix(s.Image, ":latest") {
			t.Errorf("%s: restart %q, image %q", name, s.Restart, s.Image)
		}
		if s.HealthCheck == nil && (s.Build == nil || !strings.Contains(files["Dockerfile"], "\nHEALTHCHECK ")) {
			t.Errorf("%s has no health check", name)
		}
		for key, value := range s.Environment {
			if regexp.MustCompile(`PASSWORD|SECRET|KEY$`).MatchString(key) && !strings.Contains(value, ":?") && key != "READYLINE_EVENTS_SECRET" {
				t.Errorf("%s: %s is neither asked for nor required", name, key)
			}
		}
		for _, v := range s.Volumes {
			from, _, _ := strings.Cut(v, ":")
			if _, named := c.Volumes[from]; !named {
				if _, err := os.Stat(filepath.Join("..", "..", from)); err != nil {
					t.Errorf("%s mounts %s: %v", name, from, err)
				}
			}
		}
		for _, p := range s.Ports {
			if !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("%s: %s is open to everybody", name, p)
			}
		}
	}
	if s := c.Services["readyline"]; !s.ReadOnly {
		t.Error("the root file system can be written")
	}
}
