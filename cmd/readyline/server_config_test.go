package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

// Compose files set variables to nothing: each has its default then.
func TestVariablesThatAreEmpty(t *testing.T) {
	for name := range variableNames(t) {
		t.Setenv(name, "")
	}
	t.Setenv("READYLINE_LOG_FORMAT", "xml")
	var stdout, stderr bytes.Buffer
	run(context.Background(), []string{"serve"}, &stdout, &stderr)
	if want := "readyline: READYLINE_LOG_FORMAT: \"xml\" is none of text, json\n"; stderr.String() != want {
		t.Errorf("says %s", stderr.String())
	}
}

// Every kind of bad configuration, as people set it, and the one line that it
// gets. The server must not start with any.
func TestEveryFaultOfTheConfigurationIsOneLine(t *testing.T) {
	dir := t.TempDir()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	other := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("nothing")}))
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	app := []string{"READYLINE_GITHUB_APP_ID=1", "READYLINE_GITHUB_PRIVATE_KEY=" + good, "READYLINE_GITHUB_WEBHOOK_SECRET=s3cr3t-hook"}
	but := func(changes ...string) []string { return append(slices.Clone(app), changes...) }
	cases := []struct {
		name string
		env  []string
		want []string // the beginning of each line
	}{
		{"address", []string{"READYLINE_LISTEN=8080"}, []string{`READYLINE_LISTEN: "8080" is not an address`}},
		{"address for numbers", []string{"READYLINE_METRICS_LISTEN=9090"}, []string{`READYLINE_METRICS_LISTEN: "9090" is not an address`}},
		{"one address twice", []string{"READYLINE_LISTEN=:8080", "READYLINE_METRICS_LISTEN=:8080"}, []string{"READYLINE_METRICS_LISTEN: is READYLINE_LISTEN itself"}},
		{"API alone", []string{"READYLINE_GITHUB_API_URL=https://github.example.com/api/v3"}, []string{"READYLINE_GITHUB_URL and READYLINE_GITHUB_API_URL: set both"}},
		{"API that is no URL", []string{"READYLINE_GITHUB_URL=https://github.example.com", "READYLINE_GITHUB_API_URL=github.example.com/api/v3"}, []string{"READYLINE_GITHUB_API_URL: not a URL like"}},
		{"GitHub with a path", []string{"READYLINE_GITHUB_URL=https://example.com/github", "READYLINE_GITHUB_API_URL=https://example.com/github/api/v3"}, []string{"READYLINE_GITHUB_URL: a URL without a path"}},
		{"months that are none", []string{"READYLINE_HISTORY_MONTHS=-3"}, []string{"READYLINE_HISTORY_MONTHS: is no number of months; 0 keeps all"}},
		{"months in words", []string{"READYLINE_HISTORY_MONTHS=twelve"}, []string{"READYLINE_HISTORY_MONTHS: is no number of months"}},
		{"short previous key", []string{"READYLINE_KEY_PREVIOUS=hunter2"}, []string{"READYLINE_KEY_PREVIOUS: has 7 characters"}},
		{"one key twice", []string{"READYLINE_KEY=" + strings.Repeat("k", 40), "READYLINE_KEY_PREVIOUS=" + strings.Repeat("k", 40)}, []string{"READYLINE_KEY_PREVIOUS: is READYLINE_KEY itself"}},
		{"a previous webhook secret alone", []string{"READYLINE_GITHUB_WEBHOOK_SECRET_PREVIOUS=s3cr3t"}, []string{"READYLINE_GITHUB_WEBHOOK_SECRET_PREVIOUS: set, while"}},
		{"one webhook secret twice", but("READYLINE_GITHUB_WEBHOOK_SECRET_PREVIOUS=s3cr3t-hook"), []string{"READYLINE_GITHUB_WEBHOOK_SECRET_PREVIOUS: is READYLINE_GITHUB_WEBHOOK_SECRET itself"}},
		{"neither yes nor no", []string{"READYLINE_ANONYMOUS=perhaps"}, []string{"READYLINE_ANONYMOUS: is neither true nor false"}},
		{"half a sign-in, the other half", but("READYLINE_GITHUB_CLIENT_SECRET=s3cr3t"), []string{"READYLINE_GITHUB_CLIENT_ID and READYLINE_GITHUB_CLIENT_SECRET: set both"}},
		{"a client secret alone", []string{"READYLINE_GITHUB_CLIENT_SECRET=s3cr3t"},
			[]string{"READYLINE_GITHUB_APP_ID: missing", "READYLINE_GITHUB_PRIVATE_KEY: missing", "READYLINE_GITHUB_WEBHOOK_SECRET: missing", "READYLINE_GITHUB_CLIENT_ID and"}},
		{"events without a secret", []string{"READYLINE_EVENTS_URL=https://events.example.com/"}, []string{"READYLINE_EVENTS_URL and READYLINE_EVENTS_SECRET: "}},
		{"events to no URL", []string{"READYLINE_EVENTS_URL=events.example.com", "READYLINE_EVENTS_SECRET=whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"}, []string{"READYLINE_EVENTS_URL and READYLINE_EVENTS_SECRET: "}},
		{"port", []string{"READYLINE_LISTEN=:99999"}, []string{`READYLINE_LISTEN: "99999" is not a port`}},
		{"public URL", []string{"READYLINE_PUBLIC_URL=readyline.example.com"}, []string{"READYLINE_PUBLIC_URL: not a URL like"}},
		{"public URL with a path", []string{"READYLINE_PUBLIC_URL=https://example.com/readyline"}, []string{"READYLINE_PUBLIC_URL: a URL without a path"}},
		{"URL with a password", []string{"READYLINE_PUBLIC_URL=https://me:hunter2@example.com"}, []string{"READYLINE_PUBLIC_URL: a URL without user"}},
		{"URL that does not parse", []string{"READYLINE_PUBLIC_URL=http://[::1"}, []string{"READYLINE_PUBLIC_URL: not a URL like"}},
		{"half an Enterprise Server", []string{"READYLINE_GITHUB_URL=https://github.example.com"}, []string{"READYLINE_GITHUB_URL and READYLINE_GITHUB_API_URL: set both"}},
		{"database", []string{"READYLINE_DATABASE_URL=mysql://u:hunter2@h/d"}, []string{"READYLINE_DATABASE_URL: is not a URL like"}},
		{"database that does not parse", []string{"READYLINE_DATABASE_URL=postgres://u:hunter2@h:x y/d"}, []string{"READYLINE_DATABASE_URL: is not a URL like"}},
		{"data directory", []string{"READYLINE_DATA_DIR=" + file("plain", "x")}, []string{"READYLINE_DATA_DIR: " + dir}},
		{"short key", []string{"READYLINE_KEY=hunter2"}, []string{"READYLINE_KEY: has 7 characters"}},
		{"level", []string{"READYLINE_LOG_LEVEL=loud"}, []string{`READYLINE_LOG_LEVEL: "loud" is none of`}},
		{"format", []string{"READYLINE_LOG_FORMAT=xml"}, []string{`READYLINE_LOG_FORMAT: "xml" is none of`}},
		{"role", []string{"READYLINE_ROLE=boss"}, []string{`READYLINE_ROLE: "boss" is none of`}},
		{"a worker alone", []string{"READYLINE_ROLE=worker", "READYLINE_KEY=" + strings.Repeat("k", 40)}, []string{"READYLINE_DATABASE_URL: missing"}},
		{"a worker without the key", []string{"READYLINE_ROLE=worker", "READYLINE_DATABASE_URL=postgres://h/d"}, []string{"READYLINE_KEY: missing"}},
		{"App id", but("READYLINE_GITHUB_APP_ID=my-app"), []string{"READYLINE_GITHUB_APP_ID: not a number"}},
		{"App without key and secret", []string{"READYLINE_GITHUB_APP_ID=1"}, []string{"READYLINE_GITHUB_PRIVATE_KEY: missing", "READYLINE_GITHUB_WEBHOOK_SECRET: missing"}},
		{"App without id", []string{"READYLINE_GITHUB_PRIVATE_KEY=" + good, "READYLINE_GITHUB_WEBHOOK_SECRET=s3cr3t-hook"}, []string{"READYLINE_GITHUB_APP_ID: missing"}},
		{"key that is a path", but("READYLINE_GITHUB_PRIVATE_KEY=/run/secrets/app.pem"), []string{"READYLINE_GITHUB_PRIVATE_KEY: not an RSA private key"}},
		{"key that is a certificate", but("READYLINE_GITHUB_PRIVATE_KEY=" + other), []string{"READYLINE_GITHUB_PRIVATE_KEY: not an RSA private key"}},
		{"half a sign-in", but("READYLINE_GITHUB_CLIENT_ID=Iv1.x"), []string{"READYLINE_GITHUB_CLIENT_ID and READYLINE_GITHUB_CLIENT_SECRET: set both"}},
		{"a file that is not there", but("READYLINE_GITHUB_PRIVATE_KEY=", "READYLINE_GITHUB_PRIVATE_KEY_FILE="+dir+"/gone.pem"),
			[]string{"READYLINE_GITHUB_PRIVATE_KEY_FILE: open " + dir + "/gone.pem"}},
		{"an empty file", []string{"READYLINE_KEY_FILE=" + file("empty", "\n")}, []string{"READYLINE_KEY_FILE: " + dir + "/empty is empty"}},
		{"a value and a file", []string{"READYLINE_LOG_LEVEL=info", "READYLINE_LOG_LEVEL_FILE=" + file("level", "info")},
			[]string{"READYLINE_LOG_LEVEL_FILE: READYLINE_LOG_LEVEL is set as well"}},
		{"a collector that is no URL", []string{"OTEL_EXPORTER_OTLP_ENDPOINT=collector:4318"}, []string{"OTEL_EXPORTER_OTLP_ENDPOINT: not a URL like"}},
		{"a collector by gRPC", []string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"}, []string{`OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" is not spoken`}},
		{"a strange sampler", []string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", "OTEL_TRACES_SAMPLER=some"}, []string{`OTEL_TRACES_SAMPLER: "some" is none of`}},
		{"half of the traces, in percent", []string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", "OTEL_TRACES_SAMPLER=traceidratio", "OTEL_TRACES_SAMPLER_ARG=50"},
			[]string{`OTEL_TRACES_SAMPLER_ARG: "50" is not a share`}},
		{"all at once", []string{"READYLINE_LISTEN=x", "READYLINE_PUBLIC_URL=x", "READYLINE_LOG_LEVEL=x", "READYLINE_GITHUB_APP_ID=x", "READYLINE_KEY_FILE=/nowhere", "READYLINE_ROLE=x"},
			[]string{"READYLINE_KEY_FILE: ", "READYLINE_LISTEN: ", "READYLINE_PUBLIC_URL: ", "READYLINE_LOG_LEVEL: ", "READYLINE_GITHUB_PRIVATE_KEY: ",
				"READYLINE_GITHUB_WEBHOOK_SECRET: ", "READYLINE_GITHUB_APP_ID: ", "READYLINE_ROLE: "}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, kv := range c.env {
				name, value, _ := strings.Cut(kv, "=")
				t.Setenv(name, value)
			}
			var stdout, stderr bytes.Buffer
			if code := run(context.Background(), []string{"serve"}, &stdout, &stderr); code != exitUnreadable {
				t.Errorf("left with %d", code)
			}
			got := strings.Split(strings.TrimSpace(strings.TrimPrefix(stderr.String(), "readyline: ")), "\n")
			if len(got) != len(c.want) {
				t.Fatalf("%d lines, want %d:\n%s", len(got), len(c.want), stderr.String())
			}
			for i, line := range got {
				if !strings.HasPrefix(line, c.want[i]) {
					t.Errorf("line %q, want %q…", line, c.want[i])
				}
				if strings.Contains(line, "hunter2") || strings.Contains(line, "s3cr3t") {
					t.Errorf("a secret in %q", line)
				}
			}
		})
	}
}

// The manual's table has every variable that serve reads, and none besides; the
// faults above are about each that can be at fault.
func TestEveryVariableIsDocumented(t *testing.T) {
	parser, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]bool{}
	for _, command := range parser.Model.Children {
		if command.Name == "serve" {
			for _, f := range command.Flags {
				for _, env := range f.Envs {
					if !f.Hidden { // those are for rehearsals
						read[env] = true
					}
				}
			}
		}
	}
	manual, err := os.ReadFile(filepath.Join("..", "..", "docs", "running.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, settings, _ := strings.Cut(string(manual), "\n## Settings\n")
	settings, _, _ = strings.Cut(settings, "\nThe commands that look after")
	listed := map[string]bool{}
	for _, v := range regexp.MustCompile("`(READYLINE_[A-Z_]+)`").FindAllStringSubmatch(settings, -1) {
		listed[v[1]] = true
	}
	if diff := cmp.Diff(read, listed); diff != "" || len(read) < 15 {
		t.Errorf("docs/running.md lists other variables than serve reads:\n%s", diff)
	}
	tests, err := os.ReadFile("server_config_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for v := range read {
		if !regexp.MustCompile("[\"`](READYLINE_[A-Z_]+ and )?" + v + "(:| and) ").Match(tests) {
			t.Errorf("no case in which %s is at fault", v)
		}
	}
}

