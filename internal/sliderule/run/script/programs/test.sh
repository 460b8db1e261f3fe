#!/bin/bash
shutdown -h +@LIMIT_MINUTES@ || poweroff # whatever happens below, this machine ends
# A test run of SlideRule: every suite runs, whatever became of those before it.
set -euo pipefail

KIND=@KIND@
RUN_ID=@RUN_ID@
LIMIT_MINUTES=@LIMIT_MINUTES@
VERSION=@VERSION@
REPOSITORY=@REPOSITORY@
REGISTRY=@REGISTRY@
REGISTRY_REGION=@REGISTRY_REGION@
REGION=@REGION@
BUCKET=@BUCKET@
PREFIX=@PREFIX@
CLUSTER=@CLUSTER@
CLIENT_DOMAIN=@CLIENT_DOMAIN@
CLIENT_ORGANIZATION=@CLIENT_ORGANIZATION@
TOKEN_PARAMETER=@TOKEN_PARAMETER@
DATA_BUCKET=@DATA_BUCKET@
DATA_FOLDER=@DATA_FOLDER@

# The suites, and how they share the time that is left: what one does not need is left to those after it.
SUITES=(python node build selftest ams manager)
declare -A SHARES=([python]=4 [node]=1 [build]=4 [selftest]=2 [ams]=1 [manager]=1)

# result NAME STATUS PASSED FAILED SKIPPED ERRORS SECONDS
result() {
	printf '{"status":"%s","passed":%d,"failed":%d,"skipped":%d,"errors":%d,"seconds":%d}' "${@:2}" >"$RESULTS/$1.json"
}

write_results() {
	local name separator=''
	printf ',"suites":{'
	for name in "${SUITES[@]}"; do
		if [ ! -s "$RESULTS/$name.json" ]; then
			[ "$1" != running ] || continue # it may still come
			result "$name" error 0 0 0 0 0
		fi
		printf '%s"%s":%s' "$separator" "$name" "$(<"$RESULTS/$name.json")"
		separator=','
	done
	printf '}'
}

# The token was for this run alone.
forget() {
	[ -z "$TOKEN_PARAMETER" ] || aws ssm delete-parameter --name "$TOKEN_PARAMETER" >/dev/null 2>&1
}

@COMMON@

CONDA=$WORK/miniforge3
BUILDER=$REGISTRY/sliderule-buildenv:latest

install_conda() {
	curl --silent --show-error --fail --location --output "$WORK/miniforge.sh" \
		"https://github.com/conda-forge/miniforge/releases/latest/download/Miniforge3-Linux-$(uname -m).sh" &&
		rm -rf "$CONDA" &&
		bash "$WORK/miniforge.sh" -b -p "$CONDA"
}

conda_environment() {
	rm -rf "$WORK/envs/$1" &&
		"$CONDA/bin/mamba" env create --yes --file environment.yml --prefix "$WORK/envs/$1"
}

need_conda() {
	[ -x "$CONDA/bin/mamba" ] || retry install_conda
}

# Runs a script in the build container, which sees the same folders under the same names. Its words come as arguments.
inside() {
	local name=$1
	shift
	docker run --rm --network host --name "$name" --volume "$WORK:$WORK" --volume "$WORK/data:/data" --workdir "$PWD" "$BUILDER" sh -c "$@"
}

suite_python() {
	cd "$1" && need_conda && retry conda_environment python &&
		retry "$WORK/envs/python/bin/pip" install . &&
		"$WORK/envs/python/bin/pytest" --domain "$CLIENT_DOMAIN" --organization "$CLIENT_ORGANIZATION" --junitxml="$RESULTS/python.xml"
}

# Jest loads modules only with Node's switch.
suite_node() {
	cd "$1" && retry npm install --no-audit --no-fund &&
		DOMAIN="$CLIENT_DOMAIN" ORGANIZATION="$CLIENT_ORGANIZATION" NODE_OPTIONS=--experimental-vm-modules \
			npm test -- --json --outputFile="$RESULTS/node.jest"
}

suite_build() {
	cd "$1" && retry docker pull --quiet "$BUILDER" && inside build 'make config-debug && make'
}

