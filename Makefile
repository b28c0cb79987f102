# The targets that a developer needs. `make test` needs Go and nothing else;
# .ci/run is what every change must pass.

GO        ?= go
BIN       := bin/cleannet
VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
# How long each fuzz target runs, and how many run at once.
FUZZTIME  ?= 60s
FUZZJOBS  ?= 2
# Extra flags and the packages for go test: make test PKG=./internal/policy/...
TESTFLAGS ?=
PKG       ?= ./...

# The race detector needs cgo and a C compiler. Where one is missing the tests
# run without it.
RACE := $(shell [ "$$($(GO) env CGO_ENABLED)" = 1 ] && command -v "$$($(GO) env CC)" >/dev/null 2>&1 && echo -race)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: test
test: ## vet, and every test, with the race detector where there is a C compiler
	$(GO) vet $(PKG)
	$(GO) test $(RACE) -timeout 20m $(TESTFLAGS) $(PKG)

.PHONY: build
build: ## bin/cleannet, static, with its version
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o $(BIN) ./cmd/cleannet

.PHONY: lint
lint: ## formatting, modernisers and the linters at the version that CI uses
	.ci/format
	"$$(.ci/tools golangci-lint)" run

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME, FUZZJOBS at once
	.ci/fuzz $(FUZZTIME) $(FUZZJOBS)

.PHONY: cover
cover: ## coverage of each function and in total; bin/cover.html shows the lines
	@mkdir -p bin
	$(GO) test -timeout 20m -coverprofile=bin/cover.out $(PKG)
	$(GO) tool cover -html=bin/cover.out -o bin/cover.html
	$(GO) tool cover -func=bin/cover.out

.PHONY: bench
bench: ## every benchmark of the packages; bench/ compares with other programs
	$(GO) test -run '^$$' -bench . -benchmem $(TESTFLAGS) $(PKG)

.PHONY: generate
generate: ## write the generated files again
	$(GO) generate $(PKG)

.PHONY: clean
clean: ## remove what make built
	rm -rf bin
