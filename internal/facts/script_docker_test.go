package facts

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDockerBuild(t *testing.T) {
	file := `FROM golang:1.25 AS deps
WORKDIR /src
COPY go.* ./
RUN go mod download
FROM deps AS test
COPY . .
WORKDIR cmd
RUN --mount=type=cache,target=/root go test ./... && go vet
FROM deps AS build
COPY . /src
RUN <<EOF
set -e
go build ./...
EOF
FROM scratch
COPY --from=build /src/shop /shop
WORKDIR /elsewhere
RUN make; make install
`
	script, ok := readScript("api/Dockerfile", []byte(file))
	if !ok {
		t.Fatal("not a script")
	}
	s := indexScripts([]parsedScript{script})
	for _, c := range []struct{ command, want string }{
		{"docker build -t shop --target test api", "api: go mod download\napi/cmd: go test ./...\napi/cmd: go vet"},
		{"docker buildx build --push --tag=shop -f Dockerfile .", "api: go mod download\napi: go build ./...\n/: make (" + hintErrexit + ")\n/: make install (" + hintErrexit + ")"},
		{"docker build --check api", ""},
		{"docker build --target none api", ""},
		{"docker build -", ""},
	} {
		dir := ""
		if strings.Contains(c.command, "buildx") {
			dir = "api"
		}
		var got []string
		for _, in := range s.follow([]command{{text: c.command, dir: dir}})[1:] {
			line := in.dir + ": " + in.text
			if in.hint != "" {
				line += " (" + in.hint + ")"
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(c.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.command, diff)
		}
	}
}
