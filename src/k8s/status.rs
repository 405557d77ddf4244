//! What baoctl writes into the status planes of the operator's controllers.
//!
//! It applies them whole, under the controllers' names, forced: a run that dies
//! leaves nothing that an un-paused operator would be refused for
//! (`contracts/operator-live.md` 8.4.8).

use jiff::Timestamp;
use kube::core::DynamicObject;
use serde_json::{Map, Value, json};

use super::schema::Schema;
use crate::{
    bugs::{self, Bug},
    model::{halt::Halt, version::Version},
    ports::Progress,
};

/// A time as Kubernetes writes it: whole seconds.
pub(super) fn stamp(at: Timestamp) -> Value {
    let whole = Timestamp::from_second(at.as_second()).unwrap_or(at);
    Value::String(whole.to_string())
}

/// Puts the lock into the plane; the time of acquisition stays while the holder
/// does.
pub(super) fn lock(
    plane: &mut Map<String, Value>,
    held: Option<&Value>,
    holder: &str,
    message: &str,
    now: Timestamp,
) {
    let acquired = held
        .filter(|lock| lock.get("holder").and_then(Value::as_str) == Some(holder))
        .and_then(|lock| lock.get("acquiredAt").cloned())
        .unwrap_or_else(|| stamp(now));
    plane.insert(
        "operationLock".to_owned(),
        json!({
            "operation": "Upgrade",
            "holder": holder,
            "message": message,
            "acquiredAt": acquired,
            "renewedAt": stamp(now),
        }),
    );
}

/// The keys under which either generation keeps a failure.
const FAILURE: [&str; 4] = [
    "failure",
    "lastErrorReason",
    "lastErrorMessage",
    "lastErrorAt",
];

/// Puts the progress into the plane and takes a failure out of it.
pub(super) fn progress(plane: &mut Map<String, Value>, progress: &Progress) {
    let upgrade = plane.entry("upgrade").or_insert_with(|| json!({}));
    let Some(upgrade) = upgrade.as_object_mut() else {
        return;
    };
    for key in FAILURE {
        upgrade.remove(key);
    }
    let fields = [
        ("fromVersion", json!(progress.from)),
        ("targetVersion", json!(progress.target)),
        ("startedAt", stamp(progress.started_at)),
        ("currentPartition", json!(progress.current_partition)),
        ("completedPods", json!(progress.completed_pods)),
    ];
    for (key, value) in fields {
        upgrade.insert(key.to_owned(), value);
    }
}

/// Puts a failure into the plane, in each form the schema has. Without an
/// upgrade in the status there is nothing it could belong to, and inventing one
/// would make an un-paused operator resume it.
pub(super) fn failure(
    plane: &mut Map<String, Value>,
    halt: &Halt,
    schema: Schema,
    now: Timestamp,
) -> bool {
    let Some(upgrade) = plane.get_mut("upgrade").and_then(Value::as_object_mut) else {
        return false;
    };
    let reason = halt.reason.code();
    if schema.failure {
        upgrade.insert(
            "failure".to_owned(),
            json!({ "reason": reason, "message": halt.message, "at": stamp(now) }),
        );
    }
    if schema.last_error {
        upgrade.insert("lastErrorReason".to_owned(), json!(reason));
        upgrade.insert("lastErrorMessage".to_owned(), json!(halt.message));
        upgrade.insert("lastErrorAt".to_owned(), stamp(now));
    }
    true
}

/// Conditions for a run in progress.
pub(super) fn running(
    object: &DynamicObject,
    plane: &mut Map<String, Value>,
    progress: &Progress,
    now: Timestamp,
) {
    plane.insert("phase".to_owned(), json!("Upgrading"));
    let message = format!(
        "Rolling upgrade from {} to {} (partition={})",
        progress.from, progress.target, progress.current_partition
    );
    condition(
        object,
        plane,
        ["Upgrading", "True", "InProgress", &message],
        now,
    );
    not_degraded(object, plane, now);
}

/// Conditions for a run that stopped.
pub(super) fn halted(
    object: &DynamicObject,
    plane: &mut Map<String, Value>,
    halt: &Halt,
    now: Timestamp,
) {
    let reason = halt.reason.code();
    condition(
        object,
        plane,
        ["Degraded", "True", &reason, &halt.message],
        now,
    );
    condition(
        object,
        plane,
        ["Upgrading", "False", &reason, &halt.message],
        now,
    );
}

