#!/bin/sh
# Stands in for the operator's upgrade executor: the one action a rolling upgrade needs, step-down.
# Exit code 0 when the leader accepted it, 2 on any error, as the operator's own program does.
set -u
export BAO_CACERT="${TLS_CA_PATH:-/etc/bao/tls/ca.crt}" BAO_CLIENT_TIMEOUT=5s BAO_MAX_RETRIES=0 HOME=/tmp
token_file="${JWT_TOKEN_PATH:-/var/run/secrets/tokens/openbao-token}"

fail() {
	echo "upgrade-executor: $*" >&2
	exit 2
}

[ "${UPGRADE_ACTION:-}" = rolling-stepdown-leader ] || fail "unknown action '${UPGRADE_ACTION:-}'"
[ -r "$token_file" ] || fail "no token at $token_file"

attempt=0
while [ "$attempt" -lt 10 ]; do
	ordinal=0
	while [ "$ordinal" -lt "$CLUSTER_REPLICAS" ]; do
		pod="$CLUSTER_NAME-$ordinal"
		export BAO_ADDR="https://$pod.$CLUSTER_NAME.$CLUSTER_NAMESPACE.svc:8200"
		if bao read -format=json sys/leader 2>/dev/null | grep -q '"is_self": *true'; then
			echo "leader is $pod"
			BAO_TOKEN=$(bao write -field=token auth/jwt-operator/login \
				role="$UPGRADE_JWT_AUTH_ROLE" jwt=@"$token_file") || fail "login at $pod failed"
			export BAO_TOKEN
			bao operator step-down || fail "step-down at $pod failed"
			echo "$pod stepped down"
			exit 0
		fi
		ordinal=$((ordinal + 1))
	done
	attempt=$((attempt + 1))
	# Nobody leads for a moment after a change; the operator's program asks again too.
	sleep 2
done
fail "no leader found"
