package facts

import (
	"strings"
	"testing"
)

func TestReadRakefile(t *testing.T) {
	const file = `require "rubocop/rake_task"
Rails.application.load_tasks
RuboCop::RakeTask.new
RSpec::Core::RakeTask.new(:unit) do |t|
  t.pattern = "spec/unit"
end
RuboCop::RakeTask.new(:look) do |task|
  task.fail_on_error = false
end

task lint: :environment do
  sh "bundle exec rubocop"
  sh("yarn", "lint", verbose: false)
  # sh "brakeman"
  if ENV["ALL"]
    sh "erb_lint"
  end
  sh "prettier" if ENV["X"]
  system "stylelint"
  system("standardrb") || abort("no")
  exit system("eslint .")
  Rake::Task["db:check"].invoke
  next unless ENV["CI"]
  sh "late"
end
namespace :db do
  desc "x"
  task(:check, [:a] => %w[seed other]) { |t| puts t }
  task :seed do
    sh "seed-it"
  end
end
task(:more).enhance(%i[lint unit]) if Rails.env.test?
task :gone => [:lint]
Rake::Task[:gone].clear
task "all": [
  :lint, # a
  "db:seed",
]
task :default => [:all]
`
	var got []string
	for _, target := range readRakefile("", []byte(file)) {
		line := target.name + "(" + strings.Join(target.needs, " ") + ")"
		for _, c := range target.commands {
			line += " " + c.text
			if c.hint != "" {
				line += " [hint]"
			}
			line += ";"
		}
		got = append(got, line)
	}
	want := []string{
		"rubocop() rubocop;", "unit() rspec;", "look() rubocop [hint];",
		"lint(environment db:check) bundle exec rubocop; rubocop; yarn lint; stylelint [hint]; standardrb; eslint .;",
		"db:check(db:seed other)", "db:seed() seed-it;", "more(lint unit)", "gone()", "all(lint db:seed)", "default(all)",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRakeFollowed(t *testing.T) {
	files := map[string]string{
		"Rakefile":           "require_relative \"config/application\"\nRails.application.load_tasks\ntask default: %i[lint]\n",
		"lib/tasks/a.rake":   "task lint: :environment do\n  sh \"rubocop\"\nend\n",
		"lib/tasks/x/b.rake": "task :lint do\n  sh \"brakeman\"\nend\n",
		".github/workflows/ci.yml": "on: pull_request\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: bundle exec rake\n" +
			"      - run: bin/rails db:migrate\n",
	}
	got, err := Read(t.Context(), memTree(files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var ran []string
	for _, f := range got.All {
		if f.Kind != Workflow {
			continue
		}
		for _, c := range f.Value.Get("commands").Items {
			ran = append(ran, c.Get("text").Text+" "+c.Get("via").Text)
		}
	}
	want := "bundle exec rake ;rake ;rubocop lib/tasks/a.rake;brakeman lib/tasks/x/b.rake;bin/rails db:migrate "
	if strings.Join(ran, ";") != want {
		t.Errorf("got %q", ran)
	}
}
