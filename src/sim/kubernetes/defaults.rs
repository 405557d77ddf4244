//! What the API server fills in and what it refuses, kind by kind.

use serde_json::{Value, json};

use super::{kind::Kind, status_body::Refusal};

/// Fills in an object before it is checked.
pub(super) fn fill(kind: Kind, object: &mut Value) {
    match kind {
        Kind::StatefulSet => set(&mut object["spec"]),
        Kind::Job => {
            let labels = &object["metadata"]["labels"];
            // An unlabelled Job gets its pods' labels
            // (`contracts/operator-live.md` 3).
            if labels.as_object().is_none_or(serde_json::Map::is_empty) {
                let inherited = object["spec"]["template"]["metadata"]["labels"].clone();
                if inherited.is_object() {
                    object["metadata"]["labels"] = inherited;
                }
            }
        }
        _ => {}
    }
}

fn set(spec: &mut Value) {
    absent(spec, "podManagementPolicy", || json!("OrderedReady"));
    absent(spec, "replicas", || json!(1));
    absent(spec, "revisionHistoryLimit", || json!(10));
    absent(
        spec,
        "updateStrategy",
        || json!({ "type": "RollingUpdate" }),
    );
    let strategy = &mut spec["updateStrategy"];
    absent(strategy, "type", || json!("RollingUpdate"));
    if strategy["type"] == "RollingUpdate"
        && let Some(rolling) = strategy.get_mut("rollingUpdate").filter(|r| r.is_object())
    {
        absent(rolling, "partition", || json!(0));
        absent(rolling, "maxUnavailable", || json!(1));
    }
    let pod = &mut spec["template"]["spec"];
    absent(pod, "terminationGracePeriodSeconds", || json!(30));
    absent(pod, "restartPolicy", || json!("Always"));
    absent(pod, "dnsPolicy", || json!("ClusterFirst"));
    absent(pod, "schedulerName", || json!("default-scheduler"));
    absent(pod, "securityContext", || json!({}));
}

fn absent(object: &mut Value, field: &str, value: impl FnOnce() -> Value) {
    if object.get(field).is_none_or(Value::is_null) {
        object[field] = value();
    }
}

/// Refuses what is not valid.
pub(super) fn check(kind: Kind, old: Option<&Value>, new: &Value) -> Result<(), Refusal> {
    let name = new["metadata"]["name"].as_str().unwrap_or_default();
    let invalid = |field: &str, problem: &str| Err(Refusal::invalid(kind, name, field, problem));
    match kind {
        Kind::OpenBaoCluster => super::cluster_schema::Generation::check(new),
        Kind::Lease => match new["spec"]["leaseDurationSeconds"].as_i64() {
            Some(seconds) if seconds < 1 => invalid(
                "spec.leaseDurationSeconds",
                &format!("Invalid value: {seconds}: must be greater than 0"),
            ),
            _ => Ok(()),
        },
        Kind::StatefulSet => {
            let strategy = &new["spec"]["updateStrategy"];
            let rolling = strategy.get("rollingUpdate").is_some_and(|r| !r.is_null());
            if strategy["type"] == "OnDelete" && rolling {
                return invalid(
                    "spec.updateStrategy.rollingUpdate",
                    "Invalid value: only allowed for updateStrategy 'RollingUpdate'",
                );
            }
            if !matches!(
                strategy["type"].as_str(),
                Some("OnDelete" | "RollingUpdate")
            ) {
                return invalid(
                    "spec.updateStrategy",
                    "Invalid value: must be 'RollingUpdate' or 'OnDelete'",
                );
            }
            if strategy["rollingUpdate"]["partition"]
                .as_i64()
                .is_some_and(|at| at < 0)
            {
                return invalid(
                    "spec.updateStrategy.rollingUpdate.partition",
                    "Invalid value: must be greater than or equal to 0",
                );
            }
            let fixed = [
                "selector",
                "serviceName",
                "podManagementPolicy",
                "volumeClaimTemplates",
            ];
            if let Some(old) = old
                && fixed
                    .iter()
                    .any(|field| old["spec"][field] != new["spec"][field])
            {
                return invalid(
                    "spec",
                    "Forbidden: updates to statefulset spec for fields other than 'replicas', \
                     'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', \
                     'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
                );
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
