package main

import (
	"bytes"
	"strings"
	"testing"
)

// What can't be meant is refused before anything is changed.
func TestWavesRefuses(t *testing.T) {
	w := newWorld(t)
	w.install(w.repository("one", readme).Repository)
	w.settled()
	zero, less := 0, -1
	for _, test := range []struct {
		command wavesCommand
		says    string
	}{
		{wavesCommand{Pause: true}, "name the account"},
		{wavesCommand{PerHour: &zero}, "name the account"},
		{wavesCommand{Account: "nobody"}, "not installed on nobody"},
		{wavesCommand{Account: demoOwner, PerDay: &less}, "--per-day -1"},
	} {
		test.command.serverConfig = w.config
		if out, code := w.command(test.command.Run); code == exitDone || !strings.Contains(out, test.says) {
			t.Errorf("left with %d: %s", code, out)
		}
	}
	out, code := w.command((&wavesCommand{serverConfig: w.config}).Run)
	lines := bytes.Fields([]byte(strings.Split(out, "\n")[1]))
	if code != exitDone || string(bytes.Join(lines, []byte(" "))) != "demo 1 0 0 300 3000 -" {
		t.Errorf("left with %d:\n%s", code, out)
	}
}
