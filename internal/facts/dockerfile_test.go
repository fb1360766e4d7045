package facts

import (
	"bytes"
	"slices"
	"testing"
)

func TestReadDockerfile(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"stages", "ARG V=20\nFROM node:${V}-slim AS build\nCOPY . .\nRUN npm ci && \\\n  npm run build\nFROM build AS base\nUSER 1000\nFROM base\nHEALTHCHECK CMD true\n", `
arg 1-1 {text:ARG V=20 args:[V=20] vars:{V:20}}
from 2-2 {text:FROM node:${V}-slim AS build args:[node:${V}-slim AS build] stage:build final:=true image:node tag:20-slim}
copy 3-3 {text:COPY . . args:[. .] stage:build final:=true}
run 4-5 {text:RUN npm ci &&   npm run build args:[npm ci &&   npm run build] stage:build final:=true}
from 6-6 {text:FROM build AS base args:[build AS base] stage:base final:=true from_stage:build}
user 7-7 {text:USER 1000 args:[1000] stage:base final:=true user:1000}
from 8-8 {text:FROM base args:[base] stage:2 final:=true from_stage:base}
healthcheck 9-9 {text:HEALTHCHECK CMD true args:[CMD true] stage:2 final:=true}
file 1-9 {stages:[{name:build image:node tag:20-slim final:=true} {name:base from_stage:build final:=true} {name:2 from_stage:base final:=true}] final_base:node final_tag:20-slim final_user:1000 base_pinned:=false healthcheck:=true runs:=false multi_stage:=true}`},
		{"heredoc and flags", "# syntax=docker/dockerfile:1\nFROM scratch\nRUN --mount=type=cache,target=/x <<EOF\nmake all\nEOF\nCOPY --from=build --link a b\n", `
from 2-2 {text:FROM scratch args:[scratch] stage:0 final:=true image:scratch}
run 3-5 {text:RUN --mount=type=cache,target=/x <<EOF
make all
 args:[<<EOF] flags:{mount:type=cache,target=/x} stage:0 final:=true}
copy 6-6 {text:COPY --from=build --link a b args:[a b] flags:{from:build link:=true} stage:0 final:=true}
file 2-6 {stages:[{name:0 image:scratch final:=true}] final_base:scratch base_pinned:=true healthcheck:=false runs:=false multi_stage:=false}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			facts, warnings := readDockerfile("Dockerfile", []byte(c.text))
			checkFacts(t, facts, c.want)
			if len(warnings) > 0 {
				t.Errorf("warnings: %v", warnings)
			}
		})
	}
}

func TestDockerfileSummary(t *testing.T) {
	digest := "@sha256:0000000000000000000000000000000000000000000000000000000000000000"
	for _, c := range []struct{ text, path, want string }{
		{"FROM gcr.io/distroless/static:nonroot", "final_user", "nonroot"},
		{"FROM a AS x\nUSER app\nFROM b", "final_user", ""},
		{"FROM a\nARG UID=10\nENV U=$UID\nUSER ${U}:${U}", "final_user", "10:10"},
		{"FROM a\nARG UID\nUSER ${UID}", "final_user", "?(${UID})"},
		{"ARG B\nFROM ${B}", "final_base", "?(${B})"},
		{"FROM ${B}", "final_user", "?(${B})"},
		{"ARG B=x/y\nFROM ${B:-z}:1", "final_base", "x/y"},
		{"FROM ${B:-z}:1", "final_base", "z"},
		{"FROM localhost:5000/a/b", "final_base", "localhost:5000/a/b"},
		{"FROM a" + digest + "\nFROM scratch", "base_pinned", "=true"},
		{"FROM a:1" + digest + "\nFROM b", "base_pinned", "=false"},
		{"FROM a\nHEALTHCHECK NONE", "healthcheck", "=false"},
		{"FROM a\r\nUSER x\r\n", "final_user", "x"},
		{"FROM a\nRUN [\"x\"\nBOGUS <<\nUSER y", "final_user", "y"},
		{"FROM --platform=$BUILDPLATFORM a", "final_base", "a"},
		{"FROM a\nUSER root\nFROM b AS c\nUSER d\nFROM c\n", "final_user", "d"},
		{"FROM a AS production\nUSER d\nFROM production AS test\nFROM test AS e2e-tests\nUSER root", "final_user", "d"},
		{"FROM a AS client\nUSER d\nFROM client AS test\nUSER root", "final_user", "root"},
		{"FROM a AS production\nUSER d\nFROM a AS worker\nUSER root", "final_user", "root"},
	} {
		facts, _ := readDockerfile("Dockerfile", []byte(c.text))
		i := slices.IndexFunc(facts, func(f Fact) bool { return f.Name == "file" })
		if i < 0 {
			t.Errorf("%q: no file fact", c.text)
			continue
		}
		got := ""
		for _, v := range facts[i].Value.Lookup(c.path) {
			got += render(v)
		}
		if got != c.want {
			t.Errorf("%q: %s is %q, want %q", c.text, c.path, got, c.want)
		}
	}
}

func FuzzDockerfile(f *testing.F) {
	for _, s := range []string{"FROM a AS b\nFROM b\nUSER $X", "ARG A=${A}\nFROM $A\nENV a b\nLABEL x=\"y z\"\n", "FROM a\nRUN <<EOF\nx\nEOF", "# escape=`\nFROM a\nRUN a `\n b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		facts, warnings := readDockerfile("Dockerfile", text)
		again, _ := readDockerfile("Dockerfile", text)
		if renderFacts(facts) != renderFacts(again) {
			t.Error("not the same twice")
		}
		checkFactLines(t, facts, warnings, text)
	})
}

func checkFactLines(t *testing.T, facts []Fact, warnings []Warning, text []byte) {
	t.Helper()
	lines := bytes.Count(text, []byte("\n")) + 1
	for _, f := range facts {
		if f.Start < 1 || f.Start > f.End || f.End > lines {
			t.Fatalf("%s on lines %d to %d of %d", f.Name, f.Start, f.End, lines)
		}
		checkLines(t, f.Value, lines)
	}
	for _, w := range warnings {
		if w.Line > lines {
			t.Fatalf("warning on line %d of %d: %s", w.Line, lines, w.Message)
		}
	}
}

func TestImageRuns(t *testing.T) {
	for text, want := range map[string]string{
		"FROM node:24\nCOPY . .\n":                           "false",
		"FROM alpine\nCMD [ \"/bin/sh\" ]\n":                 "false",
		"FROM docker.io/library/python:3.14\nCMD python a\n": "true",
		"FROM scratch\nENTRYPOINT [\"/app\"]\n":              "true",
		"FROM golang:1 AS build\nCMD make\nFROM scratch\n":   "false",
		"FROM alpine AS a\nEXPOSE 80\nFROM a\n":              "true",
		"FROM nginx:1.29\nCOPY a /etc/nginx/\n":              "true",
		"FROM acme/base\nCOPY . .\n":                         "true",
		"ARG BASE\nFROM ${BASE}\n":                           "true",
	} {
		facts, _ := readDockerfile("Dockerfile", []byte(text))
		if got := facts[len(facts)-1].Value.Get("runs").Text; got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