suite_selftest() {
	cd "$1" && inside selftest 'make selftest'
}

# The environments of conda are made inside: what is built there runs there.
environment_inside() {
	rm -rf "$WORK/envs/$1"
	# shellcheck disable=SC2016 # the words are for the shell in the container
	inside "$1-environment" 'exec "$1" env create --yes --file environment.yml --prefix "$2"' sh "$CONDA/bin/mamba" "$WORK/envs/$1"
}

suite_conda_inside() {
	# shellcheck disable=SC2016
	cd "$1" && need_conda && retry environment_inside "$2" &&
		inside "$2" 'exec "$1/bin/pytest" --junitxml="$2"' sh "$WORK/envs/$2" "$RESULTS/$2.xml"
}

suite_ams() {
	suite_conda_inside "$1" ams
}

suite_manager() {
	suite_conda_inside "$1" manager
}

# Where the suite of a name is at this version; nothing when there is none.
folder_of() {
	local at
	case $1 in
	python) set -- clients/python ;;
	node) set -- clients/nodejs/sliderule/package.json clients/nodejs/package.json ;;
	build | selftest) set -- targets/slideruleearth ;;
	*) set -- "apps/$1" "applications/$1" ;; # the folder has another name since v5.4.5
	esac
	for at in "$@"; do
		if [ -e "$SOURCE/$at" ]; then
			echo "$SOURCE/${at%/package.json}"
			return
		fi
	done
}

# number PATTERN: what stands before the last match of it, or 0.
number() {
	local found
	found=$(grep --text --only-matching --extended-regexp "$1" | tail --lines 1 | grep --only-matching --extended-regexp '[0-9]+' | tail --lines 1) || true
	echo "${found:-0}"
}

# The four counts of a suite, passed, failed, skipped and errors, from what it left; fails when there is no result.
# Its part of the log is read from standard input.
counts() {
	local text passed failed skipped errors total
	text=$(cat)
	case $1 in
	build) return 1 ;; # it has none: how it ended says all
	node)
		if [ -s "$RESULTS/node.jest" ]; then
			text=$(<"$RESULTS/node.jest")
			passed=$(number '"numPassedTests":[0-9]+' <<<"$text")
			failed=$(number '"numFailedTests":[0-9]+' <<<"$text")
			skipped=$(number '"numPendingTests":[0-9]+' <<<"$text")
			errors=$(number '"numRuntimeErrorTestSuites":[0-9]+' <<<"$text")
		else
			text=$(grep --text '^Tests: ' <<<"$text" | tail --lines 1)
			passed=$(number '[0-9]+ passed' <<<"$text")
			failed=$(number '[0-9]+ failed' <<<"$text")
			skipped=$(number '[0-9]+ skipped' <<<"$text")
			errors=0
		fi
		;;
	selftest)
		grep --text --quiet 'number of errors' <<<"$text" || return 1
		total=$(number 'number of tests: *[0-9]+' <<<"$text")
		skipped=$(number 'number of skipped tests: *[0-9]+' <<<"$text")
		failed=$(number 'number of errors: *[0-9]+' <<<"$text")
		passed=$((total - skipped - failed))
		[ "$passed" -ge 0 ] || passed=0
		errors=0
		;;
	*)
		if [ -s "$RESULTS/$1.xml" ]; then
			text=$(grep --text --only-matching '<testsuite [^>]*>' "$RESULTS/$1.xml" | head --lines 1)
			total=$(number ' tests="[0-9]+"' <<<"$text")
			failed=$(number ' failures="[0-9]+"' <<<"$text")
			skipped=$(number ' skipped="[0-9]+"' <<<"$text")
			errors=$(number ' errors="[0-9]+"' <<<"$text")
			passed=$((total - failed - skipped - errors))
		else
			text=$(grep --text --extended-regexp '^=+ .* in [0-9.]+s' <<<"$text" | tail --lines 1)
			passed=$(number '[0-9]+ passed' <<<"$text")
			failed=$(number '[0-9]+ failed' <<<"$text")
			skipped=$(number '[0-9]+ skipped' <<<"$text")
			errors=$(number '[0-9]+ errors?' <<<"$text")
		fi
		;;
	esac
	[ $((passed + failed + skipped + errors)) -gt 0 ] || return 1
	echo "$passed $failed $skipped $errors"
}

