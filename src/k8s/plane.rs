//! Whose the fields of the status are: each of the operator's controllers
//! applies a plane of its own.
//!
//! What an apply under a controller's name leaves out, the controller loses. So
//! a plane is what `managedFields` says that the controller applied, whatever
//! that is, and what baoctl is about to write is laid over it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ManagedFieldsEntry;
use kube::core::DynamicObject;
use serde_json::{Map, Value, json};

use crate::bugs::{self, Bug};

/// One controller's part of the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plane {
    /// Progress and errors of administrative operations.
    AdminOps,
    /// The operation lock, where it has an owner of its own.
    Lock,
    /// What people read: phase, version, conditions.
    Status,
}

/// The conditions that an upgrade changes.
const CONDITIONS: [&str; 2] = ["Upgrading", "Degraded"];

impl Plane {
    /// The plane of the operation lock: that of its present owner. A lock that
    /// is free has none; then a field that only later operators write tells
    /// (`contracts/operator-today.md` 5).
    pub(super) fn of_lock(object: &DynamicObject) -> Self {
        let holds = |plane: Self| {
            entries(object).any(|entry| {
                entry.manager.as_deref() == Some(plane.controller())
                    && owned(entry).is_some_and(|fields| fields.contains_key("f:operationLock"))
            })
        };
        let later = ["observedGeneration", "acceptedUpgradeStrategy"]
            .iter()
            .any(|field| status(object).is_some_and(|status| status.get(*field).is_some()));
        if holds(Self::Lock) || (later && !holds(Self::AdminOps)) {
            Self::Lock
        } else {
            Self::AdminOps
        }
    }

    const fn controller(self) -> &'static str {
        match self {
            Self::AdminOps => "openbao-adminops-controller",
            Self::Lock => "openbao-operationlock-controller",
            Self::Status => "openbao-status-controller",
        }
    }

    /// The field manager it is applied as.
    pub(super) fn manager(self) -> &'static str {
        if bugs::has(Bug::OwnsTheStatus) {
            return "baoctl-status";
        }
        self.controller()
    }

    /// The fields that baoctl itself writes, whole and whoever owns them.
    const fn written(self) -> &'static [&'static str] {
        match self {
            Self::AdminOps => &["upgrade", "blueGreen", "adminOps"],
            Self::Lock => &["operationLock"],
            Self::Status => &["phase", "currentVersion"],
        }
    }

    /// The plane as read, without the nulls that an apply would be refused for.
    pub(super) fn read(self, object: &DynamicObject) -> Map<String, Value> {
        let mut plane = Map::new();
        let Some(status) = status(object) else {
            return self.completed(plane);
        };
        for entry in entries(object) {
            // Of what it wrote by an update an apply takes nothing away.
            if entry.manager.as_deref() == Some(self.controller())
                && entry.operation.as_deref() == Some("Apply")
                && let Some(fields) = owned(entry)
                && let Some(Value::Object(part)) = projected(status, fields)
            {
                plane.extend(part);
            }
        }
        for field in self.written() {
            if let Some(value) = status.get(field).and_then(without_nulls) {
                plane.insert((*field).to_owned(), value);
            }
        }
        if self == Self::Status {
            add_conditions(&mut plane, status);
        }
        self.completed(plane)
    }

    fn completed(self, mut plane: Map<String, Value>) -> Map<String, Value> {
        if self == Self::AdminOps {
            // Required to be an object, never null.
            plane.entry("adminOps").or_insert_with(|| json!({}));
        }
        plane
    }
}

fn add_conditions(plane: &mut Map<String, Value>, status: &Value) {
    let conditions = plane.entry("conditions").or_insert_with(|| json!([]));
    let (Some(conditions), Some(all)) = (
        conditions.as_array_mut(),
        status.get("conditions").and_then(Value::as_array),
    ) else {
        return;
    };
    for kind in CONDITIONS {
        let is = |condition: &&Value| condition["type"] == kind;
        if !conditions.iter().any(|condition| is(&condition)) {
            conditions.extend(all.iter().find(is).and_then(without_nulls));
        }
    }
}

fn status(object: &DynamicObject) -> Option<&Value> {
    object.data.get("status")
}

fn entries(object: &DynamicObject) -> impl Iterator<Item = &ManagedFieldsEntry> {
    let entries = object.metadata.managed_fields.iter().flatten();
    entries.filter(|entry| entry.subresource.as_deref() == Some("status"))
}

fn owned(entry: &ManagedFieldsEntry) -> Option<&Map<String, Value>> {
    entry.fields_v1.as_ref()?.0.get("f:status")?.as_object()
}

/// The part of a value that a set of fields (`FieldsV1`) names.
fn projected(value: &Value, fields: &Map<String, Value>) -> Option<Value> {
    if fields.keys().all(|key| key == ".") {
        return without_nulls(value);
    }
    let inner = |key: &str| fields.get(key).and_then(Value::as_object);
    match value {
        Value::Null => None,
        Value::Object(map) => Some(Value::Object(
            map.iter()
                .filter_map(|(name, value)| {
                    let part = projected(value, inner(&format!("f:{name}"))?)?;
                    Some((name.clone(), part))
                })
                .collect(),
        )),
        Value::Array(items) => Some(Value::Array(
            items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| {
                    let (key, fields) = fields.iter().find(|(key, _)| names(key, index, item))?;
                    let mut part = projected(item, fields.as_object()?)?;
                    // An item without its key is no item.
                    if let (Some(key), Some(part)) = (item_key(key), part.as_object_mut()) {
                        part.extend(key);
                    }
                    Some(part)
                })
                .collect(),
        )),
        other => Some(other.clone()),
    }
}

/// Whether a step into a list leads to that item.
fn names(step: &str, index: usize, item: &Value) -> bool {
    if let Some(key) = item_key(step) {
        return key
            .iter()
            .all(|(name, value)| item.get(name) == Some(value));
    }
    match step.split_once(':') {
        Some(("v", value)) => serde_json::from_str(value).is_ok_and(|value: Value| value == *item),
        Some(("i", at)) => at.parse() == Ok(index),
        _ => false,
    }
}

fn item_key(step: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(step.strip_prefix("k:")?).ok()
}

fn without_nulls(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Object(map) => Some(Value::Object(
            map.iter()
                .filter_map(|(key, value)| Some((key.clone(), without_nulls(value)?)))
                .collect(),
        )),
        other => Some(other.clone()),
    }
}
