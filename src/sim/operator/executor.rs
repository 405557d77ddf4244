//! The Job that has the leader step down (`contracts/operator.md` 4).

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::sim::kubernetes::{Key, Kind};

/// Its action.
pub(super) const STEP_DOWN: &str = "rolling-stepdown-leader";

/// The longest part of a Job's name that is for people.
const READABLE: usize = 52;

/// The Job of one cluster for the step-down of one pod.
pub(super) struct Executor<'a> {
    pub(super) namespace: &'a str,
    pub(super) cluster: &'a str,
    pub(super) pod: &'a str,
}

/// What became of a Job (`contracts/operator.md` 4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Running,
    Succeeded,
    Failed,
}

impl Executor<'_> {
    /// Its name (`contracts/operator.md` 4.2): the same for the same pod, so
    /// that an old result passes for a new one.
    pub(super) fn key(&self) -> Key {
        let (cluster, pod) = (self.cluster, self.pod);
        let readable: String = format!("upgrade-{cluster}-{STEP_DOWN}")
            .to_lowercase()
            .replace('_', "-")
            .chars()
            .take(READABLE)
            .collect();
        let digest = Sha256::digest(format!("{cluster}|{STEP_DOWN}|{pod}||").as_bytes());
        let hash = digest
            .iter()
            .take(5)
            .fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
        let name = format!("{}-{hash:010x}", readable.trim_end_matches('-'));
        Key::new(Kind::Job, self.namespace, &name)
    }

    /// The path of its collection.
    pub(super) fn path(&self) -> String {
        format!("/apis/batch/v1/namespaces/{}/jobs", self.namespace)
    }

    /// The object, as far as anybody looks at it.
    pub(super) fn job(&self, cluster_uid: &str) -> Value {
        let cluster = self.cluster;
        let labels = json!({
            "app.kubernetes.io/instance": cluster,
            "app.kubernetes.io/managed-by": "openbao-operator",
            "app.kubernetes.io/name": "openbao",
            "openbao.org/cluster": cluster,
            "openbao.org/component": "upgrade",
        });
        json!({
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {
                "name": self.key().name,
                "namespace": self.namespace,
                "labels": labels,
                "annotations": {
                    "openbao.org/upgrade-action": STEP_DOWN,
                    "openbao.org/upgrade-run-id": self.pod,
                },
                "ownerReferences": [{
                    "apiVersion": "openbao.org/v1alpha1",
                    "kind": "OpenBaoCluster",
                    "name": cluster,
                    "uid": cluster_uid,
                    "controller": true,
                    "blockOwnerDeletion": true,
                }],
            },
            "spec": {
                "backoffLimit": 0,
                "ttlSecondsAfterFinished": 3600,
                "template": {
                    "metadata": { "labels": labels },
                    "spec": {
                        "restartPolicy": "Never",
                        "serviceAccountName": format!("{cluster}-upgrade-serviceaccount"),
                        "automountServiceAccountToken": false,
                        "containers": [{
                            "name": "upgrade-executor",
                            "image": "ghcr.io/dc-tec/openbao-upgrade:0.0.0",
                        }],
                    },
                },
            },
        })
    }
}

/// Judges a Job by its status.
pub(super) fn outcome(job: &Value) -> Outcome {
    let count = |field: &str| job["status"][field].as_u64().unwrap_or(0);
    if count("succeeded") > 0 {
        Outcome::Succeeded
    } else if count("failed") > 0 && count("active") == 0 {
        Outcome::Failed
    } else {
        Outcome::Running
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_were_recorded() {
        let name = |pod| {
            let executor = Executor {
                namespace: "vault",
                cluster: "prod",
                pod,
            };
            executor.key().name
        };
        // contracts/operator.md 4.2 and contracts/operator-live.md 3.
        assert_eq!(
            name("prod-2"),
            "upgrade-prod-rolling-stepdown-leader-4d1d5bfeca"
        );
        assert_eq!(
            name("prod-0"),
            "upgrade-prod-rolling-stepdown-leader-9655961317"
        );
    }
}
