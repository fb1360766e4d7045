package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// journal keeps what is logged, from many goroutines.
type journal struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.all.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.all.String()
}

// metricsOf reads /metrics.
func (w *world) metricsOf() string {
	w.t.Helper()
	p := newBrowser(w.t).get(w.config.PublicURL + "/metrics")
	if p.status != http.StatusOK {
		w.t.Fatalf("/metrics: %d", p.status)
	}
	return p.body
}

// At debug level, through work of every kind and through failures, no secret is
// in the log, in the metrics, in what the doctor says, or in what is stored in
// the open.
func TestSecretsStayInside(t *testing.T) {
	c := newCollector(t)
	w := newWorld(t)
	w.stop()
	log := &journal{}
	w.config.LogLevel, w.config.Key = "debug", "a-key-that-nobody-else-may-ever-see-1234"
	w.startLogging(log)
	r := w.repository("payments", readme+dockerfile)
	w.install()
	r.issue()
	r.commit("Build", buildAndPush)
	r.boxes(map[string]bool{"build-docker-images": true})
	b := newBrowser(t)
	session := b.get(w.config.PublicURL + "/auth/login?next=/")
	at := session.at
	q := at.Query()
	q.Set("login", "alice")
	at.RawQuery = q.Encode()
	b.get(at.String())
	var secrets []string
	base, err := url.Parse(w.config.PublicURL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(base) {
		if len(c.Value) > 20 {
			secrets = append(secrets, c.Value)
		}
	}
	if len(secrets) == 0 {
		t.Errorf("nobody signed in: %s", session.at)
	}
	for _, broken := range []string{"signature", "body"} {
		req, err := http.NewRequest("POST", w.config.PublicURL+"/webhooks/github", strings.NewReader(broken+w.config.WebhookSecret))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Hub-Signature-256", "sha256="+w.config.WebhookSecret)
		b.do(b.client.Do(req))
	}
	w.settled()
	out, _ := w.doctor()
	seen := log.String() + w.metricsOf() + out
	w.stop() // hands over the last traces
	seen += c.text()
	if len(seen) < 5000 {
		t.Errorf("hardly anything was logged:\n%s", seen)
	}
	key := strings.Split(w.config.PrivateKey, "\n")
	secrets = append(secrets, w.config.WebhookSecret, w.config.ClientSecret, w.config.Key, key[1], key[len(key)/2])
	for _, s := range secrets {
		if strings.Contains(seen, s) {
			t.Errorf("%.6s… is in the log, the metrics or what the doctor says", s)
		}
	}
	if m := regexp.MustCompile(`gh[usr]_[A-Za-z0-9]{10,}|eyJ[A-Za-z0-9_-]{20,}`).FindString(seen); m != "" {
		t.Errorf("a token is in the log: %.8s…", m)
	}
}

func TestMetricsCount(t *testing.T) {
	w := newWorld(t)
	r := w.repository("payments", readme)
	w.install()
	r.issue()
	w.settled()
	text := w.metricsOf()
	apart := w.config
	w.stop()
	var err error
	if w.config.MetricsListen, err = freeAddress("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	w.start()
	for address, want := range map[string]int{
		w.config.PublicURL + "/metrics": http.StatusNotFound, w.config.PublicURL + "/readyz": http.StatusOK,
		"http://" + w.config.MetricsListen + "/metrics": http.StatusOK, "http://" + w.config.MetricsListen + "/readyz": http.StatusOK,
		"http://" + w.config.MetricsListen + "/": http.StatusNotFound,
	} {
		if p := newBrowser(t).get(address); p.status != want {
			t.Errorf("%s: %d, want %d", address, p.status, want)
		}
	}
	w.stop()
	w.config = apart
	w.start()
	for _, want := range []string{
		`readyline_database_up 1`, `readyline_installations 1`, `readyline_repositories{state="assessed"} 1`, `readyline_issues_open 1`,
		`readyline_deliveries{state="waiting"} 0`, `readyline_job_duration_seconds_count{kind="look",outcome="completed"} `,
		`readyline_job_duration_seconds_count{kind="inbox",outcome="completed"} `, `readyline_github_requests_total{method="POST",status="201"} `,
		`readyline_webhook_requests_total{result="accepted"} `, `readyline_github_rate_remaining_ratio{resource="core"} `,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	known := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\S+)`).FindAllStringSubmatch(text, -1) {
		known[m[1]] = true
	}
	known["readyline_jobs"] = true // there is one only while something waits
	for _, name := range []string{"grafana/readyline.json", "prometheus/alerts.yaml"} {
		file, err := os.ReadFile(filepath.Join("..", "..", "docs", "deploy", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		for _, used := range regexp.MustCompile(`\breadyline_[a-z_]+`).FindAllString(string(file), -1) {
			if !known[regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(used, "")] && !known[used] {
				t.Errorf("%s: the server has no metric %s", name, used)
			}
		}
	}
}

// Every alert says how bad it is, what it means and what to do.
func TestAlertsSayWhatToDo(t *testing.T) {
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert       string
				Expr        string
				Labels      map[string]string
				Annotations map[string]string
			}
		}
	}
	file, err := os.ReadFile(filepath.Join("..", "..", "docs", "deploy", "prometheus", "alerts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(file, &rules); err != nil {
		t.Fatal(err)
	}
	runbook, err := os.ReadFile(filepath.Join("..", "..", "docs", "runbooks", "alerts.md"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			n++
			if r.Alert == "" || r.Expr == "" || r.Labels["severity"] == "" || r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
				t.Errorf("%+v", r)
			}
			if !strings.Contains(string(runbook), "\n## "+r.Alert+"\n") {
				t.Errorf("docs/runbooks/alerts.md does not say what to do about %s", r.Alert)
			}
		}
	}
	if n < 6 {
		t.Errorf("%d alerts", n)
	}
}

// What strangers send over HTTP, and what they get.
func TestAbuseOverHTTP(t *testing.T) {
	w := newWorld(t)
	sign := func(body string) string {
		mac := hmac.New(sha256.New, []byte(w.config.WebhookSecret))
		mac.Write([]byte(body))
		return "sha256=" + hex.EncodeToString(mac.Sum(nil))
	}
	signed := func(body string) http.Header {
		return http.Header{"X-Hub-Signature-256": {sign(body)}, "X-Github-Delivery": {"d"}, "X-Github-Event": {"push"}}
	}
	deep := strings.Repeat("[", 200_000)
	cases := []struct {
		name, method, path, body string
		header                   http.Header
		want                     []int
	}{
		{"huge header", "GET", "/healthz", "", http.Header{"X-Long": {strings.Repeat("x", 100<<10)}}, []int{431}},
		{"many headers", "GET", "/healthz", "", http.Header{"X-Many": slices.Repeat([]string{"yyyyyyyy"}, 20_000)}, []int{431}},
		{"no signature", "POST", "/webhooks/github", "{}", nil, []int{401}},
		{"old signature only", "POST", "/webhooks/github", "{}", http.Header{"X-Hub-Signature": {"sha1=00"}}, []int{401}},
		{"signature of another body", "POST", "/webhooks/github", `{"a":1}`, http.Header{"X-Hub-Signature-256": {sign("{}")}}, []int{401}},
		{"no JSON", "POST", "/webhooks/github", "{", signed("{"), []int{400}},
		{"form", "POST", "/webhooks/github", "payload=%7B%7D", signed("payload=%7B%7D"), []int{400}},
		{"deep JSON", "POST", "/webhooks/github", deep, signed(deep), []int{400}},
		{"path traversal", "GET", "/assets/..%2f..%2fetc%2fpasswd", "", nil, []int{404, 400}},
		{"path traversal, plain", "GET", "/assets/../../etc/passwd", "", nil, []int{404, 400, 301}},
		{"path traversal in a badge", "GET", "/badge/..%2f/..%2fx.svg", "", nil, []int{200, 404}},
		{"zero byte", "GET", "/repos/demo/%00", "", nil, []int{404, 400}},
		{"zero byte in a search", "GET", "/?q=%00", "", nil, []int{400}},
		{"bytes that are no text", "GET", "/repos/demo/%ff%fe", "", nil, []int{400}},
		{"half an escape", "GET", "/?q=%zz", "", nil, []int{400}},
		{"SQL in a name", "GET", "/repos/demo/x'%3bdrop%20table%20app--", "", nil, []int{404}},
		{"open redirect", "GET", "/auth/login?next=https://evil.example/", "", nil, []int{302}},
		{"callback without a cookie", "GET", "/auth/callback?code=x&state=y", "", nil, []int{400}},
		{"forged session", "GET", "/tokens", "", http.Header{"Cookie": {"readyline_session=forged"}}, []int{404, 401, 302}},
		{"forged token", "GET", "/orgs/demo", "", http.Header{"Authorization": {"Bearer forged"}}, []int{401}},
		{"cross-site post", "POST", "/tokens", "name=x", http.Header{"Sec-Fetch-Site": {"cross-site"}}, []int{403}},
		{"cross-site post, older browser", "POST", "/tokens", "name=x", http.Header{"Origin": {"https://evil.example"}}, []int{403}},
		{"setup with an App", "POST", "/setup", "code=x", nil, []int{404}},
		{"strange method", "TRACE", "/", "", nil, []int{405, 404}},
		{"a monitor's question", "HEAD", "/", "", nil, []int{200}},
		{"a monitor's question for health", "HEAD", "/healthz", "", nil, []int{200}},
		{"a webhook without a body", "HEAD", "/webhooks/github", "", nil, []int{405, 404}},
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, c := range cases {
		req, err := http.NewRequest(c.method, w.config.PublicURL, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.URL.Opaque = c.path // as it is, not tidied up
		for name, values := range c.header {
			req.Header[name] = values
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if !slices.Contains(c.want, resp.StatusCode) || bytes.Contains(text, []byte("root:")) {
			t.Errorf("%s: %s\n%.300s", c.name, resp.Status, text)
		}
		if to, err := resp.Location(); err == nil && !strings.HasPrefix(to.String(), w.em.URL()) && to.Host != req.URL.Host {
			t.Errorf("%s: sent to %s", c.name, to)
		}
	}
	if text := newBrowser(t).get(w.config.PublicURL + "/healthz"); text.status != http.StatusOK {
		t.Errorf("the server is not well: %d", text.status)
	}
}

// A client that sends nothing more is cut off; others are served meanwhile.
func TestSlowClientsAreCutOff(t *testing.T) {
	w := newWorld(t)
	var slow []net.Conn
	for range 200 {
		c, err := net.Dial("tcp", w.config.Listen)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprint(c, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
		slow = append(slow, c)
	}
	if p := newBrowser(t).get(w.config.PublicURL + "/healthz"); p.status != http.StatusOK {
		t.Errorf("others are not served: %d", p.status)
	}
	for i, c := range slow {
		if err := c.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(c); err != nil {
			t.Fatalf("client %d is still connected: %v", i, err)
		}
	}
}
