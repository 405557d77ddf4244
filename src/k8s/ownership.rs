//! Who owns which field of the resource by `managedFields`, with the entries
//! that must go before the operator may write again (`contracts/operator.md`
//! 8.2, `contracts/operator-live.md` 5).

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ManagedFieldsEntry;
use kube::core::DynamicObject;
use serde_json::{Value, json};

use super::{
    names::PAUSE_REQUESTED,
    wire::{MANAGER, version_of},
};
use crate::{
    bugs::{self, Bug},
    model::{legible::legible, record::RunRecord},
};

/// The manager of the operator's rolling upgrade, whose claims on the whole
/// status block the operator's other writers after a stuck run.
const UPGRADE_MANAGER: &str = "openbao-upgrade-manager";

fn entries(object: &DynamicObject) -> &[ManagedFieldsEntry] {
    object
        .metadata
        .managed_fields
        .as_deref()
        .unwrap_or_default()
}

fn is_foreign(entry: &ManagedFieldsEntry) -> bool {
    let managers = matches!(entry.manager.as_deref(), Some(MANAGER | UPGRADE_MANAGER));
    managers && !bugs::has(Bug::LeavesOwnership)
}

/// Managers whose entries have to go, each once.
pub(super) fn foreign(object: &DynamicObject) -> Vec<String> {
    let mut managers: Vec<String> = entries(object)
        .iter()
        .filter(|entry| is_foreign(entry))
        .filter_map(|entry| entry.manager.clone())
        .collect();
    managers.sort();
    managers.dedup();
    managers
}

/// Entries that own a field of the main resource.
fn owners<'a>(
    object: &'a DynamicObject,
    field: &'a str,
) -> impl Iterator<Item = &'a ManagedFieldsEntry> {
    entries(object)
        .iter()
        .filter(|entry| entry.subresource.as_deref().unwrap_or_default().is_empty())
        .filter(move |entry| {
            entry
                .fields_v1
                .as_ref()
                .is_some_and(|fields| fields.0.pointer(field).is_some())
        })
}

/// The manager, other than baoctl, that wrote `spec.paused` last. Whoever
/// removed the field owns nothing, and is not known.
pub(super) fn unpaused_by(object: &DynamicObject) -> Option<String> {
    owners(object, "/f:spec/f:paused")
        .filter(|entry| entry.manager.as_deref() != Some(MANAGER))
        .max_by_key(|entry| entry.time.as_ref().map(|time| time.0))
        .and_then(|entry| entry.manager.as_deref())
        .map(|manager| legible(manager, 128))
}

/// Managers that own `spec.version`.
pub(super) fn version_owners(object: &DynamicObject) -> Vec<String> {
    let mut owners: Vec<String> = owners(object, "/f:spec/f:version")
        .filter_map(|entry| entry.manager.as_deref())
        .map(|manager| legible(manager, 128))
        .collect();
    owners.sort();
    owners.dedup();
    owners
}

/// The JSON patch on the main resource that strips the foreign entries, drops
/// the run's record and puts `spec.paused` back; `None` when there is
/// nothing left to do. Through `/status` the same patch would be ignored.
pub(super) fn relinquish(object: &DynamicObject, paused: Option<bool>) -> Option<Value> {
    let mut changes = strip(object);
    let annotations = object.metadata.annotations.as_ref();
    let there = |key: &str| annotations.is_some_and(|all| all.contains_key(key));
    if there(RunRecord::ANNOTATION) && !bugs::has(Bug::LeavesAnnotation) {
        changes.push(json!({
            "op": "remove",
            "path": format!("/metadata/annotations/{}", escape(RunRecord::ANNOTATION)),
        }));
    }
    let now = object.data.pointer("/spec/paused");
    match (paused, now) {
        _ if bugs::has(Bug::LeavesPaused) => {}
        // Somebody asked for a pause meanwhile: the request, and what was there
        // before it, outlast the run.
        _ if there(PAUSE_REQUESTED) => {}
        (None, Some(_)) => changes.push(json!({ "op": "remove", "path": "/spec/paused" })),
        (Some(wanted), now) if now != Some(&Value::Bool(wanted)) => {
            // "add" replaces a member that is there.
            changes.push(json!({ "op": "add", "path": "/spec/paused", "value": wanted }));
        }
        _ => {}
    }
    conditional(object, changes)
}

/// The JSON patch that only strips; `None` when nothing foreign is left.
pub(super) fn strip_only(object: &DynamicObject) -> Option<Value> {
    conditional(object, strip(object))
}

/// Removals of the foreign entries, highest index first so that the lower
/// indices stay right.
fn strip(object: &DynamicObject) -> Vec<Value> {
    entries(object)
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, entry)| is_foreign(entry))
        .map(|(index, _)| {
            json!({ "op": "remove", "path": format!("/metadata/managedFields/{index}") })
        })
        .collect()
}

fn conditional(object: &DynamicObject, changes: Vec<Value>) -> Option<Value> {
    if changes.is_empty() {
        return None;
    }
    let mut patch = vec![json!({
        "op": "test",
        "path": "/metadata/resourceVersion",
        "value": version_of(object),
    })];
    patch.extend(changes);
    Some(Value::Array(patch))
}

/// A member's name inside a JSON pointer (RFC 6901).
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
