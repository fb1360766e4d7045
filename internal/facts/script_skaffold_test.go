package facts

import "testing"

func TestSkaffoldTests(t *testing.T) {
	files := map[string]string{
		"skaffold.yaml":     "apiVersion: skaffold/v4beta13\nkind: Config\nrequires:\n- path: api/skaffold.yaml\n- path: web\n",
		"api/skaffold.yaml": "kind: Config\ntest:\n- image: api\n  context: src\n  custom:\n  - command: uv run pytest -v\n  - command: |\n      pylint *.py\n",
		"web/skaffold.yaml": "kind: Config\ntest:\n- image: web\n  custom:\n  - command: npm test\nrequires:\n- path: ../skaffold.yaml\n",
	}
	var parsed []parsedScript
	for _, name := range []string{"api/skaffold.yaml", "skaffold.yaml", "web/skaffold.yaml"} {
		p, ok := readScript(name, []byte(files[name]))
		if !ok {
			t.Fatalf("%s is no script", name)
		}
		p.index()
		parsed = append(parsed, p)
	}
	ran := func(text string) map[string]string {
		out := map[string]string{}
		for _, c := range indexScripts(parsed).follow([]command{{text: text}}) {
			out[c.text] = c.dir
		}
		return out
	}
	for text, dir := range map[string]string{"uv run pytest -v": "api/src", "pylint *.py": "api/src", "npm test": "web"} {
		if got, ok := ran("skaffold test --assume-yes")[text]; !ok || got != dir {
			t.Errorf("%q runs in %q, %v; want %q", text, got, ok, dir)
		}
	}
	if got := ran("skaffold build"); len(got) != 1 {
		t.Errorf("a build tests nothing, but runs %v", got)
	}
}
