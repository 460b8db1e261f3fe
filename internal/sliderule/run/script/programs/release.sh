#!/bin/bash
shutdown -h +@LIMIT_MINUTES@ || poweroff # whatever happens below, this machine ends
# A release of SlideRule: builds the images of a cluster and pushes them under the version's own tag.
set -euo pipefail

KIND=@KIND@
RUN_ID=@RUN_ID@
LIMIT_MINUTES=@LIMIT_MINUTES@
VERSION=@VERSION@
REPOSITORY=@REPOSITORY@
REGISTRY=@REGISTRY@
REGISTRY_REGION=@REGISTRY_REGION@
REGISTRY_ID=@REGISTRY_ID@
REGION=@REGION@
BUCKET=@BUCKET@
PREFIX=@PREFIX@
IMAGES=@IMAGES@
OVERWRITE=@OVERWRITE@
MOVE_LATEST=@MOVE_LATEST@

# A repository of the registry has the registry's folder before its name, if there is one.
FOLDER=${REGISTRY#*/}
[ "$FOLDER" != "$REGISTRY" ] || FOLDER=''
FOLDER=${FOLDER:+$FOLDER/}
declare -A DIGESTS=()

write_results() {
	local image separator=''
	printf ',"images":{'
	for image in $IMAGES; do
		if [ -n "${DIGESTS[$image]:-}" ]; then
			printf '%s"%s":"%s"' "$separator" "$image" "${DIGESTS[$image]}"
			separator=','
		fi
	done
	printf '}'
}

forget() { :; }

@COMMON@

# The digest that the registry has under the version's tag. It says nothing when there is no such image, and fails
# when the registry does not say.
digest_of() {
	local answer
	if answer=$(aws ecr describe-images --region "$REGISTRY_REGION" --registry-id "$REGISTRY_ID" --repository-name "$FOLDER$1" \
		--image-ids "imageTag=$VERSION" --query 'imageDetails[0].imageDigest' --output text 2>"$RESULTS/registry"); then
		echo "$answer"
	elif ! grep --quiet ImageNotFoundException "$RESULTS/registry"; then
		cat "$RESULTS/registry" >&2
		return 1
	fi
}

# Whether the registry's image of a tag is the one that was built here: Docker names an image by its manifest or by its
# configuration, depending on its store.
is_built() {
	local built manifest
	built=$(docker image inspect --format '{{.Id}}' "$REGISTRY/$1:$VERSION") || return 1
	[ "$built" != "$2" ] || return 0
	manifest=$(aws ecr batch-get-image --region "$REGISTRY_REGION" --registry-id "$REGISTRY_ID" --repository-name "$FOLDER$1" \
		--image-ids "imageTag=$VERSION" --query 'images[0].imageManifest' --output text | tr -d '\n ') || return 1
	[[ $manifest =~ \"config\":\{[^}]*\"digest\":\"(sha256:[0-9a-f]+)\" ]] && [ "${BASH_REMATCH[1]}" = "$built" ]
}

images() {
	make -C "$SOURCE/targets/slideruleearth" "$@" VERSION="$VERSION" ECR="$REGISTRY"
}

move_latest() {
	docker tag "$REGISTRY/$1:$VERSION" "$REGISTRY/$1:latest" &&
		docker push --quiet "$REGISTRY/$1:latest"
}

left() {
	local seconds=$((DEADLINE - SECONDS))
	echo $((seconds > 0 ? seconds : 1))
}

prepare git make rsync docker
[ -d "$SOURCE/targets/slideruleearth" ] || die "$VERSION has no folder targets/slideruleearth"

step build
report
limited "$(left)" images cluster-docker || die 'make cluster-docker failed'

step check
for image in $IMAGES; do
	docker image inspect --format '{{.Id}}' "$REGISTRY/$image:$VERSION" >/dev/null || die "make cluster-docker made no image $image:$VERSION"
	before=$(retry digest_of "$image") || die "the registry does not say whether it has $image:$VERSION"
	if [ -n "$before" ] && [ "$OVERWRITE" != true ] && ! is_built "$image" "$before"; then
		die "the registry has another image $image:$VERSION, $before: release another version, or set overwrite"
	fi
done

step push
report
retry limited "$(left)" images cluster-docker-push || die 'make cluster-docker-push failed'
step digests
for image in $IMAGES; do
	digest=$(retry digest_of "$image") || die "the registry does not say what $image:$VERSION is"
	[[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || die "the registry has no $image:$VERSION after the push"
	DIGESTS[$image]=$digest
done

if [ "$MOVE_LATEST" = true ]; then
	step latest
	for image in $IMAGES; do
		retry limited "$(left)" move_latest "$image" || die "the tag latest of $image did not move"
	done
fi
STATUS=passed
