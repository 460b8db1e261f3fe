#!/bin/bash
# Boots the load balancer of a SlideRule cluster.
set -euo pipefail

CLUSTER=@CLUSTER@
DOMAIN=@DOMAIN@
HOST=@HOST@
VERSION=@VERSION@
REGISTRY=@REGISTRY@
REGISTRY_REGION=@REGISTRY_REGION@
LOG_BUCKET=@LOG_BUCKET@
IS_PUBLIC=@IS_PUBLIC@
JWT_ISSUER=@JWT_ISSUER@
CERTIFICATE_SOURCE=@CERTIFICATE_SOURCE@
PUBLIC_KEY=@PUBLIC_KEY@
export CLUSTER DOMAIN HOST VERSION REGISTRY LOG_BUCKET IS_PUBLIC JWT_ISSUER # for Compose

@COMMON@

# The key that tokens are checked with is public; the certificate comes with its private key.
install -d -m 755 /etc/haproxy/pem
printf '%s' "$PUBLIC_KEY" >/etc/haproxy/pem/pubkey.pem
install -d -m 700 /etc/ssl/private
(
	umask 077
	retry aws s3 cp --only-show-errors "$CERTIFICATE_SOURCE" "/etc/ssl/private/$HOST.pem"
)

settings CLUSTER DOMAIN HOST VERSION REGISTRY IS_PUBLIC JWT_ISSUER LOG_BUCKET INSTANCE_ID AWS_DEFAULT_REGION >.env
cat >compose.yaml <<'END'
services:
  ilb:
    image: ${REGISTRY}/ilb:${VERSION}
    network_mode: host
    restart: always
    environment:
      IS_PUBLIC: "${IS_PUBLIC}"
      DOMAIN: "${DOMAIN}"
      CLUSTER: "${CLUSTER}"
      JWT_ISSUER: "${JWT_ISSUER}"
    volumes:
      - /etc/ssl/private/${HOST}.pem:/etc/ssl/private/${HOST}.pem:ro
      - /etc/haproxy/pem/pubkey.pem:/etc/haproxy/pem/pubkey.pem:ro
    healthcheck:
      test: ["CMD-SHELL", "curl --fail --silent http://127.0.0.1:8050/discovery/health"]
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
