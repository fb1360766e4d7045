package facts

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCommandsOfImages(t *testing.T) {
	text := map[string]string{
		"package.json":     `{"scripts": {"build": "run-p \"types {@}\" --; tsc && concurrently \"npm:bundle:*\" \"yarn run copy\"", "bundle:web": "npm --prefix web run build", "copy": "sass app.scss", "types": "vue-tsc"}}`,
		"web/package.json": `{"scripts": {"build": "vite build", "deploy": "webpack --mode production"}}`,
		"Dockerfile":       "FROM node:24\nRUN npm run build\nCOPY . .\nRUN npm ci && \\\n  npm run build\n",
		"web/Dockerfile":   "FROM node:24\nCOPY . .\nRUN yarn deploy\n",
		"api/Dockerfile":   "FROM node:24\nWORKDIR /srv\nCOPY web .\nRUN npm run deploy\n",
	}
	var all []Fact
	var files []parsedScript
	for _, name := range []string{"package.json", "web/package.json", "Dockerfile", "web/Dockerfile", "api/Dockerfile"} {
		script, ok := readScript(name, []byte(text[name]))
		if !ok {
			t.Fatal(name + " is not a script")
		}
		files = append(files, script)
		if script.kind == "docker" {
			facts, _ := readDockerfile(name, []byte(text[name]))
			all = append(all, facts...)
		}
	}
	markRuns(all, files)
	var got []string
	for _, f := range all {
		if f.Name != "run" {
			continue
		}
		line := f.Path + ":"
		for _, c := range f.Value.Get("commands").Items {
			line += " [" + c.Get("text").Text + "]"
		}
		got = append(got, line)
	}
	want := []string{
		"Dockerfile: [npm run build]", // nothing was copied yet
		`Dockerfile: [npm ci] [npm run build] [run-p "types {@}" --] [vue-tsc] [tsc] [concurrently "npm:bundle:*" "yarn run copy"] [npm --prefix web run build] [vite build] [sass app.scss]`,
		"web/Dockerfile: [yarn deploy] [webpack --mode production]",
		"api/Dockerfile: [npm run deploy] [webpack --mode production]",
	}
	if diff := cmp.Diff(strings.Join(want, "\n"), strings.Join(got, "\n")); diff != "" {
		t.Errorf("what images run (-want +got):\n%s", diff)
	}
}
