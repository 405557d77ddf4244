//! The Job of the pre-promotion hook, as the operator would make it
//! (`contracts/operator.md` 3.5).

use serde_json::{Value, json};

use super::names;
use crate::model::{blue_green::PromotionHook, cluster::Cluster, hook::HookJob};

/// Its container.
pub(super) const CONTAINER: &str = "validation";

/// The Job. Labels are on it alone: its pod must neither be one of the cluster's
/// servers nor count for their disruption budget.
pub(super) fn job(cluster: &Cluster, hook: &PromotionHook, run: &str, maintenance: bool) -> Value {
    let reference = &cluster.reference;
    let mut annotations = json!({ HookJob::RUN: run });
    if maintenance {
        annotations[names::MAINTENANCE] = json!("true");
    }
    let mut container = json!({
        "name": CONTAINER,
        "image": hook.image,
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "capabilities": { "drop": ["ALL"] },
        },
    });
    for (field, words) in [("command", &hook.command), ("args", &hook.args)] {
        if !words.is_empty() {
            container[field] = json!(words);
        }
    }
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": HookJob::name_of(&reference.name),
            "namespace": reference.namespace,
            "labels": names::hook_labels(reference),
            "annotations": annotations,
            "ownerReferences": [names::owner(cluster)],
        },
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": hook.timeout.as_secs(),
            "ttlSecondsAfterFinished": 3600,
            "template": {
                "spec": {
                    "restartPolicy": "Never",
                    // What the operator leaves out: a tenant namespace enforces
                    // the restricted standard, and lets no pod of a Job without
                    // it begin (`contracts/operator-live.md` 1).
                    "securityContext": {
                        "runAsNonRoot": true,
                        "runAsUser": 1000,
                        "runAsGroup": 1000,
                        "seccompProfile": { "type": "RuntimeDefault" },
                    },
                    "containers": [container],
                },
            },
        },
    })
}
