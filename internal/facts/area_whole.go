package facts

import "strings"

// wholeFolder is the folder at the top that is called like an example but that
// all of the repository's programs and infrastructure lie in: a demonstration
// in shop-demo is the product there. It is empty where there is none such.
// Folders whose whole name says it (examples, demo) stay what they say.
func wholeFolder(files []File) string {
	only := ""
	for i := range files {
		p := files[i].Path
		if !isCornerstone(p[strings.LastIndexByte(p, '/')+1:]) {
			continue
		}
		top, _, below := strings.Cut(p, "/")
		if below && (top[0] == '.' || AreaOf(p)&^AreaExample != 0) {
			continue
		}
		if !below || only != "" && top != only {
			return ""
		}
		only = top
	}
	if !calledExample(only) {
		return ""
	}
	return only
}

// calledExample tells whether the first or last word of a folder's name makes
// it an example: orders-demo, sample_app.
func calledExample(folder string) bool {
	var buf [64]byte
	name := lower(buf[:0], folder)
	return areaOfFolder(name) == AreaExample && areaOfWord(name) == 0 && areaOfWhole(name) == 0
}

// soleDev tells whether a folder dev at the top is the developers' own, for no
// folder beside it is named after another environment.
func soleDev(files []File) bool {
	found := false
	for i := range files {
		top, _, below := strings.Cut(files[i].Path, "/")
		if !below {
			continue
		}
		if top == "dev" {
			found = true
		} else if env := environmentOf(top); env == production || env == staging {
			return false
		}
	}
	return found
}

// isCornerstone tells by its name whether a file makes its folder a program, an
// image or infrastructure.
func isCornerstone(base string) bool {
	switch base {
	case "package.json", "pom.xml", "build.gradle", "build.gradle.kts", "go.mod", "Cargo.toml", "pyproject.toml", "requirements.txt",
		"setup.py", "Pipfile", "Gemfile", "composer.json", "mix.exs", "Dockerfile", "Containerfile", "Chart.yaml", "kustomization.yaml",
		"kustomization.yml", "helmfile.yaml", "serverless.yml", "cdk.json", "Pulumi.yaml", "ansible.cfg", "docker-compose.yml",
		"docker-compose.yaml", "compose.yaml", "compose.yml":
		return true
	}
	dot := strings.LastIndexByte(base, '.')
	if dot < 0 {
		return false
	}
	switch base[dot:] {
	case ".tf", ".csproj", ".sln", ".bicep":
		return true
	}
	return false
}

// LeastArea is AreaOf, but for a folder at the top that may turn out to hold the
// whole of the repository.
func LeastArea(path string) Area {
	if top, rest, ok := strings.Cut(path, "/"); ok && calledExample(top) {
		return AreaOf(rest)
	}
	return AreaOf(path)
}
