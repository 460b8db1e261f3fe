# What follows is the same on every instance of a cluster.

# Tries three times; what it waits in between doubles.
retry() {
	local attempt delay=10
	for attempt in 1 2 3; do
		if "$@"; then
			return 0
		fi
		echo "attempt $attempt failed: $1" >&2
		if [ "$attempt" -lt 3 ]; then
			sleep "$delay"
			delay=$((delay * 2))
		fi
	done
	return 1
}

# Instance metadata, version 2.
metadata() {
	local token
	token=$(curl --silent --show-error --fail --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 300' http://169.254.169.254/latest/api/token) &&
		curl --silent --show-error --fail --header "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"
}

INSTANCE_ID=$(retry metadata instance-id)
IPV4=$(retry metadata local-ipv4)
AWS_DEFAULT_REGION=$(retry metadata placement/region)
export INSTANCE_ID IPV4 AWS_DEFAULT_REGION

# The log of this boot goes to the log bucket, whether it ends well or not.
upload_boot_log() {
	aws s3 cp --only-show-errors /var/log/cloud-init-output.log "s3://$LOG_BUCKET/clusters/$CLUSTER/$INSTANCE_ID/boot.log" || true
}
trap upload_boot_log EXIT

# Docker Compose, checked against the sum that its release has. Each step asks for the one before: the shell does not
# stop at errors inside of what is tried again.
install_compose() (
	folder=/usr/local/lib/docker/cli-plugins
	file="docker-compose-linux-$(uname -m)"
	url="https://github.com/docker/compose/releases/download/v2.24.5/$file"
	mkdir -p "$folder" &&
		cd "$folder" &&
		curl --silent --show-error --fail --location --remote-name "$url" &&
		curl --silent --show-error --fail --location --remote-name "$url.sha256" &&
		sha256sum --check "$file.sha256" &&
		chmod +x "$file" &&
		mv "$file" docker-compose
)

login_to_registry() {
	aws ecr get-login-password --region "$REGISTRY_REGION" | docker login --username AWS --password-stdin "${REGISTRY%%/*}"
}

retry dnf install --assumeyes docker
systemctl enable --now docker
retry install_compose
if [ -n "$REGISTRY_REGION" ]; then
	retry login_to_registry
fi

mkdir -p /opt/cluster
cd /opt/cluster

# Docker restarts what ended; what runs but is unhealthy is restarted here, every 30 seconds.
cat >/usr/local/bin/restart-unhealthy <<'END'
#!/bin/bash
set -euo pipefail
docker ps --filter health=unhealthy --quiet | xargs --no-run-if-empty docker restart
END
# What the containers said goes to the log bucket when the instance stops.
cat >/usr/local/bin/save-logs <<'END'
#!/bin/bash
set -euo pipefail
docker compose --project-name cluster logs --no-color --timestamps |
	gzip |
	aws s3 cp --only-show-errors - "s3://$LOG_BUCKET/clusters/$CLUSTER/$INSTANCE_ID/containers.log.gz"
END
chmod +x /usr/local/bin/restart-unhealthy /usr/local/bin/save-logs

cat >/etc/systemd/system/restart-unhealthy.service <<'END'
[Service]
Type=oneshot
ExecStart=/usr/local/bin/restart-unhealthy
END
cat >/etc/systemd/system/restart-unhealthy.timer <<'END'
[Timer]
OnBootSec=60
OnUnitActiveSec=30
AccuracySec=1
[Install]
WantedBy=timers.target
END
cat >/etc/systemd/system/save-logs.service <<'END'
[Unit]
Requires=docker.service
After=docker.service network-online.target
[Service]
Type=oneshot
RemainAfterExit=yes
WorkingDirectory=/opt/cluster
EnvironmentFile=/opt/cluster/.env
ExecStart=/bin/true
ExecStop=/usr/local/bin/save-logs
TimeoutStopSec=90
[Install]
WantedBy=multi-user.target
END

# Compose and the services above read the values from here. None of them needs quotes: they were checked when this
# script was made.
settings() {
	local name
	for name in "$@"; do
		printf '%s=%s\n' "$name" "${!name}"
	done
}

# Starts compose.yaml, whose values are in .env, and what looks after it.
start() {
	retry docker compose --project-name cluster pull --quiet
	docker compose --project-name cluster up --detach --no-build
	systemctl daemon-reload
	systemctl enable --now restart-unhealthy.timer save-logs.service
}
