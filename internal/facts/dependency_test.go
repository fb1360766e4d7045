package facts

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestDependencies(t *testing.T) {
	cases := []struct{ name, files, want string }{
		{"npm", `
-- package.json --
{
  "name": "x", "workspaces": ["a"], "scripts": {"test": "jest"},
  "dependencies": {
    "@NestJS/core": "^10.0.0",
    "local": {"not": "a version"}
  },
  "devDependencies": {"jest": "29"},
  "peerDependencies": {"react": ">=17"},
  "overrides": {"a": {"b": "1"}},
  "bundleDependencies": ["x"]
}
`, `
4 npm:@nestjs/core ^10.0.0
5 npm:local
7 npm:jest 29 dev
8 npm:react >=17`},
		{"go", `
-- go.mod --
module example.com/x

go 1.26

require github.com/Go-Chi/chi/v5 v5.0.0

require (
	a.b/c v1.0.0 // indirect
	d.e/f v1.0.0
)
replace d.e/f => ../f
`, `
5 go:github.com/go-chi/chi/v5 v5.0.0
9 go:d.e/f v1.0.0`},
		{"requirements", `
-- requirements.txt --
# comment
-r base.txt
--index-url https://x.example
Django[argon2]>=4.2,<5 ; python_version > "3.8"  # web
python_json.Logger==2.0 \
    --hash=sha256:abc
flask
./local
git+https://github.com/a/b.git#egg=Some_Thing
pkg @ https://x/y.whl
The customer wants a red button
-- requirements/dev.in --
pytest
`, `
4 pypi:django >=4.2,<5
5 pypi:python-json-logger ==2.0
7 pypi:flask
9 pypi:some-thing
10 pypi:pkg @ https://x/y.whl
1 pypi:pytest dev`},
		{"pyproject", `
-- pyproject.toml --
[build-system]
requires = ["hatchling"]
[project]
name = "x"
dependencies = [
  "fastapi>=0.100", # web
  "Psycopg[binary]",
]
[project.optional-dependencies]
redis = ["redis>=5"]
test = ["pytest"]
[dependency-groups]
dev = ["ruff", {include-group = "x"}]
[tool.poetry.dependencies]
python = "^3.11"
httpx = {version = "^0.27", extras = ["http2"]}
[tool.poetry.group.dev.dependencies]
mypy = "*"
[tool.poetry.group.api.dependencies]
uvicorn = "*"
`, `
6 pypi:fastapi >=0.100
7 pypi:psycopg
10 pypi:redis >=5
11 pypi:pytest dev
13 pypi:ruff dev
16 pypi:httpx ^0.27
18 pypi:mypy * dev
20 pypi:uvicorn *`},
		{"python others", `
-- a/Pipfile --
[packages]
flask = "*"
[dev-packages]
black = {version = "24"}
-- b/setup.cfg --
[metadata]
name = x
[options]
install_requires =
    requests>=2
    # no
    boto3
[options.extras_require]
dev =
    pytest
-- c/setup.py --
from setuptools import setup
setup(
    name="x",
    # install_requires=["commented"],
    install_requires=["click>=8", "PyYAML"],
    extras_require={"test": ["pytest"], "s3": ["boto3"]},
)
`, `
2 pypi:flask *
4 pypi:black 24 dev
5 pypi:requests >=2
7 pypi:boto3
10 pypi:pytest dev
5 pypi:click >=8
5 pypi:pyyaml
6 pypi:boto3
6 pypi:pytest dev`},
		{"maven", `
-- pom.xml --
<?xml version="1.0" encoding="ISO-8859-1"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>3.3.0</version>
  </parent>
  <properties><r4j.version>2.2.0</r4j.version></properties>
  <dependencyManagement><dependencies><dependency>
    <groupId>managed</groupId><artifactId>only</artifactId>
  </dependency></dependencies></dependencyManagement>
  <dependencies>
    <dependency>
      <groupId>io.github.resilience4j</groupId>
      <artifactId>resilience4j-spring-boot3</artifactId>
      <version>${r4j.version}</version>
    </dependency>
    <!-- <dependency><groupId>no</groupId><artifactId>no</artifactId></dependency> -->
    <dependency><groupId>org.testng</groupId><artifactId>testng</artifactId><scope>test</scope></dependency>
  </dependencies>
  <build><plugins><plugin><artifactId>maven-checkstyle-plugin</artifactId></plugin></plugins></build>
</project>
`, `
3 maven:org.springframework.boot:spring-boot-starter-parent 3.3.0
13 maven:io.github.resilience4j:resilience4j-spring-boot3 2.2.0
19 maven:org.testng:testng dev
21 maven-plugin:org.apache.maven.plugins:maven-checkstyle-plugin`},
		{"gradle", `
-- app/build.gradle --
plugins {
    id 'org.springframework.boot' version '3.2.0'
}
apply plugin: 'java'
buildscript { dependencies { classpath 'no:no:1' } }
ext { junit = '5' }
dependencies {
    // implementation 'no:no:1'
    implementation 'a.b:c:1.0', 
    implementation("d.e:f:$version") { exclude group: 'x', module: 'y' }
    testImplementation group: 'g', name: 'h', version: '2'
    implementation platform('i:j:1')
    implementation project(':lib')
    constraints { implementation 'no:no:2' }
}
-- kt/build.gradle.kts --
plugins {
    kotlin("jvm") version "2.0"
    id("checkstyle")
    alias(libs.plugins.spring.boot)
}
dependencies {
    implementation(libs.ktor.server.core)
    testImplementation(libs.bundles.tests)
    implementation(kotlin("stdlib"))
    "integrationTestImplementation"("x:y:1")
    runtimeOnly("p:q:1@jar")
}
-- gradle/libs.versions.toml --
[versions]
ktor = "2.3"
[libraries]
ktor-server-core = { module = "io.ktor:ktor-server-core", version.ref = "ktor" }
junit = "org.junit:junit:5"
kotest = { group = "io.kotest", name = "kotest", version = "5" }
unused = "un:used:1"
[bundles]
tests = ["junit", "kotest"]
[plugins]
spring-boot = { id = "org.springframework.boot", version = "3" }
`, `
2 gradle-plugin:org.springframework.boot 3.2.0
4 gradle-plugin:java
9 maven:a.b:c 1.0
10 maven:d.e:f
11 maven:g:h 2 dev
12 maven:i:j 1
2 gradle-plugin:org.jetbrains.kotlin.jvm 2.0
3 gradle-plugin:checkstyle
4 gradle-plugin:org.springframework.boot 3
7 maven:io.ktor:ktor-server-core 2.3
8 maven:io.kotest:kotest 5 dev
8 maven:org.junit:junit 5 dev
9 maven:org.jetbrains.kotlin:kotlin-stdlib
11 maven:p:q 1`},
		{"ruby", `
-- Gemfile --
source "https://rubygems.org"
ruby "3.3.0"
gem "rails", "~> 7.1"
# gem "no"
gem 'pg', '>= 1.1', require: false
gem "rack-mini-profiler", group: :development
gem "bullet", group: [:development, :test], require: false
gem "x", groups: [:production, :test]
if ENV["X"]
  gem "conditional"
end
group :development, :test do
  gem "rspec-rails",
      "~> 6"
  platforms :ruby do
    gem "byebug"
  end
end
gem "puma" if true
-- x.gemspec --
Gem::Specification.new do |s|
  s.add_dependency "faraday", "~> 2"
  s.add_development_dependency("rake")
end
`, `
3 gem:rails ~> 7.1
5 gem:pg >= 1.1
6 gem:rack-mini-profiler dev
7 gem:bullet dev
8 gem:x
10 gem:conditional
13 gem:rspec-rails ~> 6 dev
16 gem:byebug dev
19 gem:puma
2 gem:faraday ~> 2
3 gem:rake dev`},
		{"dotnet", `
-- Api/Api.csproj --
<Project Sdk="Microsoft.NET.Sdk.Web">
  <ItemGroup>
    <PackageReference Include="Polly" Version="8.0.0" />
    <PackageReference Include="SonarAnalyzer.CSharp"><Version>9</Version><PrivateAssets>all</PrivateAssets></PackageReference>
    <ProjectReference Include="../x" />
  </ItemGroup>
</Project>
-- Check/Check.csproj --
<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>
  <PackageReference Include="xunit" /><PackageReference Include="Microsoft.NET.Test.Sdk" />
</ItemGroup></Project>
-- Directory.Packages.props --
<Project><ItemGroup><PackageVersion Include="xunit" Version="2" /></ItemGroup></Project>
`, `
1 nuget:microsoft.aspnetcore.app
3 nuget:polly 8.0.0
4 nuget:sonaranalyzer.csharp 9 dev
2 nuget:microsoft.net.test.sdk dev
2 nuget:xunit dev`},
		{"rust, php, elixir, dart, swift", `
-- Cargo.toml --
[dependencies]
axum = "0.7"
web = { package = "actix-web", version = "4" }
[dev-dependencies]
criterion = "0.5"
[target.'cfg(unix)'.dependencies]
nix = "0.29"
[workspace.dependencies]
no = "1"
[dependencies.serde]
version = "1"
-- composer.json --
{"require": {
  "php": ">=8", "ext-json": "*",
  "laravel/framework": "^11"},
 "require-dev": {"phpunit/phpunit": "^11"}}
-- mix.exs --
defmodule X.MixProject do
  def project, do: [app: :x, deps: deps(), aliases: [{:a, fn _ -> 1 end}]]
  defp deps do
    [
      {:phoenix, "~> 1.7"},
      # {:no, "~> 1"},
      {:credo, "~> 1.7", only: [:dev, :test], runtime: false},
      {:floki, ">= 0.30.0", only: :test},
      {:mine, in_umbrella: true},
      {:fork, github: "a/b"}
    ]
  end
end
-- pubspec.yaml --
name: x
dependencies:
  flutter:
    sdk: flutter
  http: ^1.0.0
dev_dependencies:
  flutter_test:
    sdk: flutter
  lints: ^3.0.0
-- Package.swift --
let package = Package(name: "x", dependencies: [
  .package(url: "https://github.com/vapor/vapor.git", from: "4.0.0"),
])
`, `
2 crate:axum 0.7
3 crate:actix-web 4
5 crate:criterion 0.5 dev
7 crate:nix 0.29
10 crate:serde 1
2 swift:github.com/vapor/vapor 4.0.0
3 composer:laravel/framework ^11
4 composer:phpunit/phpunit ^11 dev
5 hex:phoenix ~> 1.7
7 hex:credo ~> 1.7 dev
8 hex:floki >= 0.30.0 dev
10 hex:fork
3 pub:flutter
5 pub:http ^1.0.0
9 pub:lints ^3.0.0 dev`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := Read(t.Context(), memTree(archive(c.files)), Options{})
			if err != nil || len(got.Warnings) > 0 {
				t.Fatal(err, got.Warnings)
			}
			var lines []string
			for _, f := range got.All {
				if f.Kind != Dependency {
					continue
				}
				s := fmt.Sprintf("%d %s", f.Start, f.Name)
				if v := f.Value.Get("version").Text; v != "" {
					s += " " + v
				}
				if f.Value.Get("dev").Text == "true" {
					s += " dev"
				}
				lines = append(lines, s)
			}
			if want := strings.Split(strings.TrimSpace(c.want), "\n"); !slices.Equal(lines, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func TestBrokenManifests(t *testing.T) {
	cases := map[string]struct {
		text string
		line int
	}{
		"package.json":   {"{\n\"dependencies\": {\n", 3},
		"go.mod":         {"module x\n\nrequire (\n", 4},
		"pyproject.toml": {"[project]\nname = \n", 2},
		"pom.xml":        {"<project>\n<a></b>\n", 2},
		"Cargo.toml":     {"[dependencies]\na = {\n", 2},
	}
	for path, c := range cases {
		got, err := Read(t.Context(), memTree(map[string]string{path: c.text}), Options{})
		if err != nil || len(got.Warnings) != 1 {
			t.Fatal(path, err, got)
		}
		if w := got.Warnings[0]; w.Line != c.line || w.Path != path || !slices.Equal(w.Kinds, []Kind{Dependency}) {
			t.Errorf("%s: %+v, want line %d", path, w, c.line)
		}
	}
}

func FuzzDependencies(f *testing.F) {
	names := []string{"package.json", "go.mod", "requirements.txt", "pyproject.toml", "Pipfile", "setup.cfg", "setup.py",
		"pom.xml", "build.gradle", "gradle/libs.versions.toml", "Gemfile", "a.gemspec", "a.csproj", "Cargo.toml",
		"composer.json", "mix.exs", "pubspec.yaml", "Package.swift"}
	for i, s := range []string{`{"dependencies": {"a": "1"}}`, "require a v1", "a==1", "[project]\ndependencies=['a']",
		"[packages]\na='*'", "[options]\ninstall_requires=a", "install_requires=['a']", "<project><parent/></project>",
		"dependencies { implementation libs.a.b }", "[libraries]\na='b:c:1'", "gem 'a', group: :test", "s.add_dependency 'a'",
		"<Project Sdk='x'/>", "[dependencies]\na.b.c='1'", `{"require":{"a/b":1}}`, "{:a, only: [:b]}", "dependencies: {a: 1}",
		".package(url: \"a://b\")"} {
		f.Add(uint8(i), []byte(s))
	}
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		checkRead(t, names[int(which)%len(names)], text)
	})
}

// checkRead asserts what holds for every file: no panic (Read would turn it
// into a warning), the same output twice, and lines within the file.
func checkRead(t *testing.T, path string, text []byte) {
	t.Helper()
	tree := memTree(map[string]string{path: string(text)})
	a, err := Read(t.Context(), tree, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Read(t.Context(), tree, Options{})
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("%s: not the same twice:\n%v\n%v", path, a, b)
	}
	lines := strings.Count(string(text), "\n") + 1
	for _, w := range a.Warnings {
		if strings.Contains(w.Message, "gave up") || w.Line > lines {
			t.Errorf("%+v", w)
		}
	}
	for _, f := range a.All {
		if f.Start < 0 || f.Start > f.End || f.End > lines {
			t.Errorf("%s %s: lines %d to %d of %d", path, f.Name, f.Start, f.End, lines)
		}
	}
}
