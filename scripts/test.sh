#!/usr/bin/env bash
# Runs the stages named as arguments, or all of them. A failed stage does not stop the others:
# one run tells everything that is wrong. Ends with a line per stage, and go test's own last line.
#
#   TF_ACC=      (set and empty) leaves out what starts a CLI
#   PACKAGES     what to test, ./... by default
#   GOTESTFLAGS  more flags for go test
#   TF_ACC_TERRAFORM_PATH  the CLI to use, for example an OpenTofu
set -euo pipefail
cd "$(dirname "$0")/.."

all="build terraform compile docs golangci actionlint hclfmt tflint tidy tests"
log=.cache/test.log
mkdir -p .cache
# Nobody's own CLI configuration changes what is tested.
export CHECKPOINT_DISABLE=1 TF_CLI_CONFIG_FILE=/dev/null

gotool() { go tool -modfile=tools/go.mod "$@"; }
cli() {
	if [ -n "${TF_ACC_TERRAFORM_PATH:-}" ]; then
		echo "$TF_ACC_TERRAFORM_PATH"
	else
		go run ./internal/tools/terraform
	fi
}
# The folders of HCL that exist.
hcl() { for dir in modules examples; do [ ! -d $dir ] || echo $dir; done; }

build() { make --no-print-directory build; }

terraform() {
	local path
	path=$(cli)
	"$path" version | head -1
	echo "$path"
}

# Compiling is most of a cold run. On its own it shows as what it is, and the tests below show as fast as they are.
compile() { go list -export -test -deps ./... >/dev/null; }

docs() {
	rm -rf .cache/docs
	scripts/docs.sh .cache/docs >/dev/null
	gotool tfplugindocs validate --provider-name=provisioner --providers-schema=.cache/schemas.json >.cache/docs.log 2>&1 || {
		grep -v DEBUG .cache/docs.log
		return 1
	}
	# adr and benchmarks.md are written by hand and live beside the generated pages.
	diff -ru --exclude=adr --exclude=benchmarks.md .cache/docs docs || {
		echo 'docs/ is not what the schemas, templates and examples give: run `make docs` and commit the result.'
		return 1
	}
}

golangci() { go tool -modfile=tools/golangci-lint.mod golangci-lint run; }

# Without the linters it would pick up from PATH: the same result on every machine.
actionlint() { gotool actionlint -shellcheck= -pyflakes=; }

hclfmt() {
	local dirs path
	dirs=$(hcl)
	path=$(cli)
	[ -z "$dirs" ] || "$path" fmt -check -diff -recursive $dirs || {
		echo 'HCL is not formatted: run `make fmt`.'
		return 1
	}
}

tflint() {
	local dir fragment failed=0
	for dir in $(hcl); do
		# What the registry shows is a fragment on purpose: it states no versions.
		fragment=
		[ $dir = modules ] || fragment="--disable-rule=terraform_required_version --disable-rule=terraform_required_providers"
		gotool tflint --chdir=$dir --recursive --config="$PWD/.tflint.hcl" $fragment || failed=1
	done
	return $failed
}

tidy() {
	go mod tidy -diff || {
		echo 'go.mod does not fit the code: run `go mod tidy`.'
		return 1
	}
}

tests() {
	export TF_ACC="${TF_ACC-1}"
	export TF_ACC_TERRAFORM_PATH
	TF_ACC_TERRAFORM_PATH=$(cli)
	export PATH="${TF_ACC_TERRAFORM_PATH%/*}:$PATH"
	# With this no CLI asks a registry: it finds our build, or says what is missing.
	if [ -n "$TF_ACC" ]; then
		TF_CLI_CONFIG_FILE=$(scripts/mirror.sh)
	fi
	gotool gotestsum --format=pkgname -- -count=1 -timeout=30m $GOTESTFLAGS ${PACKAGES:-./...} | tee $log
}

# alive says every half minute that a silent stage is still at work.
alive() {
	while sleep 30 >/dev/null 2>&1; do
		echo "... $1, $((SECONDS - started)) s"
	done
}

GOTESTFLAGS="${GOTESTFLAGS:-}"
summary=""
failed=0
rm -f $log
for stage in ${*:-$all}; do
	echo "==> $stage"
	started=$SECONDS
	alive "$stage" &
	beat=$!
	set +e
	(
		set -e
		$stage
	)
	code=$?
	set -e
	kill $beat
	wait $beat 2>/dev/null || true
	verdict=ok
	if [ $code -ne 0 ]; then
		verdict=FAIL
		failed=1
	fi
	summary+=$(printf '%-5s %-11s %4d s' "$verdict" "$stage" $((SECONDS - started)))$'\n'
done

printf '\n%s' "$summary"
[ ! -f $log ] || tail -1 $log
exit $failed
