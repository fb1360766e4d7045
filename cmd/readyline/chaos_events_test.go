//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/readyline/readyline/internal/emulator"
	"github.com/readyline/readyline/internal/issue"
)

// Items that people tick and untick, and one that only commands speak of. No
// file of these repositories proves or refutes them, but of the last: that one
// always has its proof, so unticking it is a dispute.
var (
	handItems   = []string{"deploy-a-data-warehouse", "use-a-cdn", "configure-cross-account-backup", "build-docker-images"}
	commandItem = "test-your-backups"
)

// act does one thing to a repository.
func (c *chaos) act(random *rand.Rand, s *subjected, n int64) {
	switch k := random.IntN(20); {
	case k < 8:
		c.push(random, s, n)
	case k < 14:
		c.box(random, s)
	case k < 15:
		c.write(random, s, n)
	case k < 17:
		c.settings(random, s)
	case k < 19:
		c.command(random, s)
	default:
		c.comment(s, fmt.Sprintf("Just a remark, number %d.", n))
	}
}

// push makes proof come and go, or touches what no rule reads.
func (c *chaos) push(random *rand.Rand, s *subjected, n int64) {
	files := fmt.Sprintf("\n-- NOTES.txt --\n%d\n", n)
	if random.IntN(2) == 0 {
		s.built = !s.built
		if s.built {
			files += multiAZ
		} else {
			files += "\n-- infra/main.tf --\n"
		}
	}
	if err := commitFiles(context.Background(), s.dir, fmt.Sprintf("Event %d", n), txtar.Parse([]byte(files)).Files); err != nil {
		c.t.Errorf("seed %d: %v", c.seed, err)
	}
}

// box ticks or unticks a box.
func (c *chaos) box(random *rand.Rand, s *subjected) {
	id := handItems[random.IntN(len(handItems))]
	if c.hands > 0 && s.hands[id] >= c.hands {
		return
	}
	s.hands[id]++
	c.edit(s, func(body string) string {
		was, there := issue.Boxes(body)[id]
		if !there {
			c.t.Errorf("seed %d: %s has no item %s", c.seed, s.name, id)
			return body
		}
		s.last[id] = !was
		return tick(id, !was)(body)
	})
}

// write puts a word of a person's own into the body.
func (c *chaos) write(random *rand.Rand, s *subjected, n int64) {
	word := fmt.Sprintf("a word at event %d", n)
	s.words = append(s.words, word)
	c.edit(s, func(body string) string {
		lines := strings.Split(body, "\n")
		at := 1 + random.IntN(len(lines))
		return strings.Join(append(lines[:at:at], append([]string{"", word, ""}, lines[at:]...)...), "\n")
	})
}

// settings changes what GitHub answers about the repository.
func (c *chaos) settings(random *rand.Rand, s *subjected) {
	if random.IntN(3) == 0 {
		c.em.SetTopics(s.Repository, "service", fmt.Sprintf("tier-%d", random.IntN(3)))
		return
	}
	s.release++
	set := emulator.RepoSettings{
		Releases: []emulator.Release{{TagName: fmt.Sprintf("v1.%d.0", s.release), Author: emulator.DefaultOwner}},
	}
	if random.IntN(2) == 0 {
		set.Environments = []emulator.Environment{{Name: "production"}, {Name: "staging"}}
	}
	if err := c.em.SetSettings(demoOwner, s.name, set); err != nil {
		c.t.Errorf("seed %d: %v", c.seed, err)
	}
}

// command says something in a comment.
func (c *chaos) command(random *rand.Rand, s *subjected) {
	text := "/readyline attest " + commandItem + " tried in March"
	if random.IntN(3) == 0 {
		text = "/readyline why use-a-cdn"
		s.why++
	} else {
		s.said[commandItem] = true
	}
	s.asked = append(s.asked, c.comment(s, text))
}

func (c *chaos) comment(s *subjected, text string) int64 {
	var made struct{ ID int64 }
	c.as("ann", "POST", fmt.Sprintf("/repos/%s/%s/issues/%d/comments", demoOwner, s.name, c.read(s).Number), map[string]string{"body": text}, &made)
	return made.ID
}

// read is the repository's first issue.
func (c *chaos) read(s *subjected) post {
	var out []post
	c.as("ann", "GET", fmt.Sprintf("/repos/%s/%s/issues?state=all&per_page=100&sort=created&direction=asc", demoOwner, s.name), nil, &out)
	if len(out) == 0 {
		c.t.Errorf("seed %d: %s has no issue", c.seed, s.name)
		return post{Number: 1}
	}
	return out[0]
}

