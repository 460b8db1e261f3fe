#!/usr/bin/env bash
# Generates the registry's pages into the folder named as argument, relative to the repository.
set -euo pipefail
cd "$(dirname "$0")/.."

# The schemas come from the provider itself, not from a CLI: Terraform 1.11 knows no actions, list
# resources or identities, and their pages would be left out without a word.
mkdir -p .cache
go run ./internal/tools/docschema >.cache/schemas.json
go tool -modfile=tools/go.mod tfplugindocs generate \
	--provider-name=provisioner \
	--providers-schema=.cache/schemas.json \
	--rendered-website-dir="$1"
