package facts

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitShell(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"operators", "a; b && c || d | e & f", "a\nb (runs in the background)\nc (runs in the background)\nd (runs in the background)\ne (runs in the background)\nf"},
		{"awaited", "for r in a b; do\n  deploy $r | tail &\n  pids+=($!)\ndone\nfor p in \"${pids[@]}\"; do wait $p; done\nserve &\nwait", "2:deploy $r\n2:tail\n6:serve (runs in the background)"},
		{"comments and quotes", "a '# x' # y\n#z\nb \"x # y\"", "a '# x'\n3:b \"x # y\""},
		{"continued lines", "go test \\\n  -race \\\n  ./...\nb", "1-3:go test -race ./...\n4:b"},
		{"heredoc", "cat <<EOF > f\ngolangci-lint run\nEOF\na", "cat\n4:a"},
		{"heredoc indented", "cat <<-'X'\n\teslint\n\tX\na", "cat\n4:a"},
		{"here string", "cat <<< eslint", "cat"},
		{"one code tolerated", "a || [ $? == 1 ]\nb || [[ $? -eq 2 ]]\nc || [ -f d ]", "a (its failure is ignored (|| true))\n2:b (its failure is ignored (|| true))\n3:c"},
		{"shifted", "a=$((1 << 20))\nb", "2:b"},
		{"here string and more", "read -r a <<< \"$(b \"c\")\"\nd", "b \"c\" (its failure is lost in a command substitution)\n2:d"},
		{"printed", "echo \"run eslint .\"; printf 'go test\\n'", "echo\nprintf"},
		{"tolerated", "a || true\nb || exit 0\nc || :\nd || exit 1\ne || f\ng || h || true", "a (its failure is ignored (|| true))\n2:b (its failure is ignored (|| true))\n3:c (its failure is ignored (|| true))\n4:d\n5:e\n5:f\n6:g (its failure is ignored (|| true))\n6:h (its failure is ignored (|| true))"},
		{"tolerated by sub-shell", "a || (ec=$?; if [[ $ec != 0 ]]; then exit 0; else exit $ec; fi;)\nb || (exit 1)", "a (its failure is ignored (|| true))\n2:b"},
		{"some codes", "a || (ec=$?; if [[ $ec = 4 ]]; then exit 0; else exit $ec; fi;)", "a"},
		{"tolerated by group", "a || { echo bad; }\n(b && c) || true", "a (its failure is ignored (|| true))\necho\n2:b (its failure is ignored (|| true))\n2:c (its failure is ignored (|| true))"},
		{"told and failed", "a || { echo bad; exit 1; }", "a\necho"},
		{"errexit", "set +e\na\nset -e\nb", "2:a (its failure is ignored (set +e))\n4:b"},
		{"tested", "if a; then b; else c; fi\nwhile ! d; do e; done", "a (only tested by an if)\nb\nc\n2:d (only tested by an if)\n2:e"},
		{"piped to tee", "a | tee log", "a (its failure is lost in the pipe to tee)\ntee log"},
		{"pipefail", "set -eo pipefail\na | tee log", "2:a\n2:tee log"},
		{"substitution", "x=$(a -b)\necho $(c)", "a -b\n2:c (its failure is lost in a command substitution)\n2:echo"},
		{"prefixes", "A=1 B=\"2 3\" sudo -E env C=4 npx -y eslint .", "npx -y eslint .\neslint ."},
		{"launchers", "poetry run pytest -q\nuv run --group x mypy src\npython3 -m pytest\nbundle exec rspec\npython -m coverage run -m pytest",
			"poetry run pytest -q\npytest -q\n2:uv run --group x mypy src\n2:mypy src\n3:python3 -m pytest\n3:pytest\n4:bundle exec rspec\n4:rspec\n5:python -m coverage run -m pytest\n5:coverage run -m pytest\n5:pytest"},
		{"installing is not running", "pip install -r dev.txt flake8\nnpm i -g eslint\ngo install x/staticcheck@latest\napt-get -y install shellcheck\ncommand -v tflint\nnpm ci",
			"pip install -r dev.txt\n2:npm i -g\n3:go install\n4:apt-get -y install\n5:command\n6:npm ci"},
		{"asking for a version is not running", "tflint --version\nnpx cypress --version > v 2>&1\nsh -c 'eslint --help'\ngolangci-lint version || true\nhelm upgrade --version 3 a\nyarn version\nlint --fix a > b",
			"5:helm upgrade --version 3 a\n6:yarn version\n7:lint --fix a > b"},
		{"fetching is not running", "sudo wget -O /bin/hadolint \"https://a/b\"\ncurl -fsSLo bin/tflint https://a/b\ncurl -o /dev/null https://a/up\nwget -qO- https://a/up\ncurl -X POST https://a/up",
			"wget -O \"https://a/b\"\n2:curl -fsSLo https://a/b\n3:curl -o https://a/up\n4:wget -qO- https://a/up\n5:curl -X POST https://a/up"},
		{"what is left out is not running", "../gradlew build -x lint --exclude-task :a:test\ngradle -x", "../gradlew build --exclude-task=lint --exclude-task=:a:test\n2:gradle -x"},
		{"saying is not running", `git commit -m "run eslint" -s`, "git commit -m -s"},
		{"shell in shell", "bash -euc 'go vet ./...; go test ./...'\nbash -ceux 'make'", "go vet ./...\ngo test ./...\n2:make"},
		{"in containers", "docker run --rm -v $PWD:/x --entrypoint sh x -c 'go test; eslint .'\ndocker compose -f a.yml run --rm -e A=1 web pytest -q\ndocker exec -t x make\ndocker run --rm x",
			"docker run --rm -v $PWD:/x --entrypoint sh x -c 'go test; eslint .'\nsh -c 'go test; eslint .'\ngo test\neslint .\n2:docker compose -f a.yml run --rm -e A=1 web pytest -q\n2:pytest -q\n3:docker exec -t x make\n3:make\n4:docker run --rm x"},
		{"images that start a program", "docker run -v $PWD:/lint acme.io/tools/pre-commit-terraform:v1@sha256:12 run --files a.tf\nfind . -name '*.sh' | xargs -0 -n 1 shellcheck",
			"docker run -v $PWD:/lint acme.io/tools/pre-commit-terraform:v1@sha256:12 run --files a.tf\npre-commit run --files a.tf\n2:find . -name '*.sh'\n2:shellcheck"},
		{"wrappers alone", "exec\nsudo -u x\ndocker compose\ndocker run --rm\ntime", "3:docker compose\n4:docker run --rm"},
		{"versions of packages", "npx prettier@3 --check .\nbunx @biomejs/biome@2.1 ci", "npx prettier@3 --check .\nprettier --check .\n2:bunx @biomejs/biome@2.1 ci\n2:@biomejs/biome ci"},
		{"behind settings", "dotenv -c test -- turbo run test\ncross-env NODE_ENV=test npm run e2e\ndotenv -e .env.ci jest", "dotenv -c test -- turbo run test\nturbo run test\n2:cross-env NODE_ENV=test npm run e2e\n2:npm run e2e\n3:dotenv -e .env.ci jest\n3:jest"},
		{"for what is found", "find . -name '*.sh' -exec shellcheck -x {} \\;\nfind . -name '*.sh' -exec shellcheck {} +\nfind a -execdir \"$PWD/bin/terraform\" fmt . ';'",
			"find . -name '*.sh'\nshellcheck -x {} (its failure is lost in find -exec)\n2:find . -name '*.sh'\n2:shellcheck {}\n3:find a\n3:\"$PWD/bin/terraform\" fmt . (its failure is lost in find -exec)\n3:terraform fmt . (its failure is lost in find -exec)"},
		{"behind a server", "start-server-and-test \"npm start\" http://localhost:3000 \"playwright test\"\nstart-test start 3000 e2e",
			"start-server-and-test \"npm start\" http://localhost:3000 \"playwright test\"\nplaywright test\n2:start-test start 3000 e2e"},
		{"behind wrappers", "sfw uv run pre-commit run --all\nop run --env-file=.env -- npm test", "uv run pre-commit run --all\npre-commit run --all\n2:op run --env-file=.env -- npm test\n2:npm test"},
		{"soft flags", "checkov -d . --soft-fail\ntrivy image --exit-code 0 x\ntrivy image --exit-code 01 x",
			"checkov -d . --soft-fail (reports success whatever it finds (--soft-fail))\n2:trivy image --exit-code 0 x (reports success whatever it finds (--exit-code 0))\n3:trivy image --exit-code 01 x"},
		{"expressions", "kubectl set image d/x x=${{ env.IMAGE || 'a; b' }}", "kubectl set image d/x x=${{ env.IMAGE || 'a; b' }}"},
		{"redirections", "a > log 2>&1 && b &> c", "a > log 2>&1\nb &> c"},
		{"windows lines", "a\r\nb \\\r\n c", "a\n2-3:b c"},
		{"case and function", "case $x in\n  a|c) b ;;\nesac\nf() { g; }\nfunction h { i; }", "2:b\n4:g\n5:i"},
		{"brackets", "diff <(a) <(b) && sleep $((1+2)) && x=(1 2) y", "a (its failure is lost in a command substitution)\nb (its failure is lost in a command substitution)\ndiff\nsleep $((1+2))\ny"},
		{"compared", "diff -u <(echo -n) <(gofmt -d .)\nbash <(curl -s x)", "echo\ngofmt -d .\ndiff -u\n2:curl -s x (its failure is lost in a command substitution)\n2:bash <(curl -s x)"},
		{"conditions", "if [[ $a == b || $c =~ d && -n $e ]]; then f; fi\n[[ a ]] && g", "f\n2:g"},
		{"images held in variables", "REPO=ghcr.io/acme/shop\nIMAGE=\"${REPO}:${GITHUB_SHA}\"\nWORD=\"a b\"\nTAG=$2\ndocker push \"$IMAGE\"\ndocker tag x $WORD:$TAG", "5:docker push \"ghcr.io/acme/shop:${GITHUB_SHA}\"\n6:docker tag x $WORD:$TAG"},
		{"held in variables", "cmd=\"bundle exec rspec -x\"\ncmd+=\" -y\"\neval \"$cmd\"\nA=a\nA=b\n$A c\n${cmd} d\neval 'e f'", "3:bundle exec rspec -x\n3:rspec -x\n6:$A c\n7:bundle exec rspec -x d\n7:rspec -x d\n8:e f"},
		{"with something to fall back on", "TF=\"${TF_BIN:-terraform}\"\n${TF} validate\n\"${HELM:-helm}\" lint\n${X:-} y", "2:terraform validate\n3:helm lint\n4:${X:-} y"},
		{"unclosed", "a 'b", "a 'b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, cmd := range splitShell(c.src, 1, "", false) {
				line := ""
				if cmd.end > cmd.start {
					line = fmt.Sprintf("%d-%d:", cmd.start, cmd.end)
				} else if cmd.start > 1 {
					line = fmt.Sprintf("%d:", cmd.start)
				}
				line += cmd.text
				if cmd.hint != "" {
					line += " (" + cmd.hint + ")"
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(strings.Split(c.want, "\n"), got); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
		})
	}
}

// What a sub-shell changes ends with it.
func TestFoldersOfSubShells(t *testing.T) {
	for src, want := range map[string]string{
		"(cd a && b)\nc":                "a:b :c",
		"cd x && (cd a && b) && c\nd":   "x/a:b x:c x:d",
		"(cd a; (cd b; c; ); d)\ne":     "a/b:c a:d :e",
		"(cd a\nb\n) || true\nc":        "a:b :c",
		"(set +e; cd a; b); c":          "a:b(its failure is ignored (set +e)) :c",
		"case x in a) cd b;; esac\nc":   "b:c",
		"cd a; (b":                      "a:b",
		"(cd a && b\n":                  "a:b",
		"(cd a && b) > log && (c); (d)": "a:b :c :d",
	} {
		var got []string
		for _, c := range splitShell(src, 1, "", false) {
			if strings.HasPrefix(c.text, ">") {
				continue
			}
			line := c.dir + ":" + c.text
			if c.hint != "" && c.hint != hintTolerated {
				line += "(" + c.hint + ")"
			}
			got = append(got, line)
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%q: %s, want %s", src, got, want)
		}
	}
}
