package facts

import (
	"strings"
	"testing"
)

func TestReadJustfile(t *testing.T) {
	const file = `# just
kube := "kubectl " + context # not read: what follows is no text
_kubectl := 'kubectl ' + context
context := "--context=" + cluster
cluster := env_var_or_default("CLUSTER", "test")
flags := if cluster == "x" { "-v" } else { "" }
loop := loop + "a"

up: create && wait
    {{ _kubectl }} apply {{ flags }} -f k8s
create:
    @k3d cluster create {{cluster}}
wait *args='':
    {{ kube }} wait {{ args }}
    {{ loop }} {{ unclosed
`
	var got []string
	for _, target := range readJustfile("", []byte(file)) {
		line := target.name + "(" + strings.Join(target.needs, " ") + ")"
		for _, c := range target.commands {
			line += " " + c.text + ";"
		}
		got = append(got, line)
	}
	want := []string{
		"up(create wait) kubectl --context=test apply {{ flags }} -f k8s;",
		"create() k3d cluster create test;",
	}
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || !strings.HasPrefix(got[2], "wait() {{ kube }} wait {{ args }};") {
		t.Errorf("got %q", got)
	}
}
