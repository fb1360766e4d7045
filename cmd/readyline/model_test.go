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
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/readyline/readyline/internal/issue"
)

// byHand are items that no file of the model ever proves, so that what people
// did last is what must stand.
var byHand = []string{"deploy-a-data-warehouse", "use-a-cdn", "configure-cross-account-backup", "set-up-chat-ops", "test-your-backups", "deploy-search-tools"}

// TestNothingOfPeoplesIsEverLost makes people and the app write the same issue
// at once, while webhooks are lost, doubled and late and files come and go.
// Whatever the order: no tick and no word of a person is lost, there is one
// issue, its boxes are what the store says, and it fits.
//
// READYLINE_MODEL_STEPS makes it longer, READYLINE_MODEL_SEED another one.
func TestNothingOfPeoplesIsEverLost(t *testing.T) {
	t.Parallel()
	steps, seed := number("READYLINE_MODEL_STEPS", 150), number("READYLINE_MODEL_SEED", 1)
	m := &model{w: newWorld(t), rand: rand.New(rand.NewPCG(uint64(seed), 7)), last: map[string]bool{}, did: map[string][]string{}}
	m.r = m.w.repository("payments", readme)
	for _, login := range []string{"ann", "ben"} {
		m.w.em.AddUser(login)
		m.w.em.SetRole(m.r.Repository, login, "write")
	}
	m.w.install()
	m.items(m.r.issue().Body)
	for range steps {
		m.step()
	}
	m.faults()
	if err := m.w.em.Settle(context.Background()); err != nil { // late ones arrive, or fail
		t.Fatal(err)
	}
	m.restart()
	m.restart() // what was told while the first one ended is asked for as well
	m.w.settled()
	m.r.commit("The last word", "\n-- LAST.md --\nlast\n")
	m.w.settled()
	m.check(seed)
}

// restart starts the app anew and waits until what was lost has been asked for.
func (m *model) restart() {
	m.w.stop()
	m.w.start()
	m.w.lostAskedFor()
	if err := m.w.em.Settle(context.Background()); err != nil {
		m.w.t.Fatal(err)
	}
	m.w.settled()
}

// lostAskedFor waits until the app has asked for lost deliveries, as it does once
// it has started.
func (w *world) lostAskedFor() {
	w.t.Helper()
	w.until("lost deliveries are asked for", func() bool {
		var rounds int
		err := w.process.store.Pool().QueryRow(context.Background(), `
			select count(*) from river_job where kind = 'redeliver' and state = 'completed' and created_at > $1`,
			w.started).Scan(&rounds)
		if err != nil {
			w.t.Fatal(err)
		}
		return rounds > 0
	})
}

func number(variable string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return otherwise
}

type model struct {
	w     *world
	r     *repository
	rand  *rand.Rand
	hand  []string
	last  map[string]bool // what people last did to a box
	did   map[string][]string
	words []string
	built bool
	n     int
}

// items keeps those of byHand that the checklist has.
func (m *model) items(body string) {
	boxes := issue.Boxes(body)
	for _, id := range byHand {
		if _, ok := boxes[id]; ok {
			m.hand = append(m.hand, id)
		}
	}
	if len(m.hand) < 4 {
		m.w.t.Fatalf("only %v of the items are in the checklist", m.hand)
	}
}

func (m *model) step() {
	m.n++
	who := []string{"ann", "ben"}[m.rand.IntN(2)]
	switch k := m.rand.IntN(10); {
	case k < 4:
		m.box(who)
	case k < 6:
		m.write(who)
	case k < 8:
		m.push()
	default:
		m.trouble()
	}
	if m.rand.IntN(3) == 0 {
		time.Sleep(time.Duration(m.rand.IntN(120)) * time.Millisecond)
	}
}

// box ticks or unticks a box.
func (m *model) box(who string) {
	id := m.hand[m.rand.IntN(len(m.hand))]
	m.edit(who, func(body string) string {
		m.last[id] = !issue.Boxes(body)[id]
		return tick(id, m.last[id])(body)
	})
	m.did[id] = append(m.did[id], fmt.Sprintf("%s %s ticked=%v", time.Now().UTC().Format(clock), who, m.last[id]))
}

