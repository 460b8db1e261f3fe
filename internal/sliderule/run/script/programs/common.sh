# What follows is the same for every kind of run.

WORK=${WORKDIR:-/opt/run}
SOURCE=$WORK/source
RESULTS=$WORK/results
LOG=$WORK/run.log
HOME=${HOME:-/root}
METADATA=http://169.254.169.254/latest
export HOME AWS_DEFAULT_REGION="$REGION"
mkdir -p "$RESULTS" "$WORK/data"
cd "$WORK"
exec >>"$LOG" 2>&1 </dev/null

STARTED=$(date --utc +%Y-%m-%dT%H:%M:%SZ)
STATUS='' STEP=starting WORDS='' COMMIT='' JOB='' WATCHERS=()
# The summary is written this long before the limit, where the machine goes down in whatever it does.
DEADLINE=$((LIMIT_MINUTES * 60 - 120))

step() {
	STEP=$1
	echo "== $(date --utc +%H:%M:%S) $1"
}

die() {
	WORDS=$1
	exit 1
}

ended() {
	STATUS=$1
	die "$2"
}

# Runs a command, for at most so many seconds, as a process group of its own: a signal to this program is noticed
# while it waits, and whatever the command started ends with it.
limited() {
	local seconds=$1 status=0 timer
	shift
	set -m
	"$@" 2>&1 &
	JOB=$!
	end_after "$seconds" "$JOB" &
	timer=$!
	set +m
	wait "$JOB" || status=$?
	kill -KILL -- "-$JOB" "-$timer" || true
	wait "$timer" || true
	JOB=''
	return "$status"
} 2>/dev/null # what the shell itself says about jobs; a command's words go to standard output

end_after() {
	sleep "$1"
	echo "the limit of $1 seconds is reached"
	kill -TERM -- "-$2"
	sleep 30
	kill -KILL -- "-$2"
}

# Tries three times, or TRIES; what it waits in between doubles.
retry() {
	local attempt delay=10 tries=${TRIES:-3}
	for ((attempt = 1; attempt <= tries; attempt++)); do
		if "$@"; then
			return 0
		fi
		echo "attempt $attempt failed: $*" >&2
		if [ "$attempt" -lt "$tries" ]; then
			sleep "$delay"
			delay=$((delay * 2))
		fi
	done
	return 1
}

# Instance metadata, version 2.
metadata() {
	local token
	token=$(curl --silent --fail --max-time 5 --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$METADATA/api/token") &&
		curl --silent --fail --max-time 5 --header "X-aws-ec2-metadata-token: $token" "$METADATA/meta-data/$1"
}

watch_spot() {
	while sleep 5; do
		if metadata spot/instance-action; then
			kill -USR1 $$
			return
		fi
	done
}

watch_limit() {
	sleep "$DEADLINE"
	kill -USR2 $$
}

# A machine that is lost without a word leaves the log of its last minutes.
watch_log() {
	while sleep 300; do
		upload "$LOG" run.log || true
	done
}

# upload FILE NAME [OPTION ...]
upload() {
	aws s3 cp --only-show-errors "${@:3}" "$1" "s3://$BUCKET/$PREFIX/$RUN_ID/$2"
}

# Plain words for a string of JSON.
plain() {
	printf '%s' "$1" | LC_ALL=C tr '\n"\134' " '/" | LC_ALL=C tr -cd ' -~' | cut -c 1-500
}

# write_summary STATUS FILE
write_summary() {
	{
		printf '{"run_id":"%s","kind":"%s","version":"%s","commit":"%s","status":"%s","started":"%s"' "$RUN_ID" "$KIND" "$VERSION" "$COMMIT" "$1" "$STARTED"
		write_results "$1"
		if [ "$1" = running ]; then
			printf ',"step":"%s"' "$(plain "$STEP")"
		else
			printf ',"ended":"%s"' "$(date --utc +%Y-%m-%dT%H:%M:%SZ)"
			[ "$1" = passed ] || printf ',"failure":{"step":"%s","words":"%s"}' "$(plain "$STEP")" "$(plain "$WORDS")"
		fi
		printf '}\n'
	} >"$2"
}

# Who waits sees how far it is, and a machine that is lost without a word leaves that. It is tried once, and must not
# hold anything up.
report() {
	if write_summary running "$WORK/progress.json"; then
		limited 600 upload_progress || true
	fi
}

upload_progress() {
	export AWS_MAX_ATTEMPTS=1
	upload "$WORK/progress.json" summary.json --cli-connect-timeout 10 --cli-read-timeout 20
	upload "$LOG" run.log --cli-connect-timeout 10 --cli-read-timeout 20
}

# Whatever happened: the summary is written, both objects are uploaded, the log first, and the machine ends.
finish() {
	local code=$? pid
	exec 2>&1
	trap '' USR1 USR2 TERM INT HUP
	trap - EXIT
	set +e
	for pid in ${JOB:+"$JOB"} "${WATCHERS[@]}"; do
		kill -TERM -- "-$pid" 2>/dev/null
	done
	if [ -n "$JOB" ]; then
		sleep 2
		kill -KILL -- "-$JOB" 2>/dev/null
	fi
	if [ -z "$STATUS" ]; then
		STATUS=failed
		WORDS=${WORDS:-"$STEP ended with status $code: $(grep --text . "$LOG" | tail --lines 1)"}
	fi
	echo "== $(date --utc +%H:%M:%S) $STATUS${WORDS:+ ($STEP: $WORDS)}"
	write_summary "$STATUS" "$WORK/summary.json"
	forget
	retry upload "$LOG" run.log
	retry upload "$WORK/summary.json" summary.json
	shutdown -h now
}

trap finish EXIT
trap 'ended interrupted "AWS takes the spot machine back"' USR1
trap 'ended timed_out "the limit of $LIMIT_MINUTES minutes is reached"' USR2
trap 'ended interrupted "the program was told to end"' TERM INT HUP
set -m
watch_spot >/dev/null 2>&1 &
WATCHERS+=("$!")
watch_limit 2>/dev/null &
WATCHERS+=("$!")
watch_log >/dev/null 2>&1 &
WATCHERS+=("$!")
set +m

start_docker() {
	systemctl enable --now docker
}

# Only Amazon's registry gives passwords to machines.
login_to_registry() {
	if [ -n "$REGISTRY_REGION" ]; then
		aws ecr get-login-password --region "$REGISTRY_REGION" | docker login --username AWS --password-stdin "${REGISTRY%%/*}"
	fi
}

clone() {
	rm -rf "$SOURCE" &&
		git clone --quiet "$REPOSITORY" "$SOURCE"
}

prepare() {
	step install
	report
	retry limited 900 dnf install --assumeyes "$@" || die 'the packages cannot be installed'
	limited 120 start_docker || die 'Docker does not start'
	step login
	retry limited 120 login_to_registry || die "the registry $REGISTRY does not let this machine in"
	step clone
	retry limited 600 clone || die "$REPOSITORY cannot be cloned"
	limited 120 git -C "$SOURCE" checkout --quiet "$VERSION" -- || die "$REPOSITORY has no version $VERSION"
	COMMIT=$(git -C "$SOURCE" rev-parse HEAD)
	[[ $COMMIT =~ ^[0-9a-f]{40,64}$ ]] || COMMIT=''
}
