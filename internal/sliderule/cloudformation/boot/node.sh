#!/bin/bash
# Boots a node of a SlideRule cluster.
set -euo pipefail

CLUSTER=@CLUSTER@
DOMAIN=@DOMAIN@
VERSION=@VERSION@
REGISTRY=@REGISTRY@
REGISTRY_REGION=@REGISTRY_REGION@
LOG_BUCKET=@LOG_BUCKET@
PROJECT_BUCKET=@PROJECT_BUCKET@
PROJECT_FOLDER=@PROJECT_FOLDER@
export CLUSTER DOMAIN VERSION REGISTRY LOG_BUCKET PROJECT_BUCKET PROJECT_FOLDER # for Compose

@COMMON@

# What the servers need beside their images stands in the folder of the certificate.
mkdir -p /data
for part in server ams; do
	retry aws s3 sync --only-show-errors "s3://$PROJECT_BUCKET/${PROJECT_FOLDER:+$PROJECT_FOLDER/}$part/" /data/
done

settings CLUSTER DOMAIN VERSION REGISTRY PROJECT_BUCKET PROJECT_FOLDER IPV4 LOG_BUCKET INSTANCE_ID AWS_DEFAULT_REGION >.env
cat >compose.yaml <<'END'
services:
  ams:
    image: ${REGISTRY}/ams:${VERSION}
    network_mode: host
    restart: always
    entrypoint: /docker-entrypoint.sh
    volumes:
      - /data:/data
  sliderule:
    image: ${REGISTRY}/sliderule:${VERSION}
    network_mode: host
    restart: always
    command: /usr/local/etc/sliderule/server.lua
    ulimits:
      nofile: 8192
    environment:
      IPV4: "${IPV4}"
      ORCHESTRATOR: "http://10.0.128.5:8050"
      CLUSTER: "${CLUSTER}"
      DOMAIN: "${DOMAIN}"
      AMS: "http://127.0.0.1:9082"
      PROJECT_BUCKET: "${PROJECT_BUCKET}"
      PROJECT_FOLDER: "${PROJECT_FOLDER}"
      PROJECT_REGION: "${AWS_DEFAULT_REGION}"
      ENVIRONMENT_VERSION: "${VERSION}"
      CONTAINER_REGISTRY: "${REGISTRY}"
      LOG_FORMAT: FMT_CLOUD
    volumes:
      - /data:/data
      - /var/run/docker.sock:/var/run/docker.sock
    healthcheck:
      test: ["CMD-SHELL", "curl --fail --silent --request GET --data '{}' http://127.0.0.1:9081/source/health"]
      interval: 30s
      timeout: 10s
      retries: 1
      start_period: 30s
  monitor-agent:
    image: ${REGISTRY}/monitor-agent:${VERSION}
    network_mode: host
    restart: always
END
start