// edit changes the body as GitHub's page does, which refuses to save when the
// body is no longer the one that the page was opened with.
func (m *model) edit(who string, change func(string) string) {
	m.w.t.Helper()
	for range 50 {
		p := m.r.issue()
		sum := sha256.Sum256([]byte(p.Body))
		form := url.Values{"body": {change(p.Body)}, "source": {hex.EncodeToString(sum[:16])}}
		req, err := http.NewRequest("POST", fmt.Sprintf("%s/%s/%s/issues/%d/body", m.w.em.URL(), demoOwner, m.r.name, p.Number), strings.NewReader(form.Encode()))
		if err != nil {
			m.w.t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("X-Requested-With", "test")
		req.AddCookie(&http.Cookie{Name: "emulator_user", Value: who})
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			m.w.t.Fatal(err)
		}
		resp.Body.Close()
		switch resp.StatusCode {
		case http.StatusNoContent:
			return
		case http.StatusConflict:
			continue
		}
		m.w.t.Fatalf("edit as %s: %s", who, resp.Status)
	}
	m.w.t.Fatal("the issue never stood still")
}

// write puts a word of somebody's own behind a line of the body.
func (m *model) write(who string) {
	word := fmt.Sprintf("note %d of %s", m.n, who)
	m.words = append(m.words, word)
	m.edit(who, func(body string) string {
		lines := strings.Split(body, "\n")
		at := 1 + m.rand.IntN(len(lines))
		return strings.Join(append(lines[:at:at], append([]string{"", word, ""}, lines[at:]...)...), "\r\n")
	})
}

// push makes proof come and go.
func (m *model) push() {
	m.built = !m.built
	files := dockerfile + buildAndPush + multiAZ
	if !m.built {
		files = "\n-- Dockerfile --\n-- .github/workflows/image.yml --\n-- infra/main.tf --\n"
	}
	m.r.commit(fmt.Sprintf("Step %d", m.n), files+fmt.Sprintf("\n-- STEP.md --\n%d\n", m.n))
}

// trouble loses, doubles or delays the next webhooks.
func (m *model) trouble() {
	kind := []string{"drop", "double", "delay"}[m.rand.IntN(3)]
	event := []string{"issues", "push"}[m.rand.IntN(2)]
	m.faults(map[string]any{"webhook": kind, "event": event, "times": 1 + m.rand.IntN(2), "latency_ms": 200})
}

func (m *model) faults(list ...map[string]any) {
	m.w.t.Helper()
	if list == nil {
		list = []map[string]any{}
	}
	body, err := json.Marshal(map[string]any{"faults": list})
	if err != nil {
		m.w.t.Fatal(err)
	}
	req, err := http.NewRequest("PUT", m.w.em.URL()+"/_emulator/faults", bytes.NewReader(body))
	if err != nil {
		m.w.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode >= 300 {
		m.w.t.Fatalf("faults: %v %v", resp, err)
	}
	resp.Body.Close()
}

func (m *model) check(seed int) {
	t := m.w.t
	all := m.r.issues()
	if len(all) != 1 {
		t.Fatalf("seed %d: %d issues", seed, len(all))
	}
	body := all[0].Body
	if len(body) > issue.MaxLength {
		t.Errorf("seed %d: %d characters", seed, len(body))
	}
	boxes := issue.Boxes(body)
	for id, want := range m.last {
		if boxes[id] != want {
			t.Errorf("seed %d: people left %s ticked=%v, the issue says %v: %s\nwhat people did:\n%s\nwhat the app was told and said:\n%s", seed, id, want, boxes[id],
				lineOf(body, id), strings.Join(m.did[id], "\n"), m.told(id))
		}
	}
	for _, word := range m.words {
		if n := strings.Count(strings.ReplaceAll(body, "\r", ""), word+"\n"); n != 1 {
			t.Errorf("seed %d: %q stands %d times in the issue\n%s", seed, word, n, m.fate(all[0].Number, word))
		}
	}
	items, err := m.w.process.store.Items(context.Background(), m.r.ID, "gruntwork-aws")
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		if state := it.State; state.Ticked() != boxes[it.Item] {
			t.Errorf("seed %d: %s is %s, its box says %v", seed, it.Item, it.State, boxes[it.Item])
		}
	}
	if len(items) != len(boxes) {
		t.Errorf("seed %d: %d items, %d boxes", seed, len(items), len(boxes))
	}
	if t.Failed() {
		t.Logf("what is still to do:\n%s\nthe body in the end:\n%s", m.work(), body)
	}
}