func TestFilesHoldValues(t *testing.T) {
	path := filepath.Join(t.TempDir(), "level")
	if err := os.WriteFile(path, []byte("debug\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	v := readVariables([]string{"READYLINE_LOG_LEVEL_FILE=" + path, "READYLINE_LOG_LEVEL=", "OTHER_FILE=/nowhere", "READYLINE_X_FILE="})
	if len(v.faults) > 0 || len(v.values) != 1 || v.values["READYLINE_LOG_LEVEL"] != "debug" {
		t.Errorf("read %+v", v)
	}
}

// A generated key stays, is whole, and is nobody else's to read.
func TestKeyIsMadeOnce(t *testing.T) {
	c := serverConfig{DataDir: filepath.Join(t.TempDir(), "data")}
	if key, err := c.secretKey(false); key != nil || err != nil {
		t.Fatalf("a key before one was made: %q, %v", key, err)
	}
	first, err := c.secretKey(true)
	if err != nil || len(first) < minKey {
		t.Fatalf("key %q: %v", first, err)
	}
	if again, err := c.secretKey(true); err != nil || !bytes.Equal(again, first) {
		t.Errorf("another key: %v", err)
	}
	info, err := os.Stat(filepath.Join(c.DataDir, keyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(c.DataDir, ".key-*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	if err := os.WriteFile(filepath.Join(c.DataDir, keyFile), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.secretKey(true); err == nil || !strings.Contains(err.Error(), "restore it") {
		t.Errorf("a damaged key: %v", err)
	}
}
