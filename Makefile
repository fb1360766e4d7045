# make demo    the whole product on this machine; DIRS="path/to/repo …" for your own repositories
# make test    every test, race detector on; does all its own set-up
# make check   what CI runs: format, vet, lint, tests, fuzz corpora, browser tests, every artefact
# make bench   benchmarks against their floors
# make soak    MINUTES at RATE events a second: nothing may grow
# make chaos   the long form of TestChaos, an hour or so for each of SEEDS
# make onboard the App on ten thousand repositories at once, on an accelerated clock
# make build   the binary, static, in bin/

GO            ?= go
GOTESTSUM     := $(GO) run gotest.tools/gotestsum@v1.13.0
GOLANGCI      := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
VERSION       ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GOVULNCHECK   := $(GO) run golang.org/x/vuln/cmd/govulncheck@v1.1.4
GITLEAKS      := $(GO) run github.com/zricethezav/gitleaks/v8@v8.28.0
MISSPELL      := $(GO) run github.com/golangci/misspell/cmd/misspell@v0.8.0
LDFLAGS       := -s -w -X main.version=$(VERSION)
FUZZTIME      ?= 1000x
READY         ?= 100

# What `make chaos` and `make soak` do; each seed is another storm, minutes and rate are of the soak.
SEEDS         ?= 1 2 3
MINUTES       ?= 30
RATE          ?= 50

.PHONY: demo test check bench build fmt vet lint spelling vulnerabilities secrets fuzz artefacts deploy chaos soak onboard clean

demo: build
	bin/readyline demo $(DIRS)

build:
	@mkdir -p bin
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/readyline ./cmd/readyline

test:
	$(GO) test -race -timeout 20m ./...

# The tests of `make test`, and those in a real browser, which want Chromium.
# Links and commands in documents, migrations and Dockerfile are looked at by tests.
check: fmt vet lint spelling vulnerabilities secrets fuzz artefacts deploy
	$(GOTESTSUM) --format pkgname -- -race -tags browser -timeout 25m ./...

fmt:
	@bad=$$(gofmt -l cmd docs internal migrations templates web); if [ -n "$$bad" ]; then echo "not gofmt-ed:"; echo "$$bad"; exit 1; fi

vet:
	$(GO) vet -tags browser ./...

lint:
	$(GOLANGCI) run ./...

spelling:
	$(MISSPELL) -error README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md docs templates/checklists web

# Where the database of vulnerabilities can't be reached, says so and goes on.
vulnerabilities:
	@out=$$($(GOVULNCHECK) ./... 2>&1); code=$$?; \
	case "$$out" in \
	*"fetching vulnerabilities"*) echo "vulnerabilities: not looked for, as vuln.go.dev can't be reached from here" ;; \
	*) echo "$$out"; exit $$code ;; \
	esac

# In every commit; in the files alone where there is no history to look into.
secrets:
	@mode=dir; if git rev-parse --quiet --verify HEAD >/dev/null 2>&1; then mode=git; fi; \
	$(GITLEAKS) $$mode --no-banner --redact --verbose --max-target-megabytes 2 .

# Each fuzz target for a thousand inputs, a few seconds, one after the other. A
# count, because a target that is still reading its corpus when its time is over
# fails; a cache of its own, because the machine's grows from run to run.
fuzz:
	@cache=$$(mktemp -d); trap 'rm -rf "$$cache"' EXIT; \
	for file in $$(grep -rl --include='*_test.go' '^func Fuzz' cmd internal | sort); do \
	  for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' $$file); do \
	    echo "fuzz $$file $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) ./$$(dirname $$file) -test.fuzzcachedir "$$cache" || exit 1; \
	  done; \
	done

artefacts: build
	GOOS=linux GOARCH=arm64 CGO_ENABLED=0 $(GO) build -trimpath -o /dev/null ./cmd/readyline
	bin/readyline version
	bin/readyline lint templates .github/readyline.yml
	bin/readyline scan . --checklist solution-readiness --fail-under $(READY)

# The chart through Helm's engine and Kubernetes' types, the Compose file through
# Compose's loader, the alerts through Prometheus' parser: a module of its own, so
# that the server depends on none of them.
deploy:
	cd docs/deploy/check && $(GO) vet ./... && $(GO) test -count 1 ./...

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# Three replicas, a thousand repositories, twenty thousand events, everything going wrong.
chaos: build
	@for seed in $(SEEDS); do \
	  READYLINE_CHAOS_BINARY=$(CURDIR)/bin/readyline READYLINE_CHAOS_SEED=$$seed READYLINE_CHAOS_REPLICAS=3 \
	  READYLINE_CHAOS_REPOSITORIES=1000 READYLINE_CHAOS_EVENTS=20000 READYLINE_CHAOS_HANDS=0 READYLINE_CHAOS_KILLS=40 \
	  READYLINE_CHAOS_OUTAGES=2 READYLINE_CHAOS_PACE=400 READYLINE_CHAOS_PATIENCE=3600 \
	  $(GO) test -run '^TestChaos$$' -v -count 1 -timeout 4h ./cmd/readyline || exit 1; \
	done

# Ten thousand repositories get their issues in waves, sixty of GitHub's hours an hour.
onboard: build
	READYLINE_CHAOS_BINARY=$(CURDIR)/bin/readyline READYLINE_CHAOS_PATIENCE=3600 READYLINE_ONBOARD_REPOSITORIES=10000 \
	READYLINE_ONBOARD_SPEED=60 READYLINE_ONBOARD_PER_HOUR=300 READYLINE_ONBOARD_PER_DAY=7200 \
	$(GO) test -run '^TestOnboarding$$' -v -count 1 -timeout 4h ./cmd/readyline

# One server, MINUTES at RATE events a second: what it takes must stay as it is.
soak: build
	READYLINE_CHAOS_BINARY=$(CURDIR)/bin/readyline READYLINE_CHAOS_PATIENCE=3600 READYLINE_SOAK_REPOSITORIES=200 \
	READYLINE_SOAK_SECONDS=$$(( $(MINUTES) * 60 )) READYLINE_SOAK_RATE=$(RATE) \
	$(GO) test -run '^TestSoak$$' -v -count 1 -timeout 4h ./cmd/readyline

clean:
	rm -rf bin
