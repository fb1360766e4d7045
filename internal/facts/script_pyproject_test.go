package facts

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func targetLines(all []target) []string {
	var out []string
	for _, t := range all {
		line := t.name + "(" + strings.Join(t.needs, " ") + ")"
		for _, c := range t.commands {
			line += fmt.Sprintf(" %d %s;", c.start, c.text)
		}
		out = append(out, line)
	}
	return out
}

func TestPyprojectTasks(t *testing.T) {
	const file = `[project]
name = "shop"
[tool.poe.tasks]
format = "ruff format --check"
lint = { cmd = "ruff check ." }
test.shell = "cd api && pytest"
check = ["lint", "test"]
all = { sequence = [{ cmd = "mypy ." }, { ref = "check" }, "format"] }
soft = { cmd = "bandit -r .", ignore_fail = true }
[tool.pdm.scripts]
lint = {composite = ["format", "flake8"]}
format.cmd = ["black", "--check", "."]
[tool.taskipy.tasks]
test = "pytest"
[tool.hatch.envs.default.scripts]
test = "pytest {args}"
cov = ["test", "- coverage combine", "coverage report"]
[tool.hatch.envs.lint.scripts]
style = ["ruff check {args}"]
`
	want := []string{
		"poe all(poe check poe format) 8 mypy .;",
		"poe check(poe lint poe test)",
		"poe format() 4 ruff format --check;",
		"poe lint() 5 ruff check .;",
		"poe soft()",
		"poe test() 6 pytest;",
		"pdm format() 12 black --check .;",
		"pdm lint(pdm format) 11 flake8;",
		"taskipy test() 14 pytest;",
		"hatch default:cov(hatch default:test) 17 coverage report;",
		"hatch default:test() 16 pytest;",
		"hatch lint:style() 19 ruff check;",
	}
	if diff := cmp.Diff(want, targetLines(pyprojectTasks("", []byte(file)))); diff != "" {
		t.Error(diff)
	}
}

func TestReadMixAliases(t *testing.T) {
	const file = `defmodule Shop.MixProject do
  def project do
    [aliases: aliases(), deps: deps()]
  end

  defp aliases do
    [
      setup: ["deps.get", "ecto.setup"],
      "ecto.setup": ["ecto.create", "run priv/repo/seeds.exs"],
      test: ["ecto.migrate --quiet", "test"],
      # lint: ["no"],
      lint: ["format --check-formatted", "credo --strict", &check/1, "cmd npm run lint --prefix assets"]
    ]
  end

  defp deps do
    [{:phoenix, "~> 1.7"}]
  end
end
`
	want := []string{
		"setup(ecto.setup) 8 mix deps.get;",
		"ecto.setup() 9 mix ecto.create; 9 mix run priv/repo/seeds.exs;",
		"test() 10 mix ecto.migrate --quiet; 10 mix test;",
		"lint() 12 mix format --check-formatted; 12 mix credo --strict; 12 npm run lint --prefix assets;",
	}
	if diff := cmp.Diff(want, targetLines(readMixAliases("", []byte(file)))); diff != "" {
		t.Error(diff)
	}
}