/// Phase, version and conditions at rest, in the operator's own words.
pub(super) fn at_rest(
    object: &DynamicObject,
    plane: &mut Map<String, Value>,
    version: &str,
    now: Timestamp,
) {
    // The same release under another spelling stays as the spec spells it: the
    // operator compares the two as texts.
    let spelled = object
        .data
        .pointer("/spec/version")
        .and_then(Value::as_str)
        .filter(|spec| spec.parse::<Version>().ok() == version.parse::<Version>().ok())
        .unwrap_or(version);
    plane.insert("currentVersion".to_owned(), json!(spelled));
    plane.insert("phase".to_owned(), json!("Running"));
    let idle = "No upgrade is currently in progress";
    condition(object, plane, ["Upgrading", "False", "Idle", idle], now);
    not_degraded(object, plane, now);
}

/// Degraded as the operator would derive it without an upgrade
/// (`contracts/operator.md` 1.6), for the reasons an upgrade neither causes nor
/// cures.
fn not_degraded(object: &DynamicObject, plane: &mut Map<String, Value>, now: Timestamp) {
    let reason = plane
        .get("conditions")
        .and_then(Value::as_array)
        .and_then(|all| all.iter().find(|c| c["type"] == "Degraded"))
        .and_then(|degraded| degraded["reason"].as_str());
    if matches!(reason, Some("RootTokenStored" | "BreakGlassRequired")) {
        return;
    }
    let workload = object.data.pointer("/status/workload/lastError");
    let words = match workload {
        Some(error) if error.is_object() => [
            "Degraded",
            "True",
            error["reason"].as_str().unwrap_or("Error"),
            error["message"].as_str().unwrap_or_default(),
        ],
        _ => [
            "Degraded",
            "False",
            "Reconciling",
            "No degradation has been recorded by the controller",
        ],
    };
    condition(object, plane, words, now);
}

/// Sets one condition: type, status, reason, message. The transition time stays
/// while the status does.
fn condition(
    object: &DynamicObject,
    plane: &mut Map<String, Value>,
    [kind, status, reason, message]: [&str; 4],
    now: Timestamp,
) {
    let conditions = plane.entry("conditions").or_insert_with(|| json!([]));
    let Some(conditions) = conditions.as_array_mut() else {
        return;
    };
    let found = conditions.iter().position(|c| c["type"] == kind);
    let since = found
        .map(|index| &conditions[index])
        .filter(|condition| condition["status"] == status)
        .and_then(|condition| condition.get("lastTransitionTime").cloned())
        .unwrap_or_else(|| stamp(now));
    let condition = json!({
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": since,
        "observedGeneration": object.metadata.generation.unwrap_or_default(),
    });
    match found {
        Some(index) => conditions[index] = condition,
        None => conditions.push(condition),
    }
}

/// A merge patch of nulls for what a finished upgrade leaves in the status;
/// `None` when there is nothing.
pub(super) fn remains(object: &DynamicObject) -> Option<Value> {
    let status = object.data.get("status")?;
    let is_there = |pointer: &str| {
        status
            .pointer(pointer)
            .is_some_and(|value| !value.is_null())
    };
    let mut nulls = Map::new();
    if is_there("/upgrade") {
        nulls.insert("upgrade".to_owned(), Value::Null);
    }
    if is_there("/operationLock") && !bugs::has(Bug::KeepsTheLock) {
        nulls.insert("operationLock".to_owned(), Value::Null);
    }
    if is_there("/adminOps/lastError") {
        nulls.insert("adminOps".to_owned(), json!({ "lastError": null }));
    }
    (!nulls.is_empty()).then_some(Value::Object(nulls))
}

/// A merge patch of nulls for what `present` has and `wanted` has not; `None`
/// when nothing is to go.
pub(super) fn removals(wanted: &Value, present: &Value) -> Option<Value> {
    let (wanted, present) = (wanted.as_object()?, present.as_object()?);
    let mut nulls = Map::new();
    for (key, value) in present {
        match wanted.get(key) {
            None => {
                nulls.insert(key.clone(), Value::Null);
            }
            Some(inner) => {
                if let Some(inner) = removals(inner, value) {
                    nulls.insert(key.clone(), inner);
                }
            }
        }
    }
    (!nulls.is_empty()).then_some(Value::Object(nulls))
}
