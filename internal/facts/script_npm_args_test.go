package facts

import "testing"

func TestWordsHandedToAPackagesScript(t *testing.T) {
	var parsed []parsedScript
	for path, text := range map[string]string{
		"package.json":   `{"name":"shop","workspaces":["a"],"scripts":{"pretest":"lint","test":"build && jest","say":"echo hello"}}`,
		"a/package.json": `{"name":"a","scripts":{"test":"vitest run"}}`,
	} {
		p, ok := readScript(path, []byte(text))
		if !ok {
			t.Fatal(path)
		}
		parsed = append(parsed, p)
	}
	for text, want := range map[string]string{
		"npm test -- --coverage":              "lint;build;jest --coverage",
		"npm test --coverage":                 "lint;build;jest", // npm's own
		"npm run test -- --coverage --ci":     "lint;build;jest --coverage --ci",
		"yarn test --coverage":                "lint;build;jest --coverage",
		"pnpm run test -- --coverage":         "lint;build;jest --coverage",
		"npm test":                            "lint;build;jest",
		"npm run test --workspace a -- --cov": "vitest run --cov",
		"pnpm --filter a test --cov":          "vitest run --cov",
		"npm run say -- --coverage":           "echo",
	} {
		var got string
		for i, c := range indexScripts(parsed).follow([]command{{text: text}}) {
			if i > 1 {
				got += ";"
			}
			if i > 0 {
				got += c.text
			}
		}
		if got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}