// edit changes the body as GitHub's page does, which refuses to save when the
// body is no longer the one that the page was opened with.
func (c *chaos) edit(s *subjected, change func(string) string) {
	for range 200 {
		p := c.read(s)
		sum := sha256.Sum256([]byte(p.Body))
		form := url.Values{"body": {change(p.Body)}, "source": {hex.EncodeToString(sum[:16])}}
		req, err := http.NewRequest("POST", fmt.Sprintf("%s/%s/%s/issues/%d/body", c.em.URL(), demoOwner, s.name, p.Number), strings.NewReader(form.Encode()))
		if err != nil {
			c.t.Error(err)
			return
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("X-Requested-With", "test")
		req.AddCookie(&http.Cookie{Name: "emulator_user", Value: "ann"})
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			c.t.Error(err)
			return
		}
		resp.Body.Close()
		switch resp.StatusCode {
		case http.StatusNoContent:
			return
		case http.StatusConflict:
			continue
		}
		c.t.Errorf("seed %d: edit of %s: %s", c.seed, s.name, resp.Status)
		return
	}
	c.t.Errorf("seed %d: the issue of %s never stood still", c.seed, s.name)
}

// trouble makes the next webhooks and requests go wrong.
func (c *chaos) trouble(random *rand.Rand) {
	some := func(n int) int { return 1 + random.IntN(n) }
	api := func(f map[string]any) map[string]any {
		f["path"], f["times"] = "/(repos|graphql|repositories).*", some(3)
		if f["method"] == nil {
			f["method"] = []string{"GET", "PATCH", "POST"}[random.IntN(3)]
		}
		return f
	}
	kinds := []func() map[string]any{
		func() map[string]any { return api(map[string]any{"status": 502}) },
		func() map[string]any { return api(map[string]any{"status": 500}) },
		func() map[string]any {
			return api(map[string]any{"status": 429, "headers": map[string]string{"Retry-After": strconv.Itoa(some(2))}})
		},
		func() map[string]any {
			return api(map[string]any{"status": 403, "headers": map[string]string{"Retry-After": strconv.Itoa(some(2))},
				"body": `{"message":"You have exceeded a secondary rate limit.","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`})
		},
		func() map[string]any { return api(map[string]any{"drop": true, "method": "PATCH|GET"}) },
		func() map[string]any { return api(map[string]any{"latency_ms": 50 * some(10)}) },
		func() map[string]any { return c.hook(random, "drop") },
		func() map[string]any { return c.hook(random, "double") },
		func() map[string]any { return c.hook(random, "delay") },
		func() map[string]any {
			return map[string]any{"webhook": "lose", "event": "push", "times": 1}
		},
	}
	var list []map[string]any
	for range 3 {
		list = append(list, kinds[random.IntN(len(kinds))]())
	}
	c.faults(list...)
}

func (c *chaos) hook(random *rand.Rand, kind string) map[string]any {
	event := []string{"issues", "push", "issue_comment", ".*"}[random.IntN(4)]
	return map[string]any{"webhook": kind, "event": event, "times": 1 + random.IntN(4), "latency_ms": 100 + random.IntN(2000)}
}

// faults replaces what goes wrong at GitHub.
func (c *chaos) faults(list ...map[string]any) {
	if list == nil {
		list = []map[string]any{}
	}
	body, err := json.Marshal(map[string]any{"faults": list})
	if err != nil {
		c.t.Error(err)
		return
	}
	req, err := http.NewRequest("PUT", c.em.URL()+"/_emulator/faults", bytes.NewReader(body))
	if err != nil {
		c.t.Error(err)
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode >= 300 {
		c.t.Errorf("faults: %v %v", resp, err)
		return
	}
	resp.Body.Close()
}

// once asks the emulator something as a person and returns the status, 0 when
// the connection broke.
func (c *chaos) once(login, method, path string, body, out any) int {
	var b bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&b).Encode(body); err != nil {
			c.t.Error(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.em.APIURL()+path, &b)
	if err != nil {
		c.t.Error(err)
		return http.StatusBadRequest
	}
	req.Header.Set("Authorization", "token "+login)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return http.StatusBadGateway
	}
	defer resp.Body.Close()
	if resp.StatusCode < 300 && out != nil {
		if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
			c.t.Errorf("%s %s: %v", method, path, err)
		}
	}
	return resp.StatusCode
}
