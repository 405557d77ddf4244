//! The conditions of the resource, as the status controller words them
//! (`contracts/operator.md` 1.6).

use serde_json::{Map, Value, json};

use crate::sim::{fixture::condition, moment::Moment};

/// One condition: type, status, reason, message.
pub(super) type Said = (&'static str, &'static str, String, String);

fn said(
    kind: &'static str,
    status: &'static str,
    reason: &str,
    message: impl Into<String>,
) -> Said {
    (kind, status, reason.to_owned(), message.into())
}

/// What it says while paused; everything else stays as read.
pub(super) fn paused() -> Vec<Said> {
    const WHY: &str = "Reconciliation is paused";
    vec![
        said("Available", "Unknown", "Paused", WHY),
        said("Degraded", "False", "Paused", WHY),
        said("TLSReady", "Unknown", "Paused", WHY),
    ]
}

/// What it sees besides the resource.
pub(super) struct Sight<'a> {
    pub(super) ready: usize,
    pub(super) replicas: u64,
    pub(super) leader: Option<&'a str>,
}

/// What it says otherwise.
pub(super) fn working(status: &Map<String, Value>, sight: &Sight<'_>) -> Vec<Said> {
    let replicas = sight.replicas;
    let available = match sight.ready {
        0 => said(
            "Available",
            "False",
            "NoReplicasReady",
            format!("0 of {replicas} replicas are ready"),
        ),
        ready if ready as u64 == replicas => said(
            "Available",
            "True",
            "AllReplicasReady",
            format!("All {replicas} replicas are ready"),
        ),
        ready => said(
            "Available",
            "False",
            "NotReady",
            format!("{ready} of {replicas} replicas are ready"),
        ),
    };
    let leader = match sight.leader {
        Some(pod) => said(
            "OpenBaoLeader",
            "True",
            "LeaderFound",
            format!("Leader is {pod}"),
        ),
        None => said(
            "OpenBaoLeader",
            "Unknown",
            "LeaderUnknown",
            "No active leader label observed on pods",
        ),
    };
    vec![
        available,
        leader,
        degraded(status),
        upgrading(status),
        said("TLSReady", "True", "Ready", "TLS assets are provisioned"),
    ]
}

fn degraded(status: &Map<String, Value>) -> Said {
    if let Some((reason, message)) = failure(status) {
        return said("Degraded", "True", &reason, message);
    }
    for plane in ["workload", "adminOps"] {
        let error = status.get(plane).and_then(|plane| plane.get("lastError"));
        if let Some(error) = error.filter(|error| error.is_object()) {
            let text = |key: &str| error[key].as_str().unwrap_or("Error").to_owned();
            return said("Degraded", "True", &text("reason"), text("message"));
        }
    }
    said(
        "Degraded",
        "False",
        "Reconciling",
        "No degradation has been recorded by the controller",
    )
}

fn upgrading(status: &Map<String, Value>) -> Said {
    let Some(upgrade) = status.get("upgrade") else {
        return said(
            "Upgrading",
            "False",
            "Idle",
            "No upgrade is currently in progress",
        );
    };
    if let Some((reason, message)) = failure(status) {
        return said("Upgrading", "False", &reason, message);
    }
    let text = |key: &str| upgrade[key].as_str().unwrap_or_default();
    said(
        "Upgrading",
        "True",
        "InProgress",
        format!(
            "Rolling upgrade from {} to {} (partition={})",
            text("fromVersion"),
            text("targetVersion"),
            upgrade["currentPartition"]
        ),
    )
}

/// The failure of the upgrade in the status, in the words of either generation.
pub(super) fn failure(status: &Map<String, Value>) -> Option<(String, String)> {
    let upgrade = status.get("upgrade")?;
    let text = |pointer: &str| {
        let text = upgrade.pointer(pointer).and_then(Value::as_str);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let either = |one: &str, other: &str| text(one).or_else(|| text(other));
    let reason = either("/failure/reason", "/lastErrorReason")?;
    let message = either("/failure/message", "/lastErrorMessage").unwrap_or_default();
    Some((reason, message))
}

/// Writes what it says into the conditions; a time changes with its status
/// only.
pub(super) fn renew(conditions: &mut Vec<Value>, saids: &[Said], generation: i64, now: Moment) {
    for found in conditions.iter_mut() {
        found["observedGeneration"] = json!(generation);
    }
    for (kind, status, reason, message) in saids {
        let mut new = condition(kind, status, reason, message, generation, now);
        match conditions.iter_mut().find(|found| found["type"] == *kind) {
            Some(found) => {
                if found["status"] == *status {
                    new["lastTransitionTime"] = found["lastTransitionTime"].clone();
                }
                *found = new;
            }
            None => conditions.push(new),
        }
    }
}
