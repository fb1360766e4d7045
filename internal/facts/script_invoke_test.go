package facts

import (
	"strings"
	"testing"
)

func TestReadInvoke(t *testing.T) {
	const file = `from invoke import task

@task
def run_migrations(ctx, url):
    command = 'flyway migrate -url="{0}" -locations=filesystem:data'.format(url)
    if url:
        command += ' -x'
    return ctx.run(
        command,
        warn=True,
    )

@task
def deploy(ctx, space=None):
    run_migrations(ctx, space)
    for app in ('api', 'worker'):
        cmd = 'push --strategy rolling' if ctx.run('cf app {0}'.format(app), warn=True).ok else 'push'
        done = ctx.run('cf {cmd} {app} '
                       '-f manifest_{space}.yml'.format(cmd=cmd, app=app, space=space), warn=True)
        if not done.ok:
            sys.exit(1)

@task
def tidy(c):
    c.run("rm -r build", warn=True)
    print("run('no command')")
`
	var got []string
	for _, target := range readInvoke("", []byte(file)) {
		line := target.name + "(" + strings.Join(target.needs, " ") + ")"
		for _, c := range target.commands {
			line += " " + c.text + ";"
			if c.hint != "" {
				line += "!"
			}
		}
		got = append(got, line)
	}
	want := []string{
		`run-migrations() flyway migrate -url="{0}" -locations=filesystem:data;`,
		"deploy(run-migrations) cf app {0};  cf push --strategy rolling {app} -f manifest_{space}.yml;",
		"tidy() rm -r build;!",
	}
	for i, w := range want {
		if i >= len(got) || strings.ReplaceAll(got[i], "  ", " ") != strings.ReplaceAll(w, "  ", " ") {
			t.Errorf("got %q, want %q", got, w)
		}
	}
}