# Runs a suite and judges it by its result and by how it ended: the one without the other is no pass.
run_suite() {
	local name=$1 seconds=$2 folder began=$SECONDS from code=0 passed=0 failed=0 skipped=0 errors=0 status counted=yes
	step "suite $name"
	report
	folder=$(folder_of "$name")
	if [ -z "$folder" ]; then
		echo "there is no such suite at $VERSION"
		result "$name" skipped 0 0 0 0 0
		return
	fi
	from=$(stat --format %s "$LOG")
	limited "$seconds" "suite_$name" "$folder" || code=$?
	case $name in
	build | selftest | ams | manager) # a container outlives the command that ran it
		[ "$code" = 0 ] || limited 60 docker rm --force "$name" "$name-environment" || true
		;;
	esac
	read -r passed failed skipped errors <<<"$(tail --bytes "+$((from + 1))" "$LOG" | tail --lines 200 | counts "$name" || echo 0 0 0 0)"
	[ $((passed + failed + skipped + errors)) -gt 0 ] || counted=no
	if [ "$name" = build ]; then
		counted=yes
		if [ "$code" = 0 ]; then passed=1; else failed=1; fi
	fi
	if [ "$counted" = no ]; then
		status=error
	elif [ "$failed" -gt 0 ]; then
		status=failed
	elif [ "$code" != 0 ] || [ "$errors" -gt 0 ]; then
		status=error
	else
		status=passed
	fi
	result "$name" "$status" "$passed" "$failed" "$skipped" "$errors" $((SECONDS - began))
	case $status in
	failed) BAD+=("$name: $failed failed") ;;
	error)
		if [ "$counted" = no ]; then
			BAD+=("$name: ended without a result, with status $code")
		else
			BAD+=("$name: $errors errors, ended with status $code")
		fi
		;;
	*) RAN=$((RAN + 1)) ;;
	esac
}

BAD=()
RAN=0
prepare git make rsync docker nodejs nodejs-npm

step token
if [ -n "$TOKEN_PARAMETER" ]; then
	# It may be read once it is tagged with this machine, and what a tag allows may take minutes to be known.
	TOKEN=$(TRIES=6 retry aws ssm get-parameter --with-decryption --name "$TOKEN_PARAMETER" --query Parameter.Value --output text) ||
		die "the token of this run, $TOKEN_PARAMETER, cannot be read"
	if [[ $TOKEN == *.*.* ]]; then
		# What a login answered is where clients keep it; the ends of a token are for its issuer to judge.
		mkdir -p "$HOME/.cache/sliderule"
		(umask 077 && printf '{"status":"success","token":"%s","metadata":{"exp":%d}}' "$TOKEN" $(($(date +%s) + LIMIT_MINUTES * 60)) >"$HOME/.cache/sliderule/ps_access_token.json")
	else
		export SLIDERULE_GITHUB_TOKEN=$TOKEN
	fi
fi

step data
if [ -n "$DATA_BUCKET" ]; then
	for part in server ams; do
		retry limited 600 aws s3 sync --only-show-errors "s3://$DATA_BUCKET/${DATA_FOLDER:+$DATA_FOLDER/}$part/" "$WORK/data/" ||
			echo "the data of $part cannot be had"
	done
fi

echo "the cluster $CLUSTER is asked as $CLIENT_ORGANIZATION.$CLIENT_DOMAIN"
for name in "${SUITES[@]}"; do
	shares=0 seen=no
	for other in "${SUITES[@]}"; do
		[ "$other" != "$name" ] || seen=yes
		[ "$seen" = no ] || shares=$((shares + SHARES[$other]))
	done
	left=$((DEADLINE - SECONDS))
	run_suite "$name" $((left > 0 ? left * SHARES[$name] / shares : 1))
done

step suites
if [ "${#BAD[@]}" -gt 0 ]; then
	printf -v WORDS '%s; ' "${BAD[@]}"
	die "${WORDS%; }"
fi
[ "$RAN" -gt 0 ] || die "there is no suite at $VERSION"
STATUS=passed
