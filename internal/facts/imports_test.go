package facts

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestImports(t *testing.T) {
	files := archive(`
-- web/package.json --
{"dependencies": {"express": "4", "@sentry/node": "7", "pino": "9", "helmet": "7", "not-asked": "1", "typed": "1"}}
-- web/src/server.ts --
import express from 'express';
import type { T } from "typed";
const s = require("@sentry/node/tracing");
// import helmet from 'helmet'
-- web/test/a.test.ts --
import pino from 'pino';
-- other/index.js --
import pino from 'pino';
-- api/go.mod --
module x
require (
	go.uber.org/zap v1.0.0
	github.com/a/b v1.0.0
)
-- api/main.go --
package main

import (
	"fmt"
	log "go.uber.org/zap/zapcore"
)
var s = f("github.com/a/b")
-- svc/requirements/base.txt --
python-json-logger
sentry-sdk
odd-name
structlog
-- svc/app/main.py --
import os, structlog.stdlib as s
def f():
    from pythonjsonlogger import jsonlogger
-- j/pom.xml --
<project><dependencies>
<dependency><groupId>io.github.resilience4j</groupId><artifactId>resilience4j-spring-boot3</artifactId></dependency>
<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-actuator</artifactId></dependency>
</dependencies></project>
-- j/src/main/java/com/example/A.java --
package com.example;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
-- r/Gemfile --
gem "rack-attack"
gem "pundit"
-- r/config.ru --
require "rack/attack"
-- c/Cargo.toml --
[dependencies]
tracing-subscriber = "1"
axum = "1"
anyhow = "1"
-- c/src/main.rs --
use axum::{Router};
fn main() { tracing_subscriber::fmt().init(); }
-- d/A.csproj --
<Project><ItemGroup><PackageReference Include="Polly" /><PackageReference Include="Serilog" /></ItemGroup></Project>
-- d/Program.cs --
using Polly.Retry;
`)
	imports := map[string]bool{"not-asked": false, "pypi:struct*": true}
	for _, n := range strings.Fields(`npm:express npm:@sentry/node npm:pino npm:helmet npm:typed go:go.uber.org/zap go:github.com/a/b
		pypi:python-json-logger pypi:sentry-sdk pypi:odd-name maven:io.github.resilience4j:resilience4j-spring-boot3
		maven:org.springframework.boot:spring-boot-starter-actuator gem:rack-attack gem:pundit crate:axum
		crate:tracing-subscriber crate:anyhow nuget:polly nuget:serilog`) {
		imports[n] = true
	}
	got, err := Read(t.Context(), memTree(files), Options{Imports: imports})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range got.All {
		if v := f.Value.Get("imported"); v.Kind != Absent {
			lines = append(lines, fmt.Sprintf("%s %s", f.Name, compact(v)))
		}
	}
	slices.Sort(lines)
	want := strings.Split(strings.TrimSpace(`
crate:anyhow false
crate:axum true
crate:tracing-subscriber true
gem:pundit ?
gem:rack-attack true
go:github.com/a/b false
go:go.uber.org/zap true
maven:io.github.resilience4j:resilience4j-spring-boot3 true
maven:org.springframework.boot:spring-boot-starter-actuator ?
npm:@sentry/node true
npm:express true
npm:helmet false
npm:pino false
npm:typed false
nuget:polly true
nuget:serilog ?
pypi:odd-name ?
pypi:python-json-logger true
pypi:sentry-sdk false
pypi:structlog true`), "\n")
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s", strings.Join(lines, "\n"))
	}
}

func FuzzImports(f *testing.F) {
	for _, s := range []string{"import a from 'b'", "from a.b import c", "require(\"x\")", "use a::b;", "import (\n\t\"x\"\n)"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, ecosystem := range []string{"npm", "go", "pypi", "maven", "gem", "nuget", "crate"} {
			modules, exact := modulesOf(ecosystem, "a")
			all := []*asked{{ecosystem: ecosystem, modules: modules, exact: exact}}
			seeImports(all, "a"+sourceOf(ecosystem)[0], text)
		}
	})
}
