//! The operator's executor Job as the operator itself would create it
//! (`contracts/operator.md` 4.2, 4.3).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::names;
use crate::model::{cluster::Cluster, names::PodName};

/// The executor's action that asks the leader to step down.
const ACTION: &str = "rolling-stepdown-leader";
/// Longest readable part of the name.
const READABLE: usize = 52;

/// The Job's name: readable part and a hash of what it is for. A rolling
/// upgrade has no revisions, so both are empty in the hash.
pub(super) fn name(cluster: &str, run_id: &str) -> String {
    let readable = format!("upgrade-{cluster}-{ACTION}")
        .to_lowercase()
        .replace('_', "-");
    let readable: String = readable.chars().take(READABLE).collect();
    let digest = Sha256::digest(format!("{cluster}|{ACTION}|{run_id}||").as_bytes());
    let hash = digest
        .iter()
        .take(5)
        .fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
    format!("{}-{hash:010x}", readable.trim_end_matches('-'))
}

/// The Job.
pub(super) fn job(cluster: &Cluster, leader: &PodName, image: &str, maintenance: bool) -> Value {
    let reference = &cluster.reference;
    let labels = names::labels(reference);
    let mut annotations = json!({
        "openbao.org/upgrade-action": ACTION,
        "openbao.org/upgrade-run-id": leader.as_str(),
    });
    if maintenance {
        annotations[names::MAINTENANCE] = json!("true");
    }
    let env = |name: &str, value: &str| json!({ "name": name, "value": value });
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name(&reference.name, leader.as_str()),
            "namespace": reference.namespace,
            "labels": labels,
            "annotations": annotations,
            "ownerReferences": [names::owner(cluster)],
        },
        "spec": {
            "backoffLimit": 0,
            "ttlSecondsAfterFinished": 3600,
            "template": {
                "metadata": { "labels": labels },
                "spec": {
                    "restartPolicy": "Never",
                    "serviceAccountName": names::upgrade_account(reference),
                    "automountServiceAccountToken": false,
                    // A tenant namespace enforces the restricted standard
                    // (`contracts/operator-live.md` 1).
                    "securityContext": {
                        "runAsNonRoot": true,
                        "runAsUser": 1000,
                        "runAsGroup": 1000,
                        "fsGroup": 1000,
                        "seccompProfile": { "type": "RuntimeDefault" },
                    },
                    "containers": [{
                        "name": "upgrade-executor",
                        "image": image,
                        "env": [
                            env("CLUSTER_NAMESPACE", &reference.namespace),
                            env("CLUSTER_NAME", &reference.name),
                            env("CLUSTER_REPLICAS", &cluster.spec.replicas.to_string()),
                            env("UPGRADE_ACTION", ACTION),
                            env("UPGRADE_JWT_AUTH_ROLE", &cluster.spec.jwt_role),
                        ],
                        "securityContext": {
                            "allowPrivilegeEscalation": false,
                            "capabilities": { "drop": ["ALL"] },
                            "readOnlyRootFilesystem": true,
                            "runAsNonRoot": true,
                        },
                        "volumeMounts": [
                            { "name": "tls-ca", "mountPath": "/etc/bao/tls", "readOnly": true },
                            {
                                "name": "openbao-token",
                                "mountPath": "/var/run/secrets/tokens",
                                "readOnly": true,
                            },
                        ],
                    }],
                    "volumes": [
                        {
                            "name": "tls-ca",
                            "secret": { "secretName": format!("{}-tls-ca", reference.name) },
                        },
                        {
                            "name": "openbao-token",
                            "projected": {
                                "defaultMode": 256,
                                "sources": [{
                                    "serviceAccountToken": {
                                        "audience": "openbao-internal",
                                        "expirationSeconds": 3600,
                                        "path": "openbao-token",
                                    },
                                }],
                            },
                        },
                    ],
                },
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_one_the_operator_was_seen_to_use() {
        assert_eq!(
            name("prod", "prod-0"),
            "upgrade-prod-rolling-stepdown-leader-9655961317"
        );
        assert_eq!(
            name("prod", "prod-2"),
            "upgrade-prod-rolling-stepdown-leader-4d1d5bfeca"
        );
    }

    #[test]
    fn a_long_name_is_cut_without_a_trailing_dash() {
        let name = name("a-cluster-of-a-long-name", "x");
        assert!(name.len() <= READABLE + 11, "{name}");
        assert!(!name.contains("--"), "{name}");
    }
}
