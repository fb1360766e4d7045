package facts

import "testing"

func TestReadCompose(t *testing.T) {
	for _, c := range []struct{ name, path, text, want string }{
		{"service", "docker-compose.prod.yml", "x-log: &log\n  logging: {driver: json-file, options: {max-size: 10m}}\nservices:\n  web:\n    <<: *log\n    image: \"app:${TAG:-latest}\"\n    build: .\n    environment: [A=1, 'B=${C}', D]\n    command: echo $$HOME\n",
			`web 4-9 {image:app:latest build:{context:.} environment:{A:1 B:?(B=${C}) D:?(D)} command:echo $HOME logging:{driver:json-file options:{max-size:10m}} _name:web _file:docker-compose.prod.yml _env:production}`},
		{"extends", "compose.yaml", "services:\n  a: {image: x, deploy: {replicas: 2}}\n  b: {extends: {service: a}, image: y, deploy: {mode: z}}\n  c: {extends: c}\n",
			"a 2-2 {image:x deploy:{replicas:#2} _name:a _file:compose.yaml}\nb 3-3 {extends:{service:a} image:y deploy:{mode:z replicas:#2} _name:b _file:compose.yaml}\nc 4-4 {extends:c _name:c _file:compose.yaml}"},
		{"tags", "compose.override.yaml", "services: {a: {ports: !reset [], volumes: !override [x]}}", "a 1-1 {ports:null volumes:[x] _name:a _file:compose.override.yaml}"},
		{"no services", "compose.yaml", "version: '3'\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			docs, _ := yamlDocuments(c.path, []byte(c.text))
			checkFacts(t, readCompose(c.path, docs), c.want)
		})
	}
}

func TestIsCompose(t *testing.T) {
	for path, want := range map[string]bool{
		"docker-compose.yml": true, "a/compose.yaml": true, "docker-compose-dev.yml": true, "compose.prod.yaml": true,
		"composer.json": false, "composer.yaml": false, "decompose.yaml": false, "compose.go": false,
	} {
		if isCompose(path) != want {
			t.Errorf("%s: want %t", path, want)
		}
	}
}

func FuzzCompose(f *testing.F) {
	f.Add([]byte("services: {a: {extends: b, environment: ['A=${B:-c}']}, b: {extends: a, build: x}}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		read := func() []Fact {
			docs, _ := yamlDocuments("compose.yaml", text)
			return readCompose("compose.yaml", docs)
		}
		facts := read()
		if renderFacts(facts) != renderFacts(read()) {
			t.Error("not the same twice")
		}
		checkFactLines(t, facts, nil, text)
	})
}
