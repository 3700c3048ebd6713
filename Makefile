# What a person does with Indywire's source. `make help` lists it.
# Tools are built into .cache/bin, each in a folder that names its version; nothing is installed outside but by scripts/setup.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

GOLANGCI_VERSION := v2.15.0
GOVULNCHECK_VERSION := v1.9.0
VERSITYGW_VERSION := v1.8.0

CACHE := $(CURDIR)/.cache
GOLANGCI := $(CACHE)/bin/golangci-lint@$(GOLANGCI_VERSION)/golangci-lint
GOVULNCHECK := $(CACHE)/bin/govulncheck@$(GOVULNCHECK_VERSION)/govulncheck
VERSITYGW := $(CACHE)/bin/versitygw@$(VERSITYGW_VERSION)/versitygw
NODE_MODULES := node_modules/.package-lock.json
STATIC := static/dist/manifest.json
STATIC_SOURCES := $(shell find static -type f -not -path 'static/dist/*' -not -path 'static/.dist/*' -not -name '*.go' 2>/dev/null)

DATA ?= ./data
ARGS ?=
# The one that takes longest comes first, so that the others fill the gaps beside it.
PACKAGES ?= ./web ./internal/drill ./...
TEST_FLAGS ?=
FUZZTIME ?= 20s
BENCHTIME ?= 1s

# One kind of binary everywhere, with no C library in it. The race detector alone wants a C compiler.
export CGO_ENABLED ?= 0

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: run
run: setup build ## a network with sample collectives on http://localhost:8080, files under ./data
	@exec bin/indywire serve --demo --data $(DATA) $(ARGS)

.PHONY: build
build: static ## the binary, bin/indywire
	go build -trimpath -o bin/indywire ./cmd/indywire

.PHONY: static
static: $(STATIC) ## style sheets and scripts, bundled and named by content, in static/dist

$(STATIC): $(STATIC_SOURCES) scripts/static.mjs $(NODE_MODULES)
	@node scripts/static.mjs

# npm writes this file last, so it is a good stamp. No package's own install script is run: none is needed.
$(NODE_MODULES): package.json package-lock.json
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: setup setup-test setup-drill
setup: ## install the system programs the server needs, where they are missing
	@scripts/setup run
setup-test: ## the same for the tests (a browser, fonts)
	@scripts/setup test
setup-drill: ## the same for the drill (etcd, Patroni; Debian only)
	@scripts/setup drill

.PHONY: test
test: setup-test lint $(VERSITYGW) ## everything a change must keep: lint, unit, database and browser tests
	go test -json -p 3 -parallel 3 -timeout 25m $(TEST_FLAGS) $(PACKAGES) | node scripts/testlines.mjs

.PHONY: test-long
test-long: setup-test static $(VERSITYGW) ## what takes long: uploads of 1 GB, films that move to another server
	INDYWIRE_LONG=1 go test -timeout 60m $(TEST_FLAGS) ./cmd/indywire ./web

.PHONY: drill
drill: setup-drill static $(VERSITYGW) ## the network under fire: three nodes in namespaces, servers and cables taken away; as root
	INDYWIRE_DRILL=1 INDYWIRE_DRILL_TABLE=$(CURDIR)/docs/resistance.md go test -v -count=1 -timeout 60m $(TEST_FLAGS) ./internal/drill

.PHONY: race
race: setup-test static $(VERSITYGW) ## the tests under the race detector (needs a C compiler; slower)
	CGO_ENABLED=1 go test -race -timeout 40m $(TEST_FLAGS) $(PACKAGES)

.PHONY: lint
lint: static $(GOLANGCI) ## go vet and golangci-lint
	go vet $(PACKAGES)
	$(GOLANGCI) run $(PACKAGES)

.PHONY: audit
audit: $(GOVULNCHECK) $(NODE_MODULES) static ## known holes in what we build on, where the databases can be asked
	@scripts/audit $(GOVULNCHECK)

.PHONY: fuzz
fuzz: static ## every fuzzer for FUZZTIME (20s)
	@scripts/fuzz $(FUZZTIME)

.PHONY: bench
bench: setup-test static ## every benchmark, BENCHTIME (1s) each
	@go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) -timeout 60m $(TEST_FLAGS) \
	  $$(git grep -l --untracked '^func Benchmark' -- '*_test.go' | xargs -r -n 1 dirname | sort -u | sed 's|^|./|')

$(GOLANGCI):
	@echo 'building golangci-lint $(GOLANGCI_VERSION), once; this takes some minutes'
	@GOBIN=$(@D) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

$(VERSITYGW):
	@echo 'building versitygw $(VERSITYGW_VERSION), a store of the S3 protocol for the tests, once; this takes some minutes'
	@GOBIN=$(@D) go install github.com/versity/versitygw/cmd/versitygw@$(VERSITYGW_VERSION)

$(GOVULNCHECK):
	@GOBIN=$(@D) go install golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION)
