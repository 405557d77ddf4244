//! Which lists merge by key, which are sets and which are one value.

use serde_json::Value;

/// How a list is owned and merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// Replaced as one.
    Atomic,
    /// Items are told apart by these fields.
    Keyed(&'static [&'static str]),
    /// Items are their own keys.
    Set,
}

/// The kind of schema an object has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// Not defined by a CustomResourceDefinition.
    pub(super) builtin: bool,
}

impl Shape {
    /// The list under this field name.
    pub(super) fn list(self, field: &str) -> List {
        match field {
            "conditions" => List::Keyed(&["type"]),
            "ownerReferences" => List::Keyed(&["uid"]),
            "finalizers" => List::Set,
            _ if !self.builtin => List::Atomic,
            "containers" | "initContainers" | "env" | "volumes" => List::Keyed(&["name"]),
            "volumeMounts" => List::Keyed(&["mountPath"]),
            "ports" => List::Keyed(&["containerPort", "protocol"]),
            _ => List::Atomic,
        }
    }

    /// Whether the object under this field name is one value.
    pub(super) fn one_value(self, field: &str) -> bool {
        self.builtin && matches!(field, "selector" | "nodeSelector" | "fieldRef")
    }
}

/// The key of an item, as managedFields spell it. The fields come in the order
/// of their names.
pub(super) fn key(item: &Value, fields: &[&str]) -> String {
    let mut key = "k:{".to_owned();
    for field in fields {
        let value = match item.get(*field) {
            Some(value) => value.to_string(),
            None if *field == "protocol" => "\"TCP\"".to_owned(),
            None => continue,
        };
        if !key.ends_with('{') {
            key.push(',');
        }
        key.push('"');
        key.push_str(field);
        key.push_str("\":");
        key.push_str(&value);
    }
    key.push('}');
    key
}
