//! One stored revision of an object, with its bytes as they go over the wire.

use std::sync::{Arc, OnceLock};

use hyper::body::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::{kind::Kind, owners::Recorded};
use crate::sim::moment::Moment;

/// Names an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Kind.
    pub kind: Kind,
    /// Namespace, empty for kinds without.
    pub namespace: String,
    /// Name.
    pub name: String,
}

impl Key {
    /// The key of an object.
    #[must_use]
    pub fn new(kind: Kind, namespace: &str, name: &str) -> Self {
        Self {
            kind,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// A revision of an object; never changed.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) value: Value,
    pub(super) revision: u64,
    bytes: OnceLock<Bytes>,
    owners: OnceLock<Arc<Recorded>>,
}

impl Object {
    pub(super) fn new(value: Value, revision: u64) -> Self {
        Self {
            value,
            revision,
            bytes: OnceLock::new(),
            owners: OnceLock::new(),
        }
    }

    /// Its managedFields, read once.
    pub(super) fn owners(&self) -> &Arc<Recorded> {
        self.owners
            .get_or_init(|| Arc::new(Recorded::of(&self.value)))
    }

    /// Says what its managedFields are, for whoever wrote them knows.
    pub(super) fn recorded(&self, owners: Arc<Recorded>) {
        // The same as would be read.
        let _ = self.owners.set(owners);
    }

    /// The JSON text, made once.
    pub(super) fn bytes(&self) -> &Bytes {
        self.bytes.get_or_init(|| text(&self.value))
    }

    pub(super) fn label(&self, key: &str) -> Option<&str> {
        self.value
            .get("metadata")?
            .get("labels")?
            .get(key)?
            .as_str()
    }

    pub(super) fn annotation(&self, key: &str) -> Option<&str> {
        annotation(&self.value, key)
    }

    pub(super) fn uid(&self) -> &str {
        meta(&self.value, "uid")
    }

    pub(super) fn deleting(&self) -> bool {
        self.value["metadata"].get("deletionTimestamp").is_some()
    }

    pub(super) fn generation(&self) -> i64 {
        self.value["metadata"]["generation"].as_i64().unwrap_or(0)
    }
}

pub(super) fn annotation<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value
        .get("metadata")?
        .get("annotations")?
        .get(key)?
        .as_str()
}

/// A text of the metadata, empty when absent.
pub(super) fn meta<'a>(value: &'a Value, key: &str) -> &'a str {
    value["metadata"][key].as_str().unwrap_or_default()
}

pub(super) fn text(value: &Value) -> Bytes {
    // A `Value` always serialises.
    serde_json::to_vec(value).unwrap_or_default().into()
}

/// A time as Kubernetes writes it: whole seconds.
pub(super) fn stamp(at: Moment) -> Value {
    let whole = Timestamp::from_second(at.wall().as_second()).unwrap_or(Timestamp::UNIX_EPOCH);
    Value::String(whole.to_string())
}
