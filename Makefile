# `make` lists the targets. Needs Go, git and make; python3 for the AWS part of the sandbox.

SHELL   := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION ?= dev
LDFLAGS := -s -w -X main.version=$(VERSION)

# Passed on to `go test`, for example: make test-unit GOTESTFLAGS=-race
export GOTESTFLAGS ?=

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build the provider and the commands into bin/
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/terraform-provider-provisioner .
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/...

.PHONY: test
test: ## Everything: build, docs, lint, all tests; sets itself up
	scripts/test.sh

.PHONY: test-unit
test-unit: ## The fast tests: without the acceptance tests
	TF_ACC= scripts/test.sh tests

.PHONY: test-acceptance
test-acceptance: ## The provider against the sandbox, through a real CLI
	PACKAGES=./internal/provider/... scripts/test.sh tests

.PHONY: test-modules
test-modules: ## `terraform test` and the README blocks of every module
	PACKAGES=./modules/... scripts/test.sh tests

.PHONY: lint
lint: ## Lint Go, workflows and HCL; change nothing
	scripts/test.sh golangci actionlint hclfmt tflint tidy

.PHONY: fmt
fmt: ## Format Go and HCL
	go tool -modfile=tools/golangci-lint.mod golangci-lint fmt
	"$$(go run ./internal/tools/terraform)" fmt -recursive .

.PHONY: docs
docs: ## Generate docs/ from schemas, templates and examples
	scripts/docs.sh docs

.PHONY: docs-check
docs-check: ## Fail when docs/ is not what `make docs` would write
	scripts/test.sh docs

.PHONY: demo
demo: ## Every cloud on loopback: a roster applied, applied again, one person shorter, a test run, and a cluster that ends
	@config=$$(scripts/mirror.sh) && \
	terraform=$$(go run ./internal/tools/terraform) && \
	go build -o bin/demo ./internal/demo && \
	exec bin/demo -terraform "$$terraform" -cli-config "$$config"

.PHONY: bench
bench: build ## Measure the numbers that must hold; BENCHFLAGS=-quick for a glance
	go run ./internal/bench $(BENCHFLAGS)

.PHONY: tools
tools: ## Build the pinned tools
	@for tool in gofumpt gotestsum tfplugindocs tflint actionlint benchstat; do \
		echo "building $$tool"; go tool -modfile=tools/go.mod -n $$tool >/dev/null; \
	done
	@echo "building golangci-lint"; go tool -modfile=tools/golangci-lint.mod -n golangci-lint >/dev/null

.PHONY: release-check
release-check: ## Validate .goreleaser.yml (builds goreleaser: minutes)
	go run github.com/goreleaser/goreleaser/v2@v2.16.0 check

.PHONY: clean
clean: ## Remove what was built or downloaded
	rm -rf bin dist .demo .cache
