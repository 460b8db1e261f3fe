#!/usr/bin/env bash
# Lays the built provider out as a filesystem mirror, and prints the CLI configuration that uses it:
#   export TF_CLI_CONFIG_FILE=$(scripts/mirror.sh)
# Nothing else can be installed with it: a CLI that wants more says so instead of asking a registry.
set -euo pipefail
cd "$(dirname "$0")/.."

make --no-print-directory build >&2

# Newer than every release, so that any least version a module asks for is met. (0.0.0 means "no version" to Terraform.)
version=99.0.0
mirror=$PWD/.cache/mirror
platform=$(go env GOOS)_$(go env GOARCH)
rm -rf "$mirror"
# OpenTofu reads the same short address as one at its own registry.
for host in registry.terraform.io registry.opentofu.org; do
	dir=$mirror/$host/data-access/provisioner/$version/$platform
	mkdir -p "$dir"
	cp bin/terraform-provider-provisioner "$dir/terraform-provider-provisioner_v$version"
done

cat >.cache/terraformrc <<EOF
provider_installation {
  filesystem_mirror {
    path = "$mirror"
  }
}
EOF
echo "$PWD/.cache/terraformrc"
