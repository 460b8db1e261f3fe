#!/bin/bash
# Boots the monitor of a SlideRule cluster.
set -euo pipefail

CLUSTER=@CLUSTER@
DOMAIN=@DOMAIN@
VERSION=@VERSION@
REGISTRY=@REGISTRY@
REGISTRY_REGION=@REGISTRY_REGION@
LOG_BUCKET=@LOG_BUCKET@
export CLUSTER DOMAIN VERSION REGISTRY LOG_BUCKET # for Compose

@COMMON@

settings CLUSTER DOMAIN VERSION REGISTRY LOG_BUCKET INSTANCE_ID AWS_DEFAULT_REGION >.env
cat >compose.yaml <<'END'
services:
  monitor:
    image: ${REGISTRY}/monitor:${VERSION}
    network_mode: host
    restart: always
    environment:
      DOMAIN: "${DOMAIN}"
      CLUSTER: "${CLUSTER}"
  monitor-agent:
    image: ${REGISTRY}/monitor-agent:${VERSION}
    network_mode: host
    restart: always
    environment:
      DISABLE_PROMTAIL: "true"
END
start
